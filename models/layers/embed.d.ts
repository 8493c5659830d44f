/** Rows of a learned table. */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Initial, type Module } from '../../compiler/language/module.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
export interface Embed<F extends Dim> extends Module {
    <B extends Shape>(index: Tensor<B, 'i32' | 'u32'>): Tensor<[...B, F], 'f32'>;
}
/**
 * A row of `weight` `[count, features]` for each index `[...B]`, from 0 to `count - 1`: `[...B, features]`. Rows start as standard
 * normal numbers, as in PyTorch's `Embedding`; others by `initial`.
 */
export declare const embed: <const F extends number>(count: number, features: F, options?: {
    readonly initial?: Initial;
}) => Embed<F>;
