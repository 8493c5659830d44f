/**
 * The shape of the house, read off the import lines: imports run down the table, never up; cycles only among operations;
 * a browser needs no Node module and no compiler to run a program; files stay short and have names.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const COMPILER = [
  'types',
  'graph',
  'ops',
  'language',
  'gradient',
  'passes',
  'kernels',
  'loops',
  'wgsl',
  'wasm',
  'plan',
  'onnx',
].map(folder => `compiler/${folder}`)
const upTo = (folder: string): string[] => COMPILER.slice(0, COMPILER.indexOf(folder) + 1)
/** What the files of a folder (or a single file) may import besides each other: folders, and packages. */
const ALLOWED: Record<string, readonly string[]> = {
  'compiler/types': [],
  'compiler/graph': ['compiler/types', 'chevrotain'],
  'compiler/ops': ['compiler/types', 'compiler/graph'],
  'compiler/language': ['compiler/types', 'compiler/graph', 'compiler/ops', 'chevrotain'],
  'compiler/gradient': ['compiler/types', 'compiler/graph', 'compiler/ops'],
  'compiler/passes': ['compiler/types', 'compiler/graph', 'compiler/ops'],
  'compiler/kernels': ['compiler/types', 'compiler/graph', 'compiler/ops', 'compiler/passes'],
  'compiler/loops': ['compiler/types', 'compiler/graph', 'compiler/kernels'],
  'compiler/wgsl': ['compiler/types', 'compiler/graph', 'compiler/kernels', 'compiler/loops'],
  'compiler/wasm': ['compiler/types', 'compiler/graph', 'compiler/kernels', 'compiler/loops'],
  'compiler/plan': [
    'compiler/types',
    'compiler/graph',
    'compiler/kernels',
    'compiler/loops',
    'compiler/wgsl',
    'compiler/wasm',
  ],
  'compiler/onnx': [
    'compiler/types',
    'compiler/graph',
    'compiler/ops',
    'compiler/language',
    'compiler/passes',
    '@bufbuild/protobuf',
  ],
  'compiler/compile.ts': COMPILER,
  'compiler/bundle': [...COMPILER, 'compiler/compile.ts'],
  'compiler/index.ts': [...COMPILER, 'compiler/compile.ts', 'compiler/bundle'],
  runtime: ['node:', 'webgpu', 'koffi', '@sparticuz/chromium'],
  tuner: [...COMPILER, 'compiler/compile.ts', 'runtime', 'node:'],
  models: [...COMPILER, 'compiler/compile.ts', 'compiler/index.ts', 'runtime', 'node:', 'sharp', 'hyparquet'],
  'cli/template': ['compiler/index.ts', 'models/index.ts', 'runtime/node.ts', 'node:', 'vite'],
  cli: [
    ...COMPILER,
    'compiler/compile.ts',
    'compiler/bundle',
    'compiler/index.ts',
    'runtime',
    'tuner',
    'models',
    'node:',
    'commander',
    '@observablehq/plot',
    'linkedom',
  ],
  examples: [
    'compiler/index.ts',
    'tuner/index.ts',
    'models/index.ts',
    'runtime/node.ts',
    'runtime/browser.ts',
    'cli/sources.mjs',
    'package.json',
    'node:',
    '@observablehq/plot',
    'vite',
  ],
  'site/playground': [
    ...COMPILER,
    'compiler/compile.ts',
    'compiler/index.ts',
    'models/index.ts',
    'runtime',
    'cli',
    'examples',
    'node:',
    'vite',
    'virtual:',
    'monaco-editor',
    'es-module-lexer',
    '@jridgewell/trace-mapping',
  ],
}
/** `import type` is erased: the runtime knows the compiler's types and none of its code. */
const TYPES_ONLY: Record<string, readonly string[]> = {
  runtime: ['compiler/plan', 'compiler/bundle', 'compiler/language', 'compiler/types', 'compiler/compile.ts'],
}
const LONGEST = 400

interface Import {
  readonly from: string
  /** A file of the repository, or the name of a package. */
  readonly to: string
  readonly typeOnly: boolean
}
const root = fileURLToPath(new URL('..', import.meta.url))
const files = ['compiler', 'runtime', 'tuner', 'models', 'cli', 'examples', 'site/playground', 'tests']
  .flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
  )
  .filter(name => name.endsWith('.ts') || name.endsWith('.mjs'))
const text = new Map(files.map(file => [file, readFileSync(join(root, file), 'utf8')]))
const sources = files.filter(file => !file.startsWith('tests/'))

