/** Types as WGSL text. */
import { registerType } from '../graph/expression.js'
import type { DType } from '../types/tensor.js'

/** The type of a value in a register: f16 is a form of storage, arithmetic is in f32. */
export const typeText = (dtype: DType, width: number): string =>
  width === 4 ? `vec4<${registerType(dtype)}>` : registerType(dtype)
export const LANES = ['x', 'y', 'z', 'w'] as const
/** The element type of a buffer. Bytes are packed four to a word; booleans take a word. */
export function storageType(dtype: DType): string {
  return dtype === 'u8' || dtype === 'bool' ? 'u32' : dtype
}
