/**
 * Pooling over windows of an image. Gradients are gathers: an input element looks at the windows that contain it, and
 * for maxima at which element each of them chose (the first of equals), so no two threads write to one element.
 */

import {
  type Axis,
  both,
  type Expression,
  equals,
  less,
  linearize,
  literal,
  minus,
  plus,
  quotient,
  remainder,
  select,
  times,
} from '../graph/expression.js'
import { apply, checkList, checkTensors, shapeOf, type Tensor } from '../graph/node.js'
import { type Host, type Operation, operation, type Read, type Type } from '../graph/operation.js'
import { checkOptions } from '../graph/options.js'
import { p } from '../graph/primitive.js'
import { numel, ShapeError, show } from '../graph/shape.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import type { Pool2d, Size } from '../types/window.js'
import { div, mul } from './binary.js'
import { constant } from './constant.js'
import { FLOAT } from './elementwise.js'
import { orderKey } from './formulas.js'
import { gather } from './gather.js'
import { reshape } from './movement.js'

type Pair = readonly [height: number, width: number]
/** One pair per spatial axis, height first; `padding` is before and after, and nothing in it ever counts. */
export interface PoolAttributes {
  /** Height and width of a window. */
  readonly kernel: Pair
  /** Distance between neighbouring windows. */
  readonly stride: Pair
  /** Elements before and after. */
  readonly padding: readonly [height: Pair, width: Pair]
}

const SPATIAL = [0, 1] as const

function inferPool([x]: readonly Type[], attributes: unknown): readonly number[] {
  const { kernel, stride, padding } = attributes as PoolAttributes
  if (x!.shape.length !== 4)
    throw new ShapeError(`pooling takes [batch, channels, height, width], got ${show(x!.shape)}`)
  if (!FLOAT.includes(x!.dtype)) throw new ShapeError(`pooling takes ${FLOAT.join(' or ')}, got ${x!.dtype}`)
  const size = SPATIAL.map(
    axis => Math.floor((x!.shape[2 + axis]! + padding[axis][0] + padding[axis][1] - kernel[axis]) / stride[axis]) + 1,
  )
  return [...x!.shape.slice(0, 2), ...size]
}

/** The input element at `offset` of the window of output element `index`, and the mask under which it exists. */
function tap(index: readonly Expression[], offset: readonly Expression[], x: Type, out: Type, attributes: unknown) {
  const { kernel, stride, padding } = attributes as PoolAttributes
  let mask: Expression | undefined
  const where = (condition: Expression) => (mask = mask ? both(mask, condition) : condition)
  const at = SPATIAL.map(axis => {
    const before = padding[axis][0]
    const position = minus(plus(times(index[2 + axis]!, stride[axis]), offset[axis]!), before)
    if (before > 0) where(less(literal(-1), position))
    if ((out.shape[2 + axis]! - 1) * stride[axis] + kernel[axis] - 1 - before >= x.shape[2 + axis]!)
      where(less(position, x.shape[2 + axis]!))
    return position
  })
  return { at, mask }
}

/** What `of` makes of the input element there; `missing` where there is none. */
function tapValue(
  read: Read,
  index: readonly Expression[],
  offset: readonly Expression[],
  node: Tensor,
  missing: number,
  of = (value: Expression): Expression => value,
) {
  const { at, mask } = tap(index, offset, node.operands[0]!, node, node.attributes)
  const value = of(read(0, [index[0]!, index[1]!, ...at], mask))
  return { at, value: mask ? select(mask, value, literal(missing, value.dtype)) : value }
}

const windowAxes = ({ attributes }: Tensor): Axis[] =>
  SPATIAL.map(axis => ({ name: ['kh', 'kw'][axis]!, size: attributes.kernel[axis] }))