function importsOf(from: string, code: string): Import[] {
  const statement = /^(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]+?\sfrom\s+)?'([^']+)'/gm
  const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g
  return [
    ...[...code.matchAll(statement)].map(([, type, to]) => ({
      from,
      to: resolve(from, to!),
      typeOnly: type !== undefined,
    })),
    ...[...code.matchAll(dynamic)].map(([, to]) => ({ from, to: resolve(from, to!), typeOnly: false })),
  ]
}
/** The package's own entry points stand for the files that package.json names. */
const ENTRY_POINTS: Record<string, string> = {
  'facet-tensor': 'compiler/index.ts',
  'facet-tensor/models': 'models/index.ts',
  'facet-tensor/tune': 'tuner/index.ts',
  'facet-tensor/runtime': 'runtime/node.ts',
}
const resolve = (from: string, to: string): string =>
  to.startsWith('.') ? normalize(join(dirname(from), to)).replace(/\.js$/, '.ts') : (ENTRY_POINTS[to] ?? to)

const imports: Import[] = [...text].flatMap(([from, code]) => importsOf(from, code))

/** The row of a table that a file belongs to: the file itself, or the folder it lies in. */
const rowOf = (file: string, rows: readonly string[]): string | undefined =>
  rows.find(row => file === row || file.startsWith(`${row}/`))
const isListed = (to: string, list: readonly string[]): boolean =>
  list.some(row => to === row || to.startsWith(`${row}/`) || (row.endsWith(':') && to.startsWith(row)))

test('imports are read off the files', () => {
  assert.ok(files.length > 80 && imports.length > 400, `${files.length} files, ${imports.length} imports`)
  const missing = imports.filter(
    ({ from, to }) =>
      !from.startsWith('tests/') &&
      to.includes('/') &&
      /\.(ts|mjs)$/.test(to) &&
      !text.has(to) &&
      !text.has(to.replace(/\.ts$/, '.d.ts')),
  )
  assert.equal(
    missing.map(({ from, to }) => `${from} imports ${to}, which is not there`),
    [],
  )
})

test('imports run down the table', () => {
  const rows = Object.keys(ALLOWED)
  const wrong = imports.flatMap(({ from, to, typeOnly }) => {
    if (from.startsWith('tests/') || from.endsWith('.mjs')) return []
    const row = rowOf(from, rows)
    if (!row) return [`${from} is in no row of the table`]
    if (rowOf(to, rows) === row || isListed(to, ALLOWED[row]!)) return []
    if (typeOnly && isListed(to, TYPES_ONLY[row] ?? [])) return []
    return [`${from} imports ${typeOnly ? 'types of ' : ''}${to}: ${row} stands below it`]
  })
  assert.equal(wrong, [])
})

test('the table itself runs down', () => {
  const above = COMPILER.flatMap(folder =>
    ALLOWED[folder]!.filter(to => to.startsWith('compiler/') && !upTo(folder).includes(to)).map(
      to => `${folder} -> ${to}`,
    ),
  )
  assert.equal(above, [])
})

/** What a file needs when it runs, and what that needs. */
const needs = new Map(
  sources.map(file => [file, imports.filter(({ from, typeOnly }) => from === file && !typeOnly).map(({ to }) => to)]),
)
function reached(from: string): Set<string> {
  const found = new Set<string>()
  const stack = [from]
  while (stack.length)
    for (const to of needs.get(stack.pop()!) ?? [])
      if (!found.has(to)) {
        found.add(to)
        stack.push(to)
      }
  return found
}

test('cycles of imports are inside ops/ only', () => {
  const cyclic = sources.filter(file => reached(file).has(file) && !file.startsWith('compiler/ops/'))
  assert.equal(cyclic, [])
})

test('a browser needs neither Node nor the compiler to run a program', () => {
  const needed = [...reached('runtime/browser.ts')].filter(to => !text.has(to) || to.startsWith('compiler/'))
  assert.equal(needed, [])
})

test('files are short, named after what they hold, and know no place outside the repository', () => {
  const problems = [...text].flatMap(([file, code]) => [
    ...(code.split('\n').length - 1 > LONGEST ? [`${file} has more than ${LONGEST} lines: split it by member`] : []),
    ...(/(^|\/)(utils?|helpers?|misc|common)\.ts$/.test(file) ? [`${file}: name it after what it holds`] : []),
    ...(/['"`(](?:\/(?:home|root|work|Users|tmp)\/|[A-Z]:\\)/.test(code) ? [`${file} has an absolute path`] : []),
  ])
  assert.equal(problems, [])
})

test.run()
