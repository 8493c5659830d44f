/** Seeded values for the operands of a kernel, and whether results agree. */
import type { DType } from '../compiler/types/tensor.js'
import type { Outputs } from '../runtime/run.js'
import type { Output, Values } from '../runtime/values.js'

interface Operand {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** Floats from `low` to `low + 2`, integers 0 and 1 (an index of almost any axis), bytes of all values. The same for the same seed. */
export function fill({ shape, dtype }: Operand, seed: number, low = -1): Values {
  const length = shape.reduce((a, b) => a * b, 1)
  let state = Math.imul(seed + 1, 0x9e3779b9)
  // The upper half of a linear congruential generator (Numerical Recipes).
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 16
  const values = {
    f32: () => Float32Array.from({ length }, () => low + next() / 32768),
    // Bits of 1/8 to 1, with a sign where low asks for it.
    f16: () => Uint16Array.from({ length }, () => 0x3000 + (next() % 0xc00) + (low < 0 ? (next() & 1) << 15 : 0)),
    i32: () => Int32Array.from({ length }, () => next() & 1),
    u32: () => Uint32Array.from({ length }, () => next() & 1),
    bool: () => Uint32Array.from({ length }, () => next() & 1),
    u8: () => Uint8Array.from({ length }, () => next() & 255),
  }
  return values[dtype]()
}

/** Whether every element of `got` is within `tolerance` of the largest magnitude of its output in `reference`; exactly where that is 0. */
export const agree = (reference: Outputs, got: Outputs, tolerance: number): boolean =>
  Object.entries(reference).every(([name, expected]) => {
    const a = numbers(expected)
    const b = numbers(got[name]!)
    let most = 0
    for (const x of a) if (Number.isFinite(x)) most = Math.max(most, Math.abs(x))
    const within = expected instanceof Float32Array || expected instanceof Uint16Array ? tolerance * most : 0
    return (a as Float32Array).every((x, i) => Object.is(x, b[i]) || Math.abs(x - b[i]!) <= within)
  })

export const allFinite = (outputs: Outputs): boolean =>
  Object.values(outputs).every(output => (numbers(output) as Float32Array).every(Number.isFinite))

/** Values as numbers: f16 arrives as bits. */
const numbers = (output: Output): Float32Array | Int32Array | Uint32Array | Uint8Array =>
  output instanceof Uint16Array ? Float32Array.from(output, half) : output

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = (bits & 1023) / 1024
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14)
}
