/** Tensors by their axes, with sizes that are known when the graph is built: for code that any sizes go through. */
import { checkTensors, type Stopped, type Tensor } from '../compiler/graph/node.js'
import { ShapeError, show } from '../compiler/graph/shape.js'
import type { Dim, Shape } from '../compiler/types/shape.js'
import type { DType } from '../compiler/types/tensor.js'

/** `[]` */
export type Scalar<D extends DType = 'f32'> = Tensor<[], D>
/** `[N]` */
export type Vector<D extends DType = 'f32'> = Tensor<[Dim], D>
/** `[N, D]` */
export type Matrix<D extends DType = 'f32'> = Tensor<[Dim, Dim], D>
/** Tokens of a transformer, or rows for each of N others: `[N, L, D]`. */
export type Tokens<D extends DType = 'f32'> = Tensor<[Dim, Dim, number], D>
/** Of any number of axes: it broadcasts with all, as far as types know. */
export type Values = Tensor<Shape, 'f32'>
/** Of any number of axes, the first of which counts examples: views, values at the sites of encoders. */
export type Batch<D extends DType = 'f32'> = Tensor<[Dim, ...Shape], D>
/** Feature maps `[N, C, H, W]`. */
export type Maps = Tensor<[Dim, number, Dim, Dim], 'f32'>
/** Colour images `[N, 3, H, W]`. */
export type Images = Tensor<[Dim, 3, Dim, Dim], 'f32'>
/** One channel of images: `[N, 1, H, W]`. */
export type Plane = Tensor<[Dim, 1, Dim, Dim], 'f32'>
/** One number for each image: `[N, 1, 1, 1]`. */
export type PerImage<D extends DType = 'f32'> = Tensor<[Dim, 1, 1, 1], D>

/** `b`, which `name` compares with `a` element by element. Throws `ShapeError` unless it has the same shape. */
export function alike<T extends Tensor>(name: string, a: T, b: unknown): T {
  checkTensors(name, [a, b])
  const other = b as T
  if (a.shape.join() !== other.shape.join())
    throw new ShapeError(`${name} takes tensors of one shape, got ${show(a.shape)} and ${show(other.shape)}`)
  return other
}
/** `queue`, rows `[K, D]` for those of `z` `[N, D]`. Throws `ShapeError` unless they are as wide. */
export function queueFor<K extends Dim, D extends Dim>(
  name: string,
  z: Tensor<[Dim, D], 'f32'>,
  queue: unknown,
): Stopped<[K, D]> {
  checkTensors(name, [z, queue])
  const rows = queue as Stopped<[K, D]>
  if (rows.shape.length !== 2 || rows.shape[1] !== z.shape[1])
    throw new ShapeError(`${name} takes a queue [K, ${z.shape[1]}], got ${show(rows.shape)}`)
  return rows
}
