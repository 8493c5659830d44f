/**
 * Simplification: every equation on a small graph. The golden file shows each as text before and after; here the
 * values before and after are compared, and that the equation is the one that applied. Then random programs.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, inputOperation, nodes } from '../../compiler/graph/graph.js'
import { apply, type Untyped } from '../../compiler/graph/node.js'
import { print } from '../../compiler/graph/print.js'
import { numel, ShapeError } from '../../compiler/graph/shape.js'
import { verify } from '../../compiler/graph/verify.js'
import * as ops from '../../compiler/ops/index.js'
import { rules, simplify } from '../../compiler/passes/simplify.js'
import { golden } from '../golden.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

const { add, sub, mul, div, pow, neg, maximum, minimum, select, cast, sum, max, constant, broadcastTo } = ops
const { reshape, permute, slice, pad, flip, concatAll, logicalNot, logicalAnd, logicalOr, greater } = ops
type Build = (leaves: { x: Untyped; y: Untyped; r: Untyped; a: Untyped; b: Untyped }) => Untyped

/** `x`, `y`: f32[2, 3]; `r`: f32[3]; `a`, `b`: bool[2, 3]. */
function graphOf(build: Build): Graph {
  const input = (name: string, shape: number[], dtype: string): Untyped =>
    apply(inputOperation, [], { name, shape, dtype })
  const [x, y, r] = [input('x', [2, 3], 'f32'), input('y', [2, 3], 'f32'), input('r', [3], 'f32')]
  const [a, b] = [input('a', [2, 3], 'bool'), input('b', [2, 3], 'bool')]
  const result = build({ x, y, r, a, b })
  const graph: Graph = { name: 'g', inputs: [], outputs: { result }, updates: [] }
  const read = nodes(graph).filter(node => node.operation === inputOperation)
  return checkRoundTrip({ ...graph, inputs: read })
}

/** Multiples of 1/8, so that most arithmetic is exact. */
const values = (graph: Graph) => ({
  inputs: Object.fromEntries(
    graph.inputs.map(({ shape, dtype, attributes: { name } }) => [
      name,
      Array.from({ length: numel(shape) }, (_, i) =>
        dtype === 'bool' ? (i * 5 + name.length) % 2 : ((i * 37 + name.charCodeAt(0)) % 23) / 8 + 0.125,
      ),
    ]),
  ),
})
function checkSameValues(before: Graph, after: Graph, given = values(before)): void {
  const [expected, actual] = [before, after].map(graph => evaluate(graph, given).outputs)
  for (const [name, { shape, data }] of Object.entries(expected!)) {
    assert.equal(actual![name]!.shape, shape)
    const scale = Math.max(1, ...data.map(Math.abs))
    data.forEach((value, i) => {
      const got = actual![name]!.data[i]!
      assert.ok(
        Object.is(got, value) || Math.abs(got - value) <= 1e-12 * scale,
        `${name}[${i}]: ${value} became ${got}\n${print(before)}${print(after)}`,
      )
    })
  }
}

