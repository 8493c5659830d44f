/** Scalar expressions, literals and types as WGSL text. */
import { choose, type Expression } from '../graph/expression.js'
import type { Combine } from '../graph/operation.js'
import type { DType } from '../types/tensor.js'
import { callText, nonFiniteText } from './functions.js'
import { scalarText } from './scalars.js'
import { LANES, typeText } from './types.js'

/** A literal that reads back as the same 32-bit number: the shortest decimal that rounds to it. */
export function literalText(value: number, dtype: DType): string {
  switch (dtype) {
    case 'bool':
      return value ? 'true' : 'false'
    case 'i32':
      return value === -(2 ** 31) ? 'i32(-2147483647 - 1)' : `${value}`
    case 'u32':
    case 'u8':
      return `${value}u`
    default: {
      const single = Math.fround(value)
      if (!Number.isFinite(single)) return nonFiniteText(single)
      for (let digits = 1; digits <= 9; digits++) {
        const text = Number(single.toPrecision(digits)).toString()
        if (Math.fround(Number(text)) === single && Math.abs(Number(text)) <= LARGEST)
          return `${Object.is(single, -0) ? '-0.0' : /[.e]/.test(text) ? text : `${text}.0`}f`
      }
      return `${single}f`
    }
  }
}

/** The largest f32. A decimal beyond it is refused even where it would round to it. */
const LARGEST = 3.4028234663852886e38

/** Two accumulated values, of registers of one type, as one. */
export function combineText(combine: Combine, a: string, b: string, dtype: DType, width: number): string {
  switch (combine) {
    case 'sum':
      return `${a} + ${b}`
    case 'prod':
      return `${a} * ${b}`
    default:
      return dtype === 'f32'
        ? callText(combine === 'max' ? 'larger' : 'smaller', width, [a, b])
        : `${combine}(${a}, ${b})`
  }
}

/** The text of one expression node, given the texts of its parts. */
export function expressionText(e: Expression, part: (e: Expression) => string): string {
  switch (e.kind) {
    case 'literal':
      return literalText(e.value, e.dtype)
    case 'axis':
      return e.axis.name
    case 'name':
      return e.name
    case 'apply':
      // One mask for all four stays one.
      return scalarText(
        e,
        e.args.map((arg, i) => part(e.scalar === choose && i === 0 && arg.kind === 'splat' ? arg.of : arg)),
      )
    case 'splat':
      return `${typeText(e.dtype, 4)}(${part(e.of)})`
    case 'vector':
      return `${typeText(e.dtype, 4)}(${e.parts.map(part).join(', ')})`
    case 'lane':
      return `${part(e.of)}.${LANES[e.lane]}`
    case 'fold': {
      const of = part(e.of)
      return LANES.map(lane => `${of}.${lane}`).reduce((sum, lane) => combineText(e.combine, sum, lane, e.dtype, 1))
    }
    case 'element':
      return loadText(`${e.memory.name}[${part(e.index)}]`, e.memory.dtype, e.width)
    case 'load':
      throw new Error('a loop program loads from memories, not from tensors')
  }
}
function loadText(text: string, dtype: DType, width: 4 | undefined): string {
  if (dtype === 'f16') return `${typeText(dtype, width ?? 1)}(${text})`
  return dtype === 'bool' ? `(${text} != 0u)` : text
}

/** A register value, or a vec4 of them, as it is stored. Halves are computed in f32; what is beyond their range is infinite. */
export function storedText(text: string, dtype: DType, vector: boolean): string {
  if (dtype === 'bool') return `select(0u, 1u, ${text})`
  if (dtype !== 'f16') return text
  return `${vector ? 'vec4<f16>' : 'f16'}(${text})`
}
