/**
 * What an operation is: one object that holds its shape rule, its gradient, its meaning in float64 and how it
 * lowers. Parser, verifier, printer, evaluator, reverse mode, fusion and conformance tests read this object;
 * nothing about an operation is written anywhere else.
 */
import type { DType } from '../types/tensor.js'
import { type Axis, axisOf, type Expression } from './expression.js'
import type { Tensor, Untyped } from './node.js'

export type Value = number | string | boolean | null | readonly Value[]
/** What an operation is told besides its operands. JSON and graphs, so that they have a text form. */
export type Attributes = Readonly<Record<string, any>>

/** Shape and dtype: the type of a value as the builder knows it. */
export interface Type {
  readonly shape: readonly number[]
  readonly dtype: DType
}
/** A tensor of the reference evaluation: row-major, every dtype held in float64 (booleans as 0 and 1). */
export interface Host {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** Element `index` of operand `operand`. Under a `mask`, the element is only read where the mask holds (elsewhere its value is arbitrary). */
export type Read = (operand: number, index: readonly Expression[], mask?: Expression) => Expression

export type Combine = 'sum' | 'max' | 'min' | 'prod'

/** How an operation lowers: as one expression per element, as an accumulation of such expressions over extra axes, or as an order of rows. */
export type Lowering =
  | {
      readonly family: 'map'
      /** The element of the result at `index`. */
      element(read: Read, index: readonly Expression[], node: Tensor): Expression
      /** The operation only moves elements (its expression is one read, possibly masked). */
      readonly movement?: boolean
    }
  | {
      readonly family: 'reduce'
      readonly combine: Combine
      /** The axes accumulated over. */
      along(node: Tensor): readonly Axis[]
      /** The term of the result's element `index` at `position` along those axes. */
      element(read: Read, index: readonly Expression[], position: readonly Expression[], node: Tensor): Expression
      /** A product of two operands, each element of which meets many of the other: worth register tiles. */
      readonly contraction?: boolean
    }
  | {
      readonly family: 'order'
      /** The axis along which elements are put in order; the result has the first of them, as many as it is long. */
      axis(node: Tensor): number
      /** The i32 or u32 by which the operand's element at `index` is ordered, the least first, equals as they stand. */
      key(read: Read, index: readonly Expression[], node: Tensor): Expression
    }

export interface Operation {
  readonly name: string
  /** Shape and dtype of the result. Throws `ShapeError` with the words of the type-level rule. */
  infer(operands: readonly Type[], attributes: Attributes): Type
  /** Gradients of the operands in terms of other operations; `null` where none flows. The driver sums over broadcast axes. */
  vjp?(at: {
    grad: Untyped
    out: Untyped
    operands: readonly Untyped[]
    attributes: Attributes
  }): readonly (Tensor | null)[]
  /**
   * Of an operation with several results: their types. Its own type is that of them all, one after the other (`evaluate` gives
   * them so), and nothing but `result` nodes reads it.
   */
  results?(attributes: Attributes): readonly Type[]
  /** `vjp` of an operation with several results: `grads` are those of the results, as far as they have one. */
  vjpOfResults?(at: {
    grads: readonly (Untyped | undefined)[]
    out: Untyped
    /** Gradients of the sum of `<cotangent, output>`, with respect to other nodes. */
    backward(cotangents: readonly (readonly [Tensor, Tensor])[], wrt: readonly Tensor[]): readonly Tensor[]
  }): readonly (Tensor | null)[]
  /** Of an operation with several results, `results` of which have a gradient: why none flows to an operand, for each that none flows to. */
  stopsOfResults?(at: {
    results: ReadonlySet<number>
    attributes: Attributes
    /** What gradients of other nodes flow to; `ends` is told what they do not go on to, and why. */
    reachedBy(roots: readonly Tensor[], ends: (operand: Tensor, reason: string) => void): ReadonlySet<Tensor>
  }): ReadonlyMap<number, string>
  /** The operands that no gradient is passed on to on purpose, as `stopGradient` does; `null` of others is a slope of 0. */
  readonly stops?: readonly number[]
  /** The meaning: float64, independent of the lowering. */
  evaluate(operands: readonly Host[], attributes: Attributes, type: Type): Float64Array
  /** Leaves (inputs and variables) have none. */
  readonly lower?: Lowering
  /** What a kernel stores is this rank's part: other kernels read the result once all ranks have exchanged theirs. */
  readonly exchanged?: true
}

/** The element, the term or the key that an operation lowers to. */
export function elementAt(
  lower: Lowering,
  read: Read,
  index: readonly Expression[],
  node: Tensor,
  position: readonly Expression[] = lower.family === 'reduce' ? lower.along(node).map(axisOf) : [],
): Expression {
  if (lower.family === 'reduce') return lower.element(read, index, position, node)
  return lower.family === 'map' ? lower.element(read, index, node) : lower.key(read, index, node)
}

/** An operation that computes nothing: its value is given from outside. */
export const isLeaf = (operation: Operation): boolean => operation.lower === undefined

export const isExchanged = (node: Tensor): boolean => node.operation.exchanged === true

/** Ties the typed function that users call to the definition behind it; `ops/index.ts` collects the definitions from its exports. */
export const operation = <F extends (...x: any[]) => unknown>(
  definition: Operation,
  call: F,
): F & { readonly operation: Operation } => Object.assign(call, { operation: definition })
