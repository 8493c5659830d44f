/**
 * Accesses to neighbouring elements become accesses to vec4s. In the expanded text of a kernel every position is a linear
 * form with a constant, so elements `4q .. 4q + 3` of one buffer are found by their constants; masked positions count by
 * the position under the mask. A buffer is accessed in fours only if all its accesses allow it and loads become fewer.
 */
import { type Expression } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { Tensor } from '../graph/node.js';
/** Elements stored one after the other. */
export interface Stored {
    readonly target: Tensor;
    readonly indices: readonly Expression[];
}
export interface Vectorized {
    /** Tensors whose buffer is an array of vec4s. */
    readonly tensors: ReadonlySet<Tensor>;
    /** The expression with loads of those buffers replaced. */
    rewrite(e: Expression): Expression;
}
/** `holder` identifies buffers. */
export declare function vectorize(roots: readonly Expression[], stores: readonly Stored[], indexing: Indexing, holder: (tensor: Tensor) => Tensor): Vectorized;
/** `q`, if the positions are `4q, 4q + 1, 4q + 2, 4q + 3`. */
export declare function fourthOf(indices: readonly Expression[], indexing: Indexing): Expression | undefined;
