/**
 * A process of `run.mjs` that keeps what it has loaded: it runs the test files that it is sent, one after the other, and answers
 * each with the exit code that a process of its own would have had.
 */
import { pathToFileURL } from 'node:url'

globalThis.UVU_DEFER = 1 // Before uvu is loaded: its suites wait for `exec`.
const { exec } = await import('uvu')

process.on('message', async path => {
  const environment = { ...process.env }
  process.exitCode = 0
  globalThis.UVU_QUEUE = [[null]]
  try {
    await import(pathToFileURL(path))
    await exec()
  } catch (error) {
    console.log(error)
    process.exitCode = 1
  }
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key]
  Object.assign(process.env, environment)
  process.send(process.exitCode)
})
