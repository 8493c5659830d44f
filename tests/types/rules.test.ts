/**
 * One table of cases for both levels: the types are checked here by `tsc`, and the same rows are built with the real
 * operations. `out` is a shape, or the sentence with which editor and builder refuse the case.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Stopped, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { einsum, PatternError, rearrange, reducePattern } from '../../compiler/language/pattern.js'
import * as ops from '../../compiler/ops/index.js'
import type { Pool2d } from '../../compiler/ops/pool.js'
import type { Einsum, Rearrange, ReducePattern } from '../../compiler/types/pattern.js'
import type {
  Broadcast,
  Concat,
  Conv2d,
  ConvOptions,
  Dim,
  Numel,
  Permute,
  Reduce,
  Reshape,
  Shape,
} from '../../compiler/types/shape.js'

/** A size that the types leave to the builder. */
const some = Number.NaN as number

export const cases = [
  { rule: 'broadcast', a: [4, 1, 5], b: [3, 1], out: [4, 3, 5] },
  { rule: 'broadcast', a: [2, 3], b: [2, 3], out: [2, 3] },
  { rule: 'broadcast', a: [8, 14, 64], b: [64], out: [8, 14, 64] },
  { rule: 'broadcast', a: [64], b: [8, 14, 64], out: [8, 14, 64] },
  { rule: 'broadcast', a: [], b: [2, 3], out: [2, 3] },
  { rule: 'broadcast', a: [1], b: [], out: [1] },
  { rule: 'broadcast', a: ['batch', 1], b: [8], out: ['batch', 8] },
  { rule: 'broadcast', a: ['batch', 3, 8, 8], b: [3, 1, 1], out: ['batch', 3, 8, 8] },
  { rule: 'broadcast', a: [4, 3], b: [4], out: 'cannot broadcast [4, 3] with [4]' },
  { rule: 'broadcast', a: [2, 3, 4], b: [2, 1, 5], out: 'cannot broadcast [2, 3, 4] with [2, 1, 5]' },
  { rule: 'broadcast', a: ['batch', 784], b: ['n', 784], out: 'cannot broadcast [batch, 784] with [n, 784]' },

  { rule: 'reduce', a: [2, 3, 4], b: [1], out: [2, 4] },
  { rule: 'reduce', a: [2, 3, 4], b: [-1], out: [2, 3] },
  { rule: 'reduce', a: [2, 3, 4, 5], b: [0, 2, 3], out: [3] },
  { rule: 'reduce', a: [2, 3], b: [1, 0], out: [] },
  { rule: 'reduce', a: ['batch', 512, 7, 7], b: [2, 3], out: ['batch', 512] },
  { rule: 'reduce', a: ['batch', 784], b: [2], out: 'axis 2 is out of range for [batch, 784]' },
  { rule: 'reduce', a: [4, 3], b: [-3], out: 'axis -3 is out of range for [4, 3]' },
  { rule: 'reduce keepdims', a: [2, 3, 4], b: [0, -1], out: [1, 3, 1] },
  { rule: 'reduce keepdims', a: ['batch', 10], b: [1], out: ['batch', 1] },

  { rule: 'permute', a: [2, 3, 4], b: [2, 0, 1], out: [4, 2, 3] },
  { rule: 'permute', a: ['batch', 2, 3], b: [-1, 0, 1], out: [3, 'batch', 2] },
  { rule: 'permute', a: [2, 3], b: [0, 0], out: '[0, 0] is not a permutation of the axes of [2, 3]' },
  { rule: 'permute', a: [2, 3], b: [0], out: '[0] is not a permutation of the axes of [2, 3]' },
  { rule: 'permute', a: [2, 3], b: [0, 2], out: '[0, 2] is not a permutation of the axes of [2, 3]' },

  { rule: 'reshape', a: [2, 512, 7, 7], b: [2, -1], out: [2, 25088] },
  { rule: 'reshape', a: [2, 512, 7, 7], b: [1024, 49], out: [1024, 49] },
  { rule: 'reshape', a: [32, 64], b: [16, -1], out: [16, 128] },
  { rule: 'reshape', a: [32, 64], b: [-1], out: [2048] },
  { rule: 'reshape', a: [1, 1], b: [], out: [] },
  { rule: 'reshape', a: ['batch', 512, 7, 7], b: ['batch', -1], out: ['batch', 25088] },
  { rule: 'reshape', a: ['batch', 512, 7, 7], b: [-1, 512], out: ['batch*49', 512] },
  { rule: 'reshape', a: ['batch*196', 768], b: ['batch', 14, 14, 768], out: ['batch', 14, 14, 768] },
  { rule: 'reshape', a: ['batch', 1024], b: [-1, 768], out: [some, 768] },
  {
    rule: 'reshape',
    a: [32, 64],
    b: [48, -1],
    out: 'cannot reshape [32, 64] to [48, -1]: 2048 is not a multiple of 48',
  },
  { rule: 'reshape', a: [32, 64], b: [32, 63], out: 'cannot reshape [32, 64] to [32, 63]: 2048 elements become 2016' },
  {
    rule: 'reshape',
    a: ['batch', 512, 7, 7],
    b: ['n', 25088],
    out: 'cannot reshape [batch, 512, 7, 7] to [n, 25088]: batch*25088 elements become n*25088',
  },

  { rule: 'flatten', a: [2, 3, 4], out: [2, 12] },
  { rule: 'flatten', a: ['batch', 512, 7, 7], out: ['batch', 25088] },
  { rule: 'flatten', a: ['batch'], out: ['batch', 1] },

  { rule: 'concat 0', a: [1, 4], b: [65536, 4], out: [65537, 4] },
  { rule: 'concat 0', a: ['batch', 128], b: ['batch', 128], out: ['batch*2', 128] },
  { rule: 'concat 0', a: ['batch', 128], b: ['n', 128], out: ['batch+n', 128] },
  { rule: 'concat 0', a: [1, 4], b: [1, 5], out: 'cannot concat: axis 1 differs, 4 and 5' },
  { rule: 'concat 0', a: [1, 4], b: [4], out: 'cannot concat: ranks differ' },
  { rule: 'concat -1', a: ['batch', 100], b: ['batch', 28], out: ['batch', 128] },
  { rule: 'concat -1', a: [3, 4], b: [5, 4], out: 'cannot concat: axis 0 differs, 3 and 5' },
  { rule: 'concat 2', a: [3, 4], b: [3, 4], out: 'axis 2 is out of range for [3, 4]' },

  { rule: 'conv2d', a: [2, 3, 32, 32], b: [64, 3, 7, 7], options: { stride: 2, padding: 3 }, out: [2, 64, 16, 16] },
  { rule: 'conv2d', a: [2, 3, 9, 7], b: [8, 3, 3, 3], options: {}, out: [2, 8, 7, 5] },
  { rule: 'conv2d', a: [1, 8, 9, 9], b: [16, 1, 3, 3], options: { groups: 8, dilation: 2 }, out: [1, 16, 5, 5] },
  { rule: 'conv2d', a: ['batch', 3, 16, 16], b: [8, 3, 3, 3], options: { padding: 1 }, out: ['batch', 8, 16, 16] },
  { rule: 'conv2d', a: [1, 3, 'h', 'w'], b: [8, 3, 3, 3], options: {}, out: [1, 8, some, some] },
  { rule: 'conv2d', a: [2, 512, 7, 7], b: [64, 3, 3, 3], options: {}, out: 'input has 512 channels, weight expects 3' },
  {
    rule: 'conv2d',
    a: [2, 6, 7, 7],
    b: [6, 2, 3, 3],
    options: { groups: 2 },
    out: 'input has 6 channels, weight expects 4',
  },
  {
    rule: 'conv2d',
    a: [2, 512, 7, 7],
    b: [64, 512, 9, 9],
    options: {},
    out: 'kernel [9, 9] does not fit [7, 7] with padding 0',
  },
  {
    rule: 'conv2d',
    a: [2, 3, 7],
    b: [64, 3, 3, 3],
    options: {},
    out: 'conv2d input must be [batch, channels, height, width], got [2, 3, 7]',
  },
  {
    rule: 'conv2d',
    a: [2, 3, 7, 7],
    b: [64, 3],
    options: {},
    out: 'conv2d weight must be [out, in, height, width], got [64, 3]',
  },

  { rule: 'pool', a: [2, 8, 16, 16], b: [2, 2], options: {}, out: [2, 8, 8, 8] },
  { rule: 'pool', a: ['batch', 8, 15, 32], b: [3, 3], options: { stride: 2, padding: 1 }, out: ['batch', 8, 8, 16] },
  { rule: 'pool', a: [2, 8, 2, 16], b: [3, 3], options: {}, out: 'window [3, 3] does not fit [2, 16]' },
  {
    rule: 'pool',
    a: [2, 8],
    b: [2, 2],
    options: {},
    out: 'pooling takes [batch, channels, height, width], got [2, 8]',
  },

  { rule: 'matmul', a: [8, 10, 64], b: [8, 64, 12], out: [8, 10, 12] },
  { rule: 'matmul', a: ['batch', 8, 10, 64], b: ['batch', 8, 64, 10], out: ['batch', 8, 10, 10] },
  { rule: 'matmul', a: [10, 64], b: [64, 1], out: [10, 1] },
  { rule: 'matmul', a: [10, 64], b: [10, 64], out: 'cannot matmul [10, 64] with [10, 64]: 64 columns meet 10 rows' },
  { rule: 'dot', a: ['batch', 14, 64], b: [64, 128], out: ['batch', 14, 128] },
  { rule: 'dot', a: [64], b: [64, 128], out: [128] },
  { rule: 'dot', a: ['batch', 784], b: [28, 128], out: 'input has 784 features, weight expects 28' },

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

// Types: every rule applied to its row must equal `out`; otherwise the error below shows the row.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Mutable<T> = T extends readonly unknown[] ? { -readonly [K in keyof T]: T[K] } : T
type ShapeOf<T> = Mutable<T> extends infer S extends Shape ? S : []
type NumbersOf<T> = Mutable<T> extends infer S extends number[] ? S : []
type Of<C, K extends string> = C extends { readonly [k in K]: infer V } ? V : never
type Options<C> = Of<C, 'options'> extends infer O extends ConvOptions ? O : never
/** Rules that are no types of their own but inference: the shape of the result, or only that the parameter refuses `B`. */
type Inferred<F, B extends Shape> = F extends (a: any, b: infer P) => Tensor<infer S, any, any>
  ? Stopped<B> extends P
    ? S
    : 'refused'
  : never
type Matmul<A extends Shape, B extends Shape> = [A, B] extends [
  [...infer L extends Shape, infer M extends Dim, infer K extends Dim],
  [...Shape, infer N extends Dim],
]
  ? Inferred<typeof ops.matmul<L, M, K, N, 'f32', 'stopped', 'stopped'>, B>
  : never
type Dot<A extends Shape, B extends Shape> = [A, B] extends [
  [...infer L extends Shape, infer K extends Dim],
  [Dim, infer N extends Dim],
]
  ? Inferred<typeof ops.dot<L, K, N, 'f32', 'stopped', 'stopped'>, B>
  : never

interface Rules<C, A extends Shape, B extends Shape> {
  broadcast: Broadcast<A, B>
  reduce: Reduce<A, NumbersOf<B>[number]>
  'reduce keepdims': Reduce<A, NumbersOf<B>[number], true>
  permute: Permute<A, NumbersOf<B>>
  reshape: Reshape<A, B>
  flatten: A extends [infer N extends Dim, ...infer R extends Shape] ? [N, Numel<R>] : never
  'concat 0': Concat<A, B, 0>
  'concat -1': Concat<A, B, -1>
  'concat 2': Concat<A, B, 2>
  conv2d: Conv2d<A, B, Options<C>>
  pool: Pool2d<A, B, Options<C>>
  einsum: Einsum<Of<C, 'pattern'> & string, A, B>
  rearrange: Rearrange<Of<C, 'pattern'> & string, A, Of<C, 'sizes'>>
  reducePattern: ReducePattern<Of<C, 'pattern'> & string, A, Of<C, 'sizes'>>
  matmul: Matmul<A, B>
  dot: Dot<A, B>
}
type Case = (typeof cases)[number]
type Expected<C extends Case> = C extends { rule: 'matmul' | 'dot'; out: string } ? 'refused' : Mutable<C['out']>
type Failed<C> = C extends Case
  ? Equal<Rules<C, ShapeOf<C['a']>, ShapeOf<Of<C, 'b'>>>[C['rule']], Expected<C>> extends true
    ? never
    : C
  : never
const disagree: [Failed<Case>] extends [never] ? 'none' : Failed<Case> = 'none'

// Values: the same rows, built. Names stand for different sizes, so that products and sums of them can be told apart.

const names: Record<string, number> = { batch: 12, n: 7, h: 10, w: 13 }
const sizeOf = (size: number | string): number =>
  typeof size === 'number'
    ? size
    : size
        .split('+')
        .map(term => term.split('*').reduce((product, factor) => product * (names[factor] ?? Number(factor)), 1))
        .reduce((a, b) => a + b)
const bound = (shape: readonly (number | string)[]): number[] => shape.map(sizeOf)
const input = (name: string, shape: readonly (number | string)[]): Untyped =>
  apply(inputOperation, [], { name, shape: bound(shape), dtype: 'f32' })

interface Row {
  readonly a: readonly (number | string)[]
  readonly b: readonly (number | string)[]
  readonly options: ConvOptions
  readonly pattern: string
  readonly sizes: Record<string, number>
}
const build: Record<Case['rule'], (row: Row) => Untyped> = {
  broadcast: ({ a, b }) => ops.add(input('a', a), input('b', b)),
  reduce: ({ a, b }) => ops.sum(input('a', a), bound(b)),
  'reduce keepdims': ({ a, b }) => ops.sum(input('a', a), bound(b), { keepdims: true }),
  permute: ({ a, b }) => ops.permute(input('a', a), bound(b)),
  reshape: ({ a, b }) => ops.reshape(input('a', a), bound(b)),
  flatten: ({ a }) => ops.flatten(input('a', a)),
  'concat 0': ({ a, b }) => ops.concat(input('a', a), input('b', b), 0),
  'concat -1': ({ a, b }) => ops.concat(input('a', a), input('b', b), -1),
  'concat 2': ({ a, b }) => ops.concat(input('a', a), input('b', b), 2),
  conv2d: ({ a, b, options }) => ops.conv2d(input('a', a), input('b', b), options),
  pool: ({ a, b, options }) => ops.maxPool2d(input('a', a), bound(b) as [number, number], options),
  matmul: ({ a, b }) => ops.matmul(input('a', a), input('b', b)),
  dot: ({ a, b }) => ops.dot(input('a', a), input('b', b)),
  einsum: ({ a, b, pattern }) => einsum(input('a', a), input('b', b), pattern),
  rearrange: ({ a, pattern, sizes }) => rearrange(input('a', a), pattern, sizes),
  reducePattern: ({ a, pattern, sizes }) => reducePattern(input('a', a), pattern, 'sum', sizes),
}

for (const row of cases) {
  const given = row as unknown as Row
  const title = [row.rule, JSON.stringify(row.a), 'b' in row ? JSON.stringify(row.b) : '', given.pattern ?? ''].join(
    ' ',
  )
  const out: string | readonly (number | string)[] = row.out
  test(title, () => {
    if (typeof out !== 'string') {
      const { shape } = build[row.rule](given)
      assert.equal(
        shape.map((size, axis) => (Number.isNaN(out[axis]) ? Number.NaN : size)),
        bound(out),
      )
      return
    }
    try {
      build[row.rule](given)
    } catch (error) {
      assert.instance(error, ShapeError)
      const message = error instanceof PatternError ? error.reason : (error as Error).message
      // The builder knows sizes where the editor knows names.
      if (!/[a-z]/.test(JSON.stringify([row.a, given.b ?? []]))) assert.is(message, out)
      return
    }
    assert.unreachable(`built, but should say: ${out}`)
  })
}
test('types agree with every row', () => assert.is(disagree, 'none')) // what counts is that this file compiles
test.run()
