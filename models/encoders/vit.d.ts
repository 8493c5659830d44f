import { type BlockOptions } from '../layers.js';
import { type Encoder, type Option } from './encoder.js';
/** How `vit` is built. */
export interface VitOptions extends Pick<BlockOptions, 'heads' | 'mlp'> {
    /** Height and width of the images; a number for both. */
    readonly size: number | readonly [number, number];
    /** Side of the square patches; must divide the size. */
    readonly patch: number;
    /** Size of a token, and of the result; the heads must divide it. */
    readonly features: number;
    /** Number of blocks. */
    readonly depth: number;
    /** Channels of the images. Default 3. */
    readonly channels?: number;
    /** The result: the class token (`'class'`, default), or the mean of the patches (`'mean'`), both after the norm. */
    readonly pool?: 'class' | 'mean';
}
type Site = 'patches' | 'tokens' | `block${number}` | 'normed' | 'pooled';
/**
 * `[N, channels, H, W]` to `[N, features]`: patches as tokens, a class token before them, learned positions, `depth` blocks
 * and a norm, of which the class token is the result, or the mean of the patches (`pool`). Sites: `patches` (`[N, patches, features]`, before
 * positions), `tokens` (`[N, 1 + patches, features]`), the blocks `block0`, `block1`, ... of the same shape, `normed`, `pooled`. From
 * `tokens` on there may be fewer. Throws `ShapeError`.
 */
export declare function vit<const O extends VitOptions>(options: O): Encoder<Option<O, 'channels', 3>, O['features'], Site>;
/** What the transformers of a published size may be told: the size of images and patches. */
export type NamedVitOptions = Pick<VitOptions, 'size' | 'channels' | 'pool'> & {
    /** Default 16; 4 for images of 32 pixels. */
    readonly patch?: number;
};
type Named<O, D extends number> = Encoder<Option<O, 'channels', 3>, D, Site>;
/**
 * ViT-Ti of DeiT (Touvron et al. 2021, arXiv 2012.12877, table 1): 12 blocks of 192 features in 3 heads. `size` is the
 * side of the images, `patch` divides it. 2.5 billion operations per image of 224 pixels in patches of 16, 0.73 billion
 * of 32 pixels in patches of 4.
 */
export declare const vitTiny: <const O extends NamedVitOptions>(options: O) => Named<O, 192>;
/** ViT-S of DeiT: `vitTiny` with 384 features in 6 heads, about four times the operations. */
export declare const vitSmall: <const O extends NamedVitOptions>(options: O) => Named<O, 384>;
export {};
