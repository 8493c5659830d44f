/** Loops over blocks of neighbours along an axis: what is computed of a block is in memory for one of them at a time. */
import type { Untyped } from '../graph/node.js';
export type Named = Readonly<Record<string, Untyped>>;
export interface Blocks {
    /** Elements along the axis that is cut. */
    readonly length: number;
    /** Those of a block, at most; all blocks but the last have one size. */
    readonly size: number;
    /** What is cut, along the axis (from the end: -1, -2) of which each has `length`. */
    readonly cut: Readonly<Record<string, readonly [x: Untyped, axis: number]>>;
    /** Before the first block. */
    readonly carry: Named;
}
/** Of a block: its part of what is cut, and the position of its first element. */
type Block = (carry: Named, parts: Named, first: Untyped) => {
    readonly carry: Named;
    readonly outputs: Named;
};
/** A `scan` over the blocks. Their outputs, `[..., elements, features]`, are joined along the last axis but one. */
export declare function overBlocks({ length, size: most, cut, carry }: Blocks, block: Block): ReturnType<Block>;
export {};
