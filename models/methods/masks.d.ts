/**
 * Which parts of an image a network does not see. All have a fixed number of tokens, so that shapes are known; which ones they are is drawn by
 * the program's generator, anew in each step, for each image.
 */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Grid } from '../encoders/encoder.js';
import type { Batch, Matrix, Tokens } from '../tensors.js';
import type { Encoder } from './method.js';
/** Positions of tokens, `[N, K]` i32. */
export type Places = Stopped<[Dim, Dim], 'i32'>;
/** What stands at a site of a transformer. Throws `ShapeError` for anything but tokens. */
export declare function tokensOf(x: Batch): Tokens;
/** The rows of `x` `[N, P, D]` at `places` `[N, K]`: `[N, K, D]`. */
export declare const tokensAt: (x: Tokens, places: Places) => Tokens;
/** The class token of `[N, 1 + P, D]`, and the patches at `places` `[N, K]`: `[N, 1 + K, D]`. */
export declare const withClass: (tokens: Tokens, places: Places) => Tokens;
/** `[N, 1 + P, D]` without the class token. */
export declare const patchesOf: (tokens: Tokens) => Tokens;
/** What is hidden of each image. */
export interface Mask {
    readonly hidden: Places;
    readonly visible: Places;
    /** `[rows, count]`, true at the hidden places. */
    mask(): Matrix<'bool'>;
}
/** A random part of `count` places for each of `rows` images: `hidden` of them, and the others. */
export declare function randomMask(rows: number, count: number, hidden: number): Mask;
/** How the encoder of a method cuts images into patches. Throws `ShapeError` for one that does not. */
export declare function gridOf(name: string, { grid }: Encoder): Grid;
/** How many of `count` tokens the share `ratio` is, rounded; some are hidden and some are left. Throws `ShapeError`. */
export declare function hiddenOf(name: string, count: number, ratio: number): number;
/** Blocks of places, and places outside of all of them. */
export interface Blocks {
    /** Per block, its places `[N, b]`. */
    readonly blocks: readonly Places[];
    /** `[N, K]`, in no block. */
    readonly context: Places;
}
/**
 * `blocks` rectangles of a grid of `height` by `width` places for each of `rows` images, anywhere, each of the share `scale` as nearly square as
 * whole sizes allow, and as many random places outside of them as are left where no two overlap. Throws `ShapeError` where none is left.
 */
export declare function randomBlocks(rows: number, { height, width, blocks, scale }: {
    height: number;
    width: number;
    blocks: number;
    scale: number;
}): Blocks;
/** Draws once for each view: what every copy of it, and the loss, have in common. */
export declare function perView<T>(draw: (view: Batch) => T): (view: Batch) => T;
