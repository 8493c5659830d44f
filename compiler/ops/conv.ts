/**
 * The general two-dimensional convolution (a cross-correlation, as in every deep learning library): input and kernel
 * may be dilated and padding may be negative, so that its two gradients are convolutions again.
 */

import {
  type Axis,
  both,
  call,
  type Expression,
  equals,
  less,
  literal,
  minus,
  plus,
  quotient,
  remainder,
  select,
  times,
} from '../graph/expression.js'
import { apply, checkTensors, shapeOf, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { CONV_OPTIONS, CONV_TRANSPOSE_OPTIONS, checkOptions } from '../graph/options.js'
import { checkAtLeast, numel, ShapeError, show } from '../graph/shape.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import type { Conv, ConvOptions, ConvTranspose, ConvTransposeOptions, Size } from '../types/window.js'
import { FLOAT } from './elementwise.js'
import { flip } from './flip.js'
import { permute, reshape } from './movement.js'
import { multiply, product } from './product.js'

type Pair = readonly [height: number, width: number]
/** One pair per spatial axis, height first. */
export interface ConvAttributes {
  /** Distance between neighbouring windows. */
  readonly stride: Pair
  /** Zeros before and after; a negative number crops. */
  readonly padding: readonly [height: Pair, width: Pair]
  /** Distance between neighbouring input elements; the gaps are zeros. */
  readonly inputDilation: Pair
  /** Distance between neighbouring elements of the kernel. */
  readonly kernelDilation: Pair
  /** Input and output channels are split into this many equal blocks, each of which sees its own. */
  readonly groups: number
}

const SPATIAL = [0, 1] as const
const dilated = (size: number, dilation: number): number => (size - 1) * dilation + 1

const convDefinition: Operation = {
  name: 'conv',
  infer([x, w], attributes) {
    const { stride, padding, inputDilation, kernelDilation, groups } = attributes as unknown as ConvAttributes
    if (!FLOAT.includes(x!.dtype)) throw new ShapeError(`conv takes ${FLOAT.join(' or ')}, got ${x!.dtype}`)
    if (x!.dtype !== w!.dtype)
      throw new ShapeError(`conv takes operands of one dtype, got ${x!.dtype} and ${w!.dtype}: cast one of them`)
    checkChannels(x!.shape, w!.shape, groups)
    const size = SPATIAL.map(axis => {
      const span = dilated(x!.shape[2 + axis]!, inputDilation[axis]) + padding[axis][0] + padding[axis][1]
      return Math.floor((span - dilated(w!.shape[2 + axis]!, kernelDilation[axis])) / stride[axis]) + 1
    })
    if (size.some(n => n < 1))
      throw new ShapeError(
        `kernel ${show(w!.shape.slice(2))} does not fit ${show(x!.shape.slice(2))} with padding ${JSON.stringify(padding)}`,
      )
    return { shape: [x!.shape[0]!, w!.shape[0]!, ...size], dtype: x!.dtype }
  },
  vjp({ grad, operands: [x, w], attributes }) {
    const at = attributes as unknown as ConvAttributes
    return [inputGradient(grad, x!, w!, at), kernelGradient(grad, x!, w!, at)]
  },
  evaluate([x, w], attributes, { shape }) {
    const at = attributes as unknown as ConvAttributes
    const [images, filters, oh, ow] = shape as [number, number, number, number]
    const [, channels, height, width] = x!.shape as [number, number, number, number]
    const [, depth, kh, kw] = w!.shape as [number, number, number, number]
    const [count, inner, block] = [oh * ow, depth * kh * kw, filters / at.groups]
    // Column `p` holds what output element `p` sees, so that a convolution is a matrix product.
    const columns = new Float64Array(inner * count)
    const rowsOf = taps(height, kh, oh, at, 0)
    const columnsOf = taps(width, kw, ow, at, 1)
    const out = new Float64Array(numel(shape))
    for (let n = 0; n < images; n++)
      for (let group = 0; group < at.groups; group++) {
        let to = 0
        for (let c = 0; c < depth; c++)
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++)
              for (let y = 0; y < oh; y++, to += ow) {
                const row = rowsOf[i * oh + y]!
                const from = ((n * channels + group * depth + c) * height + row) * width
                for (let z = 0; z < ow; z++) {
                  const column = columnsOf[j * ow + z]!
                  columns[to + z] = row < 0 || column < 0 ? 0 : x!.data[from + column]!
                }
              }
        const kernel = w!.data.subarray(group * block * inner, (group + 1) * block * inner)
        const result = out.subarray((n * filters + group * block) * count, (n * filters + (group + 1) * block) * count)
        multiply(kernel, columns, result, block, inner, count)
      }
    return out
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    contraction: true,
    along: ({ operands: [, w] }) => ['c', 'kh', 'kw'].map((name, i): Axis => ({ name, size: w!.shape[i + 1]! })),
    element(read, [n, o, ...out], [c, ...kernel], { operands: [x, w], attributes, dtype, shape }) {
      const { stride, padding, inputDilation, kernelDilation, groups } = attributes as unknown as ConvAttributes
      const [filters, depth] = w!.shape as [number, number]
      const channel = groups === 1 ? c! : plus(times(quotient(o!, filters / groups), depth), c!)
      let mask: Expression | undefined
      const where = (condition: Expression) => (mask = mask ? both(mask, condition) : condition)
      const at = SPATIAL.map(axis => {
        const size = x!.shape[2 + axis]!
        const gap = inputDilation[axis]
        const before = padding[axis][0]
        const position = minus(
          plus(times(out[axis]!, stride[axis]), times(kernel[axis]!, kernelDilation[axis])),
          before,
        )
        const last = (shape[2 + axis]! - 1) * stride[axis] + (w!.shape[2 + axis]! - 1) * kernelDilation[axis] - before
        if (before > 0) where(less(literal(-1), position))
        if (last >= dilated(size, gap)) where(less(position, dilated(size, gap)))
        if (gap === 1) return position
        const shift = Math.max(0, Math.ceil(before / gap)) // keeps the dividend from being negative
        const shifted = plus(position, shift * gap)
        where(equals(remainder(shifted, gap), literal(0)))
        return minus(quotient(shifted, gap), shift)
      })
      const value = read(0, [n!, channel, ...at], mask)
      return call(product, [mask ? select(mask, value, literal(0, dtype)) : value, read(1, [o!, c!, ...kernel])], dtype)
    },
  },
}
/** `x` `[N, C, H, W]`, `w` `[O, C/groups, KH, KW]`, every attribute given. */
export const convGeneral = operation(
  convDefinition,
  (x: Tensor, w: Tensor, attributes: ConvAttributes): Tensor<any, any, any> =>
    apply(convDefinition, [x, w], { ...attributes }),
)

