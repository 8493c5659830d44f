/** An encoder for rows of a table: features that were standardized, categories as one-hot columns. */
import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { relu } from '../../compiler/ops/unary.js'
import { type BatchNormForm, batchNorm, linear } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

/** What `mlp` may be told. */
export interface MlpOptions {
  /** Size of every layer, and of the result. Default 256. */
  readonly width?: number
  /** Default 4. */
  readonly layers?: number
  /** Batch norm after every linear layer, in this form (`{}`: `batchNorm`'s own). Default: none. */
  readonly norm?: BatchNormForm
}

/**
 * Linear layers, each with relu: `[N, from]` to `[N, width]`. The defaults are the encoder of SCARF (Bahri et al. 2022,
 * arXiv 2106.15147, section 4). `2 width (from + (layers - 1) width)` operations per row. Sites: `layer1`, `layer2`, ...,
 * `pooled`, which is the last layer. Throws `ShapeError` for rows of another length.
 */
export const mlp = <const F extends number, const O extends MlpOptions = {}>(
  from: F,
  options?: O,
): Encoder<F, Option<O, 'width', 256>, `layer${number}` | 'pooled', []> => {
  checkOptions('mlp', options, ['width', 'layers', 'norm'])
  const { width = 256, layers = 4, norm }: MlpOptions = options ?? {}
  if (!Number.isInteger(layers) || layers < 1) throw new ShapeError(`mlp needs a layer or more, got ${layers}`)
  const names = Array.from({ length: layers }, (_, i) => `layer${i + 1}`)
  return module(({ use }) => {
    const steps = names.map((name, i) => {
      const first = linear(i === 0 ? from : width, width, { bias: !norm })
      const step = norm ? sequential(first, batchNorm(width, norm), relu) : sequential(first, relu)
      return use(name, step as unknown as (x: Untyped) => Untyped)
    })
    const sites = [...names.slice(0, -1), 'pooled']
    return encoderBody(width, sites, (rows, visit) => sites.reduce((x, site, i) => visit(site, steps[i]!(x)), rows))
  }) as unknown as Encoder<F, Option<O, 'width', 256>, `layer${number}` | 'pooled', []>
}
