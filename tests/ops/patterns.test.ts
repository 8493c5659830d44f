/**
 * Axis patterns: values against plain loops, result types against the builder's shapes, and errors that point into
 * the pattern. Messages that the types also give are the same word for word.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Stopped, type Tensor } from '../../compiler/graph/node.js'
import { numel, strides } from '../../compiler/graph/shape.js'
import { einsum, rearrange, reducePattern } from '../../compiler/language/pattern.js'
import type { Einsum, EinsumOne, Rearrange, ReducePattern } from '../../compiler/types/pattern.js'

const input = <const S extends (number | string)[]>(...shape: S): Stopped<S> =>
  apply(inputOperation, [], { name: 'x', shape, dtype: 'f32' })
const values = (shape: readonly number[], seed = 0) =>
  Float64Array.from({ length: numel(shape) }, (_, i) => Math.sin(1.7 * i + seed))

/** The value of `out` where every input holds `values` of its shape, seeded by its place among `inputs`. */
const run = (out: Tensor, ...inputs: Tensor[]) =>
  evaluateNodes([out], new Map(inputs.map((x, i) => [x, values(x.shape, i)])))[0]!

/** Checks that element `at` of `out` is element `from(...at)` of `x`. */
function moves(out: Tensor, x: Tensor, shape: number[], from: (...at: number[]) => number[]): void {
  assert.equal(out.shape, shape)
  const { data } = run(out, x)
  const source = values(x.shape)
  const step = strides(shape)
  const own = strides(x.shape)
  data.forEach((value, i) => {
    const at = shape.map((size, axis) => Math.floor(i / step[axis]!) % size)
    assert.is(value, source[from(...at).reduce((sum, k, axis) => sum + k * own[axis]!, 0)])
  })
}

test('rearrange: patches', () => {
  const x = input(2, 3, 8, 12)
  moves(rearrange(x, 'b c (h p) (w q) -> b (h w) (c p q)', { p: 4, q: 4 }), x, [2, 6, 48], (b, s, t) => [
    b!,
    Math.floor(t! / 16),
    Math.floor(s! / 3) * 4 + (Math.floor(t! / 4) % 4),
    (s! % 3) * 4 + (t! % 4),
  ])
})
test('rearrange: transpose, join, split', () => {
  const x = input(2, 6, 5)
  moves(rearrange(x, 'a b c -> c a b'), x, [5, 2, 6], (c, a, b) => [a!, b!, c!])
  moves(rearrange(x, 'a b c -> a (c b)'), x, [2, 30], (a, d) => [a!, d! % 6, Math.floor(d! / 6)])
  moves(rearrange(x, 'a (h w) c -> w a h c', { h: 2 }), x, [3, 2, 2, 5], (w, a, h, c) => [a!, h! * 3 + w!, c!])
})
test('rearrange: axes of size 1, and all others at once', () => {
  const x = input(2, 1, 5)
  moves(rearrange(x, 'a 1 c -> a c'), x, [2, 5], (a, c) => [a!, 0, c!])
  moves(rearrange(x, 'a 1 c -> 1 a () c 1'), x, [1, 2, 1, 5, 1], (_, a, __, c) => [a!, 0, c!])
  moves(rearrange(x, '... c -> c ...'), x, [5, 2, 1], (c, a, b) => [a!, b!, c!])
  moves(rearrange(x, '...->...'), x, [2, 1, 5], (a, b, c) => [a!, b!, c!])
})
test('rearrange builds no node that does nothing', () => {
  const x = input(2, 3)
  assert.is(rearrange(x, 'a b -> a b') as Tensor, x as Tensor)
  assert.is((rearrange(x, 'a b -> b a') as Tensor).operands[0], x as Tensor)
  assert.is((rearrange(x, 'a b -> (a b)') as Tensor).operands[0], x as Tensor)
})