/** For kernel element `k` and output element `i`, at `k * outputs + i`: the input element read, or -1 for a zero. */
function taps(size: number, kernel: number, outputs: number, at: ConvAttributes, axis: 0 | 1): Int32Array {
  const gap = at.inputDilation[axis]
  return new Int32Array(kernel * outputs).map((_, t) => {
    const position =
      (t % outputs) * at.stride[axis] + Math.floor(t / outputs) * at.kernelDilation[axis] - at.padding[axis][0]
    return position < 0 || position % gap !== 0 || position / gap >= size ? -1 : position / gap
  })
}

/** The adjoint in `x`: the strides become gaps in the gradient, under the turned kernel. */
function inputGradient(grad: Tensor, x: Tensor, w: Tensor, at: ConvAttributes): Tensor {
  const padding = SPATIAL.map((axis): Pair => {
    const kernel = dilated(w.shape[2 + axis]!, at.kernelDilation[axis])
    const before = kernel - 1 - at.padding[axis][0]
    const reach = (x.shape[2 + axis]! - 1) * at.inputDilation[axis] + kernel
    return [before, reach - before - dilated(grad.shape[2 + axis]!, at.stride[axis])]
  }) as [Pair, Pair]
  return convGeneral(grad, turned(w, at.groups), { ...at, padding, stride: at.inputDilation, inputDilation: at.stride })
}

