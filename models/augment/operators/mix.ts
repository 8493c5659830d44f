import { mean, normalize } from '../../../compiler/language/math.js'
import { beta, permutation, uniform } from '../../../compiler/language/random.js'
import { add, cast, minimum, mul, reshape, select, stopGradient, sub, take } from '../../../compiler/ops/index.js'
import type { Matrix, Vector } from '../../tensors.js'
import { randomBox } from './box.js'
import { atLeastZero, operator, positive, type Solve, solved } from './operator.js'

/**
 * MX1: `x'_i = (1 - w_i) x_i + w_i x_pi(i)`, `pi` a random permutation of the batch, `w` one weight per row, by the law:
 * - `'uniform'` (default): `U(0, strength)`, strength at most 0.5 (default 0.2);
 * - `'extrapolate'`: `U(-strength, 0)`, away from the partner (default 0.2);
 * - `'beta'`: `min(b, 1 - b)`, `b ~ Beta(strength, strength)` (default 1).
 *
 * The anchor has the larger part, so the mixed feature stands for it; with `targets: 'both'` it is compared with both targets,
 * which is i-Mix, and MixCo where it stands beside the clean feature (`compose: 'add'`). Gradient flows to anchor and
 * partner. From a cosine (not for `'beta'`): the strength with this mean cosine for partners orthogonal to x and as long. Source:
 * manifold mixup, arXiv 1806.05236; the anchor's part: i-Mix, arXiv 2010.08887; range: DACL, arXiv 2011.04419.
 */
export const featureMixup = <const L extends 'uniform' | 'extrapolate' | 'beta' = 'uniform'>({
  law = 'uniform' as L,
}: {
  readonly law?: L
} = {}) => {
  const sign = law === 'extrapolate' ? -1 : 1
  const solve: Solve = cosine =>
    solved('mixup', cosine, s => meanCosine(sign * s), [0, law === 'extrapolate' ? 10 : 0.5])
  return operator({
    name: 'mixup',
    kind: 'any',
    traits: ['partner', ...(law === 'extrapolate' ? [] : (['mixture'] as const))] as readonly (
      | 'partner'
      | (L extends 'extrapolate' ? never : 'mixture')
    )[],
    strength: law === 'beta' ? 1 : 0.2,
    range: law === 'uniform' ? ['at least 0 and at most 0.5', s => s >= 0 && s <= 0.5] : positive,
    solve: (law === 'beta' ? undefined : solve) as L extends 'beta' ? undefined : Solve,
    apply(x, { strength, partner, mixed }) {
      const rows = x.shape[0]!
      const drawn = law === 'beta' ? beta(strength, strength, [rows, 1]) : uniform([rows, 1])
      const w = law === 'beta' ? minimum(drawn, sub(1, drawn)) : mul(drawn, sign * strength)
      const other = permutation(rows)
      mixed({ partner: other, share: w })
      return add(mul(x, sub(1, w)), mul(take(partner(x), other, 0), w))
    },
  })
}

/** Of `(1 - w) x + w y` with `w ~ U(0, most)` to x, for y orthogonal to x and as long. */
function meanCosine(most: number): number {
  const steps = 64
  const at = (w: number): number => (1 - w) / Math.hypot(1 - w, w)
  return Array.from({ length: steps }, (_, i) => at((most * (i + 0.5)) / steps)).reduce((a, b) => a + b) / steps
}

/**
 * MX4: `x'_i = x_pi(i)` inside of one box per row, `x_i` outside, on feature maps `[N, C, H, W]` or `[N, C, L]`; the box has the share `1 - w`,
 * `w = max(b, 1 - b)`, `b ~ Beta(strength, strength)`, before it is cut off at the edges. The anchor has the larger part; with
 * `targets: 'both'` the partner's target counts by the share of the box that is there. Strength: default 1. Source: CutMix, arXiv 1905.04899; the larger part: i-Mix, arXiv 2010.08887.
 */
export const featureCutMix = () =>
  operator({
    name: 'cutmix',
    kind: 'maps',
    traits: ['partner', 'mixture'],
    strength: 1,
    range: positive,
    apply(x, { strength, partner, mixed }) {
      const rows = x.shape[0]!
      const [box, other] = [randomBox(x.shape, strength), permutation(rows)]
      mixed({ partner: other, share: mean(reshape(cast(box, 'f32'), [rows, -1]), -1, { keepdims: true }) })
      return select(box, take(partner(x), other, 0), x)
    },
  })

/**
 * MX13: `x' = x_i + a (x_j - x_k)`, j and k by two random permutations of the batch: what tells two other examples apart, moved to this
 * one. Gradient flows to all three. Strength: a, default 0.5; from a cosine: that with partners orthogonal to x and to each other, and as
 * long. Source: delta-encoder, Schwartz et al., arXiv 1806.04734; feature-space extrapolation, DeVries and Taylor, arXiv 1702.05538.
 */
export const deltaTransfer = () =>
  operator({
    name: 'transfer',
    kind: 'any',
    traits: ['partner'],
    strength: 0.5,
    range: atLeastZero,
    solve: (cosine => Math.sqrt((1 / cosine ** 2 - 1) / 2)) as Solve,
    apply(x, { strength, partner }) {
      const other = () => take(partner(x), permutation(x.shape[0]!), 0)
      return add(x, mul(sub(other(), other()), strength))
    },
  })

/** How often the weight of a mixture is drawn: once per step, for each row, or for each element. */
export type Draw = 'step' | 'row' | 'element'
/** The shape of such weights for rows `[rows, features]`. */
export const weightsOf = (draw: Draw, rows: number, features: number): [number, number] =>
  (({ step: [1, 1], row: [rows, 1], element: [rows, features] }) satisfies Record<Draw, [number, number]>)[draw]

/** What `mix` may be told. */
export interface MixOptions {
  /** No gradient through the partner. Default false. */
  readonly stopPartner?: boolean
  /** Unit rows before and after mixing. Default false. */
  readonly unitBefore?: boolean
  /** Unit rows after mixing. Default false. */
  readonly unitAfter?: boolean
}
/** `l x + (1 - l) x[partner]`: `x` `[N, D]`, `l` `[N, 1]` or `[N, D]`, `partner` `[N]` i32. */
export function mix(
  x: Matrix,
  l: Matrix,
  partner: Vector<'i32'>,
  { stopPartner = false, unitBefore = false, unitAfter = false }: MixOptions = {},
) {
  const own = unitBefore ? normalize(x) : x
  const other = stopPartner ? stopGradient(own) : own
  const mixed = add(mul(own, l), mul(take(other, partner, 0), sub(1, l)))
  return unitAfter ? normalize(mixed) : mixed
}
