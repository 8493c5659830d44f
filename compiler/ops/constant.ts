/** Values that depend on nothing: constants and counters. */

import { literal, registerType } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { apply, given, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { convert } from '../graph/primitive.js'
import { axisIndex, numel, ShapeError } from '../graph/shape.js'
import { boundShape } from '../graph/sizes.js'
import type { OnAxes } from '../types/axis.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType } from '../types/tensor.js'

/** The least and the largest finite number of each dtype. */
export const RANGES: Readonly<Record<DType, readonly [least: number, most: number]>> = {
  f32: [-3.4028234663852886e38, 3.4028234663852886e38],
  f16: [-65504, 65504],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  u8: [0, 255],
  bool: [0, 1],
}
/** Throws `ShapeError` unless `what` is given the name of a dtype. */
export function checkDType(what: string, dtype: DType): void {
  if (!Object.hasOwn(RANGES, dtype))
    throw new ShapeError(`the dtype of ${what} is one of ${Object.keys(RANGES).join(', ')}, got ${given(dtype)}`)
}
/**
 * Throws `ShapeError` unless a tensor of `dtype` can hold `value`. `what`: what the number is for. NaN is refused, which is
 * nearly always an option that was not set; graphs may hold it, where constants were folded.
 */
export function checkValue(what: string, value: number, dtype: DType): void {
  const refuse = (must: string) => {
    throw new ShapeError(`${what} of dtype ${dtype} must ${must}, got ${value}`)
  }
  checkDType(what, dtype)
  if (typeof value !== 'number') refuse('be a number')
  if (isFloat(dtype) && Math.abs(value) === Infinity) return
  if (isFloat(dtype) ? Number.isNaN(value) : !Number.isInteger(value))
    refuse(`be a ${isFloat(dtype) ? '' : 'whole '}number`)
  const [least, most] = RANGES[dtype]
  const rounded = dtype === 'f32' ? Math.fround(value) : value
  if (rounded < least || rounded > most) refuse(`lie between ${least} and ${most}`)
}

const constantDefinition: Operation = {
  name: 'constant',
  infer(_, { value, shape, dtype }) {
    if (!(isFloat(dtype) && Number.isNaN(value))) checkValue('a constant', value, dtype)
    return { shape, dtype }
  },
  vjp: () => [],
  evaluate: (_, { value, shape }) => new Float64Array(numel(shape)).fill(value),
  lower: { family: 'map', element: (_read, _index, node) => literal(node.attributes.value, node.dtype) },
}
/** A tensor filled with one number. Floats may be infinite. */
export const constant = operation(
  constantDefinition,
  <const S extends Shape, D extends DType = 'f32'>(
    value: number,
    shape: S,
    dtype: D = 'f32' as D,
  ): Tensor<S, NoInfer<D>, 'stopped'> => {
    const bound = boundShape(shape)
    checkValue('a constant', value, dtype)
    return apply(constantDefinition, [], { value, shape: bound, dtype })
  },
)

const iotaDefinition: Operation = {
  name: 'iota',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  vjp: () => [],
  evaluate(_, { shape, axis }) {
    const inner = numel(shape.slice(axis + 1))
    return new Float64Array(numel(shape)).map((_, i) => Math.floor(i / inner) % shape[axis])
  },
  lower: {
    family: 'map',
    element(_read, index, { dtype, attributes }) {
      const at = index[attributes.axis]!
      return convert(at, registerType(dtype))
    },
  },
}
/** `0, 1, 2, ...` along `axis` (negative ones count from the end), the same along the others. */
export const iota = operation(
  iotaDefinition,
  <const S extends Shape, D extends 'i32' | 'u32' | 'f32' = 'i32', const A extends number = number>(
    shape: S,
    axis: Check<OnAxes<S, A>, A>,
    dtype: D = 'i32' as D,
  ): Tensor<S, NoInfer<D>, 'stopped'> => {
    const bound = boundShape(shape)
    checkDType('iota', dtype)
    return apply(iotaDefinition, [], { shape: bound, axis: axisIndex(bound, axis as number), dtype })
  },
)
