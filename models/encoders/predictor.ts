/** A small transformer that tells tokens from others: the decoder of MAE, the predictor of I-JEPA. */
import type { Stopped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { type Module, module } from '../../compiler/language/module.js'
import { add, broadcastTo, concat, reshape, slice, take } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import { normalWith } from '../init.js'
import { layerNorm, linear, transformerBlock } from '../layers.js'
import type { Tokens } from '../tensors.js'

/** How `tokenPredictor` is built. */
export interface TokenPredictorOptions {
  /** Places of an image that there are, of which each has a position. */
  readonly places: number
  /** Size of a token inside; the heads must divide it. */
  readonly width: number
  /** Number of blocks. */
  readonly depth: number
  /** Of attention. */
  readonly heads: number
  /** Numbers told of each place. */
  readonly out: number
}
/** What a `tokenPredictor` is given: what is known, and which places are asked for. */
export interface Asked {
  /** `[N, C + K, features]`, C tokens of no place (a class token) first. */
  readonly tokens: Tokens
  /** The places `[N, K]` of the others. */
  readonly known: Stopped<[Dim, Dim], 'i32'>
  /** Places `[N, M]`. */
  readonly asked: Stopped<[Dim, Dim], 'i32'>
}
/** Tells `[N, M, out]`. */
export type TokenPredictor = ((given: Asked) => Tokens) & Module

/**
 * `[N, C + K, features]` at K places to `[N, M, out]` at M others: tokens are mapped to `width` and get the learned positions of their places; a learned
 * `mask_token` with its position stands for each that is asked for; `depth` blocks, a norm and a linear layer follow. Source: MAE, arXiv
 * 2111.06377, section 3; I-JEPA, arXiv 2301.08243, section 3; both authors' codes have fixed sines for positions. Throws `ShapeError`.
 */
export const tokenPredictor = (
  features: number,
  { places, width, depth, heads, out }: TokenPredictorOptions,
): TokenPredictor =>
  module(({ param, use }) => {
    const embed = use('embed', linear(features, width))
    const positions = param('pos_embed', [places, width], normalWith(0.02))
    const hidden = param('mask_token', [1, 1, width], normalWith(0.02))
    const blocks = Array.from({ length: depth }, (_, i) => use(`blocks.${i}`, transformerBlock(width, { heads })))
    const norm = use('norm', layerNorm(width))
    const tell = use('pred', linear(width, out))
    return ({ tokens, known, asked }: Asked) => {
      const [rows, count, size] = tokens.shape as [number, number, number]
      if (size !== features) throw new ShapeError(`tokenPredictor: tokens have ${size} features, it takes ${features}`)
      const at = (where: Stopped<[Dim, Dim], 'i32'>) =>
        reshape(take(positions, reshape(where, [-1])), [rows, where.shape[1]!, width])
      const free = count - known.shape[1]!
      const inside = embed(tokens)
      const placed = add(slice(inside, 1, free, count), at(known))
      const seen = free === 0 ? placed : concat(slice(inside, 1, 0, free), placed, 1)
      const unseen = add(broadcastTo(hidden, [rows, asked.shape[1]!, width]), at(asked))
      const last = blocks.reduce<Tokens>((x, block) => block(x), concat(seen, unseen, 1))
      return tell(norm(slice(last, 1, count, last.shape[1]!)))
    }
  }) as unknown as TokenPredictor
