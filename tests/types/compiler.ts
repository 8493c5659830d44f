/** Runs the TypeScript compiler as a process: its JavaScript interface is not stable, its output is. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** What `tsc` prints for a project file, errors in it included. */
export function typeCheck(project: string, ...options: string[]): string {
  const { stdout, stderr, error } = spawnSync(process.execPath, [tsc, '--pretty', 'false', '-p', project, ...options], {
    encoding: 'utf8',
  })
  if (error) throw error
  return stdout + stderr
}
