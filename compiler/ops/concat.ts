/** Concatenation of any number of tensors: a choice between masked reads. Stacking and rolling are made of it. */
import { both, type Expression, less, literal, minus, select } from '../graph/expression.js'
import { apply, checkTensors, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import * as rules from '../graph/shape.js'
import { axisIndex, numel, ShapeError, show, strides } from '../graph/shape.js'
import { scattered } from '../graph/strided.js'
import type { Insert, OnAxes } from '../types/axis.js'
import type { Alike, ConcatAll, ShapesOf } from '../types/join.js'
import type { Concat, Shape } from '../types/shape.js'
import type { Check, DType, Gradient, Proved } from '../types/tensor.js'
import { reshape } from './movement.js'
import { slice } from './slice.js'

/** Attribute: `axis`, counted from the front. */
const concatDefinition: Operation = {
  name: 'concat',
  infer(operands, { axis }) {
    if (operands.length === 0) throw new ShapeError('concat takes one tensor or more, got none')
    const dtype = operands[0]!.dtype
    const other = operands.find(operand => operand.dtype !== dtype)
    if (other)
      throw new ShapeError(`concat takes operands of one dtype, got ${dtype} and ${other.dtype}: cast one of them`)
    return { shape: operands.map(operand => [...operand.shape]).reduce((a, b) => rules.concat(a, b, axis)), dtype }
  },
  vjp({ grad, operands, attributes: { axis } }) {
    const from = starts(operands, axis)
    return operands.map((operand, k) => slice(grad, axis, from[k]!, from[k]! + operand.shape[axis]!))
  },
  evaluate(operands, { axis }, { shape }) {
    const out = new Float64Array(numel(shape))
    const own = strides(shape)
    const from = starts(operands, axis)
    operands.forEach((operand, k) => {
      scattered(out, operand.data, operand.shape, own, from[k]! * own[axis]!)
    })
    return out
  },
  lower: {
    family: 'map',
    movement: true,
    element(read, index, { operands, attributes: { axis } }) {
      const from = starts(operands, axis)
      const at = index[axis]!
      const elements = operands.map(({ shape }, k): Expression => {
        const masks = [
          ...(k > 0 ? [less(literal(from[k]! - 1), at)] : []),
          ...(k === operands.length - 1 ? [] : [less(at, from[k]! + shape[axis]!)]),
        ]
        const own = index.map((i, j) => (j === axis && k > 0 ? minus(i, from[k]!) : i))
        return masks.length ? read(k, own, masks.reduce(both)) : read(k, own)
      })
      return elements.reduceRight((rest, element, k) => select(less(at, from[k + 1]!), element, rest))
    },
  },
}

/** Where each operand begins. */
function starts(operands: readonly { readonly shape: readonly number[] }[], axis: number): number[] {
  let next = 0
  return operands.map(({ shape }) => (next += shape[axis]!) - shape[axis]!)
}

/** `a` followed by `b` along `axis`. */
export const concat = operation(
  concatDefinition,
  <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient, const X extends number>(
    a: Tensor<A, D, G>,
    b: Proved<Concat<A, B, X>, Tensor<B, NoInfer<D>, H>>,
    axis: X,
  ): Tensor<Concat<A, B, X>, D, G | H> => {
    if (Array.isArray(a) || typeof axis === 'object')
      throw new ShapeError('concat takes two tensors and an axis: concatAll joins a list')
    return concatAll([a as Untyped, b as Untyped], axis)
  },
)

/** Any number of tensors one after the other along `axis`. Throws `ShapeError` where other axes differ. */
export const concatAll = <
  D extends DType,
  G extends Gradient,
  const P extends readonly unknown[],
  const X extends number,
>(
  given: Check<ConcatAll<ShapesOf<P>, X>, P & readonly Tensor<any, D, G>[]>,
  axis: X,
): Tensor<ConcatAll<ShapesOf<P>, X>, D, G> => {
  const parts = given as readonly Tensor[]
  checkList('concatAll', parts)
  if (parts.length > WIDEST)
    return concatAll(
      Array.from({ length: Math.ceil(parts.length / WIDEST) }, (_, i) =>
        concatAll(parts.slice(i * WIDEST, (i + 1) * WIDEST) as Untyped[], axis),
      ),
      axis,
    ) as Untyped
  return apply(concatDefinition, parts, { axis: parts[0] ? axisIndex(parts[0].shape, axis) : axis })
}
/** Throws `ShapeError` unless `parts` is a list of tensors. */
export function checkList(what: string, parts: unknown): void {
  if (!Array.isArray(parts)) throw new ShapeError(`${what} takes a list of tensors: ${what}([a, b], axis)`)
  checkTensors(what, parts)
}
/** Operands of one node: more, as a kernel may not bind them, are joined in groups. */
export const WIDEST = 6

/** Tensors of one shape along a new axis. Throws `ShapeError` where shapes differ. */
export function stack<
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const P extends readonly unknown[],
  const X extends number = 0,
>(
  given: Check<Alike<ShapesOf<P>>, P & readonly Tensor<S, D, G>[]>,
  axis: Check<Insert<S, X, P['length']>, X> = 0 as never,
): Tensor<Insert<S, X, P['length']>, D, G> {
  const parts = given as readonly Tensor[]
  checkList('stack', parts)
  if (parts.length === 0) throw new ShapeError('stack takes one tensor or more, got none')
  const { shape } = parts[0]!
  const other = parts.find(part => part.shape.join() !== shape.join())
  if (other) throw new ShapeError(`stack takes tensors of one shape, got ${show(shape)} and ${show(other.shape)}`)
  const at = axisIndex([...shape, 1], axis as number)
  return concatAll(
    parts.map(part => reshape(part, [...part.shape.slice(0, at), 1, ...part.shape.slice(at)])),
    at,
  ) as never
}

/** Moves elements by `shift` along `axis`; those that leave at one end enter at the other. */
export function roll<S extends Shape, D extends DType, G extends Gradient, const A extends number>(
  x: Tensor<S, D, G>,
  shift: number,
  axis: Check<OnAxes<S, A>, A>,
): Tensor<S, D, G> {
  const at = axisIndex(shapeOf('roll', x), axis as number)
  const size = x.shape[at]!
  const by = ((shift % size) + size) % size
  if (by === 0) return x
  const any = x as Tensor
  return concatAll([slice(any, at, size - by), slice(any, at, 0, size - by)], at) as never
}
