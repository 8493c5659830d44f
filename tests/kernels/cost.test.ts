/** What kernels are said to cost: operations on floats, the same whatever the values are stored in. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { portable } from '../../compiler/kernels/target.js'
import { cast, conv2d, dot, mul } from '../../compiler/ops/index.js'
import type { DType } from '../../compiler/types/tensor.js'
import { input } from '../device.js'

const target = { ...portable, f16: true }
/** Operations of all kernels, and bytes. */
function total(inputs: Tensor[], outputs: Record<string, Tensor>) {
  const { entries } = compileGraphs([{ name: 'g', inputs, outputs, updates: [] }], { target })
  const sum = (key: 'flops' | 'bytes') => entries.g!.dispatches.reduce((n, dispatch) => n + dispatch[key], 0)
  return { flops: sum('flops'), bytes: sum('bytes') }
}
const leaves = (dtype: DType, ...shapes: number[][]) =>
  shapes.map((shape, i) => input(`x${i}`, shape, dtype)) as Untyped[]

for (const dtype of ['f32', 'f16'] as const) {
  test(`a product of ${dtype} is two operations per term`, () => {
    const [a, b] = leaves(dtype, [64, 48], [48, 32]) as [Untyped, Untyped]
    const wide = (x: Untyped) => cast(x, 'f32') as Untyped
    const size = dtype === 'f16' ? 2 : 4
    assert.equal(total([a, b], { y: dot(wide(a), wide(b)) }), {
      flops: 2 * 64 * 48 * 32,
      bytes: size * (64 * 48 + 48 * 32) + 4 * 64 * 32,
    })
    assert.equal(total([a, b], { y: dot(a, b) }), {
      flops: 2 * 64 * 48 * 32,
      bytes: size * (64 * 48 + 48 * 32 + 64 * 32),
    })
  })

  test(`a convolution of ${dtype} is two operations per term`, () => {
    const [x, w] = leaves(dtype, [2, 8, 10, 10], [16, 8, 3, 3]) as [Untyped, Untyped]
    assert.is(total([x, w], { y: conv2d(x, w) }).flops, 2 * (2 * 16 * 8 * 8) * (8 * 3 * 3))
  })
}

test('a conversion is no operation', () => {
  const [x] = leaves('f32', [100]) as [Untyped]
  assert.is(total([x], { y: cast(x, 'f16') }).flops, 0)
  assert.is(total([x], { y: mul(cast(cast(x, 'f16') as Untyped, 'f32') as Untyped, 3) }).flops, 100)
})

test.run()
