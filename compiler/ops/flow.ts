/** Operations that are an identity on values and change what the gradient does. Passes drop them after differentiation. */
import {
  apply,
  checkFunction,
  checkTensors,
  given,
  isTensor,
  type Stopped,
  type Tensor,
  type Untyped,
  withScope,
  withTheseStandIns,
} from '../graph/node.js'
import { type Attributes, type Operation, operation } from '../graph/operation.js'
import { ShapeError, show } from '../graph/shape.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { mul } from './binary.js'
import { checkValue, constant } from './constant.js'

/** The value of the first operand; other operands matter to the gradient only. */
const identity = (name: string, rest: Pick<Operation, 'vjp'> & Partial<Operation>): Operation => ({
  name,
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  evaluate: ([x]) => x!.data,
  lower: { family: 'map', movement: true, element: (read, index) => read(0, index) },
  ...rest,
})

const stopGradientDefinition = identity('stopGradient', { vjp: () => [null], stops: [0] })
/** The same value; no gradient flows through it. */
export const stopGradient = operation(
  stopGradientDefinition,
  <S extends Shape, D extends DType>(x: Tensor<S, D>): Stopped<S, D> => apply(stopGradientDefinition, [x]),
)

const straightThroughDefinition = identity('straightThrough', {
  infer([value, source]) {
    if (value!.shape.join() !== source!.shape.join() || value!.dtype !== source!.dtype)
      throw new ShapeError(
        `straightThrough takes tensors of one shape and dtype, got ${value!.dtype}${show(value!.shape)} and ${source!.dtype}${show(source!.shape)}`,
      )
    return { shape: value!.shape, dtype: value!.dtype }
  },
  vjp: ({ grad }) => [null, grad],
  stops: [0],
})
/** The value of `value`; its gradient goes to `source` unchanged. Exactly, where `source + stopGradient(value - source)` would round. */
export const straightThrough = operation(
  straightThroughDefinition,
  <S extends Shape, D extends DType, G extends Gradient>(
    value: Tensor<S, D>,
    source: Tensor<NoInfer<S>, NoInfer<D>, G>,
  ): Tensor<S, D, G> => apply(straightThroughDefinition, [value, source]),
)

const scaleGradientDefinition = identity('scaleGradient', {
  infer([x, factor]) {
    if (factor!.shape.length !== 0 || factor!.dtype !== x!.dtype)
      throw new ShapeError(
        `scaleGradient takes a scalar factor of dtype ${x!.dtype}, got ${factor!.dtype}${show(factor!.shape)}`,
      )
    return { shape: x!.shape, dtype: x!.dtype }
  },
  vjp: ({ grad, operands: [, factor] }) => [mul(grad, factor!), null],
  stops: [1],
})
/** The same value; the gradient is multiplied by `factor` on its way back (0.1 slows, 0 stops, negative reverses). */
export const scaleGradient = operation(
  scaleGradientDefinition,
  <S extends Shape, D extends 'f32' | 'f16', G extends Gradient>(
    x: Tensor<S, D, G>,
    factor: number | Tensor<[], NoInfer<D>>,
  ): Tensor<S, D, G> => {
    checkTensors('scaleGradient', [x])
    return apply(scaleGradientDefinition, [x, isTensor(factor) ? factor : constant(factor, [], x.dtype)])
  },
)

/** The same value; the gradient is multiplied by `-strength` (Ganin and Lempitsky 2015, arXiv 1409.7495). */
export const reverseGradient = <S extends Shape, D extends 'f32' | 'f16', G extends Gradient>(
  x: Tensor<S, D, G>,
  strength = 1,
): Tensor<S, D, G> => {
  checkValue('the strength of reverseGradient', strength, 'f32')
  return scaleGradient(x, -strength)
}

/** The gradients of operands, given that of the result; null where none flows. */
type Backward = (gradient: Tensor, operands: readonly Tensor[], value: Tensor) => readonly (Tensor | null)[]

/** `backward` is a function: it is no part of the text form, and is used up when the gradient is built. */
const customGradientDefinition = identity('customGradient', {
  vjp({ grad, out, operands: [, ...operands], attributes: { backward } }) {
    if (!backward) throw new ShapeError('customGradient that was read from text has no gradient: it was a function')
    const gradients = withScope('backward', () => (backward as Backward)(grad, operands, out))
    for (const [i, x] of operands.entries()) {
      const gradient = gradients[i]
      if (gradient && (gradient.shape.join() !== x.shape.join() || gradient.dtype !== x.dtype))
        throw new ShapeError(
          `the gradient that customGradient of ${x.dtype}${show(x.shape)} to ${out.dtype}${show(out.shape)} is given has type ${gradient.dtype}${show(gradient.shape)}`,
        )
    }
    return [null, ...(gradients as Untyped[])]
  },
  stops: [0],
})
/**
 * A function that is `forward`, with `backward` for its gradient: given that of the result, shaped like it, the operand and the
 * result, it gives that of the operand, in its shape and dtype. All are of one dtype, f32 or f16. Nothing flows to tensors that
 * `forward` reads besides its operand. Called on variables inside of `functionalCall` it is given, and its gradient goes to, the
 * values that stand in for them. Throws `ShapeError` for a gradient of another shape or dtype.
 */
export const customGradient = operation(
  customGradientDefinition,
  <A extends Shape, B extends Shape, D extends 'f32' | 'f16'>(
    forward: (x: Tensor<A, D>) => Tensor<B, D>,
    backward: (gradient: Tensor<B, D>, x: Tensor<A, D>, value: Tensor<B, D>) => Tensor<A, D>,
  ) => {
    checkFunction('customGradient', forward)
    checkFunction('customGradient', backward)
    return <G extends Gradient>(x: Tensor<A, D, G>): Tensor<B, D, G> =>
      withGradient(forward(x), [x], (gradient, [operand], value) => {
        const found: unknown = backward(gradient as never, operand as never, value as never)
        if (isTensor(found)) return [found]
        throw new ShapeError(
          `the backward of customGradient gives the gradient of its operand, ${x.dtype}${show(x.shape)}, got ${given(found)}`,
        )
      }) as Tensor<B, D, G>
  },
)
/** Whether an operation that is told so is `customGradient`, also of many examples: its gradient may read more than its operands. */
export const hasOwnGradient = (attributes: Attributes): boolean =>
  'backward' in attributes || (attributes.attributes !== undefined && hasOwnGradient(attributes.attributes))
/** `value` with a gradient of one's own to `operands`, among which is all that `backward` reads. */
export const withGradient = (value: Tensor, operands: readonly Tensor[], backward: Backward): Tensor =>
  apply(
    customGradientDefinition,
    [value, ...operands],
    Object.defineProperty({}, 'backward', { value: withTheseStandIns(backward) }) as Attributes,
  )
