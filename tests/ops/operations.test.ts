/**
 * Every operation: the lowering of every case computes what the reference does, gradients agree with finite
 * differences, and the conventions at kinks, ties and ends of the range hold.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { type Tensor, topological, type Untyped } from '../../compiler/graph/node.js'
import { type Host, isLeaf } from '../../compiler/graph/operation.js'
import * as ops from '../../compiler/ops/index.js'
import { cases } from './cases.js'
import { checkCase, close, leaf } from './check.js'
import { contractionCases } from './contraction-cases.js'

/** Operations that change the gradient on purpose; tests of their own say how. */
const DELIBERATE = ['stopGradient', 'straightThrough', 'scaleGradient', 'customGradient']

for (const one of cases) test(one.name, () => checkCase(one, { numeric: !DELIBERATE.includes(one.name) }))

test('every operation has a case', () => {
  const seen = new Set(
    [...cases, ...contractionCases].flatMap(({ inputs, build }) => {
      const out = build(...inputs.map(({ shape, dtype = 'f32' }, i) => leaf(`x${i}`, shape, dtype)))
      return topological([out]).map(node => node.operation.name)
    }),
  )
  const missing = [...ops.operations]
    // `each.NAME` is `NAME` on many examples: `map.test.ts` has the same cases.
    .filter(([name, operation]) => !seen.has(name) && !isLeaf(operation) && !name.startsWith('each.'))
    .map(([name]) => name)
  assert.equal(missing, [], 'operations without a case in tests/ops/cases.ts')
})

/** Value and gradient of sum(build(x)) at given points. */
function at(points: number[], build: (x: Untyped) => Tensor): { value: number[]; gradient: number[] } {
  const x = leaf('x', [points.length])
  const y = build(x)
  const cotangent = ops.constant(1, y.shape)
  const [value, gradient] = evaluateNodes([y, ...backward([[y, cotangent]], [x])], new Map([[x, points]])) as [
    Host,
    Host,
  ]
  return { value: [...value.data], gradient: [...gradient.data] }
}

test('gradients at kinks and ties', () => {
  assert.equal(at([-1, 0, 1], ops.relu).gradient, [0, 0, 1])
  assert.equal(at([-2, 0, 2], ops.abs).gradient, [-1, 0, 1])
  assert.equal(at([0.3, 0], ops.sign).gradient, [0, 0])
  assert.equal(at([1, 2], x => ops.maximum(x, ops.constant(1, [2]))).gradient, [0.5, 1])
  assert.equal(at([1, 2], x => ops.minimum(x, ops.constant(1, [2]))).gradient, [0.5, 0])
  assert.equal(at([3, 1, 3, 2], ops.max).gradient, [0.5, 0, 0.5, 0])
  assert.equal(at([1, 1, 3, 1], x => ops.min(x, 0, { keepdims: true })).gradient, [1 / 3, 1 / 3, 0, 1 / 3])
})

test('gradient flow: stopped, straight through, scaled, reversed', () => {
  assert.equal(at([2, 3], x => ops.mul(x, ops.stopGradient(x))).gradient, [2, 3])
  const total = ops.customGradient(
    (x: Untyped) => ops.sum(ops.square(x), 0) as Untyped,
    (grad, x, value) => ops.mul(ops.mul(grad, ops.add(x, value)), 2) as Untyped,
  )
  const custom = at([1, 2], x => total(x as Untyped))
  assert.equal(custom, { value: [5], gradient: [12, 14] }, 'the gradient that was given: 2 (x + sum x^2)')
  const rounded = at([0.4, 1.6], x => ops.straightThrough(ops.round(x), ops.mul(x, 3) as Untyped))
  assert.equal(rounded, { value: [0, 2], gradient: [3, 3] })
  assert.equal(
    at([2], x => ops.scaleGradient(ops.square(x), 0.25)),
    { value: [4], gradient: [1] },
  )
  assert.equal(
    at([2], x => ops.reverseGradient(ops.square(x), 0.5)),
    { value: [4], gradient: [-2] },
  )
})

