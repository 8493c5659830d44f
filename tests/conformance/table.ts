/** What each operation of each group is in the language. A new family is a file and one line here. */

import { einsums, matrices } from './contractions.js'
import { binary, unary } from './elementwise.js'
import { featureAugmentation } from './features.js'
import { graphs } from './graphs.js'
import { imageAugmentation } from './images.js'
import { indexing } from './indexing.js'
import type { Builds } from './language.js'
import { losses } from './losses.js'
import { networks } from './models.js'
import { movement } from './movement.js'
import { attention, norms } from './norms.js'
import { gradients, optimizers } from './optimizers.js'
import type { DescribesProgram } from './programs.js'
import { prefixes, reductions } from './reductions.js'
import { resampling } from './resampling.js'
import { training } from './training.js'
import { convolutions, pooling } from './windows.js'

export const table: Readonly<Record<string, Builds>> = {
  ops_unary: unary,
  ops_binary: binary,
  ops_reduce: reductions,
  ops_matmul: matrices,
  ops_einsum: einsums,
  ops_index: indexing,
  ops_shape: movement,
  ops_scan: prefixes,
  ops_conv: convolutions,
  ops_pool: pooling,
  ops_norm: norms,
  ops_resample: resampling,
  ops_attention: attention,
  ops_graph: graphs,
  losses,
  fa: featureAugmentation,
  optim: gradients,
  augment: imageAugmentation,
}

/** The operations with variables. */
export const programs: Readonly<Record<string, Readonly<Record<string, DescribesProgram>>>> = {
  optim: optimizers,
  models: networks,
  train: training,
}
