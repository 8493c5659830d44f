/** A store of the latest rows of features: keys that queries are told apart from, candidates for nearest neighbours. */
import type { Stopped } from '../compiler/graph/node.js';
import { type Builder } from '../compiler/language/module.js';
import type { Dim } from '../compiler/types/shape.js';
import type { Matrix } from './tensors.js';
export interface Bank {
    /** Rows `[size, width]` as they were before this step. */
    rows(width: number): Stopped<[Dim, number]>;
    /** From the next step on, unit `rows` `[N, width]` are there in place of the oldest. */
    push(rows: Matrix): void;
}
/**
 * A bank of `size` unit rows, random directions at first, as states `queue` `[size, width]` and `pointer` of the module of
 * `builder`. The queue is declared when the width is known. `suffix`: of both names, where there are several. Throws
 * `ShapeError` where rows do not fit.
 */
export declare function bankOf(owner: string, { state }: Pick<Builder, 'state'>, size: number, suffix?: string): Bank;
