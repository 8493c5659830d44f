/** Layers of rows: functions of the last axis, whatever the axes before it. Variables are named as in PyTorch. */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Initial } from '../../compiler/language/module.js';
import type { Layer, Pointwise } from '../../compiler/language/sequential.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Matrix, Vector } from '../tensors.js';
/** Throws `ShapeError` where an input has other features than a layer was made for. */
export declare function checkFeatures(given: number | undefined, expected: number): void;
/** `x Wᵀ + b` on the last axis, for a weight `[to, from]`. */
export declare function affine<B extends Shape>(x: Tensor<[...B, Dim], 'f32'>, weight: Matrix, bias: Vector | false): Tensor<[...B, Dim], 'f32'>;
/** What `linear` may be told. */
export interface LinearOptions {
    /** Whether there is one, or what it starts with. Default true: uniform within `1 / sqrt(fan in)`. */
    readonly bias?: boolean | Initial;
    /** Default `kaimingUniform`. */
    readonly initial?: Initial;
}
/** `x Wᵀ + b` on the last axis; `weight` is `[to, from]`, `bias` `[to]`. */
export declare const linear: <const I extends number, const O extends number>(from: I, to: O, options?: LinearOptions) => Layer<I, O>;
/** Sets elements to zero with probability `rate` and divides the others by `1 - rate`, while training. Default 0.5. */
export declare const dropout: (rate?: number) => Pointwise;
