#!/usr/bin/env node
// The `facet` command: the built one, or in a checkout its TypeScript sources as they are. Runs TypeScript files of the user too.
import { existsSync } from 'node:fs'

// A stop is heard from the first moment on, also by process 1 of a container, which an unhandled signal does nothing to. As
// soon as a command has a way of its own to stop, that one is taken.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(130)
  })
// `facet doctor | head` closes the pipe early: no error.
process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1))
try {
  await import('./register.mjs')
  const { main } = await import(
    existsSync(new URL('facet.ts', import.meta.url)) ? './facet.ts' : '../dist/cli/facet.js'
  )
  // No process.exit: what is still being written is written.
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // What the command line needs beside the library comes with a package of its own.
  const [, missing] = /Cannot find package '(tsx|commander)'/.exec(error.message) ?? []
  if (!missing) throw error
  process.stderr.write(
    `facet: the command line needs ${missing}, which is not installed: npm install facet-tensor-cli\n`,
  )
  process.exitCode = 1
}
