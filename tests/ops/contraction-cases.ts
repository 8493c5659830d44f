/** Cases of contraction, convolution, pooling, indexing and prefix sums: forward and gradient are checked for each. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { cropResize, resize } from '../../compiler/language/resample.js'
import { mul } from '../../compiler/ops/binary.js'
import { cast, equal } from '../../compiler/ops/compare.js'
import { conv2d, convGeneral, convTranspose2d } from '../../compiler/ops/conv.js'
import { dot, dotGeneral, inner, matmul, outer } from '../../compiler/ops/dot.js'
import {
  embedding,
  gather,
  oneHot,
  scatter,
  scatterAdd,
  segmentMean,
  segmentSum,
  take,
  updateRows,
} from '../../compiler/ops/gather.js'
import { broadcastTo } from '../../compiler/ops/movement.js'
import { avgPool2d, maxPool2d, maxPoolIndex, sumPool, unpool } from '../../compiler/ops/pool.js'
import { argsort, cumsum, sort, sortRank } from '../../compiler/ops/prefix.js'
import { slice } from '../../compiler/ops/slice.js'
import type { Case } from './cases.js'

/** Numbers in -1 .. 1 that look random and differ from each other: multiples of the golden ratio. */
const spread = (shape: readonly number[], seed: number) => {
  const count = shape.reduce((a, b) => a * b, 1)
  return {
    shape,
    values: Array.from({ length: count }, (_, i) => (((i + 1) * 0.6180339887498949 + seed * 0.1234567) % 1) * 2 - 1),
  }
}
const f = spread
const ints = (shape: readonly number[], values: readonly number[]) => ({ shape, dtype: 'i32' as const, values })
const any = (x: unknown) => x as Tensor<any, any, any>
const integer = (x: unknown) => x as Tensor<any, 'i32', any>

const dots: Case[] = [
  { name: 'dot', inputs: [f([3, 5], 1), f([5, 4], 2)], build: (a, b) => dot(a, b) },
  { name: 'dot of a vector', inputs: [f([5], 1), f([5, 4], 2)], build: (a, b) => dot(a, b) },
  { name: 'dot of rank 3', inputs: [f([2, 3, 5], 1), f([5, 9], 2)], build: (a, b) => dot(a, b) },
  { name: 'matmul, batched', inputs: [f([2, 3, 5], 1), f([2, 5, 4], 2)], build: (a, b) => matmul(a, b) },
  { name: 'matmul, broadcast', inputs: [f([2, 1, 3, 4], 1), f([3, 4, 2], 2)], build: (a, b) => matmul(any(a), any(b)) },
  { name: 'matmul with a matrix', inputs: [f([2, 3, 4], 1), f([4, 2], 2)], build: (a, b) => matmul(any(a), any(b)) },
  { name: 'inner', inputs: [f([2, 3, 5], 1), f([4, 5], 2)], build: (a, b) => inner(a, b) },
  { name: 'inner of vectors', inputs: [f([5], 1), f([5], 2)], build: (a, b) => inner(a, b) },
  { name: 'outer', inputs: [f([3], 1), f([4], 2)], build: (a, b) => outer(a, b) },
  {
    name: 'dotGeneral, two contracted axes crossed, batch in the middle',
    inputs: [f([3, 2, 4, 5], 1), f([4, 3, 6, 2], 2)],
    build: (a, b) =>
      dotGeneral(a, b, {
        batch: [[1], [3]],
        contract: [
          [2, 0],
          [0, 1],
        ],
      }),
  },
  {
    name: 'dotGeneral, nothing contracted',
    inputs: [f([3, 2], 1), f([2, 4], 2)],
    build: (a, b) => dotGeneral(a, b, { batch: [[1], [0]], contract: [[], []] }),
  },
  {
    name: 'dotGeneral to a scalar',
    inputs: [f([3, 2], 1), f([2, 3], 2)],
    build: (a, b) =>
      dotGeneral(a, b, {
        batch: [[], []],
        contract: [
          [0, 1],
          [1, 0],
        ],
      }),
  },
  { name: 'dot of a tensor with itself', inputs: [f([4, 4], 1)], build: a => dot(a, a) },
]

