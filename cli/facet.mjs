#!/usr/bin/env node
// The `facet` command: runs the TypeScript sources as they are, and TypeScript files of the user too.

// A stop is heard from the first moment on, also by process 1 of a container, which an unhandled signal does nothing to. As
// soon as a command has a way of its own to stop, that one is taken.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(130)
  })
await import('./register.mjs')
const { main } = await import('./facet.ts')
// `facet doctor | head` closes the pipe early: no error.
process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1))
// No process.exit: what is still being written is written.
process.exitCode = await main(process.argv.slice(2))
