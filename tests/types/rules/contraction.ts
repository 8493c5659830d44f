/** Products that contract axes, and the patterns that name them. */
import { einsum, rearrange, reducePattern } from '../../../compiler/language/pattern.js'
import * as ops from '../../../compiler/ops/index.js'
import type { Einsum, Rearrange, ReducePattern } from '../../../compiler/types/pattern.js'
import type { Dim, Shape } from '../../../compiler/types/shape.js'
import { check, type Failed, input, type Of, type ShapeOf, type Takes } from './table.js'

export const cases = [
  { rule: 'matmul', a: [8, 10, 64], b: [8, 64, 12], out: [8, 10, 12] },
  { rule: 'matmul', a: ['batch', 8, 10, 64], b: ['batch', 8, 64, 10], out: ['batch', 8, 10, 10] },
  { rule: 'matmul', a: [10, 64], b: [64, 1], out: [10, 1] },
  { rule: 'matmul', a: ['batch', 10, 64], b: [64, 12], out: ['batch', 10, 12] },
  { rule: 'matmul', a: ['batch', 1, 10, 64], b: [8, 64, 12], out: ['batch', 8, 10, 12] },
  { rule: 'matmul', a: [4, 10, 64], b: [3, 64, 12], out: 'cannot broadcast [4] with [3]' },
  { rule: 'matmul', a: [4], b: [4, 12], out: 'matmul takes [..., m, k] and [..., k, n], got [4] and [4, 12]' },
  {
    rule: 'matmul',
    a: [10, 64],
    b: [10, 64],
    out: 'cannot matmul [10, 64] with [10, 64]: 64 columns meet 10 rows',
  },
  { rule: 'dot', a: ['batch', 14, 64], b: [64, 128], out: ['batch', 14, 128] },
  { rule: 'dot', a: [64], b: [64, 128], out: [128] },
  { rule: 'dot', a: ['batch', 784], b: [28, 128], out: 'input has 784 features, weight expects 28', inferred: true },
  { rule: 'outer', a: ['batch'], b: [3], out: ['batch', 3] },
  { rule: 'outer', a: [4], b: [4, 1], inferred: true, out: 'outer takes two vectors, got [4] and [4, 1]' },

  {
    rule: 'einsum',
    a: ['batch', 10, 64],
    b: ['batch', 12, 64],
    pattern: 'b i d, b j d -> b i j',
    out: ['batch', 10, 12],
  },
  { rule: 'einsum', a: [4, 5], b: [5, 6], pattern: 'i k, k j -> j i', out: [6, 4] },
  { rule: 'einsum', a: [4, 5], b: [4, 5], pattern: 'i j, i j -> ', out: [] },
  { rule: 'einsum', a: [10, 64], b: [12, 32], pattern: 'i d, j d -> i j', out: 'axis d is both 64 and 32' },
  { rule: 'einsum', a: [4, 5], b: [4, 5], pattern: 'b i, b i -> b k', out: 'axis k appears only on the right' },
  { rule: 'einsum', a: [4, 5], b: [4], pattern: 'b i, b i -> b', out: 'pattern has more axes than the tensor' },
  { rule: 'einsum', a: [4, 5], b: [4, 5, 6], pattern: 'b i, b i -> b', out: 'pattern has fewer axes than the tensor' },

  { rule: 'rearrange', a: [2, 196, 8], pattern: 'b (h w) c -> b h w c', sizes: { h: 14 }, out: [2, 14, 14, 8] },
  {
    rule: 'rearrange',
    a: ['batch', 3, 32, 32],
    pattern: 'b c (h p) (w q) -> b (h w) (p q c)',
    sizes: { p: 8, q: 8 },
    out: ['batch', 16, 192],
  },
  { rule: 'rearrange', a: ['batch', 14, 8], pattern: 'b h c -> (b h) c', sizes: {}, out: ['batch*14', 8] },
  { rule: 'rearrange', a: [2, 3], pattern: 'a b -> b 1 a', sizes: {}, out: [3, 1, 2] },
  {
    rule: 'rearrange',
    a: [2, 784],
    pattern: 'b (h w) -> b h w',
    sizes: { h: 27 },
    out: '784 does not split into [h, w]',
  },
  {
    rule: 'rearrange',
    a: [2, 784],
    pattern: 'b (h w) -> b h w',
    sizes: {},
    out: 'give sizes for all but one of [h, w]',
  },
  {
    rule: 'rearrange',
    a: [2, 3],
    pattern: 'b h w -> b (h w)',
    sizes: {},
    out: 'pattern has more axes than the tensor',
  },
  { rule: 'rearrange', a: [2, 3], pattern: 'b -> b', sizes: {}, out: 'pattern has fewer axes than the tensor' },
  { rule: 'rearrange', a: [2, 3], pattern: 'b c -> b d c', sizes: {}, out: 'axis d appears only on the right' },
  { rule: 'rearrange', a: [2, 3], pattern: 'b c -> b', sizes: {}, out: 'axis c appears only on the left' },
  { rule: 'reducePattern', a: [2, 8, 4, 4], pattern: 'b c h w -> b c', sizes: {}, out: [2, 8] },
  { rule: 'reducePattern', a: [2, 8, 4, 6], pattern: 'b c (h p) w -> b p c 1', sizes: { p: 2 }, out: [2, 2, 8, 1] },
] as const

type Dot<A extends Shape, B extends Shape> = [A, B] extends [
  [...infer L extends Shape, infer K extends Dim],
  [Dim, infer N extends Dim],
]
  ? Takes<typeof ops.dot<L, K, N, 'f32', 'stopped', 'stopped'>, B>
  : never
type Outer<A extends Shape, B extends Shape> = [A, B] extends [[infer M extends Dim], [infer N extends Dim, ...Shape]]
  ? Takes<typeof ops.outer<M, N, 'f32', 'stopped', 'stopped'>, B>
  : never
interface Rules<C, A extends Shape, B extends Shape> {
  matmul: typeof ops.matmul<A, B, 'f32', 'stopped', 'stopped'>
  dot: Dot<A, B>
  outer: Outer<A, B>
  einsum: Einsum<Of<C, 'pattern'> & string, A, B>
  rearrange: Rearrange<Of<C, 'pattern'> & string, A, Of<C, 'sizes'>>
  reducePattern: ReducePattern<Of<C, 'pattern'> & string, A, Of<C, 'sizes'>>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  matmul: ({ a, b }) => ops.matmul(input(a), input(b)),
  dot: ({ a, b }) => ops.dot(input(a), input(b)),
  outer: ({ a, b }) => ops.outer(input(a), input(b)),
  einsum: ({ a, b, pattern }) => einsum(input(a), input(b), pattern),
  rearrange: ({ a, pattern, sizes }) => rearrange(input(a), pattern, sizes),
  reducePattern: ({ a, pattern, sizes }) => reducePattern(input(a), pattern, 'sum', sizes),
})
