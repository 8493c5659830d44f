/** Gradient clipping, between the gradients and the optimizer. */
import { given, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { clamp } from '../../compiler/language/math.js'
import { add, div, minimum, mul, sqrt, square, sum } from '../../compiler/ops/index.js'

/** By the norm of all gradients together, or element by element. */
export type Clip = { readonly norm: number } | { readonly value: number }

/** Gradients clipped as asked; `total`, where the norm was computed, is what it was before. Throws `ShapeError` for bounds that are not positive. */
export function clipped<T extends Tensor>(
  gradients: readonly T[],
  clip: Clip,
): { clipped: readonly T[]; total?: Tensor<[], 'f32'> } {
  if (typeof clip !== 'object' || !('norm' in clip || 'value' in clip))
    throw new ShapeError(`clip takes { norm: 1 } or { value: 1 }, got ${given(clip)}`)
  if ('norm' in clip && 'value' in clip)
    throw new ShapeError('clip takes { norm: 1 } or { value: 1 }, got both: clip by one of them')
  const [kind, bound] = 'norm' in clip ? ['norm', clip.norm] : ['value', clip.value]
  if (!(bound > 0)) throw new ShapeError(`clip takes a positive ${kind}, got ${bound}`)
  return kind === 'norm' ? clipNorm(gradients, bound) : { clipped: clipValue(gradients, bound) }
}

/**
 * All gradients times `min(1, largest / (total + 1e-6))`, `total` being the norm of all of them together: `total` is `[]`.
 * Source: Pascanu et al., arXiv 1211.5063.
 */
export function clipNorm<T extends Tensor>(
  gradients: readonly T[],
  largest: number,
): { clipped: T[]; total: Tensor<[], 'f32'> } {
  const total = norm(gradients)
  const factor = minimum(div(largest, add(total, 1e-6)), 1)
  return { clipped: gradients.map(g => mul(g, factor) as unknown as T), total }
}

/** Every element held between `-largest` and `largest`. */
export const clipValue = <T extends Tensor>(gradients: readonly T[], largest: number): T[] =>
  gradients.map(g => clamp(g as Untyped, -largest, largest) as unknown as T)

/** The Euclidean norm `[]` of several tensors together. */
export function norm(tensors: readonly Tensor[]): Tensor<[], 'f32'> {
  const squares = tensors.map(x => sum(square(x as Untyped) as Untyped))
  return sqrt(squares.reduce((a, b) => add(a, b)))
}
