/**
 * ConvNeXt (Liu et al. 2022, arXiv 2201.03545) without its classifier. Variables have torchvision's names, the norm of
 * the pooled features included (`classifier.0`), so that checkpoints travel.
 */
import type { Mul } from '../../compiler/types/natural.js';
import { type Encoder, type Option } from './encoder.js';
/** What `convnext` may be told. */
export interface ConvnextOptions {
    /** Channels of the first stage; each further one has twice as many. Default 96. */
    readonly width?: number;
    /** Blocks per stage. Default 3, 3, 9, 3. */
    readonly depths?: readonly [number, number, number, number];
    /** Side of the stem's patches, by which it shrinks the image. Default 4; 1 or 2 for images of 32 pixels. */
    readonly patch?: number;
    /** What each block's scale starts with. Default 1e-6. */
    readonly layerScale?: number;
    /** Channels of the images. Default 3. */
    readonly channels?: number;
}
type Features<O> = number extends Option<O, 'width', 96> ? number : Mul<Option<O, 'width', 96>, 8>;
declare const STAGES: readonly ['stage1', 'stage2', 'stage3', 'stage4'];
type Site = 'stem' | (typeof STAGES)[number] | 'pooled';
/**
 * `[N, channels, H, W]` to `[N, 8 width]`: patches of 4, four stages of blocks at 1/4, 1/8, 1/16 and 1/32 of the image, the mean
 * of each plane, and a norm. Without stochastic depth, which torchvision's training adds. Of 224 pixels 8.9 billion
 * operations per image. Sites: `stem`, `stage1` to `stage4` (C2 to C5), `pooled`. Throws `ShapeError`.
 */
export declare const convnextTiny: <const O extends ConvnextOptions = {}>(options?: O) => Encoder<Option<O, 'channels', 3>, Features<O>, Site>;
export {};