/** The adjoint in `w`: `x` under the gradient as a kernel whose elements lie one stride apart; images are summed like channels. */
function kernelGradient(grad: Tensor, x: Tensor, w: Tensor, at: ConvAttributes): Tensor {
  const { groups } = at
  const padding = SPATIAL.map((axis): Pair => {
    const before = at.padding[axis][0]
    const reach = (w.shape[2 + axis]! - 1) * at.kernelDilation[axis] + dilated(grad.shape[2 + axis]!, at.stride[axis])
    return [before, reach - before - dilated(x.shape[2 + axis]!, at.inputDilation[axis])]
  }) as [Pair, Pair]
  const [n, c, ...size] = x.shape as [number, number, ...number[]]
  const images: Tensor = permute(x, [1, 0, 2, 3])
  const blocks: Tensor = reshape(images, [groups, c / groups, n, ...size])
  const input =
    groups === 1 ? images : reshape(permute(blocks, [1, 0, 2, 3, 4]) as Tensor, [c / groups, groups * n, ...size])
  const filters = permute(grad, [1, 0, 2, 3])
  return permute(
    convGeneral(input, filters, { ...at, padding, stride: at.kernelDilation, kernelDilation: at.stride }),
    [1, 0, 2, 3],
  )
}

/** The kernel of the adjoint: rotated by half a turn, input and output channels exchanged within each group. */
function turned(w: Tensor, groups: number): Tensor {
  const [o, depth, ...size] = w.shape as [number, number, ...number[]]
  const rotated: Tensor = flip(w, [2, 3])
  if (groups === 1) return permute(rotated, [1, 0, 2, 3])
  const blocks: Tensor = reshape(rotated, [groups, o / groups, depth, ...size])
  return reshape(permute(blocks, [0, 2, 1, 3, 4]) as Tensor, [groups * depth, o / groups, ...size])
}

function checkChannels(x: readonly number[], w: readonly number[], groups: number): void {
  if (x.length !== 4) throw new ShapeError(`conv2d input must be [batch, channels, height, width], got ${show(x)}`)
  if (w.length !== 4) throw new ShapeError(`conv2d weight must be [out, in, height, width], got ${show(w)}`)
  if (x[1] !== w[1]! * groups) throw new ShapeError(`input has ${x[1]} channels, weight expects ${w[1]! * groups}`)
  if (w[0]! % groups !== 0)
    throw new ShapeError(`conv2d weight has ${w[0]} output channels, which ${groups} groups do not divide`)
}

/** The pairs that an option of two spatial axes stands for. Throws `ShapeError` for other lengths and numbers below `least`. */
function pairOf(name: string, key: string, size: Size, least: number): Pair {
  const values = typeof size === 'number' ? [size, size] : size
  if (values.length !== 2)
    throw new ShapeError(`${name}: ${key} must be a number or one per spatial axis, which are 2, got ${show(values)}`)
  for (const value of values) checkAtLeast(name, key, value, least)
  return [values[0]!, values[1]!]
}

/**
 * Convolution of `x` `[N, C, H, W]` with `w` `[O, C/groups, KH, KW]`. The result has height
 * `floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1`, and the same for the width. Options are numbers or `[height,
 * width]`. Defaults: stride 1, padding 0 (zeros), dilation 1, groups 1. Throws `ShapeError`.
 */
export const conv2d = <
  X extends Shape,
  W extends Shape,
  D extends DType,
  G extends Gradient,
  H extends Gradient,
  const O extends ConvOptions = {},
