/** The package that the command line is part of: in a checkout the folder of its sources, else that of `dist`. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = ['..', '../..']
  .map(up => new URL(`${up}/`, import.meta.url))
  .find(at => existsSync(new URL('package.json', at)))!

/** What starts `facet` as a process of its own. */
export const launcher = fileURLToPath(new URL('cli/facet.mjs', folder))
export const version = (): string => JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).version
/** The folder of the checkout that the command line runs in, if it does: `npm pack` leaves sources out. */
export const sourcesFolder = existsSync(new URL('cli/facet.ts', folder)) ? fileURLToPath(folder) : undefined
