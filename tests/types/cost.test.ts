/**
 * What types cost. A file of distinct calls is checked per operation; type instantiations per call, which are the same
 * on every machine, must not exceed `cost.expected.json` by more than a tenth. UPDATE=1 rewrites the table. matmul and gather cost more
 * since they say in one sentence what does not fit, take products that broadcast, and are decided in generic code.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { typeCheck } from './compiler.js'

const CALLS = 40
const kinds: Record<string, (i: number) => string> = {
  'add, same shape': i => `add(input(['batch', ${64 + i}]), input(['batch', ${64 + i}]))`,
  'add, bias': i => `add(input(['batch', 14, ${64 + i}]), input([${64 + i}]))`,
  'add, broadcast': i => `add(input([${i + 2}, 1, 64]), input([${i + 3}, 1]))`,
  sum: i => `sum(input(['batch', ${i + 2}, 14, 14]), [2, 3], { keepdims: true })`,
  'reshape, flat': i => `reshape(input(['batch', ${i + 2}, 7, 7]), ['batch', -1])`,
  'reshape, products': i => `reshape(input(['batch', ${(i + 2) * 6}, 49]), ['batch', ${(i + 2) * 3}, 98])`,
  'reshape, division': i => `reshape(input([${(i + 2) * 48}, 7]), [${i + 2}, -1])`,
  slice: i => `slice(input(['batch', ${i + 8}, 14, 14]), 1, 2, ${i + 5})`,
  gather: i => `gather(input(['batch', ${i + 8}]), input(['batch', ${i + 2}], 'i32'), 1)`,
  softmax: i => `softmax(input(['batch', ${i + 2}, 14]), 1)`,
  concat: i => `concat(input([${i + 2}, 128]), input([${i * 7 + 1000}, 128]), 0)`,
  dot: i => `dot(input(['batch', ${64 + i}]), input([${64 + i}, ${128 + i}]))`,
  matmul: i => `matmul(input(['batch', 8, ${i + 2}, 64]), input(['batch', 8, 64, ${i + 3}]))`,
  conv2d: i => `conv2d(input(['batch', 3, ${i + 32}, ${i + 40}]), input([64, 3, 3, 3]), { stride: 2, padding: 1 })`,
  maxPool2d: i => `maxPool2d(input(['batch', 3, ${i + 32}, ${i + 40}]), 3, { stride: 2, padding: 1 })`,
  einsum: i => `einsum(input(['batch', ${i + 2}, 64]), input(['batch', ${i + 3}, 64]), 'b i d, b j d -> b i j')`,
  rearrange: i =>
    `rearrange(input(['batch', 3, ${(i + 2) * 16}, ${(i + 3) * 16}]), 'b c (h p) (w q) -> b (h w) (p q c)', { p: 16, q: 16 })`,
  'sequential of five': i =>
    `sequential(linear(${i + 2}, 2048), batchNorm(2048), relu, linear(2048, ${i + 512}), batchNorm(${i + 512}))`,
}

const folder = new URL('../../out/types/', import.meta.url)
const expectedFile = new URL('cost.expected.json', import.meta.url)
const header = `
import type { Stopped } from '../../compiler/graph/node.js'
import { softmax } from '../../compiler/language/math.js'
import { einsum, rearrange } from '../../compiler/language/pattern.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add, concat, conv2d, dot, gather, matmul, maxPool2d, permute, relu, reshape, slice, sum } from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import type { DType } from '../../compiler/types/tensor.js'
import { batchNorm, linear } from '../../models/layers.js'
declare function input<const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Stopped<S, D>
void [add, concat, conv2d, dot, gather, softmax, matmul, maxPool2d, permute, relu, reshape, slice, sum, einsum, rearrange, sequential, batchNorm, linear, input]
`

/** Type instantiations of a file with the given statements. */
async function instantiations(name: string, statements: readonly string[]): Promise<number> {
  const file = name.replace(/\W+/g, '-')
  writeFileSync(
    new URL(`${file}.ts`, folder),
    header + statements.map((s, i) => `export const v${i} = ${s}\n`).join(''),
  )
  const project = new URL(`tsconfig.${file}.json`, folder)
  const compilerOptions = { lib: ['es2023'], types: [] } // less to read
  const config = { extends: '../../tsconfig.json', compilerOptions, files: [`${file}.ts`], include: [] }
  writeFileSync(project, JSON.stringify(config))
  // One thread: several checkers would each instantiate what they share.
  const output = await typeCheck(fileURLToPath(project), '--extendedDiagnostics', '--singleThreaded')
  const [, count] = /^Instantiations:\s+(\d+)/m.exec(output) ?? []
  assert.not.match(output, new RegExp(`${file}\\.ts.*error TS`))
  return Number(count)
}

const measured: Record<string, number> = {}
test('every kind of call can be measured', async () => {
  mkdirSync(folder, { recursive: true })
  const empty = await instantiations('empty', [])
  const queue = Object.entries(kinds)
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [kind, call] = next
      const total = await instantiations(
        kind,
        Array.from({ length: CALLS }, (_, i) => call(i)),
      )
      measured[kind] = Math.round((total - empty) / CALLS)
    }
  }
  await Promise.all([work(), work()])
  assert.equal(
    Object.keys(kinds).filter(kind => !(measured[kind]! > 0)),
    [],
  )
  if (process.env.UPDATE) {
    const table = Object.fromEntries(Object.keys(kinds).map(kind => [kind, measured[kind]!]))
    writeFileSync(expectedFile, `${JSON.stringify(table, null, 2)}\n`)
  }
})
test('no call costs a tenth more than before', () => {
  const expected = JSON.parse(readFileSync(expectedFile, 'utf8')) as Record<string, number>
  assert.equal(Object.keys(expected).sort(), Object.keys(kinds).sort())
  const grown = Object.keys(kinds).filter(kind => measured[kind]! > 1.1 * expected[kind]!)
  const report = grown.map(kind => `${kind}: ${measured[kind]} instantiations per call, expected ${expected[kind]}`)
  assert.equal(report, [], 'types became more expensive: make them cheaper, or accept the price with UPDATE=1')
})
test.run()
