/** Runs a Node process to its end: a module text (TypeScript) or a command line. */
import { spawn } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}
/** The adapter of this test run, which `run` tells nobody of by itself. */
export const adapter = { FACET_ADAPTER: process.env.FACET_ADAPTER || 'swiftshader' }
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export function run(args: readonly string[], env: Record<string, string> = {}, cwd = root): Promise<Ended> {
  const { FACET_ADAPTER: _, ...inherited } = process.env
  return new Promise((resolve, reject) => {
    // So that what hangs ends: far beyond what a loaded machine takes.
    const child = spawn(process.execPath, args, { cwd, env: { ...inherited, ...env }, timeout: 240_000 })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', data => (stdout += data))
    child.stderr.on('data', data => (stderr += data))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
/** `text` is the body of a module that has everything of the runtime and of `programs.ts` in scope. */
export function runModule(text: string, env: Record<string, string> = {}): Promise<Ended> {
  const imports = ['runtime/node.ts', 'tests/runtime/programs.ts'].map(
    file => `...(await import('${pathToFileURL(`${root}${file}`)}'))`,
  )
  const module = `const { openDevice, listAdapters, load, affine, saveCheckpoint, loadCheckpoint } = { ${imports.join(', ')} };\n${text}`
  return run(['--import', 'tsx', '--input-type=module', '-e', module], env)
}
