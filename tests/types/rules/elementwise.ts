/** Elementwise operations: kept shapes, broadcasting, numbers beside tensors, dtypes of comparisons and casts. */
import * as ops from '../../../compiler/ops/index.js'
import type { Shape } from '../../../compiler/types/shape.js'
import type { DType } from '../../../compiler/types/tensor.js'
import { check, type Failed, input, type Of, type ShapeOf, type Takes } from './table.js'

/** Operations of one signature share their rows. */
const unary = [
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log1p',
  'sqrt',
  'rsqrt',
  'square',
  'reciprocal',
  'sin',
  'cos',
  'tan',
  'atan',
  'tanh',
  'sigmoid',
  'erf',
  'relu',
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
] as const
const binary = ['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'atan2', 'rem', 'mod'] as const
const comparison = ['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'] as const
const logical = ['logicalAnd', 'logicalOr', 'logicalXor'] as const
const bits = ['bitAnd', 'bitOr', 'bitXor', 'shiftLeft', 'shiftRight'] as const
const tests = ['finite', 'notANumber'] as const

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

  { rule: 'unary', a: ['batch', 3, 1], out: ['batch', 3, 1], dtype: 'f32' },
  { rule: 'unary', a: [], out: [], dtype: 'f32' },
  { rule: 'binary', a: ['batch', 1, 4], b: [3, 1], out: ['batch', 3, 4], dtype: 'f32' },
  { rule: 'binary', a: [4, 3], b: [4], out: 'cannot broadcast [4, 3] with [4]' },
  { rule: 'binary with a number', a: ['batch', 3], out: ['batch', 3], dtype: 'f32' },
  { rule: 'number with a tensor', a: ['batch', 3], out: ['batch', 3], dtype: 'f32' },
  {
    rule: 'add of two dtypes',
    a: [2],
    b: [2],
    out: 'cannot combine f32 with i32: cast one of them',
    built: 'add takes operands of one dtype, got f32 and i32: cast one of them',
  },
  { rule: 'comparison', a: ['batch', 1], b: [8], out: ['batch', 8], dtype: 'bool' },
  { rule: 'comparison', a: [2, 3], b: [2, 4], out: 'cannot broadcast [2, 3] with [2, 4]' },
  { rule: 'comparison with a number', a: [2, 3], out: [2, 3], dtype: 'bool' },
  { rule: 'logical', a: [2, 1], b: [3], out: [2, 3], dtype: 'bool' },
  { rule: 'logical', a: [2], b: [3], out: 'cannot broadcast [2] with [3]' },
  { rule: 'logicalNot', a: ['batch', 3], out: ['batch', 3], dtype: 'bool' },
  { rule: 'tests', a: ['batch', 3], out: ['batch', 3], dtype: 'bool' },
  { rule: 'bits', a: [2, 1], b: [3], out: [2, 3], dtype: 'u32' },
  { rule: 'bits', a: [2], b: [3], out: 'cannot broadcast [2] with [3]' },

  { rule: 'select', c: ['batch', 1], a: ['batch', 3], b: [3], out: ['batch', 3], dtype: 'f32' },
  { rule: 'select', c: [2, 1], a: [3], b: [1], out: [2, 3], dtype: 'f32' },
  { rule: 'select', c: [2, 3], a: [2, 3], b: [2, 3], out: [2, 3], dtype: 'f32' },
  { rule: 'select', c: [2, 3], a: [2, 3], b: [2], out: 'cannot broadcast [2, 3] with [2]' },
  { rule: 'select of a number', c: [2, 3], a: [3], out: [2, 3], dtype: 'f32' },

  { rule: 'cast', a: ['batch', 3], to: 'i32', out: ['batch', 3], dtype: 'i32' },
  { rule: 'cast', a: [], to: 'bool', out: [], dtype: 'bool' },
  { rule: 'cast', a: [2], to: 'f16', out: [2], dtype: 'f16' },

  { rule: 'stopGradient', a: ['batch', 3], out: ['batch', 3], dtype: 'f32' },
  { rule: 'scaleGradient', a: ['batch', 3], b: [], out: ['batch', 3], dtype: 'f32' },
  {
    rule: 'scaleGradient',
    a: [2],
    b: [1],
    inferred: true,
    out: 'scaleGradient takes a scalar factor of dtype f32, got f32[1]',
  },
  { rule: 'straightThrough', a: [2, 3], b: [2, 3], out: [2, 3], dtype: 'f32' },
  {
    rule: 'straightThrough',
    a: [2, 3],
    b: [3],
    inferred: true,
    out: 'straightThrough takes tensors of one shape and dtype, got f32[2, 3] and f32[3]',
  },
] as const