const convolution = (name: string, x: number[], w: number[], options: object): Case => ({
  name: `conv2d, ${name}`,
  inputs: [f(x, 1), f(w, 2)],
  build: (a, b) => conv2d(any(a), any(b), options),
})
const convolutions: Case[] = [
  convolution('3x3', [2, 2, 5, 4], [3, 2, 3, 3], {}),
  convolution('padding', [1, 2, 4, 5], [3, 2, 3, 3], { padding: 1 }),
  convolution('stride 2, padding 1, odd', [2, 2, 7, 5], [3, 2, 3, 3], { stride: 2, padding: 1 }),
  convolution('stride 2, padding 1, even', [1, 2, 6, 8], [2, 2, 3, 3], { stride: 2, padding: 1 }),
  convolution('1x1 with stride 2', [1, 3, 5, 5], [2, 3, 1, 1], { stride: 2 }),
  convolution('stride beyond the kernel', [1, 2, 8, 7], [2, 2, 2, 2], { stride: 3 }),
  convolution('dilation 2', [1, 2, 7, 8], [2, 2, 3, 2], { dilation: 2, padding: 1 }),
  convolution('dilation 2, stride 3', [1, 1, 9, 8], [2, 1, 3, 2], { dilation: 2, stride: 3, padding: 2 }),
  convolution('2 groups', [2, 4, 4, 4], [6, 2, 3, 3], { groups: 2, padding: 1 }),
  convolution('depthwise, stride 2', [1, 3, 5, 6], [6, 1, 3, 3], { groups: 3, stride: 2, padding: 1 }),
  convolution('padding beyond the kernel', [1, 1, 3, 3], [1, 1, 2, 2], { padding: 3 }),
  convolution('7x7, stride 2', [1, 1, 9, 9], [1, 1, 7, 7], { stride: 2, padding: 3 }),
  {
    name: 'conv, every attribute',
    inputs: [f([1, 4, 3, 4], 1), f([4, 2, 2, 3], 2)],
    build: (x, w) =>
      convGeneral(x, w, {
        stride: [2, 3],
        padding: [
          [2, 1],
          [-1, 3],
        ],
        inputDilation: [3, 2],
        kernelDilation: [1, 2],
        groups: 2,
      }),
  },
  {
    name: 'convTranspose2d',
    inputs: [f([1, 2, 3, 4], 1), f([2, 3, 3, 2], 2)],
    build: (x, w) => convTranspose2d(any(x), any(w)),
  },
  {
    name: 'convTranspose2d, stride, padding, groups',
    inputs: [f([2, 4, 3, 2], 1), f([4, 1, 3, 3], 2)],
    build: (x, w) => convTranspose2d(any(x), any(w), { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
  },
]

const tile = {
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const
const overlap = {
  kernel: [3, 2],
  stride: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
} as const
const pools: Case[] = [
  { name: 'maxPool2d 2x2', inputs: [f([2, 2, 4, 6], 1)], build: x => maxPool2d(any(x), 2) },
  {
    name: 'maxPool2d 3x3, stride 2, padding 1',
    inputs: [f([1, 2, 7, 5], 1)],
    build: x => maxPool2d(any(x), 3, { stride: 2, padding: 1 }),
  },
  {
    name: 'maxPool2d, ceil',
    inputs: [f([1, 1, 6, 8], 1)],
    build: x => maxPool2d(any(x), 3, { stride: 2, ceil: true }),
  },
  {
    name: 'maxPool2d, gaps between windows',
    inputs: [f([1, 1, 7, 8], 1)],
    build: x => maxPool2d(any(x), 2, { stride: 3 }),
  },
  {
    name: 'maxPool2d, gradient of its gradient',
    inputs: [f([1, 2, 4, 4], 1), f([1, 2, 4, 4], 2)],
    build: (x, y) => {
      const at = maxPoolIndex(x, tile)
      return mul(unpool([sumPool(y, tile), at], x.shape, tile), unpool([sumPool(mul(y, y), tile), at], x.shape, tile))
    },
  },
  { name: 'sumPool, overlapping', inputs: [f([1, 2, 6, 5], 1)], build: x => sumPool(x, overlap) },
  { name: 'unpool, overlapping', inputs: [f([1, 2, 3, 6], 1)], build: x => unpool([x], [1, 2, 6, 5], overlap) },
  { name: 'avgPool2d 2x2', inputs: [f([1, 2, 4, 4], 1)], build: x => avgPool2d(any(x), 2) },
  {
    name: 'avgPool2d, padding counts',
    inputs: [f([1, 1, 5, 7], 1)],
    build: x => avgPool2d(any(x), 3, { stride: 2, padding: 1 }),
  },
  {
    name: 'avgPool2d, padding does not count',
    inputs: [f([1, 1, 5, 7], 1)],
    build: x => avgPool2d(any(x), 3, { stride: 2, padding: 1, countPadding: false }),
  },
  {
    name: 'avgPool2d, ceil, height and width differ',
    inputs: [f([1, 1, 8, 8], 1)],
    build: x => avgPool2d(any(x), [3, 2], { stride: [2, 3], padding: [1, 0], ceil: true }),
  },
]

/** Along an axis of one element any index names that element, and what lies not along it may repeat. */
const along1 = (name: string, shape: number[], index: number[], build: (x: Untyped, i: Untyped) => Tensor): Case => ({
  name,
  inputs: [
    f(shape, 1),
    ints(
      index,
      [0, 2, -1, 0].slice(
        0,
        index.reduce((a, b) => a * b, 1),
      ),
    ),
  ],
  build,
})
const single: Case[] = [
  along1('embedding of one row', [1, 3], [2], (x, i) => embedding(x, i)),
  along1('take along an axis of 1', [2, 1], [3], (x, i) => take(x, i, 1)),
  along1('gather along an axis of 1, index repeats', [2, 1], [1, 3], (x, i) => gather(x, i, 1)),
  along1('gather along an axis of 1, one index', [2, 1, 3], [1, 1, 1], (x, i) => gather(x, i, 1)),
  along1('gather where all repeats', [1, 1], [1, 4], (x, i) => gather(mul(x, 2), i, 0)),
  along1('gather of what repeats', [1, 2], [3, 1], (x, i) => gather(broadcastTo(x, [4, 2]), i, 0)),
  along1('scatterAdd to an axis of 1', [3, 2], [3, 1], (x, i) => scatterAdd(x, i, 0, 1)),
  along1('scatter to an axis of 1', [1, 2], [1, 2], (x, i) => scatter(x, i, mul(x, 3), 0)),
  along1('updateRows of a ring of 1', [1, 2], [], (x, i) => updateRows(x, i, mul(x, -1))),
  along1('updateRows, one row', [3, 2], [], (x, i) => updateRows(x, i, slice(x, 0, 1, 2))),
]

/** Enough results for a scatter on processors and software drivers. */
const MANY = 130
const named = (count: number) => Array.from({ length: count }, (_, i) => ((i * 53) % 11) * 13 - 3)
const many: Case[] = [
  {
    name: 'scatterAdd to many',
    inputs: [ints([12], named(12)), f([12], 1)],
    build: (i, u) => scatterAdd(u, integer(i), 0, MANY),
  },
  {
    name: 'scatterAdd to many, an index of each element',
    inputs: [ints([2, 9], named(18)), f([2, 9], 1)],
    build: (i, u) => scatterAdd(u, integer(i), 1, MANY),
  },
  {
    name: 'segmentSum to many, rows of four',
    inputs: [f([12, 4], 1), ints([12], named(12))],
    build: (x, i) => segmentSum(any(mul(x, 2)), integer(i), MANY),
  },
  {
    name: 'segmentSum to many and more',
    inputs: [f([9, 3], 1), ints([9], named(9)), f([MANY, 3], 2)],
    build: (x, i, y) => mul(segmentSum(any(x), integer(i), MANY), any(y)),
  },
  {
    name: 'scatter to many',
    inputs: [f([MANY, 1], 1), ints([8, 1], [3, 99, 3, 0, 129, 7, 300, -2]), f([8, 1], 2)],
    build: (x, i, u) => scatter(x, integer(i), any(u), 0),
  },
  {
    name: 'embedding of many',
    inputs: [f([MANY, 3], 1), ints([3, 4], named(12))],
    build: (x, i) => embedding(any(x), integer(i)),
  },
]

const indexing: Case[] = [
  {
    name: 'take rows, repeated',
    inputs: [f([4, 3], 1), ints([5], [2, 0, 2, 3, 1])],
    build: (x, i) => take(x, integer(i)),
  },
  {
    name: 'take along the last axis by a matrix',
    inputs: [f([2, 4], 1), ints([2, 3], [0, 3, 1, 1, 2, 0])],
    build: (x, i) => take(x, integer(i), -1),
  },
  {
    name: 'embedding',
    inputs: [f([5, 2], 1), ints([2, 3], [4, 0, 4, 1, 1, 1])],
    build: (x, i) => embedding(any(x), integer(i)),
  },
  {
    name: 'gather along axis 1',
    inputs: [f([2, 4, 3], 1), ints([2, 2, 3], [0, 3, 1, 1, 2, 0, 3, 3, 3, 2, 1, 0])],
    build: (x, i) => gather(x, integer(i), 1),
  },
  {
    name: 'gather, index repeats',
    inputs: [f([3, 5], 1), ints([1, 2], [4, 1])],
    build: (x, i) => gather(x, integer(i), 1),
  },
  {
    name: 'gather, out of range',
    inputs: [f([4, 2], 1), ints([3, 2], [-1, 9, 4, 0, 3, -7])],
    build: (x, i) => gather(x, integer(i), 0),
  },
  ...single,
  {
    name: 'gather by words, from 2^31 on out of range',
    inputs: [f([4], 1), { shape: [5], dtype: 'u32', values: [2 ** 32 - 1, 2 ** 31, 0, 4, 3] }],
    build: (x, i) => gather(x, i, 0),
  },
  {
    name: 'scatterAdd by words, from 2^31 on out of range',
    inputs: [{ shape: [5], dtype: 'u32', values: [2 ** 32 - 3, 2 ** 31, 0, 4, 1] }, f([5], 1)],
    build: (i, u) => scatterAdd(u, i, 0, 3),
  },
  {
    name: 'scatterAdd',
    inputs: [ints([2, 4], [0, 2, 2, 1, 1, 1, 1, 9]), f([2, 4], 1)],
    build: (i, u) => scatterAdd(u, integer(i), 1, 3),
  },
  {
    name: 'segmentSum',
    inputs: [f([5, 2, 2], 1), ints([5], [2, 0, 2, 3, 9])],
    build: (x, i) => segmentSum(any(x), integer(i), 4),
  },
  {
    name: 'segmentMean, of no row, of one and of two',
    inputs: [f([5, 2, 2], 1), ints([5], [2, 0, 2, 3, 9])],
    build: (x, i) => segmentMean(any(x), integer(i), 4),
  },
  {
    name: 'scatter',
    inputs: [f([4, 3], 1), ints([2, 3], [0, 2, 3, 1, 0, 2]), f([2, 3], 2)],
    build: (x, i, u) => scatter(x, integer(i), any(u), 0),
  },
  ...many,
  {
    name: 'oneHot times',
    inputs: [ints([3], [2, 0, 1]), f([3, 4], 1)],
    build: (i, x) => mul(oneHot(integer(i), 4), any(x)),
  },
  {
    name: 'updateRows, around the end',
    inputs: [f([5, 2], 1), ints([], [4]), f([3, 2], 2)],
    build: (x, s, r) => updateRows(x, any(s), any(r)),
  },
]

const prefixes: Case[] = [
  { name: 'cumsum', inputs: [f([2, 5], 1)], build: x => cumsum(x, -1) },
  { name: 'cumsum, reverse', inputs: [f([4, 3], 1)], build: x => cumsum(x, 0, { reverse: true }) },
  { name: 'cumsum, exclusive', inputs: [f([2, 3, 2], 1)], build: x => cumsum(x, 1, { exclusive: true }) },
  { name: 'sort', inputs: [f([3, 6], 1)], build: x => sort(x, 1).values },
  { name: 'sort, descending, first axis', inputs: [f([5, 2], 1)], build: x => sort(x, 0, { descending: true }).values },
  { name: 'sort of 9', inputs: [f([2, 9], 1)], build: x => sort(x, 1).values },
  { name: 'sort of 40, first axis', inputs: [f([40, 2], 1)], build: x => sort(x, 0, { descending: true }).values },
  {
    name: 'argsort of 21, ties',
    inputs: [
      ints(
        [3, 21],
        Array.from({ length: 63 }, (_, i) => ((i * 7) % 5) - 2),
      ),
    ],
    build: x => cast(argsort(x, 1, { descending: true }), 'f32'),
  },
  {
    name: 'argsort, ties',
    inputs: [ints([2, 6], [3, 1, 3, 2, 1, 1, 0, 0, 0, 5, -1, 5])],
    build: x => cast(argsort(x, 1), 'f32'),
  },
  {
    name: 'sortRank, descending, ties',
    inputs: [ints([6], [3, 1, 3, 2, 1, 1])],
    build: x => cast(sortRank(x, 0, { descending: true }), 'f32'),
  },
]

/** A box in quarters of pixels, as integers: edges of boxes are steps of the weights, so no gradient flows to them. */
const quarters = (x: Untyped): Untyped => mul(cast(x, 'f32') as Untyped, 0.25) as Untyped
const resampling: Case[] = [
  ...[true, false].map(
    (antialias): Case => ({
      name: `cropResize, boxes and flips per image, ${antialias ? 'antialias' : 'bilinear'}`,
      inputs: [
        f([2, 2, 6, 7], 1),
        ints([2], [0, 5]),
        ints([2], [8, 2]),
        ints([2], [24, 10]),
        ints([2], [12, 25]),
        ints([2], [0, 1]),
      ],
      build: (x, top, left, height, width, mirror) =>
        cropResize(
          x,
          { top: quarters(top), left: quarters(left), height: quarters(height), width: quarters(width) },
          [3, 4],
          { antialias, flip: equal(mirror, 1) as Untyped },
        ),
    }),
  ),
  { name: 'resize', inputs: [f([2, 1, 3, 5], 1)], build: x => resize(x, [4, 2]) },
]

export const contractionCases: readonly Case[] = [
  ...dots,
  ...convolutions,
  ...pools,
  ...indexing,
  ...prefixes,
  ...resampling,
]
