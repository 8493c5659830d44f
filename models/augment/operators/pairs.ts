import { normalize } from '../../../compiler/language/math.js'
import { beta } from '../../../compiler/language/random.js'
import { add, mul, sub } from '../../../compiler/ops/index.js'
import type { Matrix } from '../../tensors.js'
import { type Draw, weightsOf } from './mix.js'
import { type Compared, type Context, operator, positive } from './operator.js'

/** What `viewInterpolation` and `positiveExtrapolation` may be told. */
export interface PairOptions {
  /** The weight is drawn once per step (default), per row, or per element. */
  readonly draw?: Draw
  /** Unit rows afterwards. Default false. */
  readonly unit?: boolean
}

/**
 * MX5: `q' = w q + (1 - w) k`, `k' = w k + (1 - w) q`, `w ~ Beta(strength, strength)`: an easier positive. The query's gradient flows through
 * both sides; `flow: 'target-stopped'` leaves it to the online one. Strength: default 2. Source: feature transformation, arXiv 2108.02982.
 */
export const viewInterpolation = (options: PairOptions = {}) => pairMixture('interpolate', 0, options)

/**
 * MX6: as `viewInterpolation` with `w ~ 1 + Beta(strength, strength)`: a harder positive, drawn apart. With one w per step or row and no unit rows
 * afterwards, `1 - q'.k' = (1 + 2 w (w - 1)) (1 - q.k)`: whatever the flow, the gradient is that of the clean score times a
 * number; per element, or with unit rows, it is another one. Strength: default 2. Source: as there (w per step, not unit).
 */
export const positiveExtrapolation = (options: PairOptions = {}) => pairMixture('extrapolate', 1, options)

const pairMixture = <const N extends string>(name: N, from: 0 | 1, { draw = 'step', unit = false }: PairOptions) =>
  operator({
    name,
    kind: 'pair',
    strength: 2,
    range: positive,
    apply({ q, k }: Compared, { strength }: Context) {
      const [rows, features] = q.shape as [number, number]
      const w = beta(strength, strength, weightsOf(draw, rows, features))
      return mixPositives(q, k, from === 0 ? w : add(w, from), { unit })
    },
  })

const between = (a: Matrix, b: Matrix, l: Matrix) => add(mul(a, l), mul(b, sub(1, l)))

/**
 * `q' = l q + (1 - l) k` and `k' = l k + (1 - l) q`, both from the given `q` and `k`: above 1, `l` (a row's `[N, 1]` or an
 * element's `[N, D]`) moves the pair apart, a harder positive; from 0 to 1 together. No unit rows afterwards by default. Pass a
 * stopped key where it takes no gradient. Source: feature transformation, Zhu et al., arXiv 2108.02982
 * (`l = 1 + Beta(2, 2)`).
 */
export function mixPositives(
  q: Matrix,
  k: Matrix,
  l: Matrix,
  { unit = false }: { readonly unit?: boolean } = {},
): { q: Matrix; k: Matrix } {
  const done = (x: Matrix) => (unit ? normalize(x) : x)
  return { q: done(between(q, k, l)), k: done(between(k, q, l)) }
}
