/** Movement: other orders, other shapes, parts and joins. */
import * as ops from '../../../compiler/ops/index.js'
import type { Amounts } from '../../../compiler/types/axis.js'
import type { Dim, Shape } from '../../../compiler/types/shape.js'
import {
  bound,
  check,
  type Failed,
  input,
  type NumberOf,
  type NumbersOf,
  type Of,
  type ShapeOf,
  some,
} from './table.js'

export const cases = [
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

  { rule: 'transpose', a: ['batch', 2, 3], out: ['batch', 3, 2] },
  { rule: 'transpose', a: [2, 'n'], out: ['n', 2] },

  { rule: 'broadcastTo', a: [3, 1], b: ['batch', 3, 8], out: ['batch', 3, 8] },
  { rule: 'broadcastTo', a: [], b: [2, 3], out: [2, 3] },
  { rule: 'broadcastTo', a: [2, 3], b: [2, 4], out: 'cannot broadcast [2, 3] with [2, 4]' },
  { rule: 'broadcastTo', a: [2, 3], b: [2, 1], out: 'cannot broadcast [2, 3] to [2, 1]' },
  { rule: 'broadcastTo', a: [2, 3], b: [3], out: 'cannot broadcast [2, 3] to [3]' },

  { rule: 'expandDims', a: ['batch', 3], axis: 0, out: [1, 'batch', 3] },
  { rule: 'expandDims', a: ['batch', 3], axis: 1, out: ['batch', 1, 3] },
  { rule: 'expandDims', a: ['batch', 3], axis: -1, out: ['batch', 3, 1] },
  { rule: 'expandDims', a: ['batch', 3], axis: -2, out: ['batch', 1, 3] },
  { rule: 'expandDims', a: [2, 3], axis: 3, out: 'axis 3 is out of range for [2, 3, 1]' },
  { rule: 'squeeze', a: ['batch', 1, 3], axis: 1, out: ['batch', 3] },
  { rule: 'squeeze', a: [2, 1], axis: -1, out: [2] },
  { rule: 'squeeze', a: [2, 3], axis: 1, out: 'cannot squeeze axis 1 of [2, 3]: its size is not 1' },
  { rule: 'squeeze', a: [2, 1], axis: 2, out: 'axis 2 is out of range for [2, 1]' },
  { rule: 'stack', a: ['batch', 3], axis: 0, out: [some, 'batch', 3] },
  { rule: 'stack', a: ['batch', 3], axis: 1, out: ['batch', some, 3] },
  { rule: 'stack', a: [2, 3], axis: -4, out: 'axis -4 is out of range for [2, 3, 1]' },

  { rule: 'split', a: ['batch', 6], parts: 3, axis: 1, out: ['batch', 2] },
  { rule: 'split', a: ['batch*4', 6], parts: 4, axis: 0, out: ['batch', 6] },
  { rule: 'split', a: [8, 6], parts: 2, axis: -2, out: [4, 6] },
  { rule: 'split', a: [8, 6], parts: 4, axis: 1, out: 'cannot split axis 1 of [8, 6] into 4 equal parts' },
  { rule: 'split', a: [8, 6], parts: 2, axis: 2, out: 'axis 2 is out of range for [8, 6]' },
  { rule: 'slice', a: ['batch', 9], axis: 1, start: 2, stop: 6, step: 1, out: ['batch', 4] },
  { rule: 'slice', a: ['batch', 9], axis: 1, start: 0, stop: 6, step: 1, out: ['batch', 6] },
  { rule: 'slice', a: ['batch', 9], axis: -1, start: 2, stop: 6, step: 1, out: ['batch', 4] },
  { rule: 'slice', a: [2, 9], axis: 1, start: 1, stop: -1, step: 1, out: [2, some], built: [2, 7] },
  { rule: 'slice', a: [2, 9], axis: 1, start: 0, stop: 9, step: 2, out: [2, some], built: [2, 5] },
  { rule: 'slice', a: [2, 9], axis: 2, start: 0, stop: 1, step: 1, out: 'axis 2 is out of range for [2, 9]' },
  {
    rule: 'slice',
    a: [2, 9],
    axis: 1,
    start: 4,
    stop: 12,
    step: 1,
    out: [2, 8],
    built: 'cannot slice axis 1 of [2, 9] from 4 to 12: it has elements 0 to 8',
  },

  {
    rule: 'pad',
    a: ['batch', 3],
    amounts: [
      [0, 0],
      [1, 2],
    ],
    out: ['batch', 6],
  },
  {
    rule: 'pad',
    a: [2, 3],
    amounts: [
      [1, 0],
      [0, 0],
    ],
    out: [3, 3],
  },
  { rule: 'pad', a: [2, 3], amounts: [[1, 0]], out: 'pad takes one pair of amounts per axis of [2, 3], got 1' },
  {
    rule: 'pad',
    a: [2],
    amounts: [
      [0, 0],
      [0, 0],
    ],
    out: 'pad takes one pair of amounts per axis of [2], got 2',
  },
  { rule: 'flip', a: ['batch', 3, 4], axes: [1, -1], out: ['batch', 3, 4] },
  { rule: 'flip', a: [], axes: [0], out: [], built: 'axis 0 is out of range for []' },
  { rule: 'flip', a: [2, 3], axes: [2], out: 'axis 2 is out of range for [2, 3]' },
  { rule: 'roll', a: ['batch', 3], axis: -1, out: ['batch', 3] },
  { rule: 'roll', a: [2, 3], axis: -3, out: 'axis -3 is out of range for [2, 3]' },
] as const