test('reducePattern', () => {
  const x = input(2, 3, 4)
  const source = values([2, 3, 4])
  const mean = reducePattern(x, 'a b c -> c a', 'mean')
  assert.equal(mean.shape, [4, 2])
  const { data } = run(mean, x)
  for (let a = 0; a < 2; a++)
    for (let c = 0; c < 4; c++) {
      const expected = [0, 1, 2].reduce((sum, b) => sum + source[(a * 3 + b) * 4 + c]!, 0) / 3
      assert.ok(Math.abs(data[c * 2 + a]! - expected) < 1e-12)
    }
  const pooled = reducePattern(x, 'a b (c p) -> a b c', 'max', { p: 2 })
  assert.equal(pooled.shape, [2, 3, 2])
  assert.is(run(pooled, x).data[1], Math.max(source[2]!, source[3]!))
  assert.equal(reducePattern(x, 'a ... -> a', 'sum').shape, [2])
  assert.is(run(reducePattern(x, 'a b c ->', 'min'), x).data[0], Math.min(...source))
})

const sums: [shapes: number[][], pattern: string][] = [
  [
    [
      [3, 5],
      [5, 4],
    ],
    'i k, k j -> i j',
  ],
  [
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    'b i d, b j d -> b i j',
  ],
  [
    [
      [2, 3, 4, 6],
      [2, 3, 6, 5],
    ],
    'b h q k, b h k d -> b q h d',
  ],
  [
    [
      [5, 3],
      [5, 3],
    ],
    'n c, n c -> n',
  ],
  [
    [
      [3, 4],
      [3, 4],
    ],
    'i j, i j ->',
  ],
  [
    [
      [3, 2],
      [3, 4],
    ],
    'b i, b j -> j b i',
  ],
  [[[3], [4]], 'i, j -> i j'],
  [[[2, 3, 4], [3]], 'n c h, c -> n h'],
  [[[3, 4]], 'i j -> j i'],
  [[[3, 4]], 'i j -> j'],
  [[[4, 4]], 'i i -> i'],
  [[[4, 4]], 'i i ->'],
  [[[3, 2, 3, 3]], 'i j i i -> j i'],
  [
    [
      [2, 3],
      [3, 4],
      [4, 5],
    ],
    'i j, j k, k l -> i l',
  ],
  [
    [
      [3, 2],
      [3, 3],
      [3, 4],
    ],
    'a b, a c, a d -> b c d',
  ],
  [[[3, 2], [4]], 'i j, k -> k'],
  [[[3, 3], [3]], 'i i, i -> i'],
]
for (const [shapes, pattern] of sums)
  test(`einsum ${pattern}`, () => {
    const operands = shapes.map(shape => input(...shape))
    const out: Tensor = (einsum as (...given: unknown[]) => Tensor)(...operands, pattern)
    const [left, right] = pattern.split('->') as [string, string]
    const words = (side: string) => side.split(' ').filter(Boolean)
    const terms = left.split(',').map(words)
    const size = new Map(terms.flatMap((names, i) => names.map((name, axis) => [name, shapes[i]![axis]!])))
    const names = [...size.keys()]
    const expected = new Float64Array(numel(words(right).map(name => size.get(name)!)))
    const position = (of: string[], shape: readonly number[], at: Map<string, number>) =>
      of.reduce((sum, name, axis) => sum + at.get(name)! * strides(shape)[axis]!, 0)
    const all = names.map(name => size.get(name)!)
    for (let i = 0; i < numel(all); i++) {
      const at = new Map(names.map((name, axis) => [name, Math.floor(i / strides(all)[axis]!) % all[axis]!]))
      const term = terms.reduce((product, of, k) => product * values(shapes[k]!, k)[position(of, shapes[k]!, at)]!, 1)
      expected[
        position(
          words(right),
          words(right).map(name => size.get(name)!),
          at,
        )
      ]! += term
    }
    assert.equal(
      out.shape,
      words(right).map(name => size.get(name)!),
    )
    run(out, ...operands).data.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-12, `element ${i} is ${value}, expected ${expected[i]}`)
    })
  })
