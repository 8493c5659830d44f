/** Every schedule of a kernel computes the same: each is forced in turn, on shapes that divide and shapes that do not. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { compile, type Entry, entry } from '../../compiler/index.js'
import { software } from '../../compiler/kernels/target.js'
import { mean, softmax } from '../../compiler/language/math.js'
import {
  add,
  conv2d,
  dot,
  exp,
  matmul,
  max,
  mul,
  outer,
  permute,
  square,
  sub,
  sum,
  take,
} from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase } from '../device.js'
import { forced } from '../forced.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const weightGradient = (a: Untyped, b: Untyped, g: Untyped): Untyped =>
  backward([[conv2d(a, b, { padding: 1 }) as Untyped, g]], [b])[0] as Untyped
const cases: DeviceCase[] = [
  { name: 'dot', inputs: [values([12, 20], 1), values([20, 24], 2)], build: (a, b) => dot(a, b) },
  { name: 'dot of prime sizes', inputs: [values([7, 11], 1), values([11, 13], 2)], build: (a, b) => dot(a, b) },
  {
    name: 'gradient of a product with a vector, a sum over no axis',
    inputs: [values([4], 1), values([4, 3], 2), values([3], 3)],
    build: (a, b, g) => backward([[dot(a, b), g]], [b])[0] as Untyped,
  },
  { name: 'product without a sum', inputs: [values([6], 1), values([8], 2)], build: (a, b) => outer(a, b) },
  {
    name: 'conv',
    inputs: [values([2, 4, 9, 8], 1), values([6, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1 }),
  },
  {
    name: 'conv, stride 2',
    inputs: [values([2, 4, 8, 8], 1), values([8, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1, stride: 2 }),
  },
  {
    name: 'conv, stride 2, odd',
    inputs: [values([1, 3, 7, 9], 1), values([2, 3, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1, stride: 2 }),
  },
  {
    name: 'product of gathered rows',
    inputs: [
      values([40, 16], 1),
      { shape: [16], dtype: 'i32', values: Float64Array.from({ length: 16 }, (_, i) => (i * 7) % 40) },
      values([16, 20], 2),
    ],
    build: (rows, at, b) => dot(take(rows, at as never, 0) as Untyped, b),
  },
  { name: 'softmax', inputs: [values([5, 33], 1)], build: a => softmax(a, -1) },
  {
    name: 'variance of columns',
    inputs: [values([300, 6], 1)],
    build: (a: Untyped) => mean(square(sub(a, mean(a, 0)) as Untyped), 0),
  },
  { name: 'maximum and sum', inputs: [values([90, 70], 1)], build: a => sub(sum(a), max(a)) },
  {
    name: 'sum of 250 products, which may be unrolled whole',
    inputs: [values([5, 5, 5, 2], 1), values([5, 5, 5, 2], 2)],
    build: (a, b) => sum(mul(a, b) as Untyped, [0, 1, 2, 3]),
  },
  { name: 'one long sum', inputs: [values([20000], 1)], build: a => sum(exp(a)) },
  {
    name: 'weight gradient of a conv, stored permuted',
    inputs: [values([3, 5, 9, 8], 1), values([6, 5, 3, 3], 2), values([3, 6, 9, 8], 3)],
    build: (a, b, g) => weightGradient(a, b, g),
  },
  {
    name: 'product stored permuted',
    inputs: [values([4, 8, 12], 1), values([4, 12, 16], 2)],
    build: (a, b) => permute(matmul(a, b) as Untyped, [1, 0, 2]),
  },
  { name: 'long weight gradient', inputs: [values([4096, 4], 1), values([4, 3], 2)], build: (a, b) => dot(a, b) },
]

for (const [name, choose] of Object.entries(forced))
  test(name, async () => {
    assert.equal(await compareOnDevice(cases, { choose }), [])
  })

test('rows combined by subgroups, of the size the driver has', async () => {
  const options = { target: { ...software, subgroups: true }, choose: forced.rows128! }
  assert.equal(await compareOnDevice(cases, options), [])
})

test('factors shared by quads', async () => {
  const target = { ...software, quads: true }
  const sharing: DeviceCase[] = [
    { name: 'dot', inputs: [values([32, 24], 1), values([24, 64], 2)], build: (a, b) => dot(a, b) },
    { name: 'batched', inputs: [values([2, 16, 24], 1), values([2, 24, 32], 2)], build: (a, b) => matmul(a, b) },
    {
      name: 'conv',
      inputs: [values([2, 4, 8, 16], 1), values([8, 4, 3, 3], 2)],
      build: (a, b) => conv2d(a, b, { padding: 1 }),
    },
    {
      name: 'weight gradient of a conv',
      inputs: [values([4, 16, 8, 8], 1), values([32, 16, 3, 3], 2), values([4, 32, 8, 8], 3)],
      build: weightGradient,
    },
    {
      name: 'conv with a window of two rows',
      inputs: [values([4, 16, 32, 32], 1), values([32, 16, 3, 3], 2)],
      build: (a, b) => conv2d(a, b, { padding: 1 }),
    },
    {
      name: 'gradients of a strided conv',
      inputs: [values([2, 8, 16, 16], 1), values([16, 8, 3, 3], 2), values([2, 16, 8, 8], 3)],
      build: (a, b, g) => {
        const [left, right] = backward([[conv2d(a, b, { padding: 1, stride: 2 }), g]], [a, b]) as Untyped[]
        return add(sum(mul(left!, a)), sum(mul(right!, b)))
      },
    },
  ]
  assert.equal(await compareOnDevice([...cases, ...sharing], { target }), [])
  const text = (of: Entry): string =>
    compile({ run: of }, {}, { target })
      .kernels.map(({ code }) => code)
      .join()
  assert.match(
    text(entry({ a: [32, 24], b: [24, 64] }, ({ a, b }) => ({ y: dot(a as Untyped, b as Untyped) }))),
    'quadBroadcast',
  )
  const gradient = text(
    entry({ a: [4, 16, 8, 8], b: [32, 16, 3, 3], g: [4, 32, 8, 8] }, ({ a, b, g }) => ({
      y: weightGradient(a as Untyped, b as Untyped, g as Untyped),
    })),
  )
  assert.match(gradient, 'quadBroadcast')
  // Fours run along the filters, so that no mask is put together from several.
  assert.not.match(gradient, 'vec4<bool>')
})

test('rows combined by quads, without workgroup memory', async () => {
  const target = { ...software, quads: true }
  const long: DeviceCase[] = [300, 301].map(length => ({
    name: `softmax of ${length}`,
    inputs: [values([3, length], 1)],
    build: a => softmax(a, -1) as Untyped,
  }))
  assert.equal(await compareOnDevice(long, { target }), [])
  const { kernels } = compile({ run: entry({ a: [3, 300] }, ({ a }) => ({ y: softmax(a, -1) })) }, {}, { target })
  assert.ok(kernels.some(({ code }) => code.includes('quadSwapY') && !code.includes('workgroupBarrier')))
})

test('a large tile stores line by line, and reads for its epilogue so', async () => {
  const large: DeviceCase[] = [
    {
      name: 'dot with a bias and a mask',
      inputs: [values([128, 136], 1), values([136, 256], 2), values([256], 3), values([128, 256], 4)],
      build: (a, b, c, d) => mul(max(add(dot(a, b), c), 0), d),
    },
    {
      name: 'dot stored permuted',
      inputs: [values([2, 64, 136], 1), values([2, 136, 256], 2)],
      build: (a, b) => permute(matmul(a, b) as Untyped, [1, 2, 0]),
    },
  ]
  // Whole numbers have sums of their own type.
  const whole = (shape: number[]) => ({
    shape,
    dtype: 'i32' as const,
    values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 19) - 9),
  })
  large.push({ name: 'dot of integers', inputs: [whole([128, 136]), whole([136, 256])], build: (a, b) => dot(a, b) })
  for (const quads of [false, true]) assert.equal(await compareOnDevice(large, { target: { ...software, quads } }), [])
  const run = entry({ a: [128, 136], b: [136, 256] }, ({ a, b }) => ({ y: dot(a as Untyped, b as Untyped) }))
  const { kernels } = compile({ run }, {}, { target: software })
  assert.ok(kernels.some(({ code }) => code.includes('for (var line = 0;')))
})

test('maps number their invocations as the target wants, and nothing else does', () => {
  const [map, product] = [
    entry({ a: [64, 64] }, ({ a }) => ({ y: exp(a) })),
    entry({ a: [64, 64] }, ({ a }) => ({ y: dot(a, a) })),
  ]
  const text = (run: Entry, numbering: 'index' | 'id') =>
    compile({ run }, {}, { target: { ...software, numbering } })
      .kernels.map(({ code }) => code)
      .join()
  assert.match(text(map, 'id'), 'local_invocation_id')
  assert.not.match(text(map, 'index'), 'local_invocation_id')
  assert.is(text(product, 'id').split('let t = i32(group.x * 4u + id.x)').length, 2, 'the counter of steps alone')
})

for (const target of [
  {},
  { target: software },
  { target: { ...software, name: 'llvmpipe', numbering: 'id' } as const },
])
  test(`the heuristics of ${target.target?.name ?? 'portable'}`, async () => {
    assert.equal(await compareOnDevice(cases, target), [])
  })

test.after(closeTestDevice)
test.run()
