/** The text of each primitive, of scalars and of vectors alike. */
import { type Expression, widthOf } from '../graph/expression.js'
import type { PrimitiveName } from '../graph/primitive.js'
import { callText, type FunctionName } from './functions.js'
import { typeText } from './types.js'

type Text = (a: string, b: string, c: string) => string
const infix =
  (symbol: string): Text =>
  (a, b) =>
    `(${a} ${symbol} ${b})`
/** A function that WGSL has, of as many operands. */
const one =
  (name: string): Text =>
  a =>
    `${name}(${a})`
const two =
  (name: string): Text =>
  (a, b) =>
    `${name}(${a}, ${b})`
const broadcast =
  (from: number): Text =>
  a =>
    `quadBroadcast(${a}, ${from}u)`
/** Where the text says the type of the result. */
const typed = undefined

const texts: Readonly<Record<PrimitiveName, Text | undefined>> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  mulHigh: typed,
  fma: (a, b, c) => `fma(${a}, ${b}, ${c})`,
  div: infix('/'),
  rem: infix('%'),
  min: two('min'),
  max: two('max'),
  neg: a => `(-(${a}))`,
  abs: one('abs'),
  sign: one('sign'),
  floor: one('floor'),
  ceil: one('ceil'),
  trunc: one('trunc'),
  round: one('round'),
  sqrt: one('sqrt'),
  rsqrt: one('inverseSqrt'),
  exp: typed,
  exp2: typed,
  log: typed,
  log2: typed,
  pow: two('pow'),
  atan: one('atan'),
  atan2: two('atan2'),
  tanh: typed,
  equal: infix('=='),
  notEqual: infix('!='),
  less: infix('<'),
  lessEqual: infix('<='),
  greater: infix('>'),
  greaterEqual: infix('>='),
  and: infix('&'),
  or: infix('|'),
  xor: typed,
  not: a => `(!${a})`,
  shiftLeft: infix('<<'),
  shiftRight: infix('>>'),
  'convert.f32.i32': typed,
  'convert.f32.u32': typed,
  'convert.i32.f32': typed,
  'convert.u32.f32': typed,
  'convert.i32.u32': typed,
  'convert.u32.i32': typed,
  'convert.bool.f32': typed,
  'convert.bool.i32': typed,
  'convert.bool.u32': typed,
  'bitcast.f32.u32': typed,
  'bitcast.u32.f32': typed,
  'quad.swapX': one('quadSwapX'),
  'quad.swapY': one('quadSwapY'),
  'subgroup.sum': one('subgroupAdd'),
  'subgroup.prod': one('subgroupMul'),
  'subgroup.max': one('subgroupMax'),
  'subgroup.min': one('subgroupMin'),
  'subgroup.any': one('subgroupAny'),
  'subgroup.size': () => 'i32(subgroup)',
  'subgroup.lane': () => 'i32(subgroup_lane)',
  'quad.0': broadcast(0),
  'quad.1': broadcast(1),
  'quad.2': broadcast(2),
  'quad.3': broadcast(3),
  choose: (c, a, b) => `select(${b}, ${a}, ${c})`,
  'index.add': infix('+'),
  'index.sub': infix('-'),
  'index.mul': infix('*'),
  'index.div': infix('/'),
  'index.mod': infix('%'),
  'index.clamp': typed,
  'index.less': infix('<'),
  'index.equal': infix('=='),
  'index.and': infix('&'),
}

/** Where the text calls a function of our own (`functions.ts`): of floats alone, except for the product. */
const calls: Readonly<Record<string, FunctionName>> = {
  mulHigh: 'multiply_high',
  min: 'smaller',
  max: 'larger',
  sign: 'sign_of',
  exp: 'exponential',
  exp2: 'exponential_of_two',
  log: 'logarithm',
  log2: 'logarithm_to_two',
  tanh: 'hyperbolic_tangent',
  'convert.f32.i32': 'whole_signed',
  'convert.f32.u32': 'whole_unsigned',
}

type Applied = Extract<Expression, { kind: 'apply' }>
export function scalarText(e: Applied, args: readonly string[]): string {
  const { name } = e.scalar
  const width = widthOf(e)
  const called = calls[name]
  if (called && (name === 'mulHigh' || e.args[0]!.dtype === 'f32')) return callText(called, width, args)
  const type = typeText(e.dtype, width)
  const text = texts[name as PrimitiveName]
  if (text) return text(...(args as [string, string, string]))
  if (name === 'xor') return infix(e.dtype === 'bool' ? '!=' : '^')(...(args as [string, string, string]))
  if (name === 'index.clamp') return `clamp(${args[0]}, ${width === 4 ? `${type}()` : '0'}, ${args[1]})`
  return name.startsWith('bitcast.') ? `bitcast<${type}>(${args[0]})` : `${type}(${args[0]})`
}
