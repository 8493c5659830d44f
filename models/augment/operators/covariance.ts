/** Feature augmentation without draws: the expectation over Gaussian translations of keys, in closed form (CV2 of this project's list). */
import { ShapeError } from '../../../compiler/graph/shape.js'
import { normalize } from '../../../compiler/language/math.js'
import { add, mul, stopGradient, sub, sum } from '../../../compiler/ops/index.js'
import type { Matrix } from '../../tensors.js'
import { gaussianNoise } from './noise.js'
import { atLeastZero, type Compared, type Context, type Operator, operator } from './operator.js'

type Inner = Operator<'any' | 'rows', 'statistics' | 'partner'>
/** What `infiniteKeys` may be told. */
export interface InfiniteKeysOptions {
  /** What keys are drawn with, around the given one, and how strongly. Default: `gaussianNoise()` with its own strength. */
  readonly around?: Inner
  /** How strongly: the strength of `around`, in its unit. Default: its own. */
  readonly spread?: number
  /** Keys drawn per row. Default 5. */
  readonly keys?: number
  /** The temperature of the method's loss. Default 0.2. */
  readonly temperature?: number
}
/**
 * CV2: infinitely many keys per query. With mean m and covariance S of `keys` unit keys drawn around the given one (divisor `keys`),
 * `k' = m + l / (2 T) S q`, and `l / (2 T^2) q^T S q` is added to the loss: an upper bound of its expectation over keys from `N(m, l S)`. S is
 * used through its factor, `S q = mean_j d_j (d_j.q)`, O(keys D) per row. Keys carry no gradient, the query does. Strength: l, default 2; `schedule` fades both
 * terms in, as the source does over training. Queued is the given key (the source: m). Source: JCL, arXiv 2009.14776, equation 12
 * (5 keys from crops, l 2 or 0.25, T 0.2).
 */
export function infiniteKeys({
  around = gaussianNoise() as Inner,
  spread = around.strength ?? Number.NaN,
  keys = 5,
  temperature = 0.2,
}: InfiniteKeysOptions = {}) {
  if (!(Number.isInteger(keys) && keys >= 2))
    throw new ShapeError(`jcl: keys must be a whole number from 2 on, got ${keys}`)
  if (!(temperature > 0)) throw new ShapeError(`jcl: temperature must be positive, got ${temperature}`)
  return operator({
    name: 'jcl',
    kind: 'pair',
    strength: 2,
    range: atLeastZero,
    apply({ q, k }: Compared, { strength, ...context }: Context) {
      const draw = around.apply as (x: Matrix, context: Context) => Matrix
      const key = stopGradient(k)
      const drawn = Array.from({ length: keys }, () => normalize(draw(key, { ...context, strength: spread })))
      return expectedKey(q, drawn, strength, temperature)
    },
  })
}

/** `k' = m + l / (2 T) S q` and the penalty `l / (2 T^2) q^T S q` `[N, 1]`, from the keys drawn, `[N, D]` each. */
export function expectedKey(q: Matrix, keys: readonly Matrix[], l: number, temperature: number): Required<Compared> {
  const meanOf = (values: readonly Matrix[]) =>
    mul(
      values.reduce((total, value) => add(total, value)),
      1 / values.length,
    )
  const centre = meanOf(keys)
  const scattered = meanOf(
    keys.map(key => {
      const d = sub(key, centre)
      return mul(d, sum(mul(d, q), 1, { keepdims: true }))
    }),
  )
  const half = l / (2 * temperature)
  return {
    q,
    k: add(centre, mul(scattered, half)),
    penalty: mul(sum(mul(q, scattered), 1, { keepdims: true }), half / temperature),
  }
}
