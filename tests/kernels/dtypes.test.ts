/** Every schedule on every dtype: the same cases on integers, halves and booleans, whose results are exact. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { portable, software } from '../../compiler/kernels/target.js'
import {
  add,
  all,
  any,
  argmax,
  cast,
  conv2d,
  cumsum,
  dot,
  embedding,
  greater,
  logicalAnd,
  logicalNot,
  matmul,
  max,
  mul,
  permute,
  select,
  stopGradient,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { DType } from '../../compiler/types/tensor.js'
import { closeTestDevice, compareOnDevice, type DeviceCase } from '../device.js'
import { forced } from '../forced.js'

const length = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
/** Small whole numbers, so that sums of products are exact in halves. */
const whole = (shape: number[], dtype: DType, seed: number, apart = 1) => ({
  shape,
  dtype: dtype === 'f16' ? ('f32' as const) : dtype,
  values: Float64Array.from({ length: length(shape) }, (_, i) => {
    const x = ((i * 7 + seed) % 5) * apart
    return dtype === 'bool' ? x % 2 : dtype === 'u32' ? x : x - 2 * apart
  }),
})

/** The cases on one dtype. Halves come from f32, and results that are stored in halves are told as f32. */
function casesOf(dtype: 'i32' | 'u32' | 'f16'): DeviceCase[] {
  const as = (x: Untyped): Untyped => (dtype === 'f16' ? (cast(x, 'f16') as Untyped) : x)
  const on = (name: string, shapes: number[][], build: (...x: Untyped[]) => Tensor, apart = 1): DeviceCase => ({
    name: `${name} of ${dtype}`,
    inputs: shapes.map((shape, i) => whole(shape, dtype, i, apart)),
    build: (...x) => {
      const y = build(...x.map(as)) as Untyped
      // Gradients of halves would be rounded between kernels, which the reference does not know.
      return dtype === 'f16' ? stopGradient(cast(y, 'f32')) : y
    },
  })
  // Beyond 2^24 no float has every whole number, beyond 2^32 no register.
  const large = dtype === 'f16' ? 1 : 100_003
  // Its terms are cut into parts.
  const long = on(
    'a long product',
    [
      [18, 4100],
      [4100, 17],
    ],
    (a, b) => dot(mul(a, mul(a, a)), b),
  )
  const windows =
    dtype === 'f16'
      ? [1, 2].map(stride =>
          on(
            `a convolution in steps of ${stride}`,
            [
              [2, 4, 9, 8],
              [16, 4, 3, 3],
            ],
            (x, w) => conv2d(x, w, { padding: 1, stride }),
          ),
        )
      : []
  return [
    ...(dtype === 'i32' ? [long] : windows),
    on(
      'a product',
      [
        [16, 24],
        [24, 32],
      ],
      (a, b) => dot(a, b),
      large,
    ),
    on(
      'a product of odd sizes',
      [
        [17, 19],
        [19, 21],
      ],
      (a, b) => dot(a, b),
      large,
    ),
    on(
      'products',
      [
        [3, 16, 20],
        [3, 20, 16],
      ],
      (a, b) => permute(matmul(a, b) as Untyped, [1, 0, 2]),
    ),
    on('a product with an epilogue', [[16, 16], [16, 16], [16]], (a, b, c) => max(add(dot(a, b), c), 1)),
    on('sums and maxima of rows', [[5, 132]], x =>
      sub(x, add(sum(x, 1, { keepdims: true }), max(x, 1, { keepdims: true }))),
    ),
    on('positions of the largest', [[6, 70]], x => argmax(x, 1)),
    on('running sums', [[3, 40]], x => cumsum(x, -1), large),
    on(
      'a map along another axis',
      [
        [24, 40],
        [40, 24],
      ],
      (a, b) => add(permute(a, [1, 0]), mul(b, 2)),
      large,
    ),
    {
      name: `rows of a table of ${dtype}`,
      inputs: [whole([7, 12], dtype, 1), whole([30], 'i32', 2)],
      build: (table, at) => stopGradient(cast(embedding(as(table), at) as Untyped, 'f32')),
    },
  ]
}
const booleans: DeviceCase[] = [
  {
    name: 'any and all of rows',
    inputs: [whole([6, 72], 'bool', 1), whole([6, 72], 'bool', 3)],
    build: (a: Untyped, b: Untyped) => logicalAnd(any(a, 1), logicalNot(all(b, 1))),
  },
  {
    name: 'a choice by stored booleans',
    inputs: [whole([40, 24], 'bool', 1), whole([24, 40], 'i32', 2)],
    build: (c, x) => select(permute(c, [1, 0]), x, mul(x, 3)),
  },
  {
    name: 'comparisons that are stored',
    inputs: [whole([24, 64], 'i32', 1)],
    build: (x: Untyped) => greater(x, sum(x, 0, { keepdims: true })),
  },
]
const cases: DeviceCase[] = [...(['i32', 'u32', 'f16'] as const).flatMap(casesOf), ...booleans]

const targets = { portable: { ...portable, f16: true }, software: { ...software, f16: true } }
for (const [name, choose] of Object.entries(forced))
  test(name, async () => {
    assert.equal(await compareOnDevice(cases, { choose, target: targets.portable }), [])
  })
for (const [name, target] of Object.entries(targets))
  test(`the heuristics of ${name}`, async () => {
    assert.equal(await compareOnDevice(cases, { target }), [])
  })
test('factors shared by quads', async () => {
  assert.equal(await compareOnDevice(cases, { target: { ...targets.software, quads: true } }), [])
})

test.after(closeTestDevice)
test.run()
