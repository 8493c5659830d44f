/**
 * The public language without its types: names, shapes and attributes of a case come from its index, so nothing is known
 * when this is compiled. A file per family of operations maps their names to functions of it.
 */
import * as facet from '../../compiler/index.js'

export type Any = facet.Tensor<any, any, any>
export type Tensors = Readonly<Record<string, Any>>
export type Attributes = Readonly<Record<string, any>>
/** Builds what a case computes from its inputs: one tensor, which is output `y`, or outputs by name. */
export type Build = (inputs: Record<string, any>, attrs: Attributes) => Any | Tensors
/** By name of the operation. */
export type Builds = Readonly<Record<string, Build>>

export const f = facet as unknown as Readonly<Record<keyof typeof facet, (...given: any[]) => any>>

/** A function of the input `x`. */
export const ofX =
  (build: (x: Any, attrs: Attributes) => Any): Build =>
  ({ x }, attrs) =>
    build(x, attrs)
/** A function of the inputs `a` and `b`. */
export const ofAB =
  (build: (a: Any, b: Any, attrs: Attributes) => Any): Build =>
  ({ a, b }, attrs) =>
    build(a, b, attrs)

/** `x` with the given axis counted from the front. */
export const fromFront = (axis: number, x: Any): number => (axis < 0 ? axis + x.shape.length : axis)
/** The named axes of `x`; all of them for none. */
export const axesOf = (axes: readonly number[] | null | undefined, x: Any): number[] =>
  axes ? axes.map(axis => fromFront(axis, x)) : x.shape.map((_: number, axis: number) => axis)
