/** Kernels of few long rows as kernels of parts: the same results, whatever stands in memory how, and where it is not worth it none. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { type Kernel, printKernel } from '../../compiler/kernels/kernel.js'
import { type Chooser, type Schedule, schedule } from '../../compiler/kernels/schedule.js'
import { portable, type Target } from '../../compiler/kernels/target.js'
import { mean, softmax, variance } from '../../compiler/language/math.js'
import { add, cast, exp, max, mul, relu, rsqrt, square, sub, sum } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, input, sameBits } from '../device.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const u = (x: Tensor): Untyped => x as Untyped

/** Statistics of each channel, over images and places, and what is standardized by them. */
function standardized(x: Untyped): Untyped {
  const mean4 = (of: Untyped): Untyped => mean(of, [0, 2, 3], { keepdims: true })
  const centred = u(sub(x, mean4(x)))
  return u(mul(centred, rsqrt(u(add(mean4(u(square(centred))), 1e-5)))))
}

/** The kernels that a graph is made of, and the schedules they get. */
function kernelsOf(y: Tensor, inputs: Tensor[], target: Target = portable): [Kernel, Schedule][] {
  const found: [Kernel, Schedule][] = []
  const choose: Chooser = (kernel, target) => {
    const chosen = schedule(kernel, target)
    found.push([kernel, chosen])
    return chosen
  }
  compileGraphs([{ name: 'g', inputs, outputs: { y }, updates: [] }], { target, choose })
  return found
}
const names = (tensor: Tensor): string => `${tensor.attributes.name ?? tensor.operation.name}`
const groupsOf = ([kernel, chosen]: [Kernel, Schedule]): number =>
  kernel.grid.reduce((n, { size }) => n * size, 1) / (chosen.kind === 'rows' ? (chosen.across ?? 1) : 1)

test('sums and squares around the mean take one sweep, in parts that fill a card', () => {
  const x = u(input('x', [32, 8, 64, 64]))
  const found = kernelsOf(relu(standardized(x)), [x])
  assert.is(
    found.map(([kernel]) => printKernel(kernel, names)).join('\n'),
    `kernel sum_rsqrt_relu_part for i1<8, part<32
  accumulate over k0<1, k2<64, k3<64: r0 = sum x[((((i1 * 4096) + (k2 * 64)) + k3) + (part * 32768))]
  accumulate over k0<1, k2<64, k3<64: r1 = sum square(sub(x[((((i1 * 4096) + (k2 * 64)) + k3) + (part * 32768))], mul(mul(r0, 32), 0.00000762939453125)))
  store partial[((i1 * 32) + part)] = r0; partial[(((i1 * 32) + part) + 256)] = r1
kernel sum_rsqrt_relu for i1<8, part<32
  accumulate over part<32: r0 = sum partial[((i1 * 32) + part)]
  accumulate over part<32: r1 = sum add(partial[(((i1 * 32) + part) + 256)], mul(mul(mul(sub(mul(partial[((i1 * 32) + part)], 32), r0), 0.00000762939453125), mul(sub(mul(partial[((i1 * 32) + part)], 32), r0), 0.00000762939453125)), 4096))
  over k0<1, k2<64, k3<64 store relu[((((i1 * 4096) + (k2 * 64)) + k3) + (part * 32768))] = relu(mul(sub(x[((((i1 * 4096) + (k2 * 64)) + k3) + (part * 32768))], mul(r0, 0.00000762939453125)), rsqrt(add(mul(r1, 0.00000762939453125), 0.00001))))`,
  )
  for (const one of found) assert.ok(groupsOf(one) === 256 && one[1].kind === 'rows')
})

test('long columns of a matrix, in parts outside of their neighbours, eight columns a workgroup', () => {
  const x = u(input('x', [65536, 32]))
  const [[part, chosen]] = kernelsOf(sum(x, 0), [x]) as [[Kernel, Schedule]]
  assert.is(part.grid[0]!.name, 'part')
  assert.equal(chosen.kind === 'rows' && chosen.across, 8)
})

test('not where rows are many, or short, or what would be won is less than a dispatch', () => {
  const shapes = [
    [4096, 4096],
    [16, 512],
    [8, 2048],
  ]
  for (const shape of shapes) {
    const x = u(input('x', shape))
    assert.is(kernelsOf(softmax(x, 1), [x]).length, 1, `${shape}`)
  }
  // The last sweep reads two kinds of partial results beside what it softens, and stores.
  const x = u(input('x', [8, 2 ** 15]))
  const binding = (storageBuffers: number): number =>
    kernelsOf(softmax(x, 1), [x], { ...portable, storageBuffers }).length
  assert.equal([binding(4), binding(3)], [3, 1])
})

test('a row that lies in memory as a row has a workgroup, however many there are', () => {
  const x = u(input('x', [70000, 256]))
  const [[, chosen]] = kernelsOf(softmax(x, 1), [x]) as [[Kernel, Schedule]]
  assert.is(chosen.kind, 'rows')
})

const cases: DeviceCase[] = [
  { name: 'batch norm', inputs: [values([16, 8, 32, 32], 1)], build: standardized },
  {
    name: 'far from zero',
    inputs: [
      {
        shape: [16, 2, 32, 32],
        dtype: 'i32',
        values: Float64Array.from({ length: 2 ** 15 }, (_, i) => 1000 + ((i * 7919) % 11)),
      },
    ],
    build: x => variance(cast(x, 'f32'), [0, 2, 3]),
  },
  { name: 'of a prime batch', inputs: [values([17, 8, 32, 32], 1)], build: standardized },
  { name: 'softmax of long rows', inputs: [values([3, 32768], 1)], build: x => softmax(x, 1) },
  { name: 'softmax of long columns', inputs: [values([8192, 8], 1)], build: x => softmax(x, 0) },
  { name: 'columns that eight do not divide', inputs: [values([8192, 6], 1)], build: x => softmax(x, 0) },
  {
    name: 'means of others, which are no moments',
    inputs: [values([4, 32768], 1), values([4, 32768], 2)],
    build: (a, b) => mean(square(u(sub(a, mean(u(exp(b)), 1, { keepdims: true })))), 1),
  },
  {
    name: 'whole numbers',
    inputs: [
      { shape: [4, 32768], dtype: 'i32', values: Float64Array.from({ length: 2 ** 17 }, (_, i) => (i * 7919) % 1000) },
    ],
    build: x => sub(x, max(x, 1, { keepdims: true })),
  },
]
test('the same values, and gradients', async () => {
  for (const { name, inputs, build } of cases) {
    const leaves = inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype))
    assert.ok(kernelsOf(build(...leaves), leaves).length > 1, name)
  }
  assert.equal(await compareOnDevice(cases, { target: portable }), [])
  assert.equal(await compareOnDevice(cases.slice(0, 4), { target: { ...portable, subgroups: true } }), [])
})

test('every run has the same bits', () => sameBits(cases[0]!))

test.after(closeTestDevice)
test.run()