/** What each equation is shown on. Several lines for one equation show its conditions and variants. */
const CASES: [equation: string, build: Build][] = [
  ['c + x = x + c', ({ x }) => add(2, x)],
  ['x + 0 = x', ({ x }) => add(x, 0)],
  ['x + 0 = x', ({ r }) => add(r, constant(0, [2, 3]))],
  ['0 - x = -x', ({ x }) => sub(0, x)],
  [
    'x - x = 0 of integers',
    ({ x }) => {
      const whole = cast(x, 'i32')
      return sub(whole, whole)
    },
  ],
  ['x + x = x * 2', ({ x }) => add(x, x)],
  ['x + -y = x - y', ({ x, y }) => add(x, neg(y))],
  ['-x + y = y - x', ({ x, y }) => add(neg(x), y)],
  ['x - -y = x + y', ({ x, r }) => sub(x, neg(r))],
  ['x * 1 = x', ({ x }) => div(mul(x, 1), 1)],
  ['x * 1 = x', ({ r }) => mul(constant(1, [2, 3]), r)],
  ['x * 0 = 0 of what is finite', ({ x }) => mul(cast(x, 'i32'), 0)],
  ['x * 0 = 0 of what is finite', ({ a }) => mul(cast(a, 'f32'), 0)],
  ['0 / x = 0 of integers', ({ x }) => div(0, cast(x, 'i32'))],
  ['x * -1 = -x', ({ x }) => mul(x, -1)],
  ['-x * -y = x * y', ({ x, y }) => mul(neg(x), neg(y))],
  ['-x * c = x * -c', ({ x }) => div(neg(x), 3)],
  ['(x * a) * b = x * (a * b)', ({ x }) => mul(mul(x, 3), 0.5)],
  ['x * x = square(x)', ({ x }) => mul(x, x)],
  ['x / 2^n = x * 2^-n', ({ x }) => div(x, 64)],
  ['-(-x) = x', ({ x }) => neg(neg(x))],
  ['-(x - y) = y - x', ({ x, y }) => neg(sub(x, y))],
  ['-(x * c) = x * -c', ({ x }) => neg(mul(x, 3))],
  ['x^0 = 1', ({ x }) => pow(x, 0)],
  ['x^1 = x', ({ x }) => pow(x, 1)],
  ['x^2 = square(x)', ({ x }) => pow(x, 2)],
  ['x^-1 = reciprocal(x)', ({ x }) => pow(x, -1)],
  ['x^0.5 = sqrt(x)', ({ x }) => pow(x, 0.5)],
  ['max(x, x) = x', ({ x }) => minimum(maximum(x, x), x)],
  ['max(x, 0) = relu(x)', ({ x }) => maximum(0, x)],
  ['relu(relu(x)) = relu(x)', ({ x }) => ops.relu(ops.relu(x))],
  ['|-x| = |x|', ({ x }) => ops.square(neg(x))],
  ['||x|| = |x|', ({ x }) => ops.abs(ops.abs(x))],
  ['not not x = x', ({ a }) => logicalNot(logicalNot(a))],
  ['true and x = x and true', ({ a }) => logicalAnd(constant(1, [], 'bool'), a)],
  ['x and true = x', ({ a }) => logicalAnd(a, constant(1, [], 'bool'))],
  ['x and false = false', ({ a }) => logicalAnd(a, constant(0, [], 'bool'))],
  ['x or false = x', ({ a }) => logicalOr(a, constant(0, [], 'bool'))],
  ['x or true = true', ({ a }) => logicalOr(a, constant(1, [], 'bool'))],
  ['x and x = x', ({ a }) => logicalOr(a, logicalAnd(a, a))],
  ['select(true, x, y) = x', ({ x, r }) => select(constant(1, [], 'bool'), r, x)],
  ['select(c, x, x) = x', ({ a, x }) => add(select(a, x, x), select(a, 1, 1))],
  ['select(not c, x, y) = select(c, y, x)', ({ a, x, y }) => select(logicalNot(a), x, y)],
  ['cast(x) to its own dtype = x', ({ x }) => cast(x, 'f32')],
  ['cast(cast(x)) = cast(x)', ({ a }) => cast(cast(a, 'i32'), 'f32')],
  ['stopGradient(x) = x', ({ x, y }) => ops.scaleGradient(ops.straightThrough(ops.stopGradient(x), y), 0.5)],
  ['move(c) = c', () => slice(flip(permute(reshape(broadcastTo(constant(2, []), [6]), [2, 3]), [1, 0]), 0), 0, 1)],
  ['reshape(x) to its own shape = x', ({ x }) => reshape(x, [2, 3])],
  ['reshape(reshape(x)) = reshape(x)', ({ x }) => reshape(reshape(x, [6]), [3, 2])],
  ['permute(permute(x)) = permute(x)', ({ x }) => permute(permute(broadcastTo(x, [4, 2, 3]), [1, 2, 0]), [1, 0, 2])],
  ['permute(x) with x in order = reshape(x)', ({ x }) => permute(permute(x, [1, 0]), [1, 0])],
  ['permute(x) with x in order = reshape(x)', ({ x }) => permute(reshape(x, [2, 1, 3]), [1, 0, 2])],
  ['broadcast(x) of as many elements = reshape(x)', ({ x }) => broadcastTo(x, [1, 2, 3])],
  ['broadcast(broadcast(x)) = broadcast(x)', ({ r }) => broadcastTo(broadcastTo(r, [2, 3]), [4, 2, 3])],
  ['flip(flip(x)) = flip(x)', ({ x }) => flip(flip(x, [0, 1]), 1)],
  ['flip(x) along no axis = x', ({ x }) => flip(flip(x, 0), 0)],
  ['slice(x) of everything = x', ({ x }) => slice(x, 0, 0)],
  ['slice(slice(x)) = slice(x)', ({ x }) => slice(slice(reshape(x, [6]), 0, 1, 6, 2), 0, 1, 3)],
  [
    'slice(pad(x)) inside x = slice(x)',
    ({ x }) =>
      slice(
        pad(x, [
          [1, 1],
          [0, 0],
        ]),
        0,
        1,
        2,
      ),
  ],
  ['slice(concat(x, y)) inside x = slice(x)', ({ x, y }) => slice(concatAll([x, y, x], 0), 0, 3, 4)],
  [
    'pad(x) by nothing = x',
    ({ x }) =>
      pad(x, [
        [0, 0],
        [0, 0],
      ]),
  ],
  ['pad(c, c) = c', () => pad(constant(0, [2]), [[1, 2]])],
  [
    'pad(pad(x)) = pad(x)',
    ({ x }) =>
      pad(
        pad(x, [
          [1, 1],
          [0, 2],
        ]),
        [
          [0, 1],
          [1, 1],
        ],
      ),
  ],
  // From text: `concatAll` makes no such node.
  [
    'concat of many = concat of concats',
    ({ x, y }) =>
      apply(
        ops.concat.operation,
        Array.from({ length: 8 }, (_, i) => (i % 3 ? x : y)),
        { axis: 1 },
      ),
  ],
  ['concat(x) = x', ({ x }) => concatAll([x], 1)],
  ['concat(c, c) = c', () => ops.concat(constant(1, [2]), constant(1, [3]), 0)],
  ['sum(x) over axes of size 1 = reshape(x)', ({ x }) => max(reshape(x, [2, 1, 3, 1]), [1, 3])],
  ['sum(reshape(x)) over all = sum(x) over all', ({ x }) => sum(reshape(x, [6]), 0, { keepdims: true })],
  ['sum(permute(x)) = sum(x)', ({ x }) => sum(permute(x, [1, 0]), 1)],
  ['sum(broadcast(x)) = n * sum(x)', ({ r }) => sum(broadcastTo(r, [4, 2, 3]), [0, 2])],
  ['sum(broadcast(x)) = n * sum(x)', ({ r }) => max(broadcastTo(reshape(r, [3, 1]), [2, 3, 5]), 2, { keepdims: true })],
  ['sum(c) = n * c', () => sum(constant(0.5, [2, 3]), 1)],
  ['max(c) = c', () => max(constant(0.5, [2, 3]), 1)],
  ['f(a, b) = c for constants', () => div(constant(1, []), 0)],
  ['f(a, b) = c for constants', () => sub(div(constant(-1, [2]), 0), 10)],
  ['f(a, b) = c for constants', () => ops.exp(sub(mul(constant(2, [2, 3]), 3), constant(6, [3])))],
  ['f(a, b) = c for constants', () => select(greater(constant(2, [2]), 1), constant(5, [2], 'i32'), 7)],
  ['f(broadcast(x), y) = broadcast(f(x, y))', ({ r, x }) => add(ops.exp(broadcastTo(r, [2, 3])), x)],
  ['f(broadcast(x), y) = broadcast(f(x, y))', ({ x }) => mul(x, constant(3, [2, 3]))],
]

