/** Contractions, convolutions, pooling, indexing, scans and resampling against reference data. */
import { test } from 'uvu'
import type { Tensor } from '../../compiler/graph/node.js'
import { topK } from '../../compiler/language/math.js'
import { einsum } from '../../compiler/language/pattern.js'
import { cropResize, resize } from '../../compiler/language/resample.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { equal, select } from '../../compiler/ops/compare.js'
import { constant } from '../../compiler/ops/constant.js'
import { conv, convTranspose2d } from '../../compiler/ops/conv.js'
import { dot, dotGeneral, matmul, outer } from '../../compiler/ops/dot.js'
import { stopGradient } from '../../compiler/ops/flow.js'
import { embedding, gather, oneHot, scatter, scatterAdd, take } from '../../compiler/ops/gather.js'
import { permute, reshape } from '../../compiler/ops/movement.js'
import { avgPool2d, maxPool2d } from '../../compiler/ops/pool.js'
import { sum } from '../../compiler/ops/reduce.js'
import { argsort, cumsum, sort } from '../../compiler/ops/scan.js'
import { neg } from '../../compiler/ops/unary.js'
import { checkOracle, oracleCases } from '../oracle.js'

type Any = Tensor<any, any, any>
type Build = (inputs: Record<string, Any>, attrs: Readonly<Record<string, any>>) => Record<string, Any> | Any

const swapped = (x: Any): Any => {
  const axes = x.shape.map((_: number, axis: number) => axis)
  return permute(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!])
}
const channelwise = (bias: Any): Any => reshape(bias, [1, -1, 1, 1])
const convolution = (
  { x, w, b }: Record<string, Any>,
  { stride, padding, dilation = [1, 1], groups = 1 }: Record<string, any>,
): Any => {
  const y = conv(x!, w!, { stride, padding, inputDilation: [1, 1], kernelDilation: dilation, groups })
  return b ? add(y, channelwise(b)) : y
}
const both = ([h, w]: number[]) => [
  [h, h],
  [w, w],
]
/** One spatial axis is a height of 1. */
const tall = (x: Any): Any => reshape(x, [...x.shape.slice(0, 2), 1, x.shape[2]!])
const flat = (x: Any): Any => reshape(x, [...x.shape.slice(0, 2), -1])

