/** Gradient clipping, between the gradients and the optimizer. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { add, div, minimum, mul, sqrt, square, sum } from '../../compiler/ops/index.js'

/**
 * All gradients times `min(1, largest / (total + 1e-6))`, `total` being the norm of all of them together: `total` is `[]`.
 * Source: Pascanu et al., arXiv 1211.5063.
 */
export function clipNorm<T extends Tensor>(
  gradients: readonly T[],
  largest: number,
): { clipped: T[]; total: Tensor<[], 'f32'> } {
  const squares = gradients.map((g): Untyped => sum(square(g as Untyped) as Untyped))
  const total: Untyped = sqrt(squares.reduce((a, b) => add(a, b)))
  const factor: Untyped = minimum(div(largest, add(total, 1e-6)), 1)
  return { clipped: gradients.map(g => mul(g as Untyped, factor) as unknown as T), total }
}
