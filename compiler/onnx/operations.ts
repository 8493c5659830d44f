/**
 * What each operation is in ONNX, opset 17 (https://onnx.ai/onnx/operators): a table by name. What is missing here cannot
 * be exported; encoders in evaluation form need no more.
 */
import type { Tensor } from '../graph/node.js'
import { elementType } from './proto.js'

/** A size of a value: a number, or a multiple of the batch that a caller chooses. */
export type Size = number | { readonly batch: number }
export type Parameters = Readonly<Record<string, number | string | readonly number[]>>
export interface Builder {
  /** Adds a node and gives the name of its output: of the first, or of number `result` and those before it. */
  add(type: string, inputs: readonly string[], attributes?: Parameters, result?: number): string
  /** Names a constant. */
  ints(values: readonly number[]): string
  scalar(value: number, like: Tensor): string
  /** The sizes of a node. */
  sizes(node: Tensor): readonly Size[]
  /** Names a shape, as Reshape and Expand take it. */
  shape(sizes: readonly Size[]): string
  /** Throws with the operation and its module path. */
  refuse(reason: string): never
}
/** Gives the name of the result; `x` are the names of the operands. */
export type Export = (b: Builder, x: readonly string[], node: Tensor) => string

const as =
  (type: string): Export =>
  (b, x) =>
    b.add(type, x)
const same: Export = (_, [x]) => x!

const reduce =
  (type: string, axesAsInput = false): Export =>
  (b, [x], { attributes: { axes, keepdims } }) =>
    axesAsInput
      ? b.add(type, [x!, b.ints(axes)], { keepdims: +keepdims })
      : b.add(type, [x!], { axes, keepdims: +keepdims })

/** Zeros before and after each axis, as ONNX lists them: all the befores first. */
const around = (pairs: readonly (readonly [number, number])[]): number[] => [
  ...pairs.map(([low]) => low),
  ...pairs.map(([, high]) => high),
]

const conv: Export = (b, x, { attributes: at }) => {
  if (at.inputDilation.some((n: number) => n !== 1)) return b.refuse('of a dilated input, a transposed convolution')
  if (around(at.padding).some(n => n < 0)) return b.refuse('with negative padding')
  return b.add('Conv', x, {
    strides: at.stride,
    pads: around(at.padding),
    dilations: at.kernelDilation,
    group: at.groups,
  })
}

const maxPool: Export = (b, x, { attributes: at }) =>
  b.add('MaxPool', x, { kernel_shape: at.kernel, strides: at.stride, pads: around(at.padding) })

/** The average, padding counted in, times the number of elements. */
const sumPool: Export = (b, x, node) => {
  const { kernel, stride, padding } = node.attributes
  const average = b.add('AveragePool', x, {
    kernel_shape: kernel,
    strides: stride,
    pads: around(padding),
    count_include_pad: 1,
  })
  return b.add('Mul', [average, b.scalar(kernel[0] * kernel[1], node)])
}

/** A matrix product where the axes lie as one has them, else an equation. */
const dot: Export = (b, [x, y], { operands: [left, right], attributes: { batch, contract } }) => {
  const [m, n] = [left!.shape.length, right!.shape.length]
  const swapped = (name: string, rank: number): string => {
    const perm = Array.from({ length: rank }, (_, axis) => axis)
    return b.add('Transpose', [name], { perm: [...perm.slice(0, -2), rank - 1, rank - 2] })
  }
  const leading = [0, 1].every(side => batch[side].every((axis: number, i: number) => axis === i))
  const shared = batch[0].length
  const matrices = shared === 0 ? n === 2 : m === shared + 2 && n === shared + 2
  if (leading && matrices && contract[0].length === 1 && contract[0][0] === m - 1 && contract[1][0] >= shared)
    return b.add('MatMul', [x!, contract[1][0] === n - 1 ? swapped(y!, n) : y!])
  const letter = (i: number): string => String.fromCharCode(97 + i)
  const names = [Array.from({ length: m }, (_, i) => letter(i)), Array.from({ length: n }, (_, i) => letter(m + i))]
  for (const pairs of [batch, contract])
    for (const [i, axis] of pairs[0].entries()) names[1]![pairs[1][i]] = names[0]![axis]!
  const free = (side: 0 | 1): string[] =>
    names[side]!.filter((_, axis) => !batch[side].includes(axis) && !contract[side].includes(axis))
  const out = [...batch[0].map((axis: number) => names[0]![axis]), ...free(0), ...free(1)]
  return b.add('Einsum', [x!, y!], { equation: `${names.map(side => side.join('')).join(',')}->${out.join('')}` })
}

