/** What an augmentation does to features, pairs and negatives: its operator with its gradient flow, as often and as far as it says. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { stepVariable } from '../../compiler/language/entry.js'
import { bernoulli } from '../../compiler/language/random.js'
import { add, constant, mul, reshape, select, stopGradient, sub } from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import type { Negatives } from '../losses.js'
import { at } from '../schedules.js'
import type { Matrix } from '../tensors.js'
import type { FeatureAugmentation } from './feature.js'
import { contextOf, stopped, withFlow } from './flow.js'
import {
  type Apply,
  type Classified,
  type Compared,
  checkStrength,
  type Mixture,
  reshapes,
  type Solve,
} from './operators/operator.js'

/**
 * The augmented copy of one feature: rows `[N, D]`, or maps `[N, C, ...]`, and the mixture that it is, where its loss is to be
 * shared between both targets. `apply` is the operator's, mounted.
 */
export function augmented<S extends Shape>(
  one: FeatureAugmentation,
  apply: Apply['channels'],
  x: Tensor<S, 'f32'>,
): { readonly x: Tensor<S, 'f32'>; readonly mixture?: Mixture } {
  const { operator, flow, targets } = one
  const flat = operator.kind === 'any' && x.shape.length > 2
  const rows = x.shape[0]!
  const features = numel(x.shape) / rows
  let mixture: Mixture | undefined
  const mixed = (given: Mixture) => {
    mixture = given
  }
  const context = { ...contextOf(flow, strengthAt(one, features)), mixed }
  const call = (value: Tensor<S, 'f32'>) =>
    flat ? reshape(apply(reshape(value, [rows, features]), context), [...x.shape]) : apply(value, context)
  const fade = fading(one, rows)
  const copy = withFlow(flow, x, value => fade(value, call(value)))
  if (targets === 'own' || !mixture) return { x: copy }
  // As far as a row has gone the way to its mixture, so far has its target.
  return { x: copy, mixture: { ...mixture, share: fade(constant(0, [rows, 1]), mixture.share) } }
}

/** Both sides of a pair; the penalty `[N, 1]` is added to the one that there is. */
export function augmentedPair(one: FeatureAugmentation, apply: Apply['pair'], pair: Compared): Compared {
  const [rows, features] = pair.q.shape as [number, number]
  const made = apply(pair, contextOf(one.flow, strengthAt(one, features)))
  const fade = fading(one, rows)
  const [q, k] = [fade(pair.q, made.q), fade(pair.k, made.k)]
  const before = pair.penalty ?? constant(0, [rows, 1])
  const penalty = made.penalty ? fade(before, add(before, made.penalty)) : pair.penalty
  return {
    q: one.flow === 'online-stopped' ? stopGradient(q) : q,
    k: one.flow === 'target-stopped' ? stopGradient(k) : k,
    ...(penalty && { penalty }),
  }
}

/** What queries `q` are told apart from. Only learned negatives that are adversarial pass a gradient on. */
export function augmentedNegatives(
  one: FeatureAugmentation,
  apply: Apply['negatives'],
  negatives: Negatives,
  q: Matrix,
): Negatives {
  const made = apply(negatives, stopGradient(q), contextOf(one.flow, strengthAt(one, q.shape[1]!)))
  if (one.flow !== 'stopped') return made
  return { shared: stopped(made.shared), ...(made.own && { own: made.own.map(one => stopped(one)) }) }
}

/** What a classifier's scores `[N, C]` become. */
export function augmentedScores(one: FeatureAugmentation, apply: Apply['scores'], given: Classified): Untyped {
  const [rows, features] = given.features.shape as [number, number]
  const context = contextOf(one.flow, strengthAt(one, features))
  const fade = fading(one, rows)
  return withFlow(one.flow, given.scores as Untyped, scores =>
    fade(scores, apply({ ...given, scores }, context) as Untyped),
  )
}

function strengthAt({ operator, strength, cosine }: FeatureAugmentation, features: number): number {
  if (cosine === undefined) return strength ?? operator.strength ?? Number.NaN
  return checkStrength(operator, (operator.solve as Solve)(cosine, features))
}

/** `x + s (a - x)`, s by the schedule, on those of `rows` rows that the probability picks, the same for all that is faded. */
function fading(
  { operator, probability, schedule }: FeatureAugmentation,
  rows: number,
): <S extends Shape>(x: Tensor<S, 'f32'>, a: Tensor<S, 'f32'>) => Tensor<S, 'f32'> {
  if (reshapes(operator)) return (_, a) => a
  const amount = schedule && at(schedule, stepVariable.tensor)
  const picked = probability === 1 ? undefined : bernoulli(probability, [rows])
  return (x: Untyped, a: Untyped) => {
    if (a === x) return a
    const moved = amount ? add(x, mul(sub(a, x), amount)) : a
    return picked ? select(reshape(picked, [rows, ...x.shape.slice(1).map(() => 1)]), moved, x) : moved
  }
}
