/**
 * Cases of operations, for every test that runs over all of them: reference against lowering, gradient against finite
 * differences, device against reference. Values keep away from kinks and ties; `operations.test.ts` pins those.
 */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import * as math from '../../compiler/language/math.js'
import * as random from '../../compiler/language/random.js'
import { tracing } from '../../compiler/language/trace.js'
import { allReduce } from '../../compiler/ops/exchange.js'
import * as ops from '../../compiler/ops/index.js'
import type { DType } from '../../compiler/types/tensor.js'

export interface Case {
  readonly name: string
  readonly inputs: readonly {
    readonly shape: readonly number[]
    readonly dtype?: DType
    readonly values: readonly number[]
  }[]
  build(...inputs: Untyped[]): Tensor
}

const { add, cast, greater, mul } = ops
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** Numbers between `low` and `high` that look random and differ from each other: multiples of the golden ratio. */
const f = (shape: readonly number[], low = -1, high = 1, seed = 0) => ({
  shape,
  values: Array.from(
    { length: count(shape) },
    (_, i) => low + (high - low) * (((i + 1) * 0.6180339887498949 + seed * 0.37) % 1),
  ),
})
const integers = (
  dtype: 'i32' | 'u32' | 'u8',
  values: readonly number[],
  shape: readonly number[] = [values.length],
) => ({ shape, dtype, values })
const float = (x: Untyped): Untyped => cast(x, 'f32')
const positive = (x: Untyped): Untyped => greater(x, 0)

type Unary = (x: Untyped) => Tensor
const unary = (build: Unary & { operation?: { name: string } }, low = -2, high = 2): Case => ({
  name: build.operation!.name,
  inputs: [f([3, 5], low, high)],
  build: x => build(x),
})
/** On equal shapes, with a bias, and with both operands repeated. */
const binary = (
  build: ((a: Untyped, b: Untyped) => Tensor) & { operation: { name: string } },
  low = 0.5,
  high = 3,
): Case[] =>
  [
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    [[2, 3, 4], [4]],
    [
      [2, 1, 4],
      [3, 1],
    ],
  ].map(([a, b]) => ({
    name: `${build.operation.name} [${a}] [${b}]`,
    inputs: [f(a!, low, high), f(b!, low, high, 1)],
    build: (x, y) => build(x, y),
  }))

const elementwise: Case[] = [
  unary(ops.exp),
  unary(ops.exp2),
  unary(ops.expm1),
  unary(ops.expm1, -0.01, 0.01),
  unary(ops.log, 0.1, 3),
  unary(ops.log2, 0.1, 3),
  unary(ops.log1p, -0.8, 3),
  unary(ops.log1p, -0.01, 0.01),
  unary(ops.sqrt, 0.1, 3),
  unary(ops.rsqrt, 0.1, 3),
  unary(ops.square),
  unary(ops.reciprocal, 0.3, 2),
  unary(ops.sin),
  unary(ops.cos),
  unary(ops.sin, -40, 40),
  unary(ops.cos, -40, 40),
  unary(ops.tan, -1, 1),
  unary(ops.atan),
  unary(ops.tanh),
  unary(ops.sigmoid),
  unary(ops.erf),
  unary(ops.relu),
  unary(ops.neg),
  unary(ops.abs),
  unary(ops.sign),
  unary(ops.floor),
  unary(ops.ceil),
  unary(ops.round),
  unary(ops.trunc),
  ...binary(ops.add as never),
  ...binary(ops.sub as never),
  ...binary(ops.mul as never),
  ...binary(ops.div as never),
  ...binary(ops.pow as never),
  ...binary(ops.maximum as never),
  ...binary(ops.minimum as never),
  ...binary(ops.atan2 as never),
  ...binary(ops.rem as never),
  ...binary(ops.mod as never),
  { name: 'numbers on both sides', inputs: [f([7])], build: x => ops.sub(1, mul(add(x, 2), 0.5)) },
  { name: 'pow of a negative number', inputs: [f([8], -2, -0.5)], build: x => add(ops.pow(x, 3), ops.pow(x, -2)) },
  { name: 'one tensor as both operands', inputs: [f([6])], build: x => mul(x, x) },
  {
    name: 'integers',
    inputs: [integers('i32', [7, -7, 7, -7, 0]), integers('i32', [3, 3, -3, -3, 5])],
    build: (a, b) =>
      ops.stack(
        [add(a, b), mul(a, b), ops.div(a, b), ops.rem(a, b), ops.mod(a, b), ops.maximum(a, b), ops.neg(ops.abs(a))].map(
          x => float(x),
        ),
      ),
  },
  {
    name: 'integers wrap around',
    inputs: [integers('i32', [2147483647, 65536, -2147483648])],
    build: x => float(ops.bitAnd(add(mul(x, x), x), 0xfff)),
  },
]

