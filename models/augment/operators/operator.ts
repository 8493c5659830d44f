/** What a feature augmentation operator is: a random function on rows of features, with the name reports call it by. */
import type { Tensor } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'

/** Takes features `[N, D]` and gives features `[N, D]` similar to them; draws from the streams of the trace. */
export interface Operator {
  (x: Tensor): Tensor
  readonly label: string
}
export const operator = (label: string, call: (x: Tensor) => Tensor): Operator => Object.assign(call, { label })

/** A target cosine between a feature and its augmented copy; throws `ShapeError` outside of (0, 1]. */
export function checkCosine(name: string, cosine: number): number {
  if (!(cosine > 0 && cosine <= 1))
    throw new ShapeError(`${name}: cosine must be above 0 and at most 1 (1 changes nothing), got ${cosine}`)
  return cosine
}
