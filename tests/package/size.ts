/**
 * What pages of several kinds have of Facet in them, in bytes minified and gzipped, and what that is made of.
 *
 *     npm run size
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping'
import { build, type Rolldown } from 'vite'
import { sources } from '../../examples/sources.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a page imports, by what it is for. */
export const PAGES = {
  'runs bundles': `export { loadBundle, openDevice } from 'facet-tensor/runtime'`,
  'has all of facet-tensor/runtime': `export * from 'facet-tensor/runtime'`,
  'compiles: entry, a few operations': `export { compile, entry, grad, matmul, relu, targetFor } from 'facet-tensor'`,
  'compiles axis patterns, too': `export { compile, entry, grad, matmul, rearrange, relu, targetFor } from 'facet-tensor'`,
  'has all of facet-tensor': `export * from 'facet-tensor'`,
  'pretrains by SimSiam': `
    export { compile, entry, targetFor, u8 } from 'facet-tensor'
    export { load, openDevice } from 'facet-tensor/runtime'
    export { augment, batches, convnet, gaussianNoise, imageViews, predictor, projector, sgd, simsiam, train } from 'facet-tensor/models'`,
} as const

export interface Weight {
  /** Bytes, minified and gzipped. */
  readonly total: number
  /** Shares of these by folder, as `compiler/loops`, or by package, the largest first. They add up to `total`. */
  readonly parts: ReadonlyMap<string, number>
}

/** Bundles `code` for browsers as Vite does by default. A part has the share of the gzipped bytes that it has of the minified ones. */
export async function weigh(code: string): Promise<Weight> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-size-'))
  try {
    const input = join(folder, 'page.js')
    writeFileSync(input, code)
    const made = await build({
      ...{ root: folder, configFile: false, logLevel: 'silent', resolve: { alias: sources } },
      build: {
        ...{ write: false, sourcemap: true, target: 'es2022' },
        rolldownOptions: { input, preserveEntrySignatures: 'strict' },
      },
    })
    const { output } = (Array.isArray(made) ? made[0]! : made) as Rolldown.RolldownOutput
    const chunks = output.filter(part => part.type === 'chunk')
    const text = chunks.map(({ code }) => code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')).join('')
    const total = gzipSync(text).length
    const minified = new Map<string, number>()
    for (const chunk of chunks) count(chunk, folder, minified)
    const all = [...minified.values()].reduce((a, b) => a + b, 0)
    const parts = [...minified].map(([name, bytes]) => [name, (total * bytes) / all] as const)
    return { total, parts: new Map(parts.sort((a, b) => b[1] - a[1])) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Adds the characters of a chunk to the parts that they were made of. */
function count({ code, map }: Rolldown.OutputChunk, folder: string, parts: Map<string, number>): void {
  const lines = code.split('\n')
  const spans: { line: number; column: number; part: string }[] = []
  eachMapping(new TraceMap(map as never), ({ generatedLine, generatedColumn, source }) =>
    spans.push({ line: generatedLine, column: generatedColumn, part: partOf(source, folder) }),
  )
  spans.forEach(({ line, column, part }, i) => {
    const next = spans[i + 1]
    const end = next?.line === line ? next.column : lines[line - 1]!.length
    parts.set(part, (parts.get(part) ?? 0) + end - column)
  })
}

function partOf(source: string | null, folder: string): string {
  if (source === null) return 'the page'
  const path = relative(root, resolve(folder, 'dist/assets', source))
  const [, installed] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (installed) return installed
  const steps = path.split('/')
  return steps[0] === '..' ? 'the page' : steps.slice(0, Math.min(2, steps.length - 1)).join('/')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`
  for (const [page, code] of Object.entries(PAGES)) {
    const { total, parts } = await weigh(code)
    console.log(`${kilobytes(total).padStart(9)}  a page that ${page}`)
    for (const [name, bytes] of parts)
      if (bytes > 500) console.log(`${' '.repeat(11)}${kilobytes(bytes).padStart(8)}  ${name}`)
  }
}
