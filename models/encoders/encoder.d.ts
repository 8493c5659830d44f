/** What encoders have in common: a batch in, one row of features per example out, and places to step in between. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js';
import type { Module } from '../../compiler/language/module.js';
import type { Twinned } from '../../compiler/types/layer.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Gradient } from '../../compiler/types/tensor.js';
/** By site, a function that replaces the value there by one of the same shape: a feature augmentation, say. */
export type Sites<Site extends string = string> = {
    readonly [S in Site]?: (value: Untyped) => Tensor;
};
/**
 * A module from a batch `[N, C, ...Places]` with values around 0 to features `[N, D]`. `Places` are two axes for images, as
 * by default (`[N, C, H, W]`), one for sequences (`[N, C, T]`) and none for rows of a table (`[N, C]`).
 */
export interface Encoder<C extends Dim = any, D extends number = any, Site extends string = string, Places extends Shape = [Dim, Dim]> extends EncoderParts<D, Site>, Twinned<EncoderTwin<C, D, Site, Places>> {
    <N extends Dim>(views: Tensor<[N, C, ...Places], 'f32'>, at?: Sites<NoInfer<Site>>): Tensor<[N, D], 'f32'>;
}
/** The twin of an encoder: no gradient flows to its variables. */
export interface EncoderTwin<C extends Dim, D extends number, Site extends string, Places extends Shape> extends EncoderParts<D, Site> {
    <N extends Dim, G extends Gradient>(views: Tensor<[N, C, ...Places], 'f32', G>, at?: Sites<NoInfer<Site>>): Tensor<[N, D], 'f32', G>;
}
/** How a transformer cuts images into patches. */
export interface Grid {
    /** Patches in a column. */
    readonly height: number;
    /** Patches in a row. */
    readonly width: number;
    /** Side of a patch. */
    readonly patch: number;
    /** Channels of the images. */
    readonly channels: number;
}
interface EncoderParts<D extends number, Site extends string> extends Module {
    /** Size of a row of features. */
    readonly features: D;
    /** Where `at` can step in, in order of the computation; the last, `'pooled'`, is the result. */
    readonly sites: readonly Site[];
    /** Of a transformer: how images are cut into patches. */
    readonly grid?: Grid;
}
/** The type of an option, or its default where it is not given. */
export type Option<O, K extends string, Default> = O extends {
    readonly [k in K]: infer V extends number;
} ? V : Default;
/**
 * The body of an encoder out of its computation, which calls `visit(site, value)` at every site; `asked(site)` says whether somebody is
 * there. `fewer`: what replaces a value at such a site may have fewer places on axis 1 (the tokens of a transformer).
 */
export declare function encoderBody<D extends number, Site extends string>(features: D, sites: readonly Site[], compute: (views: Untyped, visit: (site: Site, value: Untyped) => Untyped, asked: (site: Site) => boolean) => Untyped, { fewer, grid }?: {
    readonly fewer?: (site: Site) => boolean;
    readonly grid?: Grid;
}): ((views: Untyped, at?: Sites<Site>) => Untyped) & {
    features: D;
    sites: readonly Site[];
    grid?: Grid;
};
export {};
