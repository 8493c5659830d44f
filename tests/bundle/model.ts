/** What bundles are tested on: one layer that is trained, and what it gives. */
import {
  dot,
  entry,
  grad,
  mean,
  module,
  mul,
  normal,
  square,
  sub,
  type Tensor,
  tanh,
  update,
} from '../../compiler/index.js'

const layer = module(({ param }) => {
  const weight = param('weight', [8, 4], shape => normal(shape as [8, 4]))
  return (x: Tensor<['batch', 8], 'f32'>) => ({ weight, y: tanh(dot(x, weight)) })
})
export const step = entry({ x: ['batch', 8], target: ['batch', 4] }, ({ x, target }) => {
  const { weight, y } = layer(x)
  const loss = mean(square(sub(y, target)))
  update(weight, sub(weight, mul(grad(loss, { weight }).weight, 0.5)))
  return { loss }
})
export const embed = entry({ x: ['batch', 8] }, ({ x }) => ({ features: layer(x).y }))
export const sizes = { batch: 16 }

export const x = Float32Array.from({ length: 16 * 8 }, (_, i) => Math.sin(i))
export const target = Float32Array.from({ length: 16 * 4 }, (_, i) => 0.5 * Math.cos(i))
