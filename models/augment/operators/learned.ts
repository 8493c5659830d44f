/**
 * Learned feature augmentation (L1 to L4 of this project's list). Parameters are declared at first use, when the number of
 * features is known, and each is read through `parameter`, so that an adversarial flow reverses its gradient.
 */

import type { Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { zeros } from '../../../compiler/language/create.js'
import { normalize, softmax, softplus } from '../../../compiler/language/math.js'
import { type Builder, module } from '../../../compiler/language/module.js'
import { bernoulli, normal, uniform } from '../../../compiler/language/random.js'
import { add, concat, constant, matmul, mul, relu, reshape, sub, transpose } from '../../../compiler/ops/index.js'
import { bankOf } from '../../bank.js'
import { kaimingUniform } from '../../init.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { sgd } from '../../optimizers/sgd.js'
import { masked } from './mask.js'
import { atLeastZero, type Compared, type Context, operator } from './operator.js'

/**
 * L1: `x' = (1 + a g) x + a b`, `g ~ N(0, softplus(s_g)^2)`, `b ~ N(0, softplus(s_b)^2)` per row and feature, the scales `s_g`, `s_b` `[C]` learned:
 * a feature-wise transformation. On maps `[N, C, ...]` one draw per channel. Parameters `gain` (0.3 at first) and `shift` (0.5).
 * Strength: a, default 1. Source: Tseng et al., arXiv 2001.08735.
 */
export const learnedAffine = () =>
  operator({
    name: 'affine',
    kind: 'channels',
    traits: ['learned'],
    strength: 1,
    range: atLeastZero,
    apply: module(({ param }) => {
      const scales = sized('affine', features =>
        [0.3, 0.5].map((start, i) => param(i === 0 ? 'gain' : 'shift', [features], shape => constant(start, shape))),
      )
      return (x: Untyped, { strength, parameter }: Context) => {
        const [rows, channels, ...places] = x.shape as [number, number, ...number[]]
        const ones = places.map(() => 1)
        const [gain, shift] = scales(channels).map(scale => {
          const deviation = reshape(softplus(parameter(scale)), [1, channels, ...ones])
          return mul(mul(normal([rows, channels, ...ones]), deviation), strength)
        })
        return add(mul(x, add(gain!, 1)), shift!)
      }
    }),
  })

/** What `residualGenerator` may be told. */
export interface GeneratorOptions {
  /** Size of the hidden layer. Default 128. */
  readonly hidden?: number
  /** Random numbers that the generator is given per row. Default 8. */
  readonly noise?: number
  /** Default: `sgd({ learningRate: 0.03 })`. */
  readonly optimizer?: Optimizer
}
/**
 * L2: `x' = x + a (W2 relu(W1 [x; e] + b1) + b2)`, `e ~ N(0, I)`: a residual generator, `x` `[N, D]`. It is trained by an optimizer of its
 * own: with the encoder (`'full'`), alone on a stopped feature (`'generator'`), or against the loss (`'adversarial'`). Strength: a,
 * default 0.1. Source: MetAug, arXiv 2203.05119 (generator per view, learning rate 0.03), with first-order steps.
 */
export const residualGenerator = ({
  hidden = 128,
  noise = 8,
  optimizer = sgd({ learningRate: 0.03 }),
}: GeneratorOptions = {}) =>
  operator({
    name: 'generator',
    kind: 'rows',
    traits: ['learned'],
    strength: 0.1,
    range: atLeastZero,
    optimizer,
    apply: module(({ param }) => {
      const layers = sized('generator', features => ({
        inner: dense(param, 'inner', features + noise, hidden),
        outer: dense(param, 'outer', hidden, features),
      }))
      return (x: Untyped, { strength, parameter }: Context) => {
        const [rows, features] = x.shape as [number, number]
        const { inner, outer } = layers(features)
        const given = concat(x, normal([rows, noise]), 1)
        return add(x, mul(outer(relu(inner(given, parameter)), parameter), strength))
      }
    }),
  })

/**
 * L3: negatives `unit(W)`, `W` `[size, D]` learned to raise the loss that the encoder lowers, in place of the queue or, with `beside`, after it.
 * `size` defaults to that of the queue. Flow `'adversarial'`; no strength. Default optimizer: `sgd({ learningRate: 3, momentum: 0.9, weightDecay:
 * 1e-4 })`. Source: AdCo, arXiv 2011.08435 (65536 rows, whose gradient is taken at a temperature of its own, 0.02; here it is the
 * method's).
 */
export const adversarialNegatives = ({
  size,
  beside = false,
  optimizer = sgd({ learningRate: 3, momentum: 0.9, weightDecay: 1e-4 }),
}: {
  readonly size?: number
  readonly beside?: boolean
  readonly optimizer?: Optimizer
} = {}) =>
  operator({
    name: 'adco',
    kind: 'negatives',
    traits: ['learned'],
    flow: 'adversarial',
    optimizer,
    apply: module(({ param }) => {
      let rows = size
      const learned = sized('adco', features => param('rows', [rows!, features], shape => normalize(normal(shape))))
      return ({ shared, ...rest }: { shared: Untyped }, _: Untyped, { parameter }: Context) => {
        rows ??= shared.shape[0]!
        const made = normalize(parameter(learned(shared.shape[1]!)))
        return { ...rest, shared: beside ? concat(shared, made, 0) : made }
      }
    }),
  })

/**
 * Hallucinator: `q' = unit(MLP([q; (1 + r) q - r k]))`, `r ~ U(0, strength)` once per step: a further positive from the query and from
 * what lies beyond it, away from its key. The MLP has three linear layers as wide as q, relu between them. The key stays as it is. The
 * source compares q' and q with k, which is `compose: 'blend'`. Strength: default 0.1. Source: Wu et al., arXiv 2307.12168, and its
 * code (MoCo's key is stopped, which `flow` need not say; SimSiam's is).
 */
export const hallucinator = () =>
  operator({
    name: 'hallucinate',
    kind: 'pair',
    traits: ['learned'],
    strength: 0.1,
    range: atLeastZero,
    apply: module(({ param }) => {
      const layers = sized('hallucinate', features => [
        dense(param, 'fc1', 2 * features, features),
        dense(param, 'fc2', features, features),
        dense(param, 'fc3', features, features),
      ])
      return ({ q, k }: Compared, { strength, parameter }: Context) => {
        const r = mul(uniform([1, 1]), strength)
        const beyond = add(q, mul(sub(q, k), r))
        const [first, second, third] = layers(q.shape[1]!) as [Dense, Dense, Dense]
        const hidden = relu(second(relu(first(concat(q, beyond, 1), parameter)), parameter))
        return { q: normalize(third(hidden, parameter)), k }
      }
    }),
  })

/** What `crossAttention` may be told. */
export interface AttentionOptions {
  /** Rows of earlier steps that are attended to. Default 256. */
  readonly bank?: number
  /** Size of queries, keys and values. Default 64. */
  readonly size?: number
  /** Share of the attention weights that are dropped. Default 0.1. */
  readonly dropout?: number
}
/**
 * L4: `x' = relu(x + a V relu(U [w E(P); E(x)]))`, `w = drop(softmax(E(x) E(P)^T / sqrt(size)))`: features refined by attention to a bank P
 * `[bank, D]` of the unit rows of earlier steps, which carry no gradient. E, U and V are linear layers. For features that are not
 * negative: place it at `pooled`. Strength: a, default 1. Source: FeatMatch, arXiv 2007.08505 (one head, dropout 0.1; prototypes as P).
 */
export function crossAttention({ bank: rows = 256, size = 64, dropout = 0.1 }: AttentionOptions = {}) {
  if (!(dropout >= 0 && dropout < 1))
    throw new ShapeError(`attention: dropout must be at least 0 and less than 1, got ${dropout}`)
  return operator({
    name: 'attention',
    kind: 'rows',
    traits: ['learned'],
    strength: 1,
    range: atLeastZero,
    apply: module(builder => {
      const bank = bankOf('attention', builder, rows)
      const pushed = new WeakSet<Untyped>()
      const layers = sized('attention', features => ({
        embed: dense(builder.param, 'embed', features, size),
        join: dense(builder.param, 'join', 2 * size, size),
        out: dense(builder.param, 'out', size, features),
      }))
      return (x: Untyped, { strength, parameter }: Context) => {
        const features = x.shape[1]!
        const { embed, join, out } = layers(features)
        const [own, others] = [embed(x, parameter), embed(bank.rows(features), parameter)]
        const scores = mul(matmul(own, transpose(others)), 1 / Math.sqrt(size))
        const kept = bernoulli(1 - dropout, [...scores.shape])
        const weights = masked(softmax(scores), kept, 1 / (1 - dropout))
        const joined = relu(join(concat(matmul(weights, others), own, 1), parameter))
        if (!pushed.has(x)) bank.push(x)
        pushed.add(x)
        return relu(add(x, mul(out(joined, parameter), strength)))
      }
    }),
  })
}

type Dense = ReturnType<typeof dense>
/** `x W^T + b` with parameters `<name>.weight` `[to, from]` and `<name>.bias` `[to]`, each read through `parameter`. */
function dense(param: Builder['param'], name: string, from: number, to: number) {
  const weight = param(`${name}.weight`, [to, from], kaimingUniform)
  const bias = param(`${name}.bias`, [to], zeros)
  return (x: Untyped, parameter: (x: Untyped) => Untyped) =>
    add(matmul(x, transpose(parameter(weight))), parameter(bias))
}

/** What `make` declares for the number of features that it is first asked for. Throws `ShapeError` for another. */
function sized<T>(name: string, make: (features: number) => T): (features: number) => T {
  let made: { readonly features: number; readonly value: T } | undefined
  return features => {
    made ??= { features, value: make(features) }
    if (made.features !== features)
      throw new ShapeError(
        `${name} was made for ${made.features} features and is given ${features}: give each place an operator of its own`,
      )
    return made.value
  }
}
