#!/usr/bin/env node
// The `facet` command of the project that it is called in, so that the project's files and the command are of one copy of Facet; where
// there is none, the one that came with this package.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

function found() {
  try {
    return createRequire(join(process.cwd(), 'project.js')).resolve('facet-tensor/cli')
  } catch {
    return createRequire(import.meta.url).resolve('facet-tensor/cli')
  }
}
await import(pathToFileURL(found()).href)