test('einsum: leading axes broadcast', () => {
  assert.equal(
    einsum(input(2, 1, 3, 4) as Tensor, input(5, 4, 6) as Tensor, '... i k, ... k j -> ... i j').shape,
    [2, 5, 3, 6],
  )
})

// Types

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_ extends true>() => {}
is<
  Equal<Rearrange<'b c (h p) (w q) -> b (h w) (p q c)', ['batch', 3, 224, 224], { p: 16; q: 16 }>, ['batch', 196, 768]>
>()
is<Equal<Rearrange<'b (h w) c -> b h w c', ['batch', 196, 768], { h: 14 }>, ['batch', 14, 14, 768]>>()
is<Equal<Rearrange<'b h c -> (b h) c', ['batch', 14, 8], {}>, ['batch*14', 8]>>()
is<Equal<Rearrange<'b 1 c -> c b () 1', ['batch', 1, 8], {}>, [8, 'batch', 1, 1]>>()
is<Equal<Rearrange<'... c -> c ...', [2, 3], {}>, any>>()
is<Equal<ReducePattern<'b c h w -> b c', ['batch', 3, 8, 8], {}>, ['batch', 3]>>()
is<Equal<Einsum<'b i d, b j d -> b i j', ['batch', 10, 64], ['batch', 12, 64]>, ['batch', 10, 12]>>()
is<Equal<EinsumOne<'i i -> i', [4, 4]>, [4]>>()
const typed: Stopped<[2, 6, 48]> = rearrange(input(2, 3, 8, 12), 'b c (h p) (w q) -> b (h w) (c p q)', { p: 4, q: 4 })
const contracted: Stopped<[2, 3, 5]> = einsum(input(2, 3, 4), input(2, 5, 4), 'b i d, b j d -> b i j')
void [typed, contracted]

// Messages. Where the types decide too, their message is the type argument of `refused`.

const any = (x: unknown) => x as Tensor<any, 'f32', any>
function refused<M extends string>(build: () => unknown, what: string, cause: M, pattern: string, caret: string): void {
  test(`refused: ${pattern}`, () => {
    try {
      build()
    } catch (error) {
      assert.is((error as Error).message, `${what}: ${cause}\n  ${pattern}\n  ${caret}`)
      return
    }
    assert.unreachable('nothing was thrown')
  })
}
type Message<R> = R extends string ? R : never