const masks: Case[] = [
  ...[ops.equal, ops.notEqual, ops.less, ops.lessEqual, ops.greater, ops.greaterEqual].map(
    (operation): Case => ({
      name: operation.operation.name,
      inputs: [integers('i32', [1, 2, 3, 2]), integers('i32', [2, 2, 2, -2])],
      build: (a, b) => float(operation(a, b)),
    }),
  ),
  ...[ops.logicalAnd, ops.logicalOr, ops.logicalXor].map(
    (operation): Case => ({
      name: operation.operation.name,
      inputs: [f([4], -1, 1), f([3, 4], -1, 1, 1)],
      build: (a, b) => float(operation(positive(a), positive(b))),
    }),
  ),
  { name: 'a mask as a result', inputs: [f([5])], build: x => ops.logicalNot(positive(x)) },
  { name: 'logicalNot', inputs: [f([5])], build: x => float(ops.logicalNot(positive(x))) },
  {
    name: 'finite',
    inputs: [f([5])],
    build: x => float(ops.finite(ops.exp(mul(x, 1e5)))),
  },
  {
    name: 'notANumber',
    inputs: [f([5])],
    build: x => float(ops.notANumber(ops.sqrt(x))),
  },
  {
    name: 'select',
    inputs: [f([3, 4]), f([3, 4], 1, 2), f([4], 2, 3)],
    build: (c, a, b) => ops.select(positive(c), a, b),
  },
  { name: 'select a number', inputs: [f([3, 4])], build: x => ops.select(positive(x), 0.5, x) },
  {
    name: 'cast between floats and integers',
    inputs: [f([9], -5, 5)],
    build: x => add(float(cast(x, 'i32')), float(cast(ops.abs(x), 'u32'))),
  },
  { name: 'cast to bool', inputs: [integers('i32', [0, 1, -3])], build: x => float(cast(x, 'bool')) },
  { name: 'cast float to float', inputs: [f([4])], build: x => cast(x, 'f32') },
  { name: 'cast from bytes', inputs: [integers('u8', [0, 1, 127, 128, 255], [5])], build: x => float(x) },
  {
    name: 'bytes moved before they are cast',
    inputs: [integers('u8', [0, 1, 127, 128, 255, 7], [2, 3])],
    build: x => float(ops.permute(x, [1, 0])),
  },
  {
    name: 'bits',
    inputs: [integers('u32', [1, 0xdeadbeef, 77, 0xffffffff]), integers('u32', [3, 0x1234567, 13, 1])],
    build: (a, b) =>
      ops.stack(
        [
          ops.bitAnd(a, b),
          ops.bitOr(a, b),
          ops.bitXor(a, b),
          ops.shiftLeft(a, 5),
          ops.shiftRight(a, ops.bitAnd(b, 31)),
        ].map(x => float(ops.bitAnd(x, 0xffff))),
      ),
  },
]