/** Only the axes that are cut: the others may be of any size. */
const slice: Export = (b, [x], node) => {
  const { start, stop, step } = node.attributes
  const from = b.sizes(node.operands[0]!)
  const to = b.sizes(node)
  const axes = start.flatMap((_: number, axis: number) =>
    start[axis] === 0 && step[axis] === 1 && JSON.stringify(from[axis]) === JSON.stringify(to[axis]) ? [] : [axis],
  ) as number[]
  if (axes.some(axis => typeof from[axis] !== 'number')) return b.refuse('along the batch')
  const of = (list: readonly number[]): string => b.ints(axes.map(axis => list[axis]!))
  return axes.length === 0 ? x! : b.add('Slice', [x!, of(start), of(stop), b.ints(axes), of(step)])
}

const pad: Export = (b, [x], node) => {
  const { low, high, interior, value } = node.attributes
  if (interior.some((n: number) => n !== 0)) return b.refuse('between the elements')
  return b.add('Pad', [x!, b.ints([...low, ...high]), b.scalar(value, node)])
}

/** An index within `0 .. size - 1`, as elements beyond the ends are the last ones here and an error there. */
const inside = (b: Builder, name: string, index: Tensor, size: Size): string => {
  if (index.dtype !== 'i32') return b.refuse(`by an index of ${index.dtype}, cast it to i32`)
  if (typeof size !== 'number') return b.refuse('along the batch')
  return b.add('Max', [b.add('Min', [name, b.scalar(size - 1, index)]), b.scalar(0, index)])
}
const gather: Export = (b, [x, index], { operands: [from, at], attributes: { axis } }) =>
  b.add('GatherElements', [x!, inside(b, index!, at!, b.sizes(from!)[axis]!)], { axis })

const scatterAdd: Export = (b, [index, updates], node) => {
  const { axis, size } = node.attributes
  const zeros = b.add('Expand', [b.scalar(0, node), b.shape(b.sizes(node))])
  return b.add('ScatterElements', [zeros, inside(b, index!, node.operands[0]!, size), updates!], {
    axis,
    reduction: 'add',
  })
}

/** Equal elements stand in the order of their positions in both; where ONNX puts NaN is not said. */
const argsort: Export = (b, [x], node) => {
  const { axis, descending, count } = node.attributes
  const [keys] = node.operands as [Tensor]
  if (keys.dtype === 'u32' && keys.operation.name !== 'orderKey') return b.refuse('of u32, cast them to i32')
  const position = b.add('TopK', [x!, b.ints([count])], { axis, largest: +descending, sorted: 1 }, 1)
  return b.add('Cast', [position], { to: elementType.i32 })
}

export const operations: Readonly<Record<string, Export>> = {
  // Elementwise; both sides broadcast alike.
  add: as('Add'),
  sub: as('Sub'),
  mul: as('Mul'),
  div: as('Div'),
  pow: as('Pow'),
  maximum: as('Max'),
  minimum: as('Min'),
  exp: as('Exp'),
  log: as('Log'),
  sqrt: as('Sqrt'),
  sin: as('Sin'),
  cos: as('Cos'),
  tan: as('Tan'),
  atan: as('Atan'),
  tanh: as('Tanh'),
  sigmoid: as('Sigmoid'),
  erf: as('Erf'),
  relu: as('Relu'),
  neg: as('Neg'),
  abs: as('Abs'),
  sign: as('Sign'),
  floor: as('Floor'),
  ceil: as('Ceil'),
  reciprocal: as('Reciprocal'),
  rsqrt: (b, x) => b.add('Reciprocal', [b.add('Sqrt', x)]),
  square: (b, [x]) => b.add('Mul', [x!, x!]),
  equal: as('Equal'),
  less: as('Less'),
  lessEqual: as('LessOrEqual'),
  greater: as('Greater'),
  greaterEqual: as('GreaterOrEqual'),
  logicalNot: as('Not'),
  logicalAnd: as('And'),
  logicalOr: as('Or'),
  select: as('Where'),
  cast: (b, x, { dtype }) => b.add('Cast', x, { to: elementType[dtype] }),
  // Movement
  reshape: (b, [x], node) => b.add('Reshape', [x!, b.shape(b.sizes(node))]),
  permute: (b, x, { attributes: { order } }) => b.add('Transpose', x, { perm: order }),
  broadcast: (b, [x], node) => b.add('Expand', [x!, b.shape(b.sizes(node))]),
  concat: (b, x, { attributes: { axis } }) => b.add('Concat', x, { axis }),
  slice,
  pad,
  // By index
  gather,
  scatterAdd,
  argsort,
  // What floats are in the order of: themselves.
  orderKey: same,
  // Identities that shape gradients
  stopGradient: same,
  straightThrough: same,
  scaleGradient: same,
  customGradient: same,
  copy: same,
  // Reductions and products; ReduceSum alone takes its axes as an input before opset 18
  sum: reduce('ReduceSum', true),
  max: reduce('ReduceMax'),
  min: reduce('ReduceMin'),
  prod: reduce('ReduceProd'),
  dot,
  conv,
  maxPool,
  sumPool,
}
