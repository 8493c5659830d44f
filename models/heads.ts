/**
 * Heads: multilayer perceptrons on an encoder's features. A projector maps them to where the loss compares views; a
 * predictor guesses one view's projection from the other's. Both are `sequential`s, so variables are named by position.
 */

import type { Untyped } from '../compiler/graph/node.js'
import { checkOptions } from '../compiler/graph/options.js'
import { ShapeError } from '../compiler/graph/shape.js'
import { zeros } from '../compiler/language/create.js'
import { stepVariable } from '../compiler/language/entry.js'
import { gelu, normalize } from '../compiler/language/math.js'
import { module } from '../compiler/language/module.js'
import { normal } from '../compiler/language/random.js'
import { type Layer, sequential } from '../compiler/language/sequential.js'
import { cast, greaterEqual, matmul, scaleGradient, transpose } from '../compiler/ops/index.js'
import { relu } from '../compiler/ops/unary.js'
import { normalWith } from './init.js'
import { batchNorm, linear } from './layers.js'

/** How `projector` and `predictor` are built. */
export interface HeadOptions<Out extends number = number> {
  /** Size of the result. */
  readonly out: Out
  /** Size of the layers before the last. Default 2048. */
  readonly hidden?: number
  /** Number of linear layers. Default 2. */
  readonly layers?: number
  /** Batch norm after every layer but the last. Default false. */
  readonly batchNorm?: boolean
  /** Batch norm after the last layer: without `weight` and `bias`, or `'affine'` with them. Default false. */
  readonly lastBatchNorm?: boolean | 'affine'
  /** Between the layers. Default `'relu'`. */
  readonly activation?: 'relu' | 'gelu'
  /** Weights start normal with this deviation, and biases at 0. Default: as `linear`. */
  readonly deviation?: number
}

const starting = (deviation: number, normed: boolean) => ({ bias: !normed && zeros, initial: normalWith(deviation) })

/**
 * Linear layers with relu (or gelu) between them. A layer that a batch norm follows has no bias.
 *
 * - MoCo v2 (Chen et al. 2020): `projector(512, { out: 128, hidden: 2048 })`.
 * - SimSiam (Chen & He 2021): `projector(512, { out: 2048, layers: 3, batchNorm: true, lastBatchNorm: true })`.
 */
export const projector = <const I extends number, const O extends number>(
  from: I,
  options: HeadOptions<O>,
): Layer<I, O> => {
  checkOptions('projector', options, [
    'out',
    'hidden',
    'layers',
    'batchNorm',
    'lastBatchNorm',
    'activation',
    'deviation',
  ])
  const {
    out,
    hidden = 2048,
    layers = 2,
    batchNorm: norm = false,
    lastBatchNorm = false,
    activation,
    deviation,
  } = options
  if (!Number.isInteger(layers) || layers < 1) throw new ShapeError(`a head needs a layer or more, got ${layers}`)
  const steps = Array.from({ length: layers }, (_, i) => {
    const last = i === layers - 1
    const [size, normed] = last ? [out, lastBatchNorm !== false] : [hidden, norm]
    const affine = !last || lastBatchNorm === 'affine'
    return [
      linear(i === 0 ? from : hidden, size, deviation === undefined ? { bias: !normed } : starting(deviation, normed)),
      ...(normed ? [batchNorm(size, { affine })] : []),
      ...(last ? [] : [activation === 'gelu' ? gelu : relu]),
    ]
  })
  const chain = sequential as (...layers: unknown[]) => unknown
  return chain(...steps.flat()) as Layer<I, O>
}

/**
 * Two layers around a bottleneck, batch norm and relu between them: `predictor(2048, { hidden: 512 })` (SimSiam; the
 * result is as large as the input). BYOL's is wider than its input: `predictor(256, { hidden: 4096 })`.
 */
export const predictor = <const I extends number>(size: I, { hidden }: { readonly hidden: number }): Layer<I, I> =>
  projector(size, { out: size, hidden, batchNorm: true })

/**
 * Scores against `count` prototypes: `x unit(W)^T`, `W` `[count, size]` with rows of unit length where they are used, for unit rows `x`
 * `[N, size]`. No gradient reaches `W` in the first `frozen` steps (default 0). Source: SwAV, arXiv 2006.09882, which scales the rows
 * of W itself after each step; the last layer of DINO, arXiv 2104.14294, is the same.
 */
export const prototypes = <const I extends number, const O extends number>(
  size: I,
  count: O,
  { frozen = 0 }: { readonly frozen?: number } = {},
): Layer<I, O> =>
  module(({ param }) => {
    const weight = param('weight', [count, size], shape => normalize(normal(shape)))
    return (x: Untyped) => {
      if (x.shape.at(-1) !== size) throw new ShapeError(`input has ${x.shape.at(-1)} features, prototypes have ${size}`)
      const rows = normalize(weight)
      if (!frozen) return matmul(x, transpose(rows))
      const open = cast(greaterEqual(stepVariable.tensor, frozen), 'f32')
      return matmul(x, transpose(scaleGradient(rows, open)))
    }
  }) as unknown as Layer<I, O>
