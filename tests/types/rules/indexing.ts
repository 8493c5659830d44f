/** Reading and adding at indices; `b` is the index. */
import * as ops from '../../../compiler/ops/index.js'
import type { Dim, Shape } from '../../../compiler/types/shape.js'
import { check, type Failed, input, type NumberOf, type ShapeOf } from './table.js'

export const cases = [
  { rule: 'gather', a: ['batch', 10], b: ['batch', 3], axis: 1, out: ['batch', 3] },
  { rule: 'gather', a: [4, 10], b: [1, 3], axis: -1, out: [4, 3] },
  { rule: 'gather', a: [1, 5], b: [4, 3], axis: 1, out: [4, 3] },
  { rule: 'gather', a: [4, 10], b: [3], axis: 1, out: 'gather: index [3] must have the rank of [4, 10]' },
  { rule: 'gather', a: [4, 10], b: [5, 3], axis: 1, out: 'cannot broadcast [4, 1] with [5, 1]' },
  { rule: 'gather', a: [4, 10], b: [4, 3], axis: 2, out: 'axis 2 is out of range for [4, 10]' },

  { rule: 'take', a: [10, 'n'], b: ['batch', 3], axis: 0, out: ['batch', 3, 'n'] },
  { rule: 'take', a: ['batch', 10, 4], b: [3], axis: 1, out: ['batch', 3, 4] },
  { rule: 'take', a: ['batch', 10], b: [], axis: -1, out: ['batch'] },
  { rule: 'take', a: [4, 10], b: [3], axis: -3, out: 'axis -3 is out of range for [4, 10]' },

  { rule: 'embedding', a: [1000, 64], b: ['batch', 12], out: ['batch', 12, 64] },
  { rule: 'embedding', a: [1000, 64], b: [], out: [64] },
  { rule: 'oneHot', b: ['batch', 7], classes: 10, out: ['batch', 7, 10], dtype: 'f32' },
  { rule: 'oneHot', b: [], classes: 3, out: [3], dtype: 'f32' },

  { rule: 'scatterAdd', a: ['batch', 3], b: ['batch', 3], axis: 1, size: 10, out: ['batch', 10] },
  { rule: 'scatterAdd', a: [4, 3], b: [1, 3], axis: -1, size: 10, out: [4, 10] },
  { rule: 'scatterAdd', a: [4, 3], b: [4, 3], axis: 2, size: 10, out: 'axis 2 is out of range for [4, 3]' },
  {
    rule: 'scatterAdd',
    a: [4, 3],
    b: [4, 5],
    axis: 1,
    size: 10,
    out: 'index [4, 5] must have the sizes of [4, 3], or 1',
  },
  {
    rule: 'scatterAdd',
    a: [8, 8],
    b: [8],
    axis: 0,
    size: 10,
    out: 'index [8] must have the sizes of [8, 8], or 1',
  },
  { rule: 'segmentSum', a: ['batch', 3, 4], b: ['batch'], size: 10, out: [10, 3, 4] },
  { rule: 'segmentSum', a: [4], b: [4], size: 2, out: [2] },
  { rule: 'scatter', a: [4, 10], b: [4, 3], axis: 1, out: [4, 10] },
  { rule: 'scatter', a: [4, 10], b: [4, 3], axis: 3, out: 'axis 3 is out of range for [4, 10]' },
  { rule: 'scatter', a: [4, 10], b: [5, 3], axis: 1, out: 'updates [5, 3] and [4, 10] may differ along axis 1 only' },
  { rule: 'updateRows', a: [8, 'n'], b: [2, 'n'], out: [8, 'n'] },
  {
    rule: 'updateRows',
    a: [8, 4],
    b: [9, 4],
    out: [8, 4],
    built: 'cannot write rows [9, 4] into [8, 4]: at most 8 rows of [4] fit',
  },
] as const

type Axis<C> = NumberOf<C, 'axis'>
type Embedding<A extends Shape, B extends Shape> = A extends [infer V extends Dim, infer F extends Dim]
  ? typeof ops.embedding<V, F, B, 'f32', 'stopped'>
  : never
interface Rules<C, A extends Shape, B extends Shape> {
  gather: typeof ops.gather<A, B, 'f32', 'stopped', Axis<C>>
  take: typeof ops.take<A, B, 'f32', 'stopped', Axis<C>>
  embedding: Embedding<A, B>
  oneHot: typeof ops.oneHot<B, NumberOf<C, 'classes'>>
  scatterAdd: typeof ops.scatterAdd<A, B, 'f32', 'stopped', Axis<C>, NumberOf<C, 'size'>>
  scatter: typeof ops.scatter<A, B, B, 'f32', 'stopped', 'stopped', Axis<C>>
  segmentSum: A extends [infer N extends Dim, ...infer R extends Shape]
    ? typeof ops.segmentSum<N, R, B, 'f32', 'stopped', NumberOf<C, 'size'>>
    : never
  updateRows: typeof ops.updateRows<A, 'f32', 'stopped', 'stopped'>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  gather: ({ a, b, axis }) => ops.gather(input(a), input(b, 'i32'), axis),
  take: ({ a, b, axis }) => ops.take(input(a), input(b, 'i32'), axis),
  embedding: ({ a, b }) => ops.embedding(input(a), input(b, 'i32')),
  oneHot: ({ b, classes }) => ops.oneHot(input(b, 'i32'), classes),
  scatterAdd: ({ a, b, axis, size }) => ops.scatterAdd(input(a), input(b, 'i32'), axis, size),
  scatter: ({ a, b, axis }) => ops.scatter(input(a), input(b, 'i32'), input(b), axis),
  segmentSum: ({ a, b, size }) => ops.segmentSum(input(a), input(b, 'i32'), size),
  updateRows: ({ a, b }) => ops.updateRows(input(a), input([], 'i32'), input(b)),
})
