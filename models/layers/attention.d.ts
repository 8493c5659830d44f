/** Attention with its weights, and the block of a transformer. Variables have the names of timm's `vit` models. */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Module } from '../../compiler/language/module.js';
import type { Features, Twinned } from '../../compiler/types/layer.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Gradient } from '../../compiler/types/tensor.js';
/** What a call of `multiHeadAttention` may be told. */
export interface AttendOptions<N extends Dim = any, E extends Dim = any> {
    /** Where a query may attend to a key; broadcasts with `[N, heads, queries, keys]`. Default: everywhere. */
    readonly mask?: Tensor<any, 'bool'>;
    /** Token `i` attends to tokens up to `i` only. Default false. */
    readonly causal?: boolean;
    /** What is attended to, `[N, M, features]`. Default: the tokens themselves. */
    readonly context?: Tensor<[N, Dim, E], 'f32'>;
}
interface OnTokens<E extends Dim, Options, Flows extends Gradient> extends Module, Features<E, E> {
    <N extends Dim, L extends Dim, G extends Gradient>(tokens: Tensor<[N, L, E], 'f32', G>, options?: Options): Tensor<[N, L, E], 'f32', G | Flows>;
}
/** A function of tokens `[N, L, E]` that keeps their shape. */
export type TokenLayer<E extends Dim, Options> = OnTokens<E, Options, 'flows'> & Twinned<OnTokens<E, Options, never>>;
/** How `multiHeadAttention` is built. */
export interface MultiHeadAttentionOptions {
    /** Must divide the number of features. */
    readonly heads: number;
    /** Whether queries, keys and values have one. Default true. */
    readonly bias?: boolean;
}
/**
 * Multi-head attention (Vaswani et al. 2017, arXiv 1706.03762) of tokens `[N, L, features]` to themselves or to a context:
 * `proj(attention(q, k, v))`, in heads of `features / heads`. `qkv.weight` `[3 features, features]` holds queries, keys and
 * values one after the other, each head by head, as PyTorch's `in_proj_weight` does. Throws `ShapeError`.
 */
export declare const multiHeadAttention: <const E extends number>(features: E, options: MultiHeadAttentionOptions) => TokenLayer<E, AttendOptions<any, E>>;
/** How a transformer block is built. */
export interface BlockOptions {
    /** Must divide the number of features. */
    readonly heads: number;
    /** Features of the hidden layer. Default: four times those of the block. */
    readonly mlp?: number;
    /** Rate of `dropout` after attention and after the hidden layer's product. Default 0. */
    readonly dropout?: number;
    /** Of both norms. Default 1e-5. */
    readonly eps?: number;
}
/**
 * A transformer block with the norms inside of the branches, on tokens `[N, L, features]`: `x += attn(norm1 x); x += fc2(gelu(fc1(norm2 x)))`.
 * Options of its call are those of `multiHeadAttention`. Throws `ShapeError`.
 */
export declare const transformerBlock: <const E extends number>(features: E, options: BlockOptions) => TokenLayer<E, AttendOptions<any, E>>;
export {};