let text = ''
for (const [equation, build] of CASES)
  test(equation, () => {
    const before = graphOf(build)
    const fired: string[] = []
    const after = simplify(before, rule => fired.push(rule.equation))
    verify(after, 'simplify')
    assert.ok(fired.includes(equation), `applied were: ${fired.join('; ')}`)
    checkSameValues(before, after)
    assert.is(print(simplify(after)), print(after), 'simplifying again changes something')
    text += `# ${equation}\n${print(before)}${print(after)}\n`
  })

test('text before and after each equation', () => golden('simplify.golden.txt', text, import.meta.url))

test('every equation has a case', () => {
  const shown = new Set(CASES.map(([equation]) => equation))
  assert.equal(
    [...new Set(rules.map(rule => rule.equation))].filter(equation => !shown.has(equation)),
    [],
  )
})

/** What stays, and why. */
const UNCHANGED: [why: string, build: Build][] = [
  ['0.1 is no power of two', ({ x }) => div(x, 0.1)],
  ['x may be infinite or NaN', ({ x }) => concatAll([sub(x, x), mul(x, 0), div(0, x)], 0)],
  ['a float loses its fraction as an integer', ({ x }) => cast(cast(x, 'i32'), 'f32')],
  ['a counter is not uniform', () => ops.iota([4], 0, 'f32')],
  [
    'the slice leaves what was padded',
    ({ x }) =>
      slice(
        pad(x, [
          [1, 1],
          [0, 0],
        ]),
        0,
        0,
        2,
      ),
  ],
  [
    'other values are padded',
    ({ x }) =>
      pad(
        pad(
          x,
          [
            [1, 1],
            [0, 0],
          ],
          1,
        ),
        [
          [1, 1],
          [0, 0],
        ],
        2,
      ),
  ],
  ['row sums are summed in a kernel of their own', ({ x }) => sum(sum(x, 1), 0)],
  ['maximum and sum do not mix', ({ x }) => sum(max(x, 0), 0)],
]
for (const [why, build] of UNCHANGED)
  test(`unchanged: ${why}`, () => {
    const before = graphOf(build)
    assert.is(print(simplify(before)), print(before))
  })

