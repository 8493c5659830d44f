// Lets Node read TypeScript: files of the user, and in a checkout the sources of this package, by its name too.
import { existsSync } from 'node:fs'
import { register as registerHooks } from 'node:module'
import { register } from 'tsx/esm/api'

register()
if (existsSync(new URL('facet.ts', import.meta.url))) registerHooks('./sources.mjs', import.meta.url)
