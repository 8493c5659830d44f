/** Reversal of axes: reads from the far end. */
import { literal, minus } from '../graph/expression.js'
import { apply, shapeOf, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { axisIndices, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { OnAxes } from '../types/axis.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'

const flipDefinition: Operation = {
  name: 'flip',
  infer: ([x], { axes }) => ({ shape: axisIndices(x!.shape, axes) && x!.shape, dtype: x!.dtype }),
  vjp: ({ grad, attributes: { axes } }) => [flip(grad, axes)],
  evaluate([x], { axes }) {
    const { shape, data } = x!
    const own = strides(shape)
    const start = axes.reduce((sum: number, axis: number) => sum + (shape[axis]! - 1) * own[axis]!, 0)
    return strided(
      data,
      shape,
      own.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
      start,
    )
  },
  lower: {
    family: 'map',
    movement: true,
    element: (read, index, { shape, attributes: { axes } }) =>
      read(
        0,
        index.map((at, axis) => (axes.includes(axis) ? minus(literal(shape[axis]! - 1), at) : at)),
      ),
  },
}
/** The elements in reverse order along `axes`. */
export const flip = operation(
  flipDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const A extends number>(
    x: Tensor<S, D, G>,
    axes: Check<OnAxes<S, A>, A | readonly A[]>,
  ): Tensor<S, D, G> =>
    apply(flipDefinition, [x], { axes: axisIndices(shapeOf('flip', x), [axes as number | number[]].flat()) }),
)