const builds: Record<string, Build> = {
  matmul({ a, b }, { transpose_a, transpose_b }) {
    const [m, n] = [a!.shape.length === 1, b!.shape.length === 1]
    const left = transpose_a ? swapped(a!) : m ? reshape(a!, [1, -1]) : a!
    const right = transpose_b ? swapped(b!) : n ? reshape(b!, [-1, 1]) : b!
    const y: Any = matmul(left, right)
    return m || n
      ? reshape(
          y,
          y.shape.filter(
            (_: number, axis: number) => !(m && axis === y.shape.length - 2) && !(n && axis === y.shape.length - 1),
          ),
        )
      : y
  },
  linear({ x, w, b }) {
    const y: Any = dot(x!, swapped(w!))
    return b ? add(y, b) : y
  },
  outer: ({ a, b }) => outer(a!, b!),
  gram: ({ x }) => dotGeneral(x!, x!, { batch: [[], []], contract: [[1], [1]] }),
  einsum({ a, b, c }, { equation }) {
    const spaced = equation.replaceAll('...', '…').split('').join(' ').replace(/… ?/g, '... ').replace('- >', '->')
    return (einsum as (...given: unknown[]) => Any)(...[a, b, c].filter(Boolean), spaced)
  },
  gather: ({ x, index }, { axis }) => gather(x!, index!, axis),
  take_along_axis: ({ x, index }, { axis }) => gather(x!, index!, axis),
  scatter: ({ x, index, src }, { axis }) => scatter(x!, index!, src!, axis),
  scatter_add: ({ x, index, src }, { axis }) => add(x!, scatterAdd(index!, src!, axis, x!.shape.at(axis)!)),
  index_add: ({ x, index, src }, { axis }) => {
    const line = src!.shape.map((_: number, i: number) => (i === axis ? -1 : 1))
    return add(x!, scatterAdd(reshape(index!, line), src!, axis, x!.shape.at(axis)!))
  },
  index_select: ({ x, index }, { axis }) => take(x!, index!, axis),
  embedding({ weight, index }, { padding_idx }) {
    const rows: Any = embedding(weight!, index!)
    if (padding_idx === null) return rows
    const padding = reshape(equal(index!, padding_idx), [...index!.shape, 1])
    return select(padding as Tensor<any, 'bool'>, stopGradient(rows), rows) as Any
  },
  one_hot: ({ index }, { num_classes }) => oneHot(index!, num_classes, 'i32'),
  select_rows: ({ x, index }) => reshape(gather(x!, reshape(index!, [-1, 1]), 1), [-1]),
  cumsum: ({ x }, { axis, reverse, exclusive }) => cumsum(x!, axis, { reverse, exclusive }),
  sort: ({ x }, { axis, descending }) => sort(x!, axis, { descending }),
  argsort: ({ x }, { axis }) => argsort(x!, axis),
  topk({ x }, { axis, k, largest }) {
    const turn = (y: Any): Any => (axis === 0 && y.shape.length === 2 ? swapped(y) : y)
    const signed = (y: Any): Any => (largest ? y : neg(y))
    const { values, indices } = topK(signed(turn(x!)), k)
    return { values: signed(turn(values as Any)), index: turn(indices as Any) }
  },
  conv2d: (inputs, { padding, ...attrs }) => convolution(inputs, { ...attrs, padding: both(padding) }),
  conv2d_pads: (inputs, { pads, stride }) => convolution(inputs, { stride, padding: pads }),
  conv1d: ({ x, w, b }, { stride, padding, dilation, groups }) =>
    flat(
      convolution(
        { x: tall(x!), w: tall(w!), ...(b && { b }) },
        { stride: [1, stride], padding: both([0, padding]), dilation: [1, dilation], groups },
      ),
    ),
  conv_transpose2d({ x, w, b }, { output_padding, ...options }) {
    const y = convTranspose2d(x!, w!, { ...options, outputPadding: output_padding })
    return b ? add(y as Any, channelwise(b)) : y
  },
  conv_transpose1d({ x, w, b }, { stride, padding }) {
    const y: Any = convTranspose2d(tall(x!), tall(w!), { stride: [1, stride], padding: [0, padding] })
    return flat(add(y, channelwise(b!)))
  },
  max_pool2d: ({ x }, { kernel, stride, padding, ceil_mode }) =>
    maxPool2d(x!, kernel, { stride, padding, ceil: ceil_mode }),
  avg_pool2d: ({ x }, { kernel, stride, padding, ceil_mode, count_include_pad }) =>
    avgPool2d(x!, kernel, { stride, padding, ceil: ceil_mode, countPadding: count_include_pad }),
  global_avg_pool: ({ x }) => mul(sum(x!, [2, 3] as never) as Any, 1 / (x!.shape[2]! * x!.shape[3]!)),
  interpolate_bilinear: ({ x }, { output_size, antialias }) => resize(x!, output_size, { antialias }),
  resized_crop({ x }, { size, antialias, ...box }) {
    const images: Any = x!.shape.length === 3 ? reshape(x!, [1, ...x!.shape]) : x!
    const [batch] = images.shape as [number]
    const sides = Object.fromEntries(
      Object.entries(box).map(([name, value]) => [name, constant(value as number, [batch])]),
    )
    const y: Any = cropResize(images, sides as never, size, { antialias })
    return x!.shape.length === 3 ? reshape(y, y.shape.slice(1)) : y
  },
}
/** Not there yet, or not as one operation. */
const absent = (op: string, attrs: Readonly<Record<string, any>>): boolean =>
  [
    'cholesky',
    'triangular_solve',
    'conv3d',
    'cumprod',
    'cummax',
    'adaptive_avg_pool2d',
    'adaptive_max_pool2d',
  ].includes(op) ||
  (op === 'max_pool2d' && attrs.dilation[0] !== 1) ||
  attrs.align_corners === true

const groups = ['ops_matmul', 'ops_einsum', 'ops_index', 'ops_scan', 'ops_conv', 'ops_pool', 'ops_resample', 'augment']
for (const found of groups.flatMap(oracleCases)) {
  const build = builds[found.op]
  if (absent(found.op, found.attrs) || (!build && ['ops_resample', 'augment'].includes(found.group))) continue
  test(found.id, () => {
    checkOracle(found, (inputs, attrs) => {
      const out = build!(inputs, attrs)
      return 'operation' in out ? { y: out as Any } : (out as Record<string, Any>)
    })
  })
}
test.run()
