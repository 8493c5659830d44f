import type { Mul } from '../../compiler/types/natural.js';
import { type BatchNormForm } from '../layers.js';
import { type Encoder, type Option } from './encoder.js';
/** What `convnet` may be told. */
export interface ConvnetOptions {
    /** Channels of the first stage. Default 16. */
    readonly width?: number;
    /** Default 4. */
    readonly stages?: 1 | 2 | 3 | 4 | 5 | 6;
    /** Channels of the images. Default 3. */
    readonly channels?: number;
    /** What all batch norms have in common: splits, say. Default: `batchNorm`'s own. */
    readonly norm?: BatchNormForm;
}
/** Channels of the last stage. */
type Features<O> = number extends Option<O, 'width', 16> ? number : Mul<Option<O, 'width', 16>, [1, 1, 2, 4, 8, 16, 32][Option<O, 'stages', 4>]>;
/**
 * Stages of a 3x3 convolution, batch norm and relu, at stride 1 in the first stage and 2 in the others, then the mean of
 * each plane: `[N, channels, H, W]` to `[N, width 2^(stages-1)]`. With the default options 2 million operations per image
 * of 16 pixels (four times that at 32) and 128 features. Sites: `stage1`, `stage2`, ..., `pooled`.
 */
export declare const convnet: <const O extends ConvnetOptions = {}>(options?: O) => Encoder<Option<O, 'channels', 3>, Features<O>>;
export {};
