/** Transposes through workgroup memory: found by strides, the same values as without, text to review. */
import * as naga from 'naga-wasm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Kernel } from '../../compiler/kernels/kernel.js'
import { type Chooser, type Schedule, schedule } from '../../compiler/kernels/schedule.js'
import { portable, software, type Target } from '../../compiler/kernels/target.js'
import { transposeTiles, transpositionOf } from '../../compiler/kernels/transpose.js'
import { plain, scheduleOf, TuningError } from '../../compiler/kernels/tuning.js'
import {
  add,
  cast,
  exp,
  flip,
  greater,
  mul,
  pad,
  permute,
  relu,
  sliceAll,
  transpose,
} from '../../compiler/ops/index.js'
import { candidates } from '../../compiler/plan/candidates.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, input } from '../device.js'
import { forced } from '../forced.js'
import { golden } from '../golden.js'

const x = (name: string, ...shape: number[]) => input(name, shape) as Untyped
const graph = (inputs: readonly Tensor[], value: Tensor) => ({ name: 'g', inputs, outputs: { y: value }, updates: [] })
const t = (a: Untyped) => transpose(a) as Untyped

/** The only kernel of a value, and what is chosen for it. */
function chosen(inputs: readonly Tensor[], value: Tensor, target: Target = portable): [Kernel, Schedule] {
  const found: [Kernel, Schedule][] = []
  const choose: Chooser = (kernel, target) => {
    found.push([kernel, schedule(kernel, target)])
    return found.at(-1)![1]
  }
  compileGraphs([graph(inputs, value)], { target, choose })
  assert.is(found.length, 1)
  return found[0]!
}

const a = x('a', 4, 32, 24, 20)
const m = x('m', 64, 96)
const side = (kernel: Kernel) => {
  const { stored, loaded, rest, loads } = transpositionOf(kernel)!
  return [stored.size, loaded.size, rest.map(({ size }) => size), loads.length]
}

test('the axes are read off the index maps; those that stay neighbours are one', () => {
  assert.equal(side(chosen([a], permute(a, [0, 2, 3, 1]))[0]), [32, 480, [4], 1])
  assert.equal(side(chosen([a], permute(a, [0, 3, 1, 2]))[0]), [768, 20, [4], 1])
  assert.equal(side(chosen([a], permute(a, [3, 1, 0, 2]))[0]), [24, 20, [32, 4], 1])
  assert.equal(side(chosen([m], transpose(m))[0]), [64, 96, [], 1])
  assert.equal(side(chosen([m], flip(t(m), 1))[0]), [64, 96, [], 1])
})

test('whatever the operation is called: arithmetic on what moves, beside what does not', () => {
  const b = x('b', 96, 64)
  const [kernel, found] = chosen([m, b], relu(add(t(exp(m)), b)))
  assert.equal(side(kernel), [64, 96, [], 1])
  assert.equal(found, { kind: 'transposed', side: 32 })
  const n = x('n', 64, 96)
  assert.is(side(chosen([m, n], mul(t(m), t(n)))[0])[3], 2)
})

