/** Kernels whose every schedule computes the same, on shapes that divide and shapes that do not. */
import { backward } from '../../compiler/gradient/reverse.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { mean, softmax } from '../../compiler/language/math.js'
import { conv2d, dot, exp, matmul, max, mul, outer, permute, square, sub, sum, take } from '../../compiler/ops/index.js'
import type { DeviceCase } from '../device.js'

export const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
export const weightGradient = (a: Untyped, b: Untyped, g: Untyped): Untyped =>
  backward([[conv2d(a, b, { padding: 1 }) as Untyped, g]], [b])[0] as Untyped
export const cases: readonly DeviceCase[] = [
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
