/** Every schedule of a kernel computes the same: each is forced in turn, on shapes that divide and shapes that do not. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { compile, type Entry, entry } from '../../compiler/index.js'
import { software } from '../../compiler/kernels/target.js'
import { softmax } from '../../compiler/language/math.js'
import { add, conv2d, dot, exp, matmul, max, mul, permute, sum } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase } from '../device.js'
import { forced } from '../forced.js'
import { cases, values, weightGradient } from './schedule-cases.js'

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
