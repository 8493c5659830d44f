/** Feature augmentation by leaving components out (M1, M2, M3, M4, M6 of this project's list). */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { bernoulli } from '../../../compiler/language/random.js'
import { cast, mul } from '../../../compiler/ops/index.js'
import { operator, type Solve, share } from './operator.js'

/** Since `cos = sqrt(sum_kept x^2 / sum x^2)`, whose square has mean 1 - p. */
const shareOfCosine: Solve = cosine => 1 - cosine ** 2

/**
 * M1: `x' = x m / (1 - p)`, `m ~ Bernoulli(1 - p)` per element: each component is dropped with probability p, the rest scaled so that
 * the mean stays. Strength: p, default 0.1; from a cosine: `p = 1 - cosine^2`. Source: dropout as augmentation in SimCSE,
 * arXiv 2104.08821 (p 0.1).
 */
export const dropoutMask = () =>
  operator({
    name: 'dropout',
    kind: 'any',
    strength: 0.1,
    range: share,
    solve: shareOfCosine,
    apply: (x, { strength: p }) => masked(x, bernoulli(1 - p, x.shape), 1 / (1 - p)),
  })

/**
 * M2: as `dropoutMask`, but whole channels of a feature map `[N, C, ...]` at once. Strength: p, default 0.2; from a cosine: `p = 1 -
 * cosine^2`, exact in expectation for channels of equal energy. Source: spatial dropout, arXiv 1411.4280.
 */
export const channelMask = () =>
  operator({
    name: 'channels',
    kind: 'maps',
    strength: 0.2,
    range: share,
    solve: shareOfCosine,
    apply(x, { strength: p }) {
      const [rows, channels] = x.shape as [number, number]
      return masked(x, bernoulli(1 - p, [rows, channels, ...x.shape.slice(2).map(() => 1)]), 1 / (1 - p))
    },
  })

/** `x m scale`: what `mask` (booleans or 0 and 1, broadcasting with `x`) leaves, by default as it is. */
export const masked = (x: Untyped, mask: Tensor<any, 'bool' | 'i32'>, scale = 1): Untyped => {
  const kept: Untyped = cast(mask as Untyped, 'f32')
  return mul(x, scale === 1 ? kept : mul(kept, scale))
}
