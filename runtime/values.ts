/**
 * Host values of tensors: typed arrays of the dtype, checked and padded on the way up, given a `shape` on the way down.
 */
import type { Stored } from '../compiler/plan/program.js'
import type { DType } from '../compiler/types/tensor.js'
import { BadInput } from './errors.js'

/** The typed arrays that hold tensors: f32, i32, u32 (bool too), the bits of f16, u8. */
export type Values = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | Uint8ClampedArray
/** What a tensor may be given as: a typed array of its dtype, row-major; booleans for bool; a number for a single element. */
export type Input = Values | readonly boolean[] | number
/**
 * What a tensor of dtype `D` may be given as: a typed array of it, row-major; booleans for bool; a number for a single
 * element.
 */
export type InputOf<D extends DType> =
  | number
  | ArrayOf[D]
  | (D extends 'bool' ? readonly boolean[] | Uint8Array : D extends 'u8' ? Uint8ClampedArray : never)
interface ArrayOf {
  f32: Float32Array
  f16: Uint16Array
  i32: Int32Array
  u32: Uint32Array
  u8: Uint8Array
  bool: Uint32Array
}
/** A tensor read from the device: a typed array, row-major, that knows its shape. bool comes as u32 of 0 or 1, f16 as its bits. */
export type Output = OutputOf<DType>
/** A tensor of dtype `D` read from the device: a typed array, row-major, with its shape. */
export type OutputOf<D extends DType> = ArrayOf[D] & { readonly shape: readonly number[] }

const arrays = {
  f32: Float32Array,
  f16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
  bool: Uint32Array,
} as const

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
export const arrayOf = (dtype: DType): (typeof arrays)[DType] => arrays[dtype]
/** Bytes of the elements themselves, without padding. */
export const bytesOf = ({ shape, dtype }: Pick<Stored, 'shape' | 'dtype'>): number =>
  elements(shape) * arrays[dtype].BYTES_PER_ELEMENT
/** Copies and mappings move whole words. */
export const words = (bytes: number): number => Math.ceil(bytes / 4) * 4

const accepts = (dtype: DType, value: unknown): value is Values =>
  value instanceof arrays[dtype] ||
  (dtype === 'u8' && value instanceof Uint8ClampedArray) ||
  (dtype === 'bool' && value instanceof Uint8Array)

/** The bytes to upload: a view of `value` where possible, else a padded or widened copy. `what` names the tensor in errors. */
export function encode(what: string, stored: Pick<Stored, 'shape' | 'dtype'>, value: Input): Uint8Array<ArrayBuffer> {
  const { shape, dtype } = stored
  const count = elements(shape)
  const made =
    typeof value === 'number' || Array.isArray(value) ? fromPlain(what, dtype, count, value) : (value as Values)
  if (!accepts(dtype, made))
    throw new BadInput(`${what} is ${dtype}: give it ${wanted(dtype)}, not ${describe(value)}.`)
  if (made.length !== count)
    throw new BadInput(
      `${what} has shape [${shape.join(', ')}], which is ${count} elements, but was given ${made.length}.`,
    )
  const widened = dtype === 'bool' && made instanceof Uint8Array ? Uint32Array.from(made, v => (v ? 1 : 0)) : made
  const bytes = new Uint8Array(widened.buffer as ArrayBuffer, widened.byteOffset, widened.byteLength)
  // writeBuffer takes whole words, and Dawn takes no shared memory.
  const shared = typeof SharedArrayBuffer !== 'undefined' && (widened.buffer as unknown) instanceof SharedArrayBuffer
  if (bytes.length % 4 === 0 && !shared) return bytes
  const padded = new Uint8Array(words(bytes.length))
  padded.set(bytes)
  return padded
}

/** A typed array with its shape from `bytes`, copied: it is not of shared memory where these are. */
export function decode({ shape, dtype }: Pick<Stored, 'shape' | 'dtype'>, bytes: ArrayBufferLike, offset = 0): Output {
  const array = new arrays[dtype](elements(shape))
  new Uint8Array(array.buffer).set(new Uint8Array(bytes, offset, array.byteLength))
  return Object.assign(array, { shape: [...shape] }) as Output
}

function fromPlain(what: string, dtype: DType, count: number, value: number | readonly unknown[]): Values {
  if (typeof value === 'number') {
    if (count !== 1)
      throw new BadInput(`${what} has ${count} elements: give it ${wanted(dtype)}, not the single number ${value}.`)
    if (dtype === 'f16') throw new BadInput(`${what} is f16: give it ${wanted(dtype)}, not a number.`)
    return new arrays[dtype]([value])
  }
  const wrong = dtype !== 'bool' ? 0 : value.findIndex(v => typeof v !== 'boolean')
  if (wrong >= 0)
    throw new BadInput(`${what} is ${dtype}: give it ${wanted(dtype)}, not an array of ${typeof value[wrong]}.`)
  return Uint32Array.from(value, v => (v ? 1 : 0))
}

const wanted = (dtype: DType): string =>
  dtype === 'bool'
    ? 'an array of booleans or a Uint8Array of 0 and 1'
    : `a ${arrays[dtype].name}${dtype === 'f16' ? ' of half-precision bits' : ''}`
function describe(value: unknown): string {
  if (value === null || value === undefined) return `${value}`
  if (Array.isArray(value)) return `an array of ${typeof value[0]}`
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'object'
  return /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`
}
