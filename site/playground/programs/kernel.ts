/**
 * One kernel: each row is scaled and brought to length 1, and a step of gradient descent turns it
 * towards a target. Forward, backward and update are a handful of kernels: see *Kernels*.
 */
import {
  constant,
  entry,
  grad,
  mean,
  module,
  mul,
  neg,
  parametersOf,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  update,
} from 'facet-tensor'
import type { Session } from 'facet-tensor/runtime'

/** Scales each of 256 features, then the vector to length 1. */
const direction = module(({ param }) => {
  const scale = param('scale', [256], shape => constant(1, shape))
  return (x: Tensor<['batch', 256], 'f32'>) => {
    const scaled = mul(x, scale)
    return mul(scaled, rsqrt(sum(square(scaled), -1, { keepdims: true })))
  }
})

/** One step of gradient descent on the negative cosine between the result and a target. */
export const step = entry({ x: ['batch', 256], target: ['batch', 256] }, ({ x, target }) => {
  const loss = neg(mean(sum(mul(direction(x), target), -1)))
  const scale = parametersOf(direction)[0]!.tensor as Tensor<[256], 'f32'>
  update(scale, sub(scale, mul(grad(loss, { scale }).scale, 0.5)))
  return { loss }
})
export const sizes = { batch: 64 }

export async function* run(session: Session<{ step: typeof step }>) {
  const x = Float32Array.from({ length: 64 * 256 }, () => Math.random())
  const target = Float32Array.from(x, (value, i) => (i % 2 ? value : 0) / 8)
  for (let n = 1; n <= 400; n++) {
    const { loss } = await session.call('step', { x, target })
    yield { step: n, loss: loss[0]! }
  }
}