test('tiles where they gain: on GPUs, for axes longer than a line of memory', () => {
  const tall = x('tall', 16, 4096)
  assert.equal(chosen([tall], transpose(tall))[1], { kind: 'transposed', side: 16 })
  const heads = x('heads', 4, 8, 64, 32)
  const colours = x('colours', 8, 3, 64, 64)
  for (const [from, value] of [
    [heads, permute(heads, [0, 2, 1, 3])], // the innermost axis stays
    [colours, permute(colours, [0, 2, 3, 1])], // three at a time are in one line
    [m, exp(m)],
  ] as const)
    assert.is(chosen([from], value)[1].kind, 'tiles')
  assert.is(chosen([m], transpose(m), software)[1].kind, 'tiles')
  const [kernel] = chosen([m], transpose(m))
  assert.equal(transposeTiles(kernel, { ...portable, workgroupBytes: 1024 }), { kind: 'transposed', side: 8 })
  assert.is(transposeTiles(kernel, { ...portable, workgroupBytes: 256 }), undefined)
})

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const bytes = { shape: [40, 36], dtype: 'u8', values: Array.from({ length: 1440 }, (_, i) => i % 251) } as const
const cases: DeviceCase[] = [
  { name: 'whole tiles', inputs: [values([64, 32], 1)], build: a => transpose(a) },
  { name: 'edges on both sides', inputs: [values([37, 45], 1)], build: a => transpose(a) },
  { name: 'images to channels last', inputs: [values([3, 17, 6, 7], 1)], build: a => permute(a, [0, 2, 3, 1]) },
  { name: 'all axes turned', inputs: [values([5, 18, 4, 19], 1)], build: a => permute(a, [3, 2, 1, 0]) },
  {
    name: 'an epilogue with a direct operand',
    inputs: [values([33, 40], 1), values([40, 33], 2)],
    build: (a, b) => relu(add(mul(t(a), 2), b)),
  },
  {
    name: 'two that move',
    inputs: [values([20, 24], 1), values([20, 24], 2)],
    build: (a, b) => add(t(a), t(exp(b))),
  },
  {
    name: 'padding around what moves',
    inputs: [values([19, 22], 1)],
    build: a =>
      pad(t(a), [
        [1, 3],
        [2, 0],
      ]),
  },
  {
    name: 'padding inside',
    inputs: [values([19, 22], 1)],
    build: a =>
      t(
        pad(a, [
          [1, 3],
          [2, 0],
        ]) as Untyped,
      ),
  },
  { name: 'backwards', inputs: [values([21, 18], 1)], build: a => flip(t(a), 0) },
  { name: 'a part', inputs: [values([30, 40], 1)], build: a => t(sliceAll(a, [3, 5], [27, 38], [1, 1])) },
  { name: 'booleans', inputs: [values([20, 30], 1)], build: a => t(greater(a, 0) as Untyped) },
  { name: 'bytes', inputs: [bytes], build: a => t(cast(a, 'f32') as Untyped) },
]
for (const [name, options] of Object.entries({
  'small tiles': { choose: forced.transposed! },
  'what a GPU gets': { choose: forced.gpu! },
  'without fusion': { choose: forced.transposed!, fusion: false },
  'workgroups in two dimensions': {
    choose: forced.transposed!,
    target: { ...portable, workgroupsPerDimension: 20 },
  },
}))
  test(`the same values: ${name}`, async () => {
    assert.equal(await compareOnDevice(cases, options), [])
  })

test('a tuner tries each size of tile, and tables hold them', () => {
  const [kernel, found] = chosen([m], transpose(m))
  const all = [found, ...candidates(kernel, portable)].filter(({ kind }) => kind === 'transposed')
  assert.equal(all.map(each => plain(kernel, each).side).sort(), [16, 32, 8])
  for (const each of all) assert.equal(scheduleOf(kernel, JSON.parse(JSON.stringify(plain(kernel, each))), 'x'), each)
  assert.throws(
    () => scheduleOf(kernel, { kind: 'transposed', side: 12 }, 'x'),
    (error: Error) => error instanceof TuningError && error.message === 'x.side must be 8, 16 or 32, got 12',
  )
  const [map] = chosen([m], exp(m))
  assert.throws(() => scheduleOf(map, { kind: 'transposed', side: 8 }, 'x'), /is transposed, but kernel exp/)
})

const small = x('a', 2, 48, 8, 5)
const [wide, bias] = [x('a', 64, 96), x('b', 96, 64)]
const codes = [
  ['whole tiles and an epilogue', [wide, bias], relu(add(t(wide), bias))],
  ['images to channels last, with an edge', [small], permute(small, [0, 2, 3, 1])],
] as const
const texts = codes.map(([name, inputs, value]) => {
  const { kernels } = compileGraphs([graph(inputs, value)], { target: portable })
  return [name, kernels[0]!.code] as const
})
test('text', () => {
  golden('transpose.golden.wgsl', texts.map(([name, code]) => `// ${name}\n${code}`).join('\n'), import.meta.url)
})
test('naga accepts it', () => {
  for (const [, code] of texts) naga.validate(naga.parseWgsl(code))
})

test.after(closeTestDevice)
test.run()