test('ends of the range', () => {
  const { value, gradient } = at([-1000, 1000], ops.sigmoid)
  assert.equal(value, [0, 1])
  assert.equal(gradient, [0, 0])
  assert.equal(at([-1000, 1000], ops.tanh), { value: [-1, 1], gradient: [0, 0] })
  close(at([0, 0.1, 0.5, 1, 2, 2.9, 3.1, 5, -1, 7], ops.erf).value, ERF, 1e-14, 'erf')
  assert.equal(
    at([0.5, 1.5, 2.5, -0.5, -1.5, 2.3], ops.round).value,
    [0, 2, 2, 0, -2, 2].map((x, i) => (i === 3 ? -0 : x)).map(x => x + 0),
  )
  assert.equal(
    at([-7, 7, -7.5], x => ops.rem(x, 3)).value.map(x => x + 0),
    [-1, 1, -1.5],
  )
  assert.equal(at([-7, 7, -7.5], x => ops.mod(x, 3)).value, [2, 1, 1.5])
  assert.equal(
    at([0, 0], x => ops.pow(x, ops.constant(0, [2]))),
    { value: [1, 1], gradient: [0, 0] },
  )
})
/** erf at 0, 0.1, 0.5, 1, 2, 2.9, 3.1, 5, -1, 7 (25 digits of the power series, rounded). */
const ERF = [
  0, 0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999589021219005,
  0.9999883513426328, 0.9999999999984626, -0.8427007929497149, 1,
]

test('first position on ties', () => {
  const x = leaf('x', [2, 3])
  const values = new Map([[x, [1, 4, 4, 2, 2, 2]]])
  const [first, last] = evaluateNodes([ops.argmax(x, 1), ops.argmin(x, 1)], values) as [Host, Host]
  assert.equal([...first.data], [1, 0])
  assert.equal([...last.data], [0, 0])
})

