/** Attention with its weights, and the block of a transformer. Variables have the names of timm's `vit` models. */

import type { Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { attention } from '../../compiler/language/attention.js'
import { gelu } from '../../compiler/language/math.js'
import { type Module, module } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { add, slice, split } from '../../compiler/ops/index.js'
import type { Features, OnSteps, Steps, Twinned } from '../../compiler/types/layer.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient, Proved } from '../../compiler/types/tensor.js'
import { kaimingUniform, uniformWithin } from '../init.js'
import { layerNorm } from './layernorm.js'
import { affine, checkFeatures, dropout, linear } from './linear.js'

/** What a call of `multiHeadAttention` may be told. */
export interface AttendOptions<N extends Dim = any, E extends Dim = any> {
  /** Where a query may attend to a key; broadcasts with `[N, heads, queries, keys]`. Default: everywhere. */
  readonly mask?: Tensor<any, 'bool'>
  /** Token `i` attends to tokens up to `i` only. Default false. */
  readonly causal?: boolean
  /** What is attended to, `[N, M, features]`. Default: the tokens themselves. */
  readonly context?: Tensor<[N, Dim, E], 'f32'>
}
interface OnTokens<E extends Dim, Options, Flows extends Gradient> extends Module, Features<E, E> {
  <S extends Shape, G extends Gradient>(
    tokens: Proved<OnSteps<S, E, 'multiHeadAttention takes tokens'>, Tensor<S, 'f32', G>>,
    options?: Options,
  ): Tensor<Steps<S, E>, 'f32', G | Flows>
}
/** A function of tokens `[N, L, E]` that keeps their shape. */
export type TokenLayer<E extends Dim, Options> = OnTokens<E, Options, 'flows'> & Twinned<OnTokens<E, Options, never>>

type Tokens = Tensor<[Dim, Dim, any], 'f32'>

/** How `multiHeadAttention` is built. */
export interface MultiHeadAttentionOptions {
  /** Must divide the number of features. */
  readonly heads: number
  /** Whether queries, keys and values have one. Default true. */
  readonly bias?: boolean
}
/**
 * Multi-head attention (Vaswani et al. 2017, arXiv 1706.03762) of tokens `[N, L, features]` to themselves or to a context:
 * `proj(attention(q, k, v))`, in heads of `features / heads`. `qkv.weight` `[3 features, features]` holds queries, keys and
 * values one after the other, each head by head, as PyTorch's `in_proj_weight` does. Throws `ShapeError`.
 */
export const multiHeadAttention = <const E extends number>(
  features: E,
  options: MultiHeadAttentionOptions,
): TokenLayer<E, AttendOptions<any, E>> => {
  checkOptions('multiHeadAttention', options, ['heads', 'bias'])
  const { heads, bias = true } = options
  if (!Number.isInteger(features / heads))
    throw new ShapeError(`multiHeadAttention: ${heads} heads do not divide ${features} features`)
  return module(({ param, use }) => {
    const weight = param('qkv.weight', [3 * features, features], kaimingUniform)
    const shift = bias && param('qkv.bias', [3 * features], uniformWithin(1 / Math.sqrt(features)))
    const project = use('proj', linear(features, features)) as (x: Tokens) => Tokens
    /** Those of queries, keys and values from `first` on, as many as `count`. */
    const some = (x: Tokens, first: number, count: number): readonly Tokens[] => {
      checkFeatures(x.shape.at(-1), features)
      const rows = <S extends Shape>(of: Tensor<S, 'f32'>): Tensor<S, 'f32'> =>
        count === 3 ? of : (slice(of, 0, first * features, (first + count) * features) as typeof of)
      const made = affine(x, rows(weight), shift && rows(shift))
      return count === 1 ? [made] : split(made, count, 2)
    }
    return (x: Tokens, given: AttendOptions = {}) => {
      checkOptions('multiHeadAttention', given, ['mask', 'causal', 'context'])
      const { context, ...options } = given
      for (const tokens of [x, ...(context ? [context] : [])])
        if (tokens.shape.length !== 3)
          throw new ShapeError(`multiHeadAttention takes tokens [N, L, ${features}], got ${show(tokens.shape)}`)
      const parts = context ? [...some(x, 0, 1), ...some(context, 1, 2)] : some(x, 0, 3)
      const [q, k, v] = parts.map(part => rearrange(part, 'n l (h d) -> n h l d', { h: heads }))
      const mixed = attention(q!, k!, v!, options)
      return project(rearrange(mixed, 'n h l d -> n l (h d)'))
    }
  }) as never
}

/** How a transformer block is built. */
export interface BlockOptions {
  /** Must divide the number of features. */
  readonly heads: number
  /** Features of the hidden layer. Default: four times those of the block. */
  readonly mlp?: number
  /** Rate of `dropout` after attention and after the hidden layer's product. Default 0. */
  readonly dropout?: number
  /** Of both norms. Default 1e-5. */
  readonly eps?: number
}
/**
 * A transformer block with the norms inside of the branches, on tokens `[N, L, features]`: `x += attn(norm1 x); x += fc2(gelu(fc1(norm2 x)))`.
 * Options of its call are those of `multiHeadAttention`. Throws `ShapeError`.
 */
export const transformerBlock = <const E extends number>(
  features: E,
  options: BlockOptions,
): TokenLayer<E, AttendOptions<any, E>> => {
  checkOptions('transformerBlock', options, ['heads', 'mlp', 'dropout', 'eps'])
  const { heads, mlp = 4 * features, dropout: rate = 0, eps = 1e-5 } = options
  const attend = multiHeadAttention(features, { heads })
  const perceptron = sequentialOf({ fc1: linear(features, mlp), act: gelu, fc2: linear(mlp, features) })
  return module(({ use }) => {
    const norm1 = use('norm1', layerNorm(features, { eps })) as (x: Tokens) => Tokens
    const attn = use('attn', attend) as (x: Tokens, options?: AttendOptions) => Tokens
    const norm2 = use('norm2', layerNorm(features, { eps }))
    const feedForward = use('mlp', perceptron)
    const dropped = dropout(rate)
    return (tokens: Tokens, options?: AttendOptions) => {
      const attended = add(tokens, dropped(attn(norm1(tokens), options)))
      return add(attended, dropped(feedForward(norm2(attended))))
    }
  }) as never
}
/** Steps one after the other, named as given. */
const sequentialOf = (steps: Readonly<Record<string, (x: any) => any>>) =>
  module(({ use }) => {
    const mounted = Object.entries(steps).map(([name, step]) => use(name, step))
    return (x: Tokens): Tokens => mounted.reduce((value, step) => step(value), x)
  })
