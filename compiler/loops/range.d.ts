/** Ranges of integers in a loop program. */
import { type Axis, type Expression } from '../graph/expression.js';
import type { Range } from '../graph/indexing.js';
export interface Ranges {
    of(e: Expression): Range;
    /** What a `let` is the name of. */
    define(name: string, value: Expression): void;
    /** What that was. */
    definition(name: string): Expression | undefined;
    /** The same where a condition holds, as far as it bounds an axis or a name by a constant. */
    where(condition: Expression): Ranges;
    /** The same in a loop: `from <= axis < to`, in steps. */
    inside(axis: Axis, from: Expression, to: Expression, step: number): Ranges;
}
export declare function createRanges(names?: Map<string, Expression>, bounds?: ReadonlyMap<Axis | string, Range>): Ranges;