/** Calls `visit` for every output element and every input element in its window, in row-major order. */
function visitWindows(
  x: readonly number[],
  out: readonly number[],
  attributes: unknown,
  visit: (to: number, from: number) => void,
): void {
  const { kernel, stride, padding } = attributes as PoolAttributes
  const [height, width, oh, ow] = [x[2]!, x[3]!, out[2]!, out[3]!]
  for (let plane = 0, to = 0; plane < out[0]! * out[1]!; plane++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++, to++) {
        const top = i * stride[0] - padding[0][0]
        const left = j * stride[1] - padding[1][0]
        for (let y = Math.max(0, top); y < Math.min(height, top + kernel[0]); y++)
          for (let z = Math.max(0, left); z < Math.min(width, left + kernel[1]); z++)
            visit(to, (plane * height + y) * width + z)
      }
}

const sumPoolDefinition: Operation = {
  name: 'sumPool',
  infer: (operands, attributes) => ({ shape: inferPool(operands, attributes), dtype: operands[0]!.dtype }),
  vjp: ({ grad, operands: [x], attributes }) => [unpool([grad], x!.shape, attributes as unknown as PoolAttributes)],
  evaluate([x], attributes, { shape }) {
    const data = new Float64Array(numel(shape))
    visitWindows(x!.shape, shape, attributes, (to, from) => (data[to]! += x!.data[from]!))
    return data
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    along: windowAxes,
    element: (read, index, position, node) => tapValue(read, index, position, node, 0).value,
  },
}
/** The sum of each window. */
export const sumPool = operation(
  sumPoolDefinition,
  (x: Tensor, attributes: PoolAttributes): Tensor<any, any, any> => apply(sumPoolDefinition, [x], { ...attributes }),
)

const maxPoolDefinition: Operation = {
  name: 'maxPool',
  infer: (operands, attributes) => ({ shape: inferPool(operands, attributes), dtype: operands[0]!.dtype }),
  vjp({ grad, operands: [x], attributes }) {
    const at = attributes as unknown as PoolAttributes
    return [unpool([grad, maxPoolIndex(x!, at)], x!.shape, at)]
  },
  evaluate([x], attributes, { shape }) {
    const data = new Float64Array(numel(shape)).fill(-Infinity)
    visitWindows(x!.shape, shape, attributes, (to, from) => (data[to] = Math.max(data[to]!, x!.data[from]!)))
    return data
  },
  lower: {
    family: 'reduce',
    combine: 'max',
    along: windowAxes,
    element: (read, index, position, node) => tapValue(read, index, position, node, -Infinity).value,
  },
}
/** The maximum of each window. */
export const maxPool = operation(
  maxPoolDefinition,
  (x: Tensor, attributes: PoolAttributes): Tensor<any, any, any> => apply(maxPoolDefinition, [x], { ...attributes }),
)

const maxPoolIndexDefinition: Operation = {
  name: 'maxPoolIndex',
  infer: (operands, attributes) => ({ shape: inferPool(operands, attributes), dtype: 'i32' }),
  vjp: () => [null],
  evaluate([x], attributes, { shape }) {
    const best = new Float64Array(numel(shape)).fill(-1)
    visitWindows(x!.shape, shape, attributes, (to, from) => {
      const [own, other] = [x!.data[from]!, x!.data[best[to]!]!]
      if (best[to]! < 0 || own > other || (Number.isNaN(own) && !Number.isNaN(other))) best[to] = from
    })
    const plane = x!.shape[2]! * x!.shape[3]!
    return best.map(at => at % plane)
  },
  lower: {
    family: 'map',
    // The window is small and unrolled, so that value and position come from the same reads. No key is as small as 0.
    element(read, index, node) {
      const [x] = node.operands as [Tensor]
      const { kernel } = node.attributes as unknown as PoolAttributes
      let best: Expression | undefined
      let found: Expression | undefined
      for (let i = 0; i < kernel[0]; i++)
        for (let j = 0; j < kernel[1]; j++) {
          const { at, value } = tapValue(read, index, [literal(i), literal(j)], node, 0, orderKey)
          const here = linearize(at, x.shape.slice(2))
          const above = best && p.greater(value, best)
          found = found && above ? select(above, here, found) : here
          best = best && above ? select(above, value, best) : value
        }
      return found!
    },
  },
}
/** Where the first maximum, or the first NaN, of each window stands: row-major position in its image plane, i32. */
export const maxPoolIndex = operation(
  maxPoolIndexDefinition,
  (x: Tensor, attributes: PoolAttributes): Tensor<any, 'i32', 'stopped'> =>
    apply(maxPoolIndexDefinition, [x], { ...attributes }),
)

