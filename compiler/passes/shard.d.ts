import type { Tensor } from '../graph/node.js';
import { type Attributes } from '../graph/operation.js';
/** An axis is `pieces` equal parts, one after the other, and of each a rank has the block of its number. */
export interface Shard {
    readonly axis: number;
    readonly pieces: number;
}
/** The size of a rank's block, or `undefined` if they do not come out even. */
export declare function blockOf(shape: readonly number[], { axis, pieces }: Shard, ranks: number): number | undefined;
/** The shape of a rank's part. */
export declare const partOf: (shape: readonly number[], { axis }: Shard, ranks: number) => number[];
/**
 * How the elements of a value sharded so stand under another shape, if that can be said: in row-major order, both are
 * `outer` times the ranks' blocks.
 */
export declare function reshaped(shape: readonly number[], shard: Shard, target: readonly number[], ranks: number): Shard | undefined;
/** A loop over which a node can be cut: an axis of its result, or one that it accumulates over. */
export interface Loop {
    /** Of the result; `undefined`: accumulated over. */
    readonly axis: number | undefined;
    readonly size: number;
    /** The axis of each operand that goes along; `undefined` for those that are needed whole. */
    readonly operands: readonly (number | undefined)[];
}
/** The loops of a node whose steps know nothing of each other and of where they stand. Read off its lowering. */
export declare function loopsOf(node: Tensor): Loop[];
/** The attributes of a node for a rank's part of its result. */
export declare function attributesOf({ attributes, shape }: Tensor, axis: number, ranks: number): Attributes;
