/** The text of each primitive, of scalars and of vectors alike. */
import { type Expression, widthOf } from '../graph/expression.js'
import type { PrimitiveName } from '../graph/primitive.js'
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
  exp: one('exp'),
  exp2: one('exp2'),
  log: one('log'),
  log2: one('log2'),
  pow: two('pow'),
  atan: one('atan'),
  atan2: two('atan2'),
  tanh: one('tanh'),
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

type Applied = Extract<Expression, { kind: 'apply' }>
export function scalarText(e: Applied, args: readonly string[]): string {
  const { name } = e.scalar
  const text = texts[name as PrimitiveName]
  if (text) return text(...(args as [string, string, string]))
  if (name === 'mulHigh') return `${multiplyHigh(e).name}(${args.join(', ')})`
  if (name === 'xor') return infix(e.dtype === 'bool' ? '!=' : '^')(...(args as [string, string, string]))
  const type = typeText(e.dtype, widthOf(e))
  if (name === 'index.clamp') return `clamp(${args[0]}, ${widthOf(e) === 4 ? `${type}()` : '0'}, ${args[1]})`
  return name.startsWith('bitcast.') ? `bitcast<${type}>(${args[0]})` : `${type}(${args[0]})`
}

/** The function that the text of a primitive calls, where WGSL has none. */
export const functionOf = (e: Expression): string | undefined =>
  e.kind === 'apply' && e.scalar.name === 'mulHigh' ? multiplyHigh(e).text : undefined

function multiplyHigh(e: Applied): { name: string; text: string } {
  const wide = widthOf(e) === 4
  const [name, type] = [wide ? 'multiply_high_of_four' : 'multiply_high', typeText('u32', widthOf(e))]
  const [low, shift] = wide ? [`${type}(0xffffu)`, `${type}(16u)`] : ['0xffffu', '16u']
  return {
    name,
    text: `fn ${name}(a: ${type}, b: ${type}) -> ${type} {
  let a0 = a & ${low}; let a1 = a >> ${shift};
  let b0 = b & ${low}; let b1 = b >> ${shift};
  let middle = a1 * b0 + ((a0 * b0) >> ${shift});
  let cross = a0 * b1 + (middle & ${low});
  return a1 * b1 + (middle >> ${shift}) + (cross >> ${shift});
}`,
  }
}
