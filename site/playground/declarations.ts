/**
 * For Vite: the declarations of `facet-tensor`, as a user of the package has them, in `virtual:declarations`: a record of paths below
 * `node_modules` and texts. They are emitted from the sources as they are, those that a page's entry points reach.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
const NAME = 'virtual:declarations'
const ENTRY_POINTS = ['compiler/index', 'models/public', 'runtime/browser']

export const declarations = (): Plugin => ({
  name: 'facet-declarations',
  resolveId: name => (name === NAME ? `\0${NAME}` : undefined),
  load: name => (name === `\0${NAME}` ? `export default ${JSON.stringify(emitted())}` : undefined),
})

function emitted(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-declarations-'))
  try {
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', folder, '--emitDeclarationOnly']
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
    const { status, stdout } = spawnSync(
      process.execPath,
      [compiler, ...options, '--sourceMap', 'false', '--inlineSources', 'false'],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`the declarations cannot be emitted: ${stdout}`)
    const files: Record<string, string> = {}
    const add = (file: string): void => {
      const place = `facet-tensor/dist/${relative(folder, file)}`
      if (place in files) return
      const text = readFileSync(file, 'utf8')
      files[place] = text
      for (const [, path] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)) {
        const next = join(dirname(file), `${path}.d.ts`)
        if (existsSync(next)) add(next)
      }
    }
    for (const entry of ENTRY_POINTS) add(join(folder, `${entry}.d.ts`))
    files['facet-tensor/package.json'] = readFileSync(join(root, 'package.json'), 'utf8')
    // What WebGPU's types are called in them.
    const types = dirname(require.resolve('@webgpu/types/package.json'))
    for (const file of ['package.json', 'dist/index.d.ts'])
      files[`@webgpu/types/${file}`] = readFileSync(join(types, file), 'utf8')
    return files
  } finally {
    rmSync(folder, { recursive: true })
  }
}
