/**
 * Every function of the public entry points that gives tensors gives them with a shape: a call of each, what types make of it, and a
 * line at the end that fails to compile for a function without a call and for a call whose result has no shape. Checked by `tsc`,
 * never run.
 */

import type { Stopped, Tensor } from '../../compiler/index.js'
import * as facet from '../../compiler/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import type { DType } from '../../compiler/types/tensor.js'

declare function input<const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Stopped<S, D>
const x = input(['batch', 8])
const square = input([4, 4])
const volumes = input(['batch', 3, 9, 9, 9])
const images = input(['batch', 3, 9, 9])
const sequences = input(['batch', 3, 9])
const flags = input(['batch', 8], 'bool')
const bits = input(['batch', 8], 'u32')
const rows = input(['batch'], 'i32')
const state = input([8])
const index = input(['batch', 8], 'i32')

const results = {
  abs: facet.abs(x),
  adaptiveAvgPool2d: facet.adaptiveAvgPool2d(images, 3),
  adaptiveMaxPool2d: facet.adaptiveMaxPool2d(images, 3),
  add: facet.add(x, x),
  affineGrid: facet.affineGrid(input(['batch', 2, 3]), [5, 6]),
  all: facet.all(flags),
  any: facet.any(flags, 1),
  arange: facet.arange(5),
  argmax: facet.argmax(x, 1),
  argmin: facet.argmin(x, 1),
  argsort: facet.argsort(x, 1),
  atan: facet.atan(x),
  atan2: facet.atan2(x, x),
  attention: facet.attention(images, images, images),
  avgPool2d: facet.avgPool2d(images, 3),
  bernoulli: facet.bernoulli(0.5, [2, 3]),
  beta: facet.beta(1, 1, [2, 3]),
  bitAnd: facet.bitAnd(bits, bits),
  bitOr: facet.bitOr(bits, bits),
  bitXor: facet.bitXor(bits, bits),
  bits: facet.bits([2, 3]),
  broadcastTo: facet.broadcastTo(x, [2, 'batch', 8]),
  cast: facet.cast(x, 'i32'),
  cdist: facet.cdist(x, x),
  ceil: facet.ceil(x),
  celu: facet.celu(x),
  cholesky: facet.cholesky(square),
  clamp: facet.clamp(x, 0, 1),
  concat: facet.concat(x, x, 1),
  concatAll: facet.concatAll([x, x], 1),
  constant: facet.constant(1, [2, 3]),
  conv1d: facet.conv1d(sequences, input([5, 3, 3])),
  conv2d: facet.conv2d(images, input([5, 3, 3, 3])),
  conv3d: facet.conv3d(volumes, input([5, 3, 3, 3, 3])),
  convTranspose1d: facet.convTranspose1d(sequences, input([3, 5, 3])),
  convTranspose2d: facet.convTranspose2d(images, input([3, 5, 3, 3])),
  copy: facet.copy(x),
  cos: facet.cos(x),
  cosh: facet.cosh(x),
  cropResize: facet.cropResize(
    images,
    { top: input(['batch']), left: input(['batch']), height: input(['batch']), width: input(['batch']) },
    [5, 6],
  ),
  crossEntropy: facet.crossEntropy(x, rows),
  cummax: facet.cummax(x, 1),
  cumprod: facet.cumprod(x, 1),
  cumsum: facet.cumsum(x, 1),
  diagonal: facet.diagonal(square),
  div: facet.div(x, x),
  dot: facet.dot(x, input([8, 5])),
  einsum: facet.einsum(x, x, 'b i, b j -> i j'),
  elu: facet.elu(x),
  embedding: facet.embedding(x, rows),
  equal: facet.equal(x, x),
  erf: facet.erf(x),
  exp: facet.exp(x),
  exp2: facet.exp2(x),
  expandDims: facet.expandDims(x, 0),
  expm1: facet.expm1(x),
  extend: facet.extend(
    x,
    [
      [0, 0],
      [1, 1],
    ],
    'edge',
  ),
  eye: facet.eye(3),
  finite: facet.finite(x),
  flatten: facet.flatten(x),
  flip: facet.flip(x, 1),
  floor: facet.floor(x),
  fold: facet.fold(input(['batch', 27, 49]), [9, 9], 3),
  gather: facet.gather(x, index, 1),
  gelu: facet.gelu(x),
  geluTanh: facet.geluTanh(x),
  grad: facet.grad(facet.sum(x), { x }),
  greater: facet.greater(x, x),
  greaterEqual: facet.greaterEqual(x, x),
  gridSample: facet.gridSample(images, input(['batch', 5, 6, 2])),
  hardSigmoid: facet.hardSigmoid(x),
  hardSwish: facet.hardSwish(x),
  index: facet.index(x, 1, 0),
  inner: facet.inner(x, x),
  iota: facet.iota([2, 3], 0),
  latest: facet.latest(x),
  leakyRelu: facet.leakyRelu(x),
  lerp: facet.lerp(x, x, 0.5),
  less: facet.less(x, x),
  lessEqual: facet.lessEqual(x, x),
  log: facet.log(x),
  log10: facet.log10(x),
  log1p: facet.log1p(x),
  log2: facet.log2(x),
  logSigmoid: facet.logSigmoid(x),
  logSoftmax: facet.logSoftmax(x),
  logaddexp: facet.logaddexp(x, x),
  logicalAnd: facet.logicalAnd(flags, flags),
  logicalNot: facet.logicalNot(flags),
  logicalOr: facet.logicalOr(flags, flags),
  logicalXor: facet.logicalXor(flags, flags),
  logsumexp: facet.logsumexp(x, 1),
  lowerTriangle: facet.lowerTriangle(x),
  map: facet.map((row: Stopped<[8]>) => facet.sum(row), x),
  matmul: facet.matmul(x, input([8, 5])),
  max: facet.max(x),
  maxPool2d: facet.maxPool2d(images, 3),
  maximum: facet.maximum(x, x),
  mean: facet.mean(x),
  min: facet.min(x),
  minimum: facet.minimum(x, x),
  mish: facet.mish(x),
  mod: facet.mod(x, x),
  mul: facet.mul(x, x),
  neg: facet.neg(x),
  normal: facet.normal([2, 3]),
  normalize: facet.normalize(x),
  notANumber: facet.notANumber(x),
  notEqual: facet.notEqual(x, x),
  oneHot: facet.oneHot(rows, 10),
  ones: facet.ones([2, 3]),
  orderKey: facet.orderKey(x),
  outer: facet.outer(input([3]), input([4])),
  pad: facet.pad(x, [
    [0, 0],
    [1, 1],
  ]),
  permutation: facet.permutation(5),
  permute: facet.permute(x, [1, 0]),
  pow: facet.pow(x, x),
  prod: facet.prod(x),
  randint: facet.randint(0, 9, [2, 3]),
  rearrange: facet.rearrange(x, 'b c -> c b'),
  reciprocal: facet.reciprocal(x),
  reducePattern: facet.reducePattern(x, 'b c -> c', 'mean'),
  refine: facet.refine(x, ['batch', 8]),
  relu: facet.relu(x),
  relu6: facet.relu6(x),
  rem: facet.rem(x, x),
  repeat: facet.repeat(x, 2, 1),
  reshape: facet.reshape(x, ['batch', 2, 4]),
  resize: facet.resize(images, [5, 6]),
  resizeNearest: facet.resizeNearest(images, [18, 18]),
  reverseGradient: facet.reverseGradient(x),
  roll: facet.roll(x, 1, 1),
  round: facet.round(x),
  rsqrt: facet.rsqrt(x),
  scaleGradient: facet.scaleGradient(x, 2),
  scan: facet.scan((h: Tensor<[8], 'f32'>, e: Stopped<[8]>) => ({ carry: h, output: e }), state, x),
  scatter: facet.scatter(x, index, x, 1),
  scatterAdd: facet.scatterAdd(x, index, 1, 10),
  segmentMean: facet.segmentMean(x, rows, 10),
  segmentSum: facet.segmentSum(x, rows, 10),
  select: facet.select(flags, x, 0),
  selu: facet.selu(x),
  shiftLeft: facet.shiftLeft(bits, bits),
  shiftRight: facet.shiftRight(bits, bits),
  sigmoid: facet.sigmoid(x),
  sign: facet.sign(x),
  silu: facet.silu(x),
  sin: facet.sin(x),
  sinh: facet.sinh(x),
  slice: facet.slice(x, 1, 0, 4),
  softmax: facet.softmax(x),
  softplus: facet.softplus(x),
  softsign: facet.softsign(x),
  sort: facet.sort(x),
  sortRank: facet.sortRank(x, 1),
  split: facet.split(x, 2, 1),
  sqrt: facet.sqrt(x),
  square: facet.square(x),
  squeeze: facet.squeeze(input(['batch', 1]), 1),
  stack: facet.stack([x, x]),
  standardDeviation: facet.standardDeviation(x),
  stopGradient: facet.stopGradient(x),
  straightThrough: facet.straightThrough(x, x),
  sub: facet.sub(x, x),
  sum: facet.sum(x),
  take: facet.take(x, rows),
  tan: facet.tan(x),
  tanh: facet.tanh(x),
  tensor: facet.tensor([1, 2]),
  tile: facet.tile(x, [1, 2]),
  topK: facet.topK(x, 3),
  transpose: facet.transpose(x),
  triangularSolve: facet.triangularSolve(square, square),
  trunc: facet.trunc(x),
  unfold: facet.unfold(images, 3),
  uniform: facet.uniform([2, 3]),
  updateRows: facet.updateRows(x, input([], 'i32'), x),
  upperTriangle: facet.upperTriangle(x),
  variance: facet.variance(x),
  vectorNorm: facet.vectorNorm(x),
  where: facet.where(flags, x, 0),
  zeros: facet.zeros([2, 3]),
}

