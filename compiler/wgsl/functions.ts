/**
 * Functions that WGSL lacks, or that drivers compute otherwise than primitives mean: what is not a number decides by its bits,
 * because shaders may be compiled as if infinities and NaN did not occur. Each for scalars and for vectors of four.
 */
import type { DType } from '../types/tensor.js'
import { typeText } from './types.js'

/** Infinities and NaN in registers: constant expressions may not have them, bits of a variable may. */
const NONFINITE = { infinity_bits: '0x7f800000u', negative_infinity_bits: '0xff800000u', nan_bits: '0x7fc00000u' }
export const nonFiniteText = (value: number): string =>
  `bitcast<f32>(${Number.isNaN(value) ? 'nan_bits' : value > 0 ? 'infinity_bits' : 'negative_infinity_bits'})`

/** A number in a register, or four of it. */
const filled = (value: string, dtype: DType, width: number): string =>
  width === 4 ? `${typeText(dtype, 4)}(${value})` : value
/** Whether a float is NaN, by its bits; of four, whether each is. */
export const isNaNText = (text: string, width: number): string =>
  `((bitcast<${typeText('i32', width)}>(${text}) & ${filled('0x7fffffff', 'i32', width)}) > ${filled('0x7f800000', 'i32', width)})`

/** A function of `a`, or of `a` and `b`: the types that it takes and gives, and its body for a width. */
interface Function {
  readonly takes: readonly DType[]
  readonly gives: DType
  body(width: number): string
}
/** A function of WGSL, and NaN for NaN. */
const guarded = (name: string): Function => ({
  takes: ['f32'],
  gives: 'f32',
  body: width => `return select(${name}(a), a, ${isNaNText('a', width)});`,
})
/** A logarithm of WGSL above 0, -Infinity at 0 and NaN below. */
const logarithm = (name: string): Function => ({
  takes: ['f32'],
  gives: 'f32',
  body(width) {
    const [zero, nan, least] = ['0.0f', nonFiniteText(NaN), nonFiniteText(-Infinity)].map(x => filled(x, 'f32', width))
    return `return select(select(${nan}, ${least}, a == ${zero}), ${name}(a), a > ${zero});`
  },
})
/**
 * Of two, the one that compares so with the other, or that is NaN. Only the second is looked at by its bits: a running extreme
 * stands first, and then waits for a comparison alone; a constant stands second, whose bits are known.
 */
const extreme = (than: '<' | '>'): Function => ({
  takes: ['f32', 'f32'],
  gives: 'f32',
  body: width => `return select(a, b, (b ${than} a) | ${isNaNText('b', width)});`,
})
/** Floats as integers: those of WGSL stop at the last integer that is an f32. */
const whole = (gives: 'i32' | 'u32', most: string, beyond: string): Function => ({
  takes: ['f32'],
  gives,
  body(width) {
    const kept = `select(${typeText(gives, width)}(a), ${filled(most, gives, width)}, a >= ${filled(beyond, 'f32', width)})`
    return `return select(${kept}, ${typeText(gives, width)}(), ${isNaNText('a', width)});`
  },
})

const functions = {
  larger: extreme('>'),
  smaller: extreme('<'),
  exponential: guarded('exp'),
  exponential_of_two: guarded('exp2'),
  hyperbolic_tangent: guarded('tanh'),
  sign_of: guarded('sign'),
  logarithm: logarithm('log'),
  logarithm_to_two: logarithm('log2'),
  whole_signed: whole('i32', '2147483647', '2147483648.0f'),
  whole_unsigned: whole('u32', '4294967295u', '4294967296.0f'),
  multiply_high: {
    takes: ['u32', 'u32'],
    gives: 'u32',
    body(width) {
      const [low, shift] = ['0xffffu', '16u'].map(x => filled(x, 'u32', width))
      return `let a0 = a & ${low}; let a1 = a >> ${shift};
  let b0 = b & ${low}; let b1 = b >> ${shift};
  let middle = a1 * b0 + ((a0 * b0) >> ${shift});
  let cross = a0 * b1 + (middle & ${low});
  return a1 * b1 + (middle >> ${shift}) + (cross >> ${shift});`
    },
  },
} satisfies Record<string, Function>
export type FunctionName = keyof typeof functions

const named = (name: FunctionName, width: number): string => (width === 4 ? `${name}_of_four` : name)
export const callText = (name: FunctionName, width: number, args: readonly string[]): string =>
  `${named(name, width)}(${args.join(', ')})`

function definition(name: FunctionName, width: number): string {
  const { takes, gives, body }: Function = functions[name]
  const operands = takes.map((dtype, i) => `${'ab'[i]}: ${typeText(dtype, width)}`)
  return `fn ${named(name, width)}(${operands.join(', ')}) -> ${typeText(gives, width)} {\n  ${body(width)}\n}`
}

/** What the text of a kernel needs declared: the functions that it calls, and what they and it read. */
export function declarationsFor(text: string): string[] {
  const defined = (Object.keys(functions) as FunctionName[]).flatMap(name =>
    [1, 4].filter(width => text.includes(`${named(name, width)}(`)).map(width => definition(name, width)),
  )
  const all = [text, ...defined].join('\n')
  const bits = Object.entries(NONFINITE).filter(([name]) => new RegExp(`\\b${name}\\b`).test(all))
  return [...bits.map(([name, value]) => `var<private> ${name} = ${value};`), ...defined]
}