refused<Message<Rearrange<'b (h w) -> b h w', [2, 784], { h: 27 }>>>(
  () => rearrange(any(input(2, 784)), 'b (h w) -> b h w', { h: 27 }),
  'rearrange of [2, 784] with h=27',
  '784 does not split into [h, w]',
  'b (h w) -> b h w',
  '  ^^^^^',
)
refused<Message<Rearrange<'b h w -> b (h w)', [2, 784], {}>>>(
  () => rearrange(any(input(2, 784)), 'b h w -> b (h w)'),
  'rearrange of [2, 784]',
  'pattern has more axes than the tensor',
  'b h w -> b (h w)',
  '    ^',
)
refused<Message<Rearrange<'b -> b', [2, 784], {}>>>(
  () => rearrange(any(input(2, 784)), 'b -> b'),
  'rearrange of [2, 784]',
  'pattern has fewer axes than the tensor',
  'b -> b',
  '^^^^^^',
)
refused<Message<Rearrange<'b c -> b', [2, 784], {}>>>(
  () => rearrange(any(input(2, 784)), 'b c -> b'),
  'rearrange of [2, 784]',
  'axis c appears only on the left',
  'b c -> b',
  '  ^',
)
refused<Message<Rearrange<'b c -> b c k', [2, 784], {}>>>(
  () => rearrange(any(input(2, 784)), 'b c -> b c k'),
  'rearrange of [2, 784]',
  'axis k appears only on the right',
  'b c -> b c k',
  '           ^',
)
refused<Message<Rearrange<'b 1 -> b', [2, 784], {}>>>(
  () => rearrange(any(input(2, 784)), 'b 1 -> b'),
  'rearrange of [2, 784]',
  'axis 1 is both 1 and 784',
  'b 1 -> b',
  '  ^',
)
refused<Message<Rearrange<'b (h w) -> b h w', [2, 9], {}>>>(
  () => rearrange(any(input(2, 9)), 'b (h w) -> b h w'),
  'rearrange of [2, 9]',
  'give sizes for all but one of [h, w]',
  'b (h w) -> b h w',
  '  ^^^^^',
)
refused<Message<Rearrange<'b c d', [2, 9], {}>>>(
  () => rearrange(any(input(2, 9)), 'b c d'),
  'rearrange of [2, 9]',
  "'->' is missing in 'b c d'",
  'b c d',
  '     ^',
)
refused<Message<Einsum<'b i d, b j d -> b i j', [2, 10, 64], [2, 12, 32]>>>(
  () => einsum(any(input(2, 10, 64)), any(input(2, 12, 32)), 'b i d, b j d -> b i j'),
  'einsum of [2, 10, 64], [2, 12, 32]',
  'axis d is both 64 and 32',
  'b i d, b j d -> b i j',
  '           ^',
)
refused<Message<Einsum<'b i, b i -> b k', [2, 3], [2, 3]>>>(
  () => einsum(any(input(2, 3)), any(input(2, 3)), 'b i, b i -> b k'),
  'einsum of [2, 3], [2, 3]',
  'axis k appears only on the right',
  'b i, b i -> b k',
  '              ^',
)

const wrong: [pattern: string, cause: string, caret: string][] = [
  ['b (h w -> b h w', "'(' is never closed", '  ^'],
  ['b h) -> b h', "')' closes no '('", '   ^'],
  ['b (h (w p)) -> b', 'groups cannot be nested', '     ^'],
  ['b (h ...) -> b', "'...' cannot stand in a group", '     ^'],
  ['b c -> b, c', "',' cannot follow '->'", '        ^'],
  ['b c -> b -> c', "a pattern has one '->'", '         ^^'],
  ['b * -> b', "'*' has no meaning in a pattern", '  ^'],
  ['b 2 -> b', "'2' has no meaning in a pattern", '  ^'],
  ['b, c -> b c', 'rearrange takes one tensor, so one list of axes', '   ^'],
  ['b b -> b', 'axis b appears twice on the left', '  ^'],
  ['b c -> b c b', 'axis b appears twice on the right', '           ^'],
  ['... b ... -> b', "'...' may stand once in a list of axes", '      ^^^'],
  ['b c -> b c ...', "'...' appears only on the right", '           ^^^'],
  ['b c d ... -> b c d ...', 'pattern has more axes than the tensor', '      ^^^'],
]
for (const [pattern, cause, caret] of wrong)
  refused(() => rearrange(any(input(2, 9)), pattern), 'rearrange of [2, 9]', cause, pattern, caret)
refused(
  () => rearrange(any(input(2, 9)), 'b c -> c b', { p: 4 }),
  'rearrange of [2, 9] with p=4',
  'size p is given, but no axis has that name',
  'b c -> c b',
  '^^^^^^^^^^',
)
refused(
  () => einsum(any(input(2, 9)), '(b c) d -> d'),
  'einsum of [2, 9]',
  'einsum names single axes: split or join them with rearrange',
  '(b c) d -> d',
  '^^^^^',
)
refused(
  () => einsum(any(input(2, 9)), any(input(2, 9)), 'b c -> c'),
  'einsum of [2, 9], [2, 9]',
  'operands in the pattern: 1, given: 2',
  'b c -> c',
  '^^^^^^^^',
)

test.run()