const unpoolDefinition: Operation = {
  name: 'unpool',
  infer: ([grad], { size }) => ({ shape: [...grad!.shape.slice(0, 2), ...size], dtype: grad!.dtype }),
  vjp({ grad, operands: [of, index], attributes: { size, ...at } }) {
    if (!index) return [sumPool(grad, at as unknown as PoolAttributes)]
    const [n, c, h, w] = of!.shape as [number, number, number, number]
    const planes: Tensor = reshape(grad, [n, c, size[0] * size[1]])
    const chosen: Tensor = gather(planes, reshape(index as Tensor<any, 'i32'>, [n, c, h * w]), 2)
    return [reshape(chosen, [n, c, h, w]), null]
  },
  evaluate([grad, index]: readonly Host[], attributes, { shape }) {
    const data = new Float64Array(numel(shape))
    const plane = shape[2]! * shape[3]!
    visitWindows(shape, grad!.shape, attributes, (to, from) => {
      if (!index || index.data[to] === from % plane) data[from]! += grad!.data[to]!
    })
    return data
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    along: ({ attributes: { kernel, stride } }) =>
      SPATIAL.map((axis): Axis => ({ name: ['i', 'j'][axis]!, size: Math.ceil(kernel[axis] / stride[axis]) })),
    element(read, index, back, { operands: [grad, positions], attributes, shape, dtype }) {
      const { kernel, stride, padding } = attributes as unknown as PoolAttributes
      let mask: Expression | undefined
      const where = (condition: Expression) => (mask = mask ? both(mask, condition) : condition)
      // The last window that starts at or before the element, and those before it.
      const at = SPATIAL.map(axis => {
        const [k, s, before] = [kernel[axis], stride[axis], padding[axis][0]]
        const position = plus(index[2 + axis]!, before)
        const window = minus(quotient(position, s), back[axis]!)
        if (k % s !== 0) where(less(plus(remainder(position, s), times(back[axis]!, s)), k))
        if (Math.ceil(k / s) - 1 > Math.floor(before / s)) where(less(literal(-1), window))
        if (Math.floor((shape[2 + axis]! - 1 + before) / s) >= grad!.shape[2 + axis]!)
          where(less(window, grad!.shape[2 + axis]!))
        return window
      })
      const from = [index[0]!, index[1]!, ...at]
      const value = read(0, from, mask)
      if (positions) where(equals(read(1, from, mask), linearize(index.slice(2), shape.slice(2))))
      return mask ? select(mask, value, literal(0, dtype)) : value
    },
  },
}
/**
 * The adjoint of pooling, of images of the given shape: each element is the sum of `grad` over the windows that
 * contain it. With a second operand, from `maxPoolIndex`, over those that chose it.
 */
export const unpool = operation(
  unpoolDefinition,
  (
    operands: readonly [grad: Tensor, index?: Tensor],
    shape: readonly number[],
    attributes: PoolAttributes,
  ): Tensor<any, any, any> => {
    checkList('unpool', operands, '[grad, index]')
    checkList('unpool', shape, '[batch, channels, height, width]', 4)
    checkTensors('unpool', operands)
    return apply(unpoolDefinition, operands as readonly Tensor[], { ...attributes, size: shape.slice(2) })
  },
)

// What users call

