/** Windows over images: convolution, its adjoint, pooling. */
import * as window from '../../../compiler/language/window.js'
import * as ops from '../../../compiler/ops/index.js'
import type { Shape } from '../../../compiler/types/shape.js'
import type { ConvOptions } from '../../../compiler/types/window.js'
import { bound, check, type Failed, input, type Of, type ShapeOf, some } from './table.js'

export const cases = [
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
  { rule: 'average pool', a: [2, 8, 16, 16], b: [2, 2], options: {}, out: [2, 8, 8, 8] },
  {
    rule: 'average pool',
    a: ['batch', 8, 15, 32],
    b: [3, 3],
    options: { stride: 2, padding: 1 },
    out: ['batch', 8, 8, 16],
  },
  { rule: 'average pool', a: [2, 8, 2, 16], b: [3, 3], options: {}, out: 'window [3, 3] does not fit [2, 16]' },
  {
    rule: 'average pool',
    a: [2, 8],
    b: [2, 2],
    options: {},
    out: 'pooling takes [batch, channels, height, width], got [2, 8]',
  },

  {
    rule: 'convTranspose2d',
    a: ['batch', 8, 4, 4],
    b: [8, 16, 3, 3],
    options: { stride: 2, padding: 1 },
    out: ['batch', 16, 7, 7],
  },
  {
    rule: 'convTranspose2d',
    a: [2, 8, 4, 5],
    b: [8, 4, 2, 2],
    options: { groups: 2 },
    out: [2, 8, 5, 6],
  },
  {
    rule: 'convTranspose2d',
    a: [2, 8, 4, 4],
    b: [4, 16, 3, 3],
    options: {},
    out: 'input has 8 channels, weight expects 4',
  },
  {
    rule: 'convTranspose2d',
    a: [2, 8, 4, 5],
    b: [8, 4, 3, 3],
    options: { stride: [2, 1], padding: [1, 0], outputPadding: [1, 0] },
    out: [2, 4, 8, 7],
  },
  { rule: 'convTranspose1d', a: [2, 8, 4], b: [8, 4, 3], options: { stride: 2 }, out: [2, 4, 9] },

  {
    rule: 'conv2d',
    a: [2, 3, 32, 20],
    b: [8, 3, 3, 5],
    options: { stride: [2, 1], padding: [1, 2], dilation: [1, 2] },
    out: [2, 8, 16, 16],
  },
  {
    rule: 'conv2d',
    a: [2, 3, 2, 20],
    b: [8, 3, 5, 5],
    options: { padding: [1, 2] },
    out: 'kernel [5, 5] does not fit [2, 20] with padding [1, 2]',
  },
  { rule: 'conv1d', a: ['batch', 3, 13], b: [8, 3, 3], options: { stride: [2] }, out: ['batch', 8, 6] },
  {
    rule: 'conv1d',
    a: [2, 3, 13],
    b: [8, 4, 3],
    options: {},
    out: 'input has 3 channels, weight expects 4',
  },
  {
    rule: 'conv3d',
    a: [2, 3, 6, 9, 7],
    b: [8, 3, 3, 3, 3],
    options: { stride: [1, 2, 1], padding: 1 },
    out: [2, 8, 6, 5, 7],
  },
  { rule: 'unfold', a: ['batch', 3, 8, 6], b: [3, 2], options: { padding: 1 }, out: ['batch', 18, 56] },
  { rule: 'dilatedMaxPool2d', a: [2, 3, 9, 9], b: [3, 3], options: { stride: 2, dilation: 2 }, out: [2, 3, 3, 3] },
  { rule: 'adaptive pool', a: ['batch', 3, 'h', 'w'], b: [3, 2], options: {}, out: ['batch', 3, 3, 2] },
] as const

type Options<C> = Of<C, 'options'> extends infer O extends ConvOptions ? O : never
type Kernel<B extends Shape> = B extends [infer H extends number, infer W extends number] ? [H, W] : never
interface Rules<C, A extends Shape, B extends Shape> {
  conv2d: typeof ops.conv2d<A, B, 'f32', 'stopped', 'stopped', Options<C>>
  convTranspose2d: typeof ops.convTranspose2d<A, B, 'f32', 'stopped', 'stopped', Options<C>>
  conv1d: typeof window.conv1d<A, B, 'stopped', 'stopped', Options<C>>
  conv3d: typeof window.conv3d<A, B, 'stopped', 'stopped', Options<C>>
  convTranspose1d: typeof window.convTranspose1d<A, B, 'stopped', 'stopped', Options<C>>
  unfold: typeof window.unfold<A, 'stopped', Kernel<B>, Options<C>>
  dilatedMaxPool2d: typeof window.dilatedMaxPool2d<A, 'stopped', Kernel<B>, Options<C>>
  'adaptive pool': A extends [infer N extends number | string, infer D extends number | string, ...unknown[]]
    ? typeof window.adaptiveAvgPool2d<N, D, 'stopped', Kernel<B>>
    : never
  pool: typeof ops.maxPool2d<A, 'f32', 'stopped', Kernel<B>, Options<C>>
  'average pool': typeof ops.avgPool2d<A, 'f32', 'stopped', Kernel<B>, Options<C>>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  conv2d: ({ a, b, options }) => ops.conv2d(input(a), input(b), options),
  convTranspose2d: ({ a, b, options }) => ops.convTranspose2d(input(a), input(b), options),
  conv1d: ({ a, b, options }) => window.conv1d(input(a), input(b), options),
  conv3d: ({ a, b, options }) => window.conv3d(input(a), input(b), options),
  convTranspose1d: ({ a, b, options }) => window.convTranspose1d(input(a), input(b), options),
  unfold: ({ a, b, options }) => window.unfold(input(a), bound(b) as [number, number], options),
  dilatedMaxPool2d: ({ a, b, options }) => window.dilatedMaxPool2d(input(a), bound(b) as [number, number], options),
  'adaptive pool': ({ a, b }) => {
    const size = bound(b) as [number, number]
    return [window.adaptiveAvgPool2d(input(a), size), window.adaptiveMaxPool2d(input(a), size)]
  },
  pool: ({ a, b, options }) => ops.maxPool2d(input(a), bound(b) as [number, number], options),
  'average pool': ({ a, b, options }) => ops.avgPool2d(input(a), bound(b) as [number, number], options),
})