/** All operations of a list have the signature of its first. */
const calls: {
  unary: Record<(typeof unary)[number], typeof ops.exp>
  binary: Record<(typeof binary)[number], typeof ops.add>
  comparison: Record<(typeof comparison)[number], typeof ops.equal>
  logical: Record<(typeof logical)[number], typeof ops.logicalAnd>
  bits: Record<(typeof bits)[number], typeof ops.bitAnd>
  tests: Record<(typeof tests)[number], typeof ops.finite>
} = { unary: ops, binary: ops, comparison: ops, logical: ops, bits: ops, tests: ops }

interface Rules<C, A extends Shape, B extends Shape> {
  broadcast: typeof ops.add<A, B, 'f32', 'f32', 'stopped', 'stopped'>
  unary: typeof ops.exp<A, 'f32', 'stopped'>
  binary: typeof ops.add<A, B, 'f32', 'f32', 'stopped', 'stopped'>
  'binary with a number': typeof ops.add<A, Shape, 'f32', never, 'stopped', never>
  'number with a tensor': typeof ops.add<Shape, A, never, 'f32', never, 'stopped'>
  'add of two dtypes': typeof ops.add<A, B, 'f32', 'i32', 'stopped', 'stopped'>
  comparison: typeof ops.equal<A, B, 'f32', 'f32'>
  'comparison with a number': typeof ops.equal<A, Shape, 'f32', never>
  logical: typeof ops.logicalAnd<A, B, 'bool', 'bool'>
  logicalNot: typeof ops.logicalNot<A>
  tests: typeof ops.finite<A>
  bits: typeof ops.bitAnd<A, B, 'u32', 'u32'>
  select: typeof ops.select<ShapeOf<C, 'c'>, A, B, 'f32', 'f32', 'stopped', 'stopped'>
  'select of a number': typeof ops.select<ShapeOf<C, 'c'>, A, Shape, 'f32', never, 'stopped', never>
  cast: typeof ops.cast<A, 'f32', 'stopped', Of<C, 'to'> extends infer T extends DType ? T : never>
  stopGradient: typeof ops.stopGradient<A, 'f32'>
  scaleGradient: Takes<typeof ops.scaleGradient<A, 'f32', 'stopped'>, B>
  straightThrough: Takes<typeof ops.straightThrough<A, 'f32', 'stopped'>, B>
}

type Case = (typeof cases)[number]
type Verdict<C> = C extends Case ? Failed<C, Rules<C, ShapeOf<C, 'a'>, ShapeOf<C, 'b'>>[C['rule']]> : never
/** The rows on which the types disagree: this file compiles if there are none. */
export const disagree: [Verdict<Case>] extends [never] ? 'none' : Verdict<Case> = 'none'

check<Case>(cases, {
  broadcast: ({ a, b }) => ops.add(input(a), input(b)),
  unary: ({ a }) => unary.map(name => calls.unary[name](input(a))),
  binary: ({ a, b }) => binary.map(name => calls.binary[name](input(a), input(b))),
  'binary with a number': ({ a }) => binary.map(name => calls.binary[name](input(a), 2)),
  'number with a tensor': ({ a }) => binary.map(name => calls.binary[name](2, input(a))),
  'add of two dtypes': ({ a, b }) => ops.add(input(a), input(b, 'i32')),
  comparison: ({ a, b }) => comparison.map(name => calls.comparison[name](input(a), input(b))),
  'comparison with a number': ({ a }) => comparison.map(name => calls.comparison[name](input(a), 2)),
  logical: ({ a, b }) => logical.map(name => calls.logical[name](input(a, 'bool'), input(b, 'bool'))),
  logicalNot: ({ a }) => ops.logicalNot(input(a, 'bool')),
  tests: ({ a }) => tests.map(name => calls.tests[name](input(a))),
  bits: ({ a, b }) => bits.map(name => calls.bits[name](input(a, 'u32'), input(b, 'u32'))),
  select: ({ c, a, b }) => ops.select(input(c, 'bool'), input(a), input(b)),
  'select of a number': ({ c, a }) => ops.select(input(c, 'bool'), input(a), 0),
  cast: ({ a, to }) => ops.cast(input(a), to) as never,
  stopGradient: ({ a }) => ops.stopGradient(input(a)),
  scaleGradient: ({ a, b }) => ops.scaleGradient(input(a), input(b)),
  straightThrough: ({ a, b }) => ops.straightThrough(input(a), input(b)),
})