/** What the pooling functions may be told. A size is a number, or `[height, width]`. */
export interface PoolOptions {
  /** Distance between windows. Default: the kernel size, so that windows tile the image. */
  stride?: Size
  /** Elements added on each side, at most half a kernel. Default 0. */
  padding?: Size
  /** Rounds the output size up, so that a last window may reach beyond the padded image. Default false. */
  ceil?: boolean
}
const POOL_OPTIONS = ['stride', 'padding', 'ceil'] as const
/** The attributes of a pooling that users asked for. */
function attributesOf(x: Tensor, kernelSize: Size, options: PoolOptions): PoolAttributes & { asked: Pair } {
  const pair = (size: Size): Pair => {
    if (typeof size === 'number') return [size, size]
    checkList('pooling', size, '[height, width]', 2)
    return [size[0]!, size[1]!]
  }
  const kernel = pair(kernelSize)
  const stride = pair(options.stride ?? kernel)
  const asked = pair(options.padding ?? 0)
  if (shapeOf('pooling', x).length !== 4)
    throw new ShapeError(`pooling takes [batch, channels, height, width], got ${show(x.shape)}`)
  const padding = SPATIAL.map((axis): Pair => {
    const [size, k, s, p] = [x.shape[2 + axis]!, kernel[axis], stride[axis], asked[axis]]
    for (const [name, value, least] of [
      ['kernel', k, 1],
      ['stride', s, 1],
      ['padding', p, 0],
    ] as const)
      if (!Number.isInteger(value) || value < least)
        throw new ShapeError(`pooling: ${name} must be an integer of at least ${least}, got ${value}`)
    if (2 * p > k)
      throw new ShapeError(
        `pooling: padding ${p} is more than half of the kernel ${k}, so a window could lie outside the image`,
      )
    const span = size + 2 * p - k
    if (span < 0) throw new ShapeError(`window ${show(kernel)} does not fit ${show(x.shape.slice(2))}`)
    let count = Math[options.ceil ? 'ceil' : 'floor'](span / s) + 1
    if ((count - 1) * s >= size + p) count-- // it would start in the padding after the image
    return [p, (count - 1) * s + k - size - p]
  }) as [Pair, Pair]
  return { kernel, stride, padding, asked }
}

/**
 * Maximum of each window of `x` `[N, C, H, W]`; its gradient goes to the first maximum. `kernel` and the options are
 * numbers or `[height, width]`. Throws `ShapeError`.
 */
export const maxPool2d = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const K extends Size,
  const O extends PoolOptions = {},
>(
  x: Tensor<S, D, G>,
  kernel: Check<Pool2d<S, NoInfer<K>, NoInfer<O>>, K>,
  options?: O,
): Tensor<Pool2d<S, NoInfer<K>, NoInfer<O>>, D, G> => {
  checkOptions('maxPool2d', options, POOL_OPTIONS)
  const { asked: _, ...attributes } = attributesOf(x, kernel as Size, options ?? {})
  return maxPool(x, attributes)
}

/**
 * Mean of each window of `x` `[N, C, H, W]`. `countPadding` (default true) divides by the window's size, padding
 * included; false divides by the number of image elements in it. Throws `ShapeError`.
 */
export const avgPool2d = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const K extends Size,
  const O extends PoolOptions & { countPadding?: boolean } = {},
>(
  x: Tensor<S, D, G>,
  kernel: Check<Pool2d<S, NoInfer<K>, NoInfer<O>>, K>,
  options?: O,
): Tensor<Pool2d<S, NoInfer<K>, NoInfer<O>>, D, G> => {
  checkOptions('avgPool2d', options, [...POOL_OPTIONS, 'countPadding'])
  const { asked, ...attributes } = attributesOf(x, kernel as Size, options ?? {})
  const { padding, kernel: size } = attributes
  const total = sumPool(x, attributes)
  const counted = options?.countPadding ?? true
  // What lies beyond the padding that was asked for (by `ceil`) never counts.
  const full = SPATIAL.every(axis =>
    counted ? padding[axis][1] <= asked[axis] : padding[axis][0] <= 0 && padding[axis][1] <= 0,
  )
  if (full) return mul(total, 1 / (size[0] * size[1]))
  const extra = SPATIAL.map(axis => (counted ? asked[axis] : 0))
  const ones = constant(1, [1, 1, x.shape[2]! + 2 * extra[0]!, x.shape[3]! + 2 * extra[1]!], x.dtype)
  const within = SPATIAL.map(axis => [
    padding[axis][0] - extra[axis]!,
    padding[axis][1] - extra[axis]!,
  ]) as unknown as PoolAttributes['padding']
  return div(total, sumPool(ones, { ...attributes, padding: within }) as Tensor) as Tensor<any, any, any>
}