/** Functions whose result has no shape, and why. */
const without = {
  convGeneral: 'its axes are data',
  dilatedMaxPool2d: 'beneath `maxPool2d`, with options from data',
  dotGeneral: 'its axes are data',
  firstInOrder: 'beneath `argsort` and `topK`',
  initialValue: 'of a variable of any shape',
  maxPool: 'of windows over any axes',
  maxPoolIndex: 'only in gradients',
  namedParameters: 'variables of any module by name',
  padAll: 'its amounts are data',
  randomBits: 'beneath `bits`, with a shape from data',
  sliceAll: 'its bounds are data',
  sumPool: 'inside `avgPool2d`',
  unpool: 'only in gradients',
}

/** The names of functions of a module that give a tensor, a list or a record of them. */
type Giving<M> = { [K in keyof M]: true extends Gives<M[K]> ? K : never }[keyof M]
type Gives<F> = F extends (...given: any) => infer R
  ? 0 extends 1 & R
    ? false
    : R extends Tensor | readonly Tensor[] | Readonly<Record<string, Tensor | undefined>>
      ? true
      : false
  : false
/** Whether a result, or a part of it, has a shape that says nothing. */
type Bare<R> =
  R extends Tensor<infer S, any, any>
    ? 0 extends 1 & S
      ? true
      : S extends Shape
        ? number extends S['length']
          ? true
          : false
        : true
    : R extends readonly (infer E)[]
      ? Bare<E>
      : R extends object
        ? { [K in keyof R]: Bare<R[K]> }[keyof R]
        : false
type Failing<R> = { [K in keyof R]: true extends Bare<R[K]> ? K : never }[keyof R]

// `tensor`, typed by how its argument is nested, is too deep for `Gives`.
type Expected = Exclude<Giving<Omit<typeof facet, 'tensor'>>, keyof typeof without>
export const missing: [Exclude<Expected, keyof typeof results>] extends [never]
  ? 'none'
  : Exclude<Expected, keyof typeof results> = 'none'
export const shapeless: [Failing<typeof results>] extends [never] ? 'none' : Failing<typeof results> = 'none'
