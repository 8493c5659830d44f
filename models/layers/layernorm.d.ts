/** Layer normalization: each row, or each pixel, by its own mean and variance; the same in training and evaluation. */
import type { ImageLayer, Layer } from '../../compiler/language/sequential.js';
export interface LayerNormOptions {
    /** Whether there are `weight` and `bias`, both `[features]`. Default true. */
    readonly affine?: boolean;
    /** Added to the variance. Default 1e-5. */
    readonly eps?: number;
}
/** Layer normalization (Ba et al. 2016, arXiv 1607.06450) over the last axis, with the biased variance of each row. */
export declare const layerNorm: <const C extends number>(features: C, options?: LayerNormOptions) => Layer<C, C>;
/** `layerNorm` over the channels of each pixel of images `[N, C, H, W]`, as in ConvNeXt. */
export declare const layerNorm2d: <const C extends number>(features: C, options?: LayerNormOptions) => ImageLayer<C, C>;
