#!/usr/bin/env node
// The `facet` command: runs the TypeScript sources as they are, and TypeScript files of the user too.
import './register.mjs'

const { main } = await import('./facet.ts')
// `facet doctor | head` closes the pipe early: no error.
process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1))
// No process.exit: what is still being written is written.
process.exitCode = await main(process.argv.slice(2))
