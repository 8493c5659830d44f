/** Gradient clipping, between the gradients and the optimizer. */
import { type Tensor } from '../../compiler/graph/node.js';
/** By the norm of all gradients together, or element by element. */
export type Clip = {
    readonly norm: number;
} | {
    readonly value: number;
};
/** Gradients clipped as asked; `total`, where the norm was computed, is what it was before. Throws `ShapeError` for bounds that are not positive. */
export declare function clipped<T extends Tensor>(gradients: readonly T[], clip: Clip): {
    clipped: readonly T[];
    total?: Tensor<[], 'f32'>;
};
/**
 * All gradients times `min(1, largest / (total + 1e-6))`, `total` being the norm of all of them together: `total` is `[]`.
 * Source: Pascanu et al., arXiv 1211.5063.
 */
export declare function clipNorm<T extends Tensor>(gradients: readonly T[], largest: number): {
    clipped: T[];
    total: Tensor<[], 'f32'>;
};
/** Every element held between `-largest` and `largest`. */
export declare const clipValue: <T extends Tensor>(gradients: readonly T[], largest: number) => T[];
/** The Euclidean norm `[]` of several tensors together. */
export declare function norm(tensors: readonly Tensor[]): Tensor<[], 'f32'>;