type Flatten<A extends Shape> = A extends [infer N extends Dim, ...infer R extends Shape]
  ? typeof ops.flatten<N, R, 'f32', 'stopped'>
  : never
type Transpose<A extends Shape> = A extends [...infer B extends Shape, infer M extends Dim, infer N extends Dim]
  ? typeof ops.transpose<B, M, N, 'f32', 'stopped'>
  : never
interface Rules<C, A extends Shape, B extends Shape> {
  permute: typeof ops.permute<A, 'f32', 'stopped', NumbersOf<C, 'b'>>
  reshape: typeof ops.reshape<A, 'f32', 'stopped', B>
  flatten: Flatten<A>
  'concat 0': typeof ops.concat<A, B, 'f32', 'stopped', 'stopped', 0>
  'concat -1': typeof ops.concat<A, B, 'f32', 'stopped', 'stopped', -1>
  'concat 2': typeof ops.concat<A, B, 'f32', 'stopped', 'stopped', 2>
  transpose: Transpose<A>
  broadcastTo: typeof ops.broadcastTo<A, 'f32', 'stopped', B>
  expandDims: typeof ops.expandDims<A, 'f32', 'stopped', NumberOf<C, 'axis'>>
  squeeze: typeof ops.squeeze<A, 'f32', 'stopped', NumberOf<C, 'axis'>>
  stack: typeof ops.stack<A, 'f32', 'stopped', unknown[], NumberOf<C, 'axis'>>
  split: typeof ops.split<A, 'f32', 'stopped', NumberOf<C, 'parts'>, NumberOf<C, 'axis'>>
  slice: typeof ops.slice<
    A,
    'f32',
    'stopped',
    NumberOf<C, 'axis'>,
    NumberOf<C, 'start'>,
    NumberOf<C, 'stop'>,
    NumberOf<C, 'step'>
  >
  pad: typeof ops.pad<A, 'f32', 'stopped', Of<C, 'amounts'> extends infer P extends Amounts ? P : never>
  flip: typeof ops.flip<A, 'f32', 'stopped', NumbersOf<C, 'axes'>[number]>
  roll: typeof ops.roll<A, 'f32', 'stopped', NumberOf<C, 'axis'>>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  permute: ({ a, b }) => ops.permute(input(a), bound(b)),
  reshape: ({ a, b }) => ops.reshape(input(a), bound(b)),
  flatten: ({ a }) => ops.flatten(input(a)),
  'concat 0': ({ a, b }) => ops.concat(input(a), input(b), 0),
  'concat -1': ({ a, b }) => ops.concat(input(a), input(b), -1),
  'concat 2': ({ a, b }) => ops.concat(input(a), input(b), 2),
  transpose: ({ a }) => ops.transpose(input(a)),
  broadcastTo: ({ a, b }) => ops.broadcastTo(input(a), bound(b)),
  expandDims: ({ a, axis }) => ops.expandDims(input(a), axis),
  squeeze: ({ a, axis }) => ops.squeeze(input(a), axis),
  stack: ({ a, axis }) => ops.stack([input(a), input(a)], axis),
  split: ({ a, parts, axis }) => ops.split(input(a), parts, axis) as never,
  slice: ({ a, axis, start, stop, step }) => ops.slice(input(a), axis, start, stop, step),
  pad: ({ a, amounts }) => ops.pad(input(a), amounts),
  flip: ({ a, axes }) => ops.flip(input(a), axes),
  roll: ({ a, axis }) => ops.roll(input(a), 1, axis),
})
