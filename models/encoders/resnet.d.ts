/**
 * ResNets (He et al. 2016) without their classifier: 18 and 34 of basic blocks, 50 of bottlenecks, and any other counts.
 * Variables have torchvision's names, so that checkpoints travel.
 */
import type { Mul } from '../../compiler/types/natural.js';
import { type BatchNormForm } from '../layers.js';
import { type Encoder, type Option } from './encoder.js';
/** What `resnet18` and its like may be told. */
export interface ResnetOptions {
    /**
     * `'imagenet'`: 7x7 convolution at stride 2 and max-pooling, for large images. `'cifar'`: 3x3 at stride 1, for images
     * of 32 pixels (Chen et al. 2020, appendix B.9). Default `'imagenet'`.
     */
    readonly stem?: 'imagenet' | 'cifar';
    /**
     * Padding of the `'cifar'` stem. 1, the default, keeps the resolution (lightly, the MoCo demo); 2 makes maps of 34
     * pixels out of 32 (solo-learn), which published CIFAR-10 figures differ by.
     */
    readonly stemPadding?: 1 | 2;
    /** Channels of the first stage's 3x3 convolutions; those of the last are eight times as many. Default 64. */
    readonly width?: number;
    /** Starts the last batch norm of every block at zero, so that blocks begin as the identity (Goyal et al. 2017). Default false. */
    readonly zeroInitResidual?: boolean;
    /** Channels of the images. Default 3. */
    readonly channels?: number;
    /** What all batch norms have in common: splits, say, or frozen ones. Default: `batchNorm`'s own. */
    readonly norm?: BatchNormForm;
}
/** `Times` is 8 for basic blocks and 32 for bottlenecks. */
type Features<O, Times extends number> = number extends Option<O, 'width', 64> ? number : Mul<Option<O, 'width', 64>, Times>;
declare const STAGES: readonly ['layer1', 'layer2', 'layer3', 'layer4'];
type Site = 'stem' | (typeof STAGES)[number] | 'pooled';
/** Two 3x3 convolutions; or 1x1, 3x3, 1x1 around a bottleneck, the stride at the 3x3 ("v1.5", as in torchvision). */
declare const KINDS: {
    readonly basic: {
        readonly expansion: 1;
        readonly kernels: readonly [3, 3];
        readonly strided: 0;
    };
    readonly bottleneck: {
        readonly expansion: 4;
        readonly kernels: readonly [1, 3, 1];
        readonly strided: 1;
    };
};
/** `block` and the number of blocks in each of the four stages, beside `ResnetOptions`. */
export interface ResnetShape {
    /** `'basic'`: two 3x3 convolutions. `'bottleneck'`: 1x1, 3x3, 1x1, with four times the channels at its end. */
    readonly block: keyof typeof KINDS;
    /** Blocks of each of the four stages: 2, 2, 2, 2 of a ResNet-18. */
    readonly layers: readonly [number, number, number, number];
}
/**
 * `[N, channels, H, W]` to `[N, 8 width]`, with bottlenecks `[N, 32 width]`: a stem, four stages of blocks at 1, 1/2, 1/4 and
 * 1/8 of its resolution, and the mean of each plane. Sites: `stem`, `layer1` to `layer4` (C2 to C5), `pooled`. Throws
 * `ShapeError` for a `stemPadding` of a stem that has its own.
 */
export declare function resnet({ block, layers, ...options }: ResnetShape & ResnetOptions): Encoder<number, number, Site>;
type Resnet<O, Times extends number> = Encoder<Option<O, 'channels', 3>, Features<O, Times>, Site>;
/**
 * `resnet` with two basic blocks per stage: `[N, 8 width]` features, 512 by default. 3.6 billion operations per image of 224
 * pixels; 1.1 billion per image of 32 pixels with the stem `'cifar'`.
 */
export declare const resnet18: <const O extends ResnetOptions = {}>(options?: O) => Resnet<O, 8>;
/** `resnet` with 3, 4, 6 and 3 basic blocks: `[N, 8 width]` features, 512 by default. 7.3 and 2.3 billion operations. */
export declare const resnet34: <const O extends ResnetOptions = {}>(options?: O) => Resnet<O, 8>;
/** `resnet` with 3, 4, 6 and 3 bottlenecks: `[N, 32 width]` features, 2048 by default. 8.2 and 2.6 billion operations. */
export declare const resnet50: <const O extends ResnetOptions = {}>(options?: O) => Resnet<O, 32>;
export {};
