/** Runs the TypeScript compiler as a process: its JavaScript interface is not stable, its output is. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** What `tsc` prints for a project file, errors in it included. */
export const typeCheck = (project: string, ...options: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const args = [tsc, '--pretty', 'false', '-p', project, ...options]
    execFile(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve(stdout + stderr)
    })
  })
