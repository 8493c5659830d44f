/** A small transformer that tells tokens from others: the decoder of MAE, the predictor of I-JEPA. */
import type { Stopped } from '../../compiler/graph/node.js';
import { type Module } from '../../compiler/language/module.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Tokens } from '../tensors.js';
/** How `tokenPredictor` is built. */
export interface TokenPredictorOptions {
    /** Places of an image that there are, of which each has a position. */
    readonly places: number;
    /** Size of a token inside; the heads must divide it. */
    readonly width: number;
    /** Number of blocks. */
    readonly depth: number;
    /** Of attention. */
    readonly heads: number;
    /** Numbers told of each place. */
    readonly out: number;
}
/** What a `tokenPredictor` is given: what is known, and which places are asked for. */
export interface Asked {
    /** `[N, C + K, features]`, C tokens of no place (a class token) first. */
    readonly tokens: Tokens;
    /** The places `[N, K]` of the others. */
    readonly known: Stopped<[Dim, Dim], 'i32'>;
    /** Places `[N, M]`. */
    readonly asked: Stopped<[Dim, Dim], 'i32'>;
}
/** Tells `[N, M, out]`. */
export type TokenPredictor = ((given: Asked) => Tokens) & Module;
/**
 * `[N, C + K, features]` at K places to `[N, M, out]` at M others: tokens are mapped to `width` and get the learned positions of their places; a learned
 * `mask_token` with its position stands for each that is asked for; `depth` blocks, a norm and a linear layer follow. Source: MAE, arXiv
 * 2111.06377, section 3; I-JEPA, arXiv 2301.08243, section 3; both authors' codes have fixed sines for positions. Throws `ShapeError`.
 */
export declare const tokenPredictor: (features: number, { places, width, depth, heads, out }: TokenPredictorOptions) => TokenPredictor;
