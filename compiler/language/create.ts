/** Tensors from nothing but a shape or data, under the names that everybody types. All of them are expressions: they take no memory where they are fused. */
import { described, type Stopped, type Tensor, type Untyped } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { cast, equal, less, select } from '../ops/compare.js'
import { checkDType, constant, iota } from '../ops/constant.js'
import { broadcastTo, reshape } from '../ops/movement.js'
import type { Dim, Shape } from '../types/shape.js'
import type { DType } from '../types/tensor.js'

/** `select`, as PyTorch and NumPy call it. */
export const where = select
/**
 * A tensor of zeros, or of false: `zeros([2, 3])` is f32. Throws `ShapeError` for a size that is no whole number of at
 * least 1: no tensor is empty.
 */
export const zeros = <const S extends Shape, D extends DType = 'f32'>(
  shape: S,
  dtype: D = 'f32' as D,
): Stopped<S, NoInfer<D>> => constant(0, shape, dtype)
/**
 * A tensor of ones, or of true: `ones([2, 3])` is f32. Throws `ShapeError` for a size that is no whole number of at
 * least 1: no tensor is empty.
 */
export const ones = <const S extends Shape, D extends DType = 'f32'>(
  shape: S,
  dtype: D = 'f32' as D,
): Stopped<S, NoInfer<D>> => constant(1, shape, dtype)
/** `0, 1, ..., count - 1`, as i32 by default. */
export const arange = <const N extends Dim, D extends 'i32' | 'u32' | 'f32' = 'i32'>(
  count: N,
  dtype: D = 'i32' as D,
): Stopped<[N], NoInfer<D>> => {
  if (typeof dtype === 'number')
    throw new ShapeError(
      `arange takes how many numbers and their dtype, got ${count} and ${dtype}: add(arange(n), start) counts from elsewhere`,
    )
  return iota([count], 0, dtype)
}
/** The identity matrix; as `bool`, true on the diagonal. */
export const eye = <const N extends Dim, D extends Exclude<DType, 'u8'> = 'f32'>(
  size: N,
  dtype: D = 'f32' as D,
): Stopped<[N, N], NoInfer<D>> => {
  const same: Untyped = equal(iota([size, size], 0), iota([size, size], 1))
  return dtype === 'bool' ? same : cast(same, dtype)
}

/** A number, or a list of such with one shape. */
export type Nested = number | readonly Nested[]
type ShapeOf<T> = T extends readonly (infer E)[] ? [T['length'], ...ShapeOf<E>] : []
type Numbers = Float32Array | Int32Array | Uint32Array
type DTypeOf<T> = T extends Int32Array ? 'i32' : T extends Uint32Array ? 'u32' : 'f32'

/**
 * A tensor of the numbers given, typed by their nesting: `tensor([[1, 2], [3, 4]])` is `[2, 2]`. They become part of the
 * kernels that read them, so there may be 1024 at most: what is larger is an input, or a variable.
 */
export function tensor<const T extends Nested | Numbers, D extends DType = DTypeOf<T>>(
  data: T,
  dtype?: D,
): Stopped<T extends Numbers ? [number] : ShapeOf<T>, NoInfer<D>> {
  if (Array.isArray(dtype))
    throw new ShapeError(
      `tensor takes a dtype after its numbers, got ${show(dtype)}: reshape(tensor(data), ${show(dtype)}) gives them a shape`,
    )
  if (dtype !== undefined) checkDType('tensor', dtype)
  const shape = sizesOf(data)
  const values = ArrayBuffer.isView(data)
    ? [...(data as Numbers)]
    : ([data].flat(shape.length as 0) as unknown as number[])
  const type: DType = dtype ?? (data instanceof Int32Array ? 'i32' : data instanceof Uint32Array ? 'u32' : 'f32')
  if (values.length > MOST)
    throw new ShapeError(
      `tensor takes ${MOST} numbers at most, got ${values.length} as ${show(shape)}: make it an input, or a state of a module`,
    )
  const place: Untyped = iota([values.length], 0)
  // A choice by halves: as deep as the logarithm of the number of values.
  const among = (from: number, to: number): Tensor => {
    if (values.slice(from, to).every(value => Object.is(value, values[from]))) return constant(values[from]!, [], type)
    const middle = (from + to) >> 1
    return select(less(place, middle), among(from, middle) as Untyped, among(middle, to) as Untyped)
  }
  return reshape(broadcastTo(among(0, values.length) as Untyped, [values.length]) as Untyped, shape) as Untyped
}
const MOST = 1024
const NUMBERS = [Float32Array, Int32Array, Uint32Array] as const

/** The shape of nested lists. Throws `ShapeError` where parts differ, or one is empty. */
function sizesOf(data: Nested | Numbers): number[] {
  if (typeof data === 'number') return []
  if (!Array.isArray(data) && !NUMBERS.some(kind => data instanceof kind))
    throw new ShapeError(
      `tensor takes numbers, in lists or in one of ${NUMBERS.map(kind => kind.name).join(', ')}, got ${described(data)}`,
    )
  if (data.length === 0) throw new ShapeError('tensor takes numbers, got an empty list')
  if (ArrayBuffer.isView(data)) return [data.length]
  const [first, ...rest] = data.map(sizesOf)
  const other = rest.find(shape => shape.join() !== first!.join())
  if (other) throw new ShapeError(`tensor takes parts of one shape, got ${show(first!)} beside ${show(other)}`)
  return [data.length, ...first!]
}
