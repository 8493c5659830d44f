/** Feature augmentation by leaving components out (M1 to M6 of this project's list). */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { numel, ShapeError, show } from '../../../compiler/graph/shape.js'
import { mean, topK } from '../../../compiler/language/math.js'
import { bernoulli, normal, uniform } from '../../../compiler/language/random.js'
import {
  add,
  cast,
  concat,
  constant,
  div,
  equal,
  gather,
  matmul,
  maximum,
  maxPool2d,
  mul,
  reshape,
  select,
  sum,
} from '../../../compiler/ops/index.js'
import { randomBox } from './box.js'
import { operator, positive, type Solve, share } from './operator.js'

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

/**
 * M3: `x' = x m |m| / sum m`: blocks of `block` by `block` places (default 7) are dropped from each channel of a feature map `[N, C, H,
 * W]`, or stretches of `block` from `[N, C, L]`. `m` is 0 where one of the blocks over a place is on, each with probability
 * `1 - (1 - p)^(1 / block^2)`, so that every place is dropped with probability p, near the edges too. Strength: p, default 0.1; from
 * a cosine: `p = 1 - cosine^2`, exact in expectation of the square for places of equal energy. Source: DropBlock, arXiv
 * 1810.12890 (block 7; its `p / block^2` is this to first order).
 */
export function dropBlock({ block = 7 }: { readonly block?: number } = {}) {
  if (!(Number.isInteger(block) && block >= 1))
    throw new ShapeError(`dropBlock: block must be a whole number from 1 on, got ${block}`)
  return operator({
    name: 'dropblock',
    kind: 'maps',
    strength: 0.1,
    range: share,
    solve: shareOfCosine,
    apply(x, { strength: p }) {
      const [rows, channels, ...places] = x.shape as [number, number, ...number[]]
      const [height, width] = [places.length === 1 ? 1 : places[0]!, places.at(-1)!]
      const window: [number, number] = [places.length === 1 ? 1 : block, block]
      const grid = [rows, channels, height + window[0] - 1, width + window[1] - 1]
      const seeds = bernoulli(1 - (1 - p) ** (1 / (window[0] * window[1])), grid)
      const dropped = maxPool2d(cast(seeds, 'f32') as Untyped, window, { stride: 1 }) as Untyped
      const mask = cast(equal(reshape(dropped, [...x.shape]), 0), 'f32')
      const kept = maximum(sum(mask), 1)
      return mul(mul(x, mask), div(numel(x.shape), kept))
    },
  })
}

/**
 * M4: `x' = fill` inside of one box per row, x outside, on feature maps `[N, C, H, W]` or `[N, C, L]`; the box has the share `1 - w`, `w =
 * max(b, 1 - b)`, `b ~ Beta(strength, strength)`, before it is cut off at the edges (the law of `featureCutMix`). `fill`: `'zero'` (default)
 * or `'mean'`, of each channel over the map. Strength: default 1. Source: cutout, arXiv 1708.04552, on features.
 */
export const featureCutout = ({ fill = 'zero' }: { readonly fill?: 'zero' | 'mean' } = {}) =>
  operator({
    name: 'cutout',
    kind: 'maps',
    traits: ['statistics'],
    strength: 1,
    range: positive,
    apply(x, { strength, statistics }) {
      const places = x.shape.map((_, axis) => axis).slice(2)
      const filling = fill === 'zero' ? 0 : mean(statistics(x), places, { keepdims: true })
      return select(randomBox(x.shape, strength), filling, x)
    },
  })

/**
 * M5: the class token and a random share `1 - p` of the others, on the tokens `[N, 1 + L, D]` of a transformer (`vit`: sites `tokens`,
 * `block0`, ...), which takes fewer from there on and costs less. Strength: p, default 0.3. Source: patch dropout, Liu et al.,
 * arXiv 2208.07220; the encoder's part of MAE, arXiv 2111.06377.
 */
export const tokenDrop = () =>
  operator({
    name: 'tokens',
    kind: 'tokens',
    traits: ['fewer'],
    strength: 0.3,
    range: share,
    apply(x, { strength: p }) {
      const [rows, tokens, ...rest] = x.shape as [number, number, number]
      if (rest.length !== 1 || tokens < 2)
        throw new ShapeError(
          `tokens takes [batch, 1 + tokens, features], as a transformer has them, got ${show(x.shape)}`,
        )
      const kept = Math.max(1, Math.round((1 - p) * (tokens - 1)))
      const { indices } = topK(uniform([rows, tokens - 1]), kept as never)
      const chosen = concat(constant(0, [rows, 1], 'i32'), add(indices, 1), 1)
      return gather(x, reshape(chosen, [rows, kept + 1, 1]), 1)
    },
  })

/**
 * M6: `X' = P X`, `P` `[k, N]` normal with variance `1 / k`, the same for both sides: random mixtures of the rows of a batch, which keep the
 * covariance of the features in expectation. The result has k = `strength N` rows, rounded, so a batch of the loss is smaller; rows are
 * projected as wholes, so neither probability nor schedule applies. Strength: `k / N`, default 0.5, at most 1 (where it stays
 * square, for losses that need N rows). Source: COSTA, arXiv 2206.04726 (0.25 to 0.8).
 */
export const randomProjection = () =>
  operator({
    name: 'project',
    kind: 'rows',
    traits: ['joint'],
    strength: 0.5,
    range: ['above 0 and at most 1', s => s > 0 && s <= 1],
    apply(x, { strength }) {
      const rows = x.shape[0]!
      const kept = Math.max(1, Math.round(strength * rows))
      return matmul(mul(normal([kept, rows]), 1 / Math.sqrt(kept)), x)
    },
  })

/** `x m scale`: what `mask` (booleans or 0 and 1, broadcasting with `x`) leaves, by default as it is. */
export const masked = (x: Untyped, mask: Tensor<any, 'bool' | 'i32'>, scale = 1) => {
  const kept = cast(mask, 'f32')
  return mul(x, scale === 1 ? kept : mul(kept, scale))
}
