/** NaN and infinities in, and what comes out; order, powers, remainders, angles and conversions of all sizes. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../compiler/graph/node.js'
import { layerNorm } from '../../models/layers.js'
import { softmaxFocal } from '../../models/losses/supervised.js'
import { closeTestDevice } from '../device.js'
import { checkRows, f, gradient, i32, LARGE, type Row, row, u32 } from './rows.js'

const I = Infinity
/** Functions of one tensor that keep NaN. */
const NAN_KEPT: readonly (readonly [string, (x: Untyped) => Untyped])[] = [
  ...'relu relu6 leakyRelu elu celu selu gelu geluTanh silu mish softplus softsign hardSigmoid hardSwish logSigmoid sigmoid tanh erf exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan atan sinh cosh abs neg sign floor ceil round trunc softmax logSoftmax normalize'
    .split(' ')
    .map(name => [name, (x: Untyped) => f[name]!(x)] as const),
  ['maximum with 0', x => f.maximum!(x, 0)],
  ['minimum with 0.5', x => f.minimum!(x, 0.5)],
  ['the power 3', x => f.pow!(x, 3)],
  ['the power 2.5', x => f.pow!(x, 2.5)],
  ['the remainder by 2', x => f.mod!(x, 2)],
  ['rem by 2', x => f.rem!(x, 2)],
  ['atan2', x => f.atan2!(x, 1)],
  ['the mean', x => f.expandDims!(f.mean!(x), 0)],
  ['the running sum', x => f.cumsum!(x, 0)],
]
/** Angles of all sizes that an f32 has, none near a zero of either function. */
const ANGLES = [
  1e-30, 0.5, -0.78, 0.79, 3, -5, 100.5, 1e4, -1e5, 1.5e5, 2e5, 1e6, 16793388, -6.7e8, 1e10, 1e15, 1e30, 3.4e38,
].map(Math.fround)
const BEYOND = Array.from({ length: 200 }, (_, i) => Math.fround(1.6 ** (i - 20)))
/** Losses of logits and labels. */
const LABELLED: Readonly<Record<string, (x: Untyped, y: Untyped) => Untyped>> = {
  crossEntropy: (x, y) => f.crossEntropy!(x, y),
  'crossEntropy, smoothed': (x, y) => f.crossEntropy!(x, y, { smoothing: 0.1 }),
  softmaxFocal: (x, y) => softmaxFocal(x, y as never) as Untyped,
}
/** Floats and divisors whose rounded quotients lose the remainder. */
const LARGE_QUOTIENTS = [
  [1000, 0.1],
  [12345.678, 0.1],
  [1e8, 3],
  [1e8, -0.7],
  [16777216, 3],
  [-1e9, 3],
  [-3e38, 1e28],
  [0.3, 1e-9],
  [2.9999998, 3],
].map(pair => pair.map(Math.fround))
const WINDOW = {
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
}
const PADDED = {
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [1, 0],
    [1, 0],
  ],
}

/** Activations that go to 0 on the left. */
const VANISHING = ['silu', 'gelu', 'geluTanh', 'mish', 'hardSwish', 'relu', 'softplus', 'sigmoid', 'exp']