const LARGEST = 3.4028234663852886e38
const rejected: [() => unknown, string][] = [
  [() => ops.add(leaf('a', [4, 3]), leaf('b', [4])), 'cannot broadcast [4, 3] with [4]'],
  [
    () => ops.add(leaf('a', [4]), leaf('b', [4], 'i32')),
    'add takes operands of one dtype, got f32 and i32: cast one of them',
  ],
  [() => ops.exp(leaf('a', [4], 'i32')), 'exp takes f32 or f16, got i32'],
  [() => ops.add(leaf('a', [4], 'i32'), 0.5), 'a constant of dtype i32 must be a whole number, got 0.5'],
  [() => ops.shiftLeft(leaf('a', [4], 'u32'), 32), 'shiftLeft moves by 0 to 31 bits, got 32'],
  [() => ops.shiftRight(leaf('a', [4], 'u32'), -1), 'shiftRight moves by 0 to 31 bits, got -1'],
  [() => ops.mul(leaf('a', [4]), Number.NaN), 'a constant of dtype f32 must be a number, got NaN'],
  [
    () => ops.minimum(leaf('a', [4]), 1e39),
    `a constant of dtype f32 must lie between ${-LARGEST} and ${LARGEST}, got 1e+39`,
  ],
  [
    () => ops.greater(leaf('a', [4], 'f16'), 65505),
    'a constant of dtype f16 must lie between -65504 and 65504, got 65505',
  ],
  [() => ops.add(leaf('a', [4], 'u32'), -1), 'a constant of dtype u32 must lie between 0 and 4294967295, got -1'],
  [
    () => ops.equal(leaf('a', [4], 'i32'), 2 ** 31),
    'a constant of dtype i32 must lie between -2147483648 and 2147483647, got 2147483648',
  ],
  [() => ops.less(leaf('a', [4], 'i32'), Infinity), 'a constant of dtype i32 must be a whole number, got Infinity'],
  [() => ops.add(leaf('a', [4], 'u32'), Number.NaN), 'a constant of dtype u32 must be a whole number, got NaN'],
  [
    () => ops.select(leaf('c', [4], 'bool'), leaf('a', [4], 'u32'), -2),
    'a constant of dtype u32 must lie between 0 and 4294967295, got -2',
  ],
  [() => ops.constant(256, [2], 'u8'), 'a constant of dtype u8 must lie between 0 and 255, got 256'],
  [() => ops.constant(2, [2], 'bool'), 'a constant of dtype bool must lie between 0 and 1, got 2'],
  [
    () => ops.pad(leaf('a', [4], 'i32'), [[1, 1]], 0.5),
    'the value of pad of dtype i32 must be a whole number, got 0.5',
  ],
  [
    () => ops.pad(leaf('a', [4], 'u32'), [[1, 1]], -1),
    'the value of pad of dtype u32 must lie between 0 and 4294967295, got -1',
  ],
  [() => ops.select(leaf('a', [4]), 1, 2), 'select takes a bool condition, got f32: compare it with a number first'],
  [() => ops.cast(leaf('a', [4]), 'u8'), 'cannot cast to u8: it is for inputs only, use u32'],
  [
    () => ops.reshape(leaf('a', [32, 64]), [48, -1]),
    'cannot reshape [32, 64] to [48, -1]: 2048 is not a multiple of 48',
  ],
  [() => ops.permute(leaf('a', [2, 3]), [0, 0]), '[0, 0] is not a permutation of the axes of [2, 3]'],
  [() => ops.broadcastTo(leaf('a', [2, 3]), [2, 4]), 'cannot broadcast [2, 3] with [2, 4]'],
  [
    () => ops.pad(leaf('a', [2]), [[-1, 0]]),
    'pad takes amounts that are integers and not negative, got [-1]: use slice to crop',
  ],
  [() => ops.slice(leaf('a', [4]), 0, 2, 5), 'cannot slice axis 0 of [4] from 2 to 5: it has elements 0 to 3'],
  [() => ops.slice(leaf('a', [4]), 0, 0, 4, -1), 'cannot slice with step -1: it must be positive, use flip to reverse'],
  [() => ops.split(leaf('a', [5]), 2), 'cannot split axis 0 of [5] into 2 equal parts'],
  [() => ops.concat(leaf('a', [2, 3]), leaf('b', [3, 3]), 1), 'cannot concat: axis 0 differs, 2 and 3'],
  [() => ops.sum(leaf('a', [2]), 1), 'axis 1 is out of range for [2]'],
  [() => ops.sum(leaf('a', [2, 3]), [0, 0] as never), 'axes 0 and 0 are one axis of [2, 3]'],
  [() => ops.max(leaf('a', [2, 3]), [1, -1] as never), 'axes 1 and -1 are one axis of [2, 3]'],
  [() => ops.flip(leaf('a', [2, 3]), [0, -2] as never), 'axes 0 and -2 are one axis of [2, 3]'],
  [() => ops.squeeze(leaf('a', [2, 3]), 0), 'cannot squeeze axis 0 of [2, 3]: its size is not 1'],
  [() => ops.refine(leaf('a', [2, 3]), ['n', 4]), 'the tensor has shape [2, 3], not [n, 4]'],
  [
    () => ops.straightThrough(leaf('a', [2]), leaf('b', [3])),
    'straightThrough takes tensors of one shape and dtype, got f32[2] and f32[3]',
  ],
  [
    () => ops.randomBits(leaf('a', []), leaf('b', [], 'u32'), [2], 0),
    'randomBits takes u32 scalars as seed and step, got f32[]',
  ],
]
for (const [build, message] of rejected)
  test(`rejected: ${message}`, () => {
    try {
      build()
    } catch (error) {
      assert.is((error as Error).message, message)
      return
    }
    assert.unreachable('nothing was thrown')
  })

test.run()