// Random programs

const at = <T>(list: readonly T[], n: number): T => list[n % list.length]!
type Unary = (x: Untyped) => Untyped
type Binary = (a: Untyped | number, b: Untyped | number) => Untyped
const CONSTANTS = [0, 1, -1, 2, 0.5, -0.5, 4, 3]
const SHAPES = [[], [1], [3], [2, 3], [2, 1], [1, 3], [3, 2], [6], [2, 1, 3], [2, 3, 3]]
/** One node from earlier ones; `n` and `m` decide everything. Some do not fit: they throw `ShapeError`. */
const STEPS: ((pick: (n: number) => Untyped, n: number, m: number) => Untyped)[] = [
  (pick, n, m) => at([add, sub, mul, maximum, minimum] as Binary[], n)(pick(n >> 3), pick(m)),
  (pick, n, m) => at([add, sub, mul, div, maximum] as Binary[], n)(pick(n >> 3), at(CONSTANTS, m) || 1),
  (pick, n, m) => at([add, sub, mul, maximum] as Binary[], n)(at(CONSTANTS, m), pick(n >> 3)),
  (pick, n) => at([neg, ops.abs, ops.square, ops.tanh, ops.relu, ops.stopGradient] as Unary[], n)(pick(n >> 3)),
  (_pick, n, m) => constant(at(CONSTANTS, n), at(SHAPES, m)),
  (pick, n, m) => broadcastTo(pick(n), at(SHAPES, m)),
  (pick, n, m) => reshape(pick(n), at(SHAPES, m)),
  (pick, n) =>
    permute(
      pick(n),
      pick(n).shape.map((_, axis) => pick(n).shape.length - 1 - axis),
    ),
  (pick, n, m) => flip(pick(n), m % 3),
  (pick, n, m) => slice(pick(n), m % 3, (m >> 2) % 2, undefined, 1 + ((m >> 3) % 2)),
  (pick, n, m) =>
    pad(
      pick(n),
      pick(n).shape.map((_, axis) => [(m >> axis) % 2, (m >> (axis + 2)) % 2]),
      m % 2,
    ),
  (pick, n, m) => concatAll([pick(n), pick(m)], n % 2),
  (pick, n, m) => at([sum, max, ops.min], n)(pick(n >> 3), at([undefined, 0, 1, [0, 1]], m), { keepdims: m % 3 === 0 }),
  (pick, n, m) => select(greater(pick(n), pick(m)), pick(n >> 2), pick(m >> 2)),
  (pick, n, m) => select(logicalNot(greater(pick(n), at(CONSTANTS, m))), pick(n), pick(m)),
  (pick, n, m) => cast(cast(greater(pick(n), pick(m)), at(['i32', 'u32', 'f32'], m)), 'f32'),
]

test('random programs keep their values, and are simplified in one go', () => {
  let built = 0
  let shrunk = 0
  const step = fc.tuple(fc.nat(STEPS.length - 1), fc.nat(1000), fc.nat(1000))
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 14 }), program => {
      const before = graphOf(({ x, y, r }) => {
        const made = [x, y, r]
        for (const [kind, n, m] of program)
          try {
            made.push(STEPS[kind]!(i => at(made, i), n, m))
          } catch (error) {
            if (!(error instanceof ShapeError)) throw error
          }
        return concatAll(
          made.slice(2).map(node => reshape(node, [numel(node.shape)])),
          0,
        )
      })
      const after = verify(simplify(before), 'simplify')
      checkSameValues(before, after)
      assert.is(print(simplify(after)), print(after))
      built += nodes(before).length
      shrunk += nodes(before).length - nodes(after).length
    }),
    { numRuns: 300, seed: 2, includeErrorInReport: true },
  )
  assert.ok(built > 3000 && shrunk > 300, `of ${built} nodes, ${shrunk} went`)
})

test.run()
