/** A random box per row of feature maps: where CutMix takes another map, and cutout takes nothing. */
import { beta, uniform } from '../../../compiler/language/random.js'
import { abs, add, iota, less, logicalAnd, minimum, mul, pow, sub } from '../../../compiler/ops/index.js'

/**
 * True inside of a box, `[N, 1, H, W]` (or `[N, 1, L]`), for maps of the given shape: `w = max(b, 1 - b)`, `b ~ Beta(alpha, alpha)`;
 * the sides have the share `sqrt(1 - w)` of the map's (in one dimension `1 - w`), the centre is uniform, and what lies outside of
 * the map is cut off. Source: CutMix, arXiv 1905.04899, with the larger part of i-Mix, arXiv 2010.08887.
 */
export function randomBox([rows, , ...places]: readonly number[], alpha: number) {
  const column = [rows!, 1, ...places.map(() => 1)]
  const b = beta(alpha, alpha, column)
  const side = pow(minimum(b, sub(1, b)), 1 / places.length) // of a map of side 1
  return places
    .map((size, i) => {
      const at = iota(
        places.length === 1 ? [1, 1, size] : [1, 1, ...places.map((_, j) => (j === i ? size : 1))],
        i + 2,
        'f32',
      )
      const centre = mul(uniform(column), size)
      // A place is inside where its middle is.
      return less(abs(sub(add(at, 0.5), centre)), mul(side, size / 2))
    })
    .reduce((a, b) => logicalAnd(a, b))
}