>(
  x: Tensor<X, D, G>,
  w: Check<Conv<X, W, NoInfer<O>, 'conv2d'>, Tensor<W, D, H>>,
  options?: O,
): Tensor<Conv<X, W, NoInfer<O>, 'conv2d'>, D, G | H> => {
  const weight = w as Tensor
  checkOptions('conv2d', options, CONV_OPTIONS)
  const { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions = options ?? {}
  const [strides, pads, dilations] = [
    pairOf('conv2d', 'stride', stride, 1),
    pairOf('conv2d', 'padding', padding, 0),
    pairOf('conv2d', 'dilation', dilation, 1),
  ]
  checkAtLeast('conv2d', 'groups', groups, 1)
  checkChannels(shapeOf('conv2d', x), shapeOf('conv2d', weight), groups)
  const kernel = weight.shape.slice(2)
  if (SPATIAL.some(axis => x.shape[2 + axis]! + 2 * pads[axis] < dilated(kernel[axis]!, dilations[axis])))
    throw new ShapeError(
      `kernel ${show(kernel)} does not fit ${show(x.shape.slice(2))} with padding ${typeof padding === 'number' ? padding : show(padding)}`,
    )
  return convGeneral(x, weight, {
    stride: strides,
    padding: [
      [pads[0], pads[0]],
      [pads[1], pads[1]],
    ],
    inputDilation: [1, 1],
    kernelDilation: dilations,
    groups,
  })
}

/**
 * The adjoint of `conv2d`, from `x` `[N, C, H, W]` and `w` `[C, O/groups, KH, KW]` to `[N, O, ...]` of height
 * `(H - 1) stride - 2 padding + dilation (KH - 1) + outputPadding + 1`. Defaults as for `conv2d`; outputPadding 0.
 */
export const convTranspose2d = <
  X extends Shape,
  W extends Shape,
  D extends DType,
  G extends Gradient,
  H extends Gradient,
  const O extends ConvTransposeOptions = {},
>(
  x: Tensor<X, D, G>,
  w: Check<ConvTranspose<X, W, NoInfer<O>, 2>, Tensor<W, NoInfer<D>, H>>,
  options?: O,
): Tensor<ConvTranspose<X, W, NoInfer<O>, 2>, D, G | H> => {
  const weight = w as Tensor
  checkOptions('convTranspose2d', options, CONV_TRANSPOSE_OPTIONS)
  const { groups = 1, ...sizes }: ConvTransposeOptions = options ?? {}
  const [stride, dilation, padding, extra] = [
    pairOf('convTranspose2d', 'stride', sizes.stride ?? 1, 1),
    pairOf('convTranspose2d', 'dilation', sizes.dilation ?? 1, 1),
    pairOf('convTranspose2d', 'padding', sizes.padding ?? 0, 0),
    pairOf('convTranspose2d', 'outputPadding', sizes.outputPadding ?? 0, 0),
  ]
  checkAtLeast('convTranspose2d', 'groups', groups, 1)
  checkTensors('convTranspose2d', [x, weight])
  for (const [what, { shape }] of [
    ['input', x],
    ['weight', weight],
  ] as const)
    if (shape.length !== 4) throw new ShapeError(`convTranspose2d ${what} must have four axes, got ${show(shape)}`)
  const [channels, expected] = [x.shape[1]!, weight.shape[0]!]
  if (channels !== expected) throw new ShapeError(`input has ${channels} channels, weight expects ${expected}`)
  if (expected % groups !== 0)
    throw new ShapeError(`input has ${expected} channels, which ${groups} groups do not divide`)
  const sides = SPATIAL.map((axis): Pair => {
    const before = dilated(weight.shape[2 + axis]!, dilation[axis]) - 1 - padding[axis]
    return [before, before + extra[axis]]
  }) as [Pair, Pair]
  return convGeneral(x, turned(weight, groups), {
    stride: [1, 1],
    padding: sides,
    inputDilation: stride,
    kernelDilation: dilation,
    groups,
  })
}