const movement: Case[] = [
  { name: 'constant', inputs: [f([3])], build: x => add(x, ops.constant(2.5, [2, 3])) },
  {
    name: 'iota',
    inputs: [f([2, 3])],
    build: x => mul(x, add(ops.iota([2, 3], 1, 'f32'), float(ops.iota([2, 3], 0, 'u32')))),
  },
  { name: 'allReduce', inputs: [integers('i32', [3, -1, 4])], build: x => allReduce(x, 'sum') },
  { name: 'copy', inputs: [f([3, 4])], build: x => ops.copy(x) },
  { name: 'reshape', inputs: [f([2, 3, 4])], build: x => mul(ops.reshape(x, [4, -1]), ops.iota([4, 6], 1, 'f32')) },
  { name: 'permute', inputs: [f([2, 3, 4])], build: x => ops.permute(x, [2, 0, 1]) },
  {
    name: 'permute, reshape',
    inputs: [f([2, 3, 4])],
    build: x => ops.reshape(ops.permute(x, [1, 2, 0]), [2, 12]),
  },
  { name: 'broadcastTo', inputs: [f([3, 1])], build: x => ops.broadcastTo(x, [2, 3, 4]) },
  { name: 'flatten, transpose', inputs: [f([2, 3, 4])], build: x => ops.flatten(ops.transpose(x) as Untyped) },
  {
    name: 'expandDims, squeeze',
    inputs: [f([2, 3])],
    build: x => ops.squeeze(ops.expandDims(ops.expandDims(x, 0), -1), 0),
  },
  {
    name: 'pad',
    inputs: [f([2, 3])],
    build: x =>
      ops.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        7,
      ),
  },
  { name: 'pad with gaps', inputs: [f([2, 3])], build: x => ops.padAll(x, [0, 2], [1, 0], [0, 2], -1) },
  {
    name: 'pad a mask',
    inputs: [f([2, 3])],
    build: x =>
      float(
        ops.pad(
          positive(x),
          [
            [0, 1],
            [1, 0],
          ],
          1,
        ),
      ),
  },
  { name: 'slice', inputs: [f([4, 5])], build: x => ops.slice(x, 1, 1, 4) },
  { name: 'slice with a step, from the end', inputs: [f([2, 7])], build: x => ops.slice(x, -1, -6, 7, 2) },
  { name: 'split', inputs: [f([2, 6])], build: x => mul(...(ops.split(x, 2, 1) as unknown as [Untyped, Untyped])) },
  { name: 'flip', inputs: [f([3, 4])], build: x => ops.flip(x, [0, 1]) },
  { name: 'concat', inputs: [f([2, 3]), f([2, 1], 2, 3)], build: (a, b) => ops.concat(a, b, 1) },
  {
    name: 'concat of three',
    inputs: [f([1, 2]), f([3, 2], 2, 3), f([2, 2], 4, 5)],
    build: (...x) => ops.concatAll(x, 0),
  },
  { name: 'concat of one', inputs: [f([1, 2])], build: (...x) => ops.concatAll(x, 0) },
  { name: 'stack', inputs: [f([2, 2]), f([2, 2], 2, 3)], build: (...x) => ops.stack(x, 1) },
  { name: 'roll', inputs: [f([2, 5])], build: x => ops.roll(x, -2, 1) },
]

const reductions: Case[] = [
  ...[ops.sum, ops.max, ops.min, ops.prod].flatMap((reduction): Case[] => [
    { name: reduction.operation.name, inputs: [f([2, 3, 4], 0.5, 2)], build: x => reduction(x) },
    {
      name: `${reduction.operation.name} over inner axes`,
      inputs: [f([2, 3, 4], 0.5, 2)],
      build: x => reduction(x, [-1, 1]),
    },
    {
      name: `${reduction.operation.name} over outer axes, kept`,
      inputs: [f([2, 3, 4], -2, -0.5)],
      build: x => reduction(x, [0, 1], { keepdims: true }),
    },
    {
      name: `${reduction.operation.name} of integers`,
      inputs: [integers('i32', [3, -4, 5, 2, 2, 7], [2, 3])],
      build: x => float(reduction(x, 0)),
    },
  ]),
  {
    name: 'prod with zeros',
    inputs: [{ shape: [3, 3], values: [1, 2, 3, 0, 2, 3, 0, 0, 3] }],
    build: x => ops.prod(x, 1),
  },
  {
    name: 'argmax, argmin',
    inputs: [f([3, 4])],
    build: x => add(float(ops.argmax(x, 1)), mul(float(ops.argmin(x, -1)), 10)),
  },
  { name: 'any', inputs: [f([4, 3])], build: x => float(ops.any(positive(x), 1)) },
  { name: 'all', inputs: [f([4, 3])], build: x => float(ops.all(positive(x), 0, { keepdims: true })) },
  {
    name: 'a row statistic',
    inputs: [f([4, 6])],
    build: x =>
      ops.div(ops.sub(x, math.mean(x, 1, { keepdims: true })), ops.sqrt(math.variance(x, 1, { keepdims: true }))),
  },
  { name: 'topK', inputs: [f([2, 7])], build: x => math.topK(x, 3).values },
  { name: 'topK of 37', inputs: [f([2, 37])], build: x => math.topK(x, 11).values },
]

