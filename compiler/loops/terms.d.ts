/** The terms of a contraction in blocks, so that a panel of them stays in the first cache. */
import { type Axis, type Expression } from '../graph/expression.js';
import type { Builder } from './build.js';
import type { At } from './vectors.js';
/** Terms of one block: their number, if it differs between blocks, and a loop over them. */
export interface Terms {
    readonly count?: Expression;
    /** `k`: the number of the term in its block. `four`: by fours along the innermost axis, `at` and `k` being the first. */
    each(body: (at: At, k: Expression) => void, four?: boolean): void;
}
export interface Depth {
    /** Terms of a block, at most. */
    readonly most: number;
    /** Whether one block holds all. */
    readonly whole: boolean;
    /** The innermost axis of the loop over a block, if every block has whole fours of it. */
    readonly fours?: Axis;
    /** The blocks, one after the other. */
    blocks(builder: Builder, base: At, body: (terms: Terms) => void): void;
}
/** For axes of which some results have fewer terms than others: how many. */
export type Ends = ReadonlyMap<Axis, Expression>;
/** In blocks of at most `depth`: all values of the inner axes for a range of one axis. Axes that may end early are outermost. */
export declare function cutDepth(along: readonly Axis[], depth: number, ends?: Ends): Depth;
