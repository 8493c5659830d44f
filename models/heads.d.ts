/**
 * Heads: multilayer perceptrons on an encoder's features. A projector maps them to where the loss compares views; a
 * predictor guesses one view's projection from the other's. Both are `sequential`s, so variables are named by position.
 */
import { type Layer } from '../compiler/language/sequential.js';
/** How `projector` and `predictor` are built. */
export interface HeadOptions<Out extends number = number> {
    /** Size of the result. */
    readonly out: Out;
    /** Size of the layers before the last. Default 2048. */
    readonly hidden?: number;
    /** Number of linear layers. Default 2. */
    readonly layers?: number;
    /** Batch norm after every layer but the last. Default false. */
    readonly batchNorm?: boolean;
    /** Batch norm after the last layer: without `weight` and `bias`, or `'affine'` with them. Default false. */
    readonly lastBatchNorm?: boolean | 'affine';
    /** Between the layers. Default `'relu'`. */
    readonly activation?: 'relu' | 'gelu';
    /** Weights start normal with this deviation, and biases at 0. Default: as `linear`. */
    readonly deviation?: number;
}
/**
 * Linear layers with relu (or gelu) between them. A layer that a batch norm follows has no bias.
 *
 * - MoCo v2 (Chen et al. 2020): `projector(512, { out: 128, hidden: 2048 })`.
 * - SimSiam (Chen & He 2021): `projector(512, { out: 2048, layers: 3, batchNorm: true, lastBatchNorm: true })`.
 */
export declare const projector: <const I extends number, const O extends number>(from: I, options: HeadOptions<O>) => Layer<I, O>;
/**
 * Two layers around a bottleneck, batch norm and relu between them: `predictor(2048, { hidden: 512 })` (SimSiam; the
 * result is as large as the input). BYOL's is wider than its input: `predictor(256, { hidden: 4096 })`.
 */
export declare const predictor: <const I extends number>(size: I, { hidden }: {
    readonly hidden: number;
}) => Layer<I, I>;
/**
 * Scores against `count` prototypes: `x unit(W)^T`, `W` `[count, size]` with rows of unit length where they are used, for unit rows `x`
 * `[N, size]`. No gradient reaches `W` in the first `frozen` steps (default 0). Source: SwAV, arXiv 2006.09882, which scales the rows
 * of W itself after each step; the last layer of DINO, arXiv 2104.14294, is the same.
 */
export declare const prototypes: <const I extends number, const O extends number>(size: I, count: O, { frozen }?: {
    readonly frozen?: number;
}) => Layer<I, O>;
