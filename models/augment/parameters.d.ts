/**
 * What is random about a view, as a record: one tensor per parameter, one row per image. A view is a function of its
 * images and this record, so a record that was kept makes the same view again. An effect that an image is spared has
 * the parameter that changes nothing (factor 1, turn 0, deviation 0), so that no flag goes beside a parameter.
 */
import type { Stopped } from '../../compiler/graph/node.js';
import { type InputSpec } from '../../compiler/language/entry.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { ImageRecipe } from './recipes.js';
/** Each `[N]` f32, but for the order. */
export interface ViewParameters<N extends Dim = any> {
    /** Box of the crop, in pixels of the image. */
    readonly top: Stopped<[N]>;
    /** Column of the left edge. */
    readonly left: Stopped<[N]>;
    /** Rows of the box. */
    readonly height: Stopped<[N]>;
    /** Columns of the box. */
    readonly width: Stopped<[N]>;
    /** 1 for a mirror image, else 0. */
    readonly flip: Stopped<[N]>;
    /** Factors of the jitter; 1 changes nothing. */
    readonly brightness: Stopped<[N]>;
    /** Factor of the distance to the mean grey of the view. */
    readonly contrast: Stopped<[N]>;
    /** Factor of the distance to the grey of each pixel. */
    readonly saturation: Stopped<[N]>;
    /** Share of the circle that hues are turned by. */
    readonly hue: Stopped<[N]>;
    /** The order of these four operations, `[N, 4]` i32: 0 brightness, 1 contrast, 2 saturation, 3 hue, first one first. */
    readonly order: Stopped<[N, 4], 'i32'>;
    /** 1 for grey, else 0. */
    readonly gray: Stopped<[N]>;
    /** Deviation of the blur in pixels of the view; 0 is no blur. */
    readonly sigma: Stopped<[N]>;
    /** Values from it on are inverted; 2 is no solarization. */
    readonly threshold: Stopped<[N]>;
}
declare const columns: ("brightness" | "contrast" | "flip" | "gray" | "height" | "hue" | "left" | "saturation" | "sigma" | "threshold" | "top" | "width")[];
type Column = (typeof columns)[number];
/**
 * Inputs of an entry that is fed a recorded view: `entry({ images, ...viewInputs('batch') }, ...)`. Their names are
 * those of `ViewParameters`.
 */
export declare const viewInputs: <const N extends Dim>(batch: N) => { readonly [K in Column]: [N]; } & {
    readonly order: InputSpec<[N, 4], 'i32'>;
};
type Prefixed<P extends string, R> = {
    readonly [K in keyof R & string as `${P}.${K}`]: R[K];
};
/** A record whose names begin with `prefix.`, so that the records of several views are outputs, or inputs, of one entry. */
export declare const prefixed: <const P extends string, R extends object>(prefix: P, record: R) => Prefixed<P, R>;
/** The record that `prefixed` made, out of those of several. */
export declare const unprefixed: <const P extends string, R extends object>(prefix: P, records: R) => { readonly [K in keyof R as K extends `${P}.${infer Name}` ? Name : never]: R[K]; };
/**
 * Draws what `recipe` leaves to chance for images of a shape `[N, H, W, 3]`. Effects that the recipe does not have get
 * the parameter that changes nothing.
 */
export declare function drawParameters(shape: readonly number[], recipe: ImageRecipe): ViewParameters;
export {};