const flow: Case[] = [
  {
    name: 'stopGradient',
    inputs: [f([3]), f([3], 1, 2)],
    build: (a, b) => mul(a, ops.stopGradient(mul(b, 1))),
  },
  { name: 'straightThrough', inputs: [f([4], -3, 3)], build: x => ops.straightThrough(x, x) },
  {
    name: 'customGradient',
    inputs: [f([4], -3, 3)],
    build: x =>
      ops.customGradient(
        (x: Untyped) => ops.exp(x) as Untyped,
        grad => grad,
      )(x),
  },
  { name: 'scaleGradient', inputs: [f([4])], build: x => ops.scaleGradient(x, 1) },
  {
    name: 'randomBits',
    inputs: [integers('u32', [12345], []), integers('u32', [7], [])],
    build: (seed, step) => float(ops.rem(ops.randomBits(seed, step, [3, 7], 0x9e3779b9), 10007)),
  },
]

/** What `language/` composes: the formulas that must survive f32, at inputs where naive ones do not. */
const far = { shape: [2, 4], values: [-1000, -30, 0.5, 1000, 88, -88, 90, 89.5] }
const composed: Case[] = [
  {
    name: 'sigmoid, tanh, erf far from 0',
    inputs: [far],
    build: x => ops.concatAll([ops.sigmoid(x), ops.tanh(x), ops.erf(x)], 0),
  },
  { name: 'softmax of large numbers', inputs: [far], build: x => math.softmax(x) },
  { name: 'logSoftmax', inputs: [f([3, 5], -4, 4)], build: x => math.logSoftmax(x, 0) },
  { name: 'logsumexp of large numbers', inputs: [far], build: x => math.logsumexp(x, 1) },
  {
    name: 'crossEntropy',
    inputs: [f([4, 6], -3, 3), integers('i32', [5, 0, 3, 3])],
    build: (logits, labels) => math.crossEntropy(logits, labels),
  },
  {
    name: 'crossEntropy of tokens, smoothed and weighted, with rows left out',
    inputs: [f([2, 3, 4], -3, 3), integers('i32', [3, -1, 0, 2, 1, -1], [2, 3]), f([4], 0.5, 1.5)],
    build: (logits, labels, weights) => math.crossEntropy(logits, labels, { smoothing: 0.2, weights, ignore: -1 }),
  },
  { name: 'cdist', inputs: [f([2, 3, 4]), f([2, 5, 4], -1, 1, 1)], build: (a, b) => math.cdist(a, b) },
  { name: 'normalize', inputs: [f([3, 8])], build: x => math.normalize(x) },
  {
    name: 'variance of numbers far from 0',
    inputs: [f([3, 16], 100, 101)],
    build: x => math.variance(x, 1, { correction: 1 }),
  },
  {
    name: 'gelu, silu, softplus',
    inputs: [f([3, 5], -6, 6)],
    build: x => ops.stack([math.gelu(x), math.silu(x), math.softplus(x)]),
  },
  { name: 'softplus of large numbers', inputs: [far], build: x => math.softplus(x) },
  { name: 'clamp, lerp', inputs: [f([7]), f([7], 2, 3)], build: (a, b) => math.lerp(math.clamp(a, -0.5, 0.5), b, 0.3) },
]

/** Random tensors, keyed by inputs: the same draws in the reference and on the device. */
const drawn = (name: string, build: () => Tensor): Case => ({
  name,
  inputs: [integers('u32', [2024], []), integers('u32', [11], [])],
  build: (seed, step) =>
    tracing({ entry: 'step', updates: new Map(), seed, step, training: true, held: false, streams: new Map() }, build),
})
const draws: Case[] = [
  drawn('uniform', () => random.uniform([3, 5], -1, 2)),
  drawn('normal', () => random.normal([6, 7])),
  drawn('bernoulli', () => float(random.bernoulli(0.4, [20]))),
  drawn('randint', () => float(random.randint(-3, 9, [20]))),
  drawn('permutation', () => float(random.permutation(17))),
  drawn('beta', () => random.beta(0.4, 2.5, [12])),
]

export const cases: readonly Case[] = [
  ...elementwise,
  ...masks,
  ...movement,
  ...reductions,
  ...flow,
  ...composed,
  ...draws,
]
