/** Reductions, what normalizes along an axis, running sums and order. */
import * as math from '../../../compiler/language/math.js'
import * as ops from '../../../compiler/ops/index.js'
import type { Dim, Shape } from '../../../compiler/types/shape.js'
import { bound, check, type Failed, input, type NumberOf, type NumbersOf, type ShapeOf, type Takes } from './table.js'

export const cases = [
  { rule: 'sum', a: [2, 3, 4], b: [1], out: [2, 4] },
  { rule: 'sum', a: [2, 3, 4], b: [-1], out: [2, 3] },
  { rule: 'sum', a: [2, 3, 4, 5], b: [0, 2, 3], out: [3] },
  { rule: 'sum', a: [2, 3], b: [1, 0], out: [] },
  { rule: 'sum', a: ['batch', 512, 7, 7], b: [2, 3], out: ['batch', 512] },
  { rule: 'sum', a: ['batch', 784], b: [2], out: 'axis 2 is out of range for [batch, 784]' },
  { rule: 'sum', a: [4, 3], b: [-3], out: 'axis -3 is out of range for [4, 3]' },
  { rule: 'max', a: [2, 3, 4], b: [0, -1], keepdims: true, out: [1, 3, 1] },
  { rule: 'max', a: ['batch', 10], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'min', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'min', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'min', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'prod', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'prod', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'prod', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'any', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'any', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'any', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'all', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'all', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'all', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'mean', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'mean', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'mean', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'variance', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'variance', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'variance', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'standardDeviation', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'standardDeviation', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'standardDeviation', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'logsumexp', a: ['batch', 3, 4], b: [0, -1], out: [3] },
  { rule: 'logsumexp', a: ['batch', 3], b: [1], keepdims: true, out: ['batch', 1] },
  { rule: 'logsumexp', a: [2, 3], b: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'argmax', a: ['batch', 3], axis: -1, out: ['batch'], dtype: 'i32' },
  { rule: 'argmax', a: [2, 3], axis: 2, out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'argmin', a: ['batch', 3], axis: -1, out: ['batch'], dtype: 'i32' },
  { rule: 'argmin', a: [2, 3], axis: 2, out: 'axis 2 is out of range for [2, 3]' },

  { rule: 'softmax', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'softmax', a: [2, 3], axis: 0, out: [2, 3] },
  { rule: 'softmax', a: [], axis: -1, out: [], built: 'axis -1 is out of range for []' },
  { rule: 'softmax', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'logSoftmax', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'logSoftmax', a: [2, 3], axis: 0, out: [2, 3] },
  { rule: 'logSoftmax', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'normalize', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'normalize', a: [2, 3], axis: 0, out: [2, 3] },
  { rule: 'normalize', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'cumsum', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'cumsum', a: [2, 3], axis: 0, out: [2, 3] },
  { rule: 'cumsum', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'sort', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'sort', a: [2, 3], axis: 0, out: [2, 3] },
  { rule: 'sort', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'argsort', a: ['batch', 3], axis: -1, out: ['batch', 3], dtype: 'i32' },
  { rule: 'argsort', a: [2, 3], axis: 0, out: [2, 3], dtype: 'i32' },
  { rule: 'argsort', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
  { rule: 'sortRank', a: ['batch', 3], axis: -1, out: ['batch', 3], dtype: 'i32' },
  { rule: 'sortRank', a: [2, 3], axis: 0, out: [2, 3], dtype: 'i32' },
  { rule: 'sortRank', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },

  { rule: 'topK', a: ['batch', 10], k: 3, out: ['batch', 3] },
  { rule: 'topK', a: [2, 4], k: 4, out: [2, 4] },
  { rule: 'topK', a: [2, 4], k: 5, out: 'topK takes k from 1 to 4, the last size of [2, 4], got 5' },
  { rule: 'topK', a: [2, 4], k: 0, out: 'topK takes k from 1 to 4, the last size of [2, 4], got 0' },

  { rule: 'crossEntropy', a: ['batch', 10], b: ['batch'], out: [] },
  { rule: 'crossEntropy', a: ['batch', 6, 10], b: ['batch', 6], out: [] },
  {
    rule: 'crossEntropy',
    a: [4, 10],
    b: [5],
    inferred: true,
    out: 'crossEntropy takes one label per row of [4, 10], got labels of shape [5]',
  },
  {
    rule: 'crossEntropy',
    a: [4, 10],
    b: [4, 10],
    inferred: true,
    out: 'crossEntropy takes one label per row of [4, 10], got labels of shape [4, 10]',
  },
] as const

type Axes<C> = NumbersOf<C, 'b'>[number]
type Keep<C> = C extends { keepdims: true } ? true : false
type Axis<C> = NumberOf<C, 'axis'>
type CrossEntropy<A extends Shape, B extends Shape> = A extends [...infer N extends Shape, infer C extends Dim]
  ? Takes<typeof math.crossEntropy<N, C, B, 'stopped'>, B, 'i32'>
  : never
interface Rules<C, A extends Shape, B extends Shape> {
  sum: typeof ops.sum<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  max: typeof ops.max<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  min: typeof ops.min<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  prod: typeof ops.prod<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  any: typeof ops.any<A, Axes<C>, Keep<C>>
  all: typeof ops.all<A, Axes<C>, Keep<C>>
  mean: typeof math.mean<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  variance: typeof math.variance<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  standardDeviation: typeof math.standardDeviation<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  logsumexp: typeof math.logsumexp<A, 'f32', 'stopped', Axes<C>, Keep<C>>
  argmax: typeof ops.argmax<A, 'f32', Axis<C>>
  argmin: typeof ops.argmin<A, 'f32', Axis<C>>
  softmax: typeof math.softmax<A, 'f32', 'stopped', Axis<C>>
  logSoftmax: typeof math.logSoftmax<A, 'f32', 'stopped', Axis<C>>
  normalize: typeof math.normalize<A, 'f32', 'stopped', Axis<C>>
  cumsum: typeof ops.cumsum<A, 'f32', 'stopped', Axis<C>>
  sort: typeof ops.sort<A, 'f32', 'stopped', Axis<C>>
  argsort: typeof ops.argsort<A, Axis<C>>
  sortRank: typeof ops.sortRank<A, Axis<C>>
  topK: typeof math.topK<A, 'stopped', NumberOf<C, 'k'>>
  crossEntropy: CrossEntropy<A, B>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  sum: ({ a, b, keepdims }) => ops.sum(input(a), bound(b), { keepdims }),
  max: ({ a, b, keepdims }) => ops.max(input(a), bound(b), { keepdims }),
  min: ({ a, b, keepdims }) => ops.min(input(a), bound(b), { keepdims }),
  prod: ({ a, b, keepdims }) => ops.prod(input(a), bound(b), { keepdims }),
  any: ({ a, b, keepdims }) => ops.any(input(a, 'bool'), bound(b), { keepdims }),
  all: ({ a, b, keepdims }) => ops.all(input(a, 'bool'), bound(b), { keepdims }),
  mean: ({ a, b, keepdims }) => math.mean(input(a), bound(b), { keepdims }),
  variance: ({ a, b, keepdims }) => math.variance(input(a), bound(b), { keepdims }),
  standardDeviation: ({ a, b, keepdims }) => math.standardDeviation(input(a), bound(b), { keepdims }),
  logsumexp: ({ a, b, keepdims }) => math.logsumexp(input(a), bound(b), { keepdims }),
  argmax: ({ a, axis }) => ops.argmax(input(a), axis),
  argmin: ({ a, axis }) => ops.argmin(input(a), axis),
  softmax: ({ a, axis }) => math.softmax(input(a), axis),
  logSoftmax: ({ a, axis }) => math.logSoftmax(input(a), axis),
  normalize: ({ a, axis }) => math.normalize(input(a), axis),
  cumsum: ({ a, axis }) => ops.cumsum(input(a), axis),
  sort: ({ a, axis }) => ops.sort(input(a), axis).values,
  argsort: ({ a, axis }) => ops.argsort(input(a), axis),
  sortRank: ({ a, axis }) => ops.sortRank(input(a), axis),
  topK: ({ a, k }) => {
    const { values, indices } = math.topK(input(a), k)
    return [values, indices]
  },
  crossEntropy: ({ a, b }) => math.crossEntropy(input(a), input(b, 'i32')),
})
