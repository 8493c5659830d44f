/**
 * How variables start. Weights are `[out, in, ...kernel]`, as in PyTorch: the fan in is the product of all sizes but the
 * first, the fan out that of all but the second.
 */
import type { Tensor } from '../compiler/graph/node.js'
import { numel } from '../compiler/graph/shape.js'
import type { Initial } from '../compiler/language/module.js'
import { normal, uniform } from '../compiler/language/random.js'
import { mul } from '../compiler/ops/binary.js'

/** Uniform in `-bound .. bound`. */
export const uniformWithin =
  (bound: number): Initial =>
  shape =>
    uniform(shape, -bound, bound)
/** Normal with mean 0. */
export const normalWith =
  (deviation: number): Initial =>
  shape =>
    mul(normal(shape) as Tensor<any, 'f32'>, deviation)

/** What one output of a weight `[to, from, ...kernel]` is the sum of: `from` times the size of the kernel. */
export const fanIn = (shape: readonly number[]): number => numel(shape.slice(1))
/** What one input of a weight `[to, from, ...kernel]` goes to: `to` times the size of the kernel. */
export const fanOut = (shape: readonly number[]): number => shape[0]! * numel(shape.slice(2))

/**
 * Uniform in `-1/sqrt(fan in) .. 1/sqrt(fan in)`: what PyTorch's linear and convolution layers start with, for weights
 * and, with the weight's fan, for biases. Kaiming uniform (He et al. 2015) with the gain of a leaky relu of slope sqrt(5).
 */
export const kaimingUniform: Initial = shape => uniformWithin(1 / Math.sqrt(fanIn(shape)))(shape)
/** Normal with deviation `sqrt(2 / fan out)` (He et al. 2015): keeps the scale of gradients under relu. For ResNets. */
export const kaimingNormal: Initial = shape => normalWith(Math.sqrt(2 / fanOut(shape)))(shape)