const rows: Row[] = [
  ...VANISHING.map(name => row(`${name} of what is far below 0`, [[-1e4, -1e38]], x => f[name]!(x), [0, 0])),
  // What enters as NaN leaves as NaN.
  ...NAN_KEPT.map(([name, of]) => row(`${name} of NaN`, [[NaN, 0.5]], x => f.slice!(of(x), 0, 0, 1), [NaN])),
  row('x - x of NaN and infinities', [[NaN, I, -I]], x => f.sub!(x, x), [NaN, NaN, NaN]),
  row(
    'the larger and the smaller, either of them NaN',
    [
      [NaN, 1, NaN],
      [1, NaN, NaN],
    ],
    (a, b) => f.concat!(f.maximum!(a, b), f.minimum!(a, b), 0),
    [NaN, NaN, NaN, NaN, NaN, NaN],
  ),
  ...['max', 'min', 'sum', 'prod', 'logsumexp', 'variance', 'vectorNorm'].map(name =>
    row(
      `${name} of 70 with one NaN`,
      [[...Array<number>(69).fill(2), NaN]],
      x => f[name]!(f.reshape!(x, [1, 70]), -1),
      [NaN],
    ),
  ),
  row('the largest absolute value with NaN', [[1, NaN, -3]], x => f.vectorNorm!(x, undefined, { p: I }), [NaN]),
  row('running maxima from a NaN on', [[1, NaN, 3]], x => f.cummax!(x, 0), [1, NaN, NaN]),
  row('running maxima of -Infinity', [[-I, -I, 3]], x => f.cummax!(x, 0), [-I, -I, 3]),
  row(
    'the position of a NaN',
    [[5, NaN, 7, NaN]],
    x => f.concat!(f.expandDims!(f.argmax!(x, 0), 0), f.expandDims!(f.argmin!(x, 0), 0), 0),
    [1, 1],
  ),
  row('a window with a NaN', [[1, NaN, 2, 3]], x => f.maxPool2d!(f.reshape!(x, [1, 1, 2, 2]), 2), [NaN]),
  row(
    'the place of a NaN in its window, and of -Infinity beside padding',
    [[1, NaN, 2, -I]],
    x =>
      f.concat!(
        f.maxPoolIndex!(f.reshape!(x, [1, 1, 2, 2]), WINDOW),
        f.maxPoolIndex!(f.reshape!(f.slice!(x, 0, 3), [1, 1, 1, 1]), PADDED),
        0,
      ),
    [1, 0],
  ),
  row('softmax with a NaN', [[1, NaN]], x => f.softmax!(x), [NaN, NaN]),
  row(
    'cross-entropy with a NaN elsewhere',
    [[1, NaN, 2], i32(0)],
    (x, y) => f.crossEntropy!(f.reshape!(x, [1, 3]), y),
    [NaN],
  ),
  row('unit vectors and layer norm of NaN', [[1, NaN]], x => f.normalize!(x), [NaN, NaN]),
  row(
    'layer norm of rows, one with a NaN',
    [[1, NaN, 3, 0, 4, 4]],
    x => f.slice!(f.reshape!(layerNorm(3)(f.reshape!(x, [2, 3])) as Untyped, [6]), 0, 0, 3),
    [NaN, NaN, NaN],
  ),
  row('clamp of NaN and infinities', [[NaN, I, -I]], x => f.clamp!(x, -1, 2), [NaN, 2, -1]),
  row('the gradient of relu where it is NaN reaches the loss', [[NaN, 1]], x => f.sum!(f.relu!(x)), [NaN]),

  // Infinities, and masks of the lowest number.
  row(
    'a maximum of -Infinity, a minimum of Infinity',
    [[-I, -I]],
    x => f.concat!(f.expandDims!(f.max!(x), 0), f.expandDims!(f.min!(f.neg!(x)), 0), 0),
    [-I, I],
  ),
  row('a window of -Infinity', [[-I, -I, -I, -I]], x => f.maxPool2d!(f.reshape!(x, [1, 1, 2, 2]), 2), [-I]),
  row('logsumexp of -Infinity, of Infinity', [[-I, -I, 0, -I, I, 1]], x => f.logsumexp!(f.reshape!(x, [3, 2]), -1), [
    -I,
    0,
    I,
  ]),
  row('logsumexp of the lowest', [[-LARGE, -LARGE]], x => f.logsumexp!(x, -1), [-LARGE]),
  row(
    'logaddexp of infinities',
    [
      [-I, -I, I, I],
      [-I, 1, I, 1],
    ],
    (a, b) => f.logaddexp!(a, b),
    [-I, 1, I, I],
  ),
  row('softmax with what is masked by -Infinity', [[-I, 0, -I]], x => f.softmax!(x), [0, 1, 0]),
  row('softmax of nothing but -Infinity', [[-I, -I]], x => f.softmax!(x), [NaN, NaN]),
  row('exp of infinities', [[-I, I]], x => f.exp!(x), [0, I]),
  row('logarithms at and below 0', [[0, -0, -1, -I, I]], x => f.log!(x), [-I, -I, NaN, NaN, I]),
  row('logarithms to base 2, of 1 + x', [[0, -1, -2]], x => f.concat!(f.log2!(x), f.log1p!(x), 0), [
    -I,
    NaN,
    NaN,
    0,
    -I,
    NaN,
  ]),
  row(
    'tanh, sigmoid and erf of infinities',
    [[-I, I]],
    x => f.concatAll!([f.tanh!(x), f.sigmoid!(x), f.erf!(x)], 0),
    [-1, 1, 0, 1, -1, 1],
  ),
  row('masked by a constant -Infinity', [[1, 2, 3]], x => f.softmax!(f.select!(f.greater!(x, 2), -I, x)), [
    1 / (1 + Math.E),
    Math.E / (1 + Math.E),
    0,
  ]),
  row(
    'constants that are folded to infinity and NaN',
    [[1, 1]],
    x => f.add!(x, f.concat!(f.div!(f.constant!(1, [1]), 0), f.sub!(f.div!(f.constant!(1, [1]), 0), I), 0)),
    [I, NaN],
  ),
  row('a constant that overflows', [[1]], x => f.mul!(x, f.mul!(f.constant!(3e38, []), -10)), [-I]),

  // Order.
  row('sorted, NaN last', [[2, NaN, -I, I, -1, 0]], x => (f.sort!(x) as any).values, [-I, -1, 0, 2, I, NaN]),
  row('sorted descending, NaN last', [[2, NaN, -I, I, -1]], x => (f.sort!(x, 0, { descending: true }) as any).values, [
    I,
    2,
    -1,
    -I,
    NaN,
  ]),
  row('where the sorted stood, equal ones in order', [[NaN, 0, -0, NaN, -5]], x => f.argsort!(x), [4, 1, 2, 0, 3]),
  row('positions of the largest, NaN last', [[NaN, 1, NaN, 3]], x => (f.topK!(x, 4) as any).indices, [3, 1, 0, 2]),
  row(
    'positions of the largest of what is masked',
    [[-LARGE, 5, -LARGE, -I]],
    x => (f.topK!(x, 4) as any).indices,
    [1, 0, 2, 3],
  ),
  row('positions of the largest of -Infinity', [[-I, -I, -I]], x => (f.topK!(x, 3) as any).indices, [0, 1, 2]),
  row(
    'integers sorted descending',
    [i32(5, -(2 ** 31), 2 ** 31 - 1)],
    x => (f.sort!(x, 0, { descending: true }) as any).values,
    [2 ** 31 - 1, 5, -(2 ** 31)],
  ),

  // Powers, remainders, angles.
  row(
    'fractional powers of negatives',
    [
      [-8, -4, 8, -1],
      [1 / 3, 2.5, 1 / 3, 0.5],
    ],
    (a, b) => f.pow!(a, b),
    [NaN, NaN, 2, NaN],
  ),
  row('powers of a constant fraction', [[-8, 4]], x => f.pow!(x, 1.5), [NaN, 8]),
  row(
    'powers at the ends',
    [
      [0, -0, 0, I, -I, -I, 0.5, 2, I],
      [-2, -1, I, -1, 3, 2, I, -I, 0.5],
    ],
    (a, b) => f.pow!(a, b),
    [I, -I, 0, 0, -I, I, 0, 0, I],
  ),
  row(
    'powers of NaN, of 1, to 0',
    [
      [NaN, 2, 1, NaN, -1],
      [2, NaN, NaN, 0, I],
    ],
    (a, b) => f.pow!(a, b),
    [NaN, NaN, 1, 1, 1],
  ),
  row(
    'remainders of large integers',
    [i32(2e9, -5, -(2 ** 31), -(2 ** 31), 7), i32(2.1e9, 2.1e9, 2 ** 31 - 1, -1, 0)],
    (a, b) => f.mod!(a, b),
    [2e9, 2099999995, 2147483646, 0, 0],
  ),
  row(
    'remainders by negative integers',
    [i32(-4, 4, 2 ** 31 - 1), i32(-3, -3, -(2 ** 31))],
    (a, b) => f.mod!(a, b),
    [-1, -2, -1],
  ),
  row(
    'remainders of large unsigned integers',
    [u32(2e9, 3000000001, 4294967295, 7), u32(3e9, 3e9, 3e9, 0)],
    (a, b) => f.mod!(a, b),
    [2e9, 1, 1294967295, 0],
  ),
  row(
    'integers divided by 0, and by a constant 0',
    [i32(7, -3), i32(0, 0)],
    (a, b) => f.concatAll!([f.div!(a, b), f.rem!(a, b), f.div!(a, 0), f.rem!(a, 0), f.mod!(a, 0)], 0),
    [7, -3, 0, 0, 7, -3, 0, 0, 0, 0],
  ),
  row(
    'remainders of floats',
    [
      [-4, 4, -3, 2.5, -1e-9],
      [3, 3, 3, 3, 3],
    ],
    (a, b) => f.mod!(a, b),
    [2, 1, 0, 2.5, 3],
  ),
  row(
    'remainders of floats where the quotient is large',
    [LARGE_QUOTIENTS.map(([a]) => a!), LARGE_QUOTIENTS.map(([, b]) => b!)],
    (a, b) => f.concat!(f.rem!(a, b), f.mod!(a, b), 0),
    [
      ...LARGE_QUOTIENTS.map(([a, b]) => a! % b!),
      ...LARGE_QUOTIENTS.map(([a, b]) => ((a! % b!) * b! < 0 ? Math.fround((a! % b!) + b!) : a! % b!)),
    ],
    0,
  ),
  row(
    'remainders by a constant, by powers of 2',
    [[1000, -7.25, 3e38].map(Math.fround)],
    x => f.concatAll!([f.rem!(f.slice!(x, 0, 0, 2), 0.1), f.mod!(x, 4), f.mod!(x, -1)], 0),
    [Math.fround(1000) % Math.fround(0.1), -7.25 % Math.fround(0.1), 0, 0.75, 0, 0, -0.25, 0],
    0,
  ),
  row(
    'remainders by infinities and 0, of infinity',
    [
      [1, -5, -5, I, 1, 1],
      [I, I, -I, 1, 0, NaN],
    ],
    (a, b) => f.concatAll!([f.rem!(a, b), f.mod!(a, b), f.mod!(f.slice!(a, 0, 0, 1), 0)], 0),
    [1, -5, -5, NaN, NaN, NaN, 1, I, -5, NaN, NaN, NaN, NaN],
  ),
  row('sines of all sizes', [ANGLES], x => f.sin!(x), ANGLES.map(Math.sin), 1e-4),
  row('cosines of all sizes', [ANGLES], x => f.cos!(x), ANGLES.map(Math.cos), 1e-4),
  row('tangents of all sizes', [ANGLES], x => f.tan!(x), ANGLES.map(Math.tan), 1e-3),
  row(
    'the gradient of the sine of a large angle',
    [ANGLES],
    gradient(x => f.sin!(x)),
    ANGLES.map(Math.cos),
    1e-4,
  ),
  row('sines of what is not finite', [[I, -I, NaN]], x => f.sin!(x), [NaN, NaN, NaN]),
  row(
    'sines stay within 1',
    [BEYOND],
    x => f.cast!(f.lessEqual!(f.abs!(f.sin!(x)), 1), 'f32'),
    BEYOND.map(() => 1),
  ),

  // Conversions.
  row(
    'floats beyond integers',
    [[3e9, -3e9, 2147483648, NaN, I, -I]],
    x => f.cast!(x, 'i32'),
    [2147483647, -2147483648, 2147483647, 0, 2147483647, -2147483648],
    0,
  ),
  row(
    'floats beyond unsigned integers',
    [[5e9, -0.5, -7, NaN, I]],
    x => f.cast!(x, 'u32'),
    [4294967295, 0, 0, 0, 4294967295],
    0,
  ),
  ...[-1, 3].flatMap(label =>
    Object.entries(LABELLED).map(([name, loss]) =>
      row(
        `the label ${label} of three classes makes ${name} infinite`,
        [[1, 2, 3, 1, 2, 3], i32(0, label)],
        (x, y) => loss(f.reshape!(x, [2, 3]), y),
        [I],
      ),
    ),
  ),
  ...Object.entries(LABELLED).map(([name, loss]) =>
    row(`${name} with a NaN`, [[1, NaN, 3], i32(0)], (x, y) => loss(f.reshape!(x, [1, 3]), y), [NaN]),
  ),
]

test('stated results', () => checkRows(rows))

test('a constant is a number', () => {
  assert.throws(() => f.constant!(Number.NaN, [2]), /a constant of dtype f32 must be a number, got NaN/)
})

test.after(closeTestDevice)
test.run()
