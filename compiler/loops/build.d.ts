/**
 * Builds the statements of a loop program. A value that is used twice is bound once by `let`, and one that does not change in the
 * loop it is used in is bound outside of it: loop-invariant code moves out by construction. Loads do not move out of conditions.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { MatrixStatement, Statement } from './program.js';
export interface Builder {
    /** The expression at this place, after binding what is worth binding. */
    value(e: Expression): Expression;
    /** `value`, bound by `let` unless it is a leaf: computed here, whatever is stored later. */
    bind(e: Expression): Expression;
    /** Counts the uses of what `roots` share, for the `value` calls that follow. */
    share(roots: readonly Expression[]): void;
    declare(name: string, initial: Expression): void;
    set(name: string, value: Expression): void;
    store(memory: Memory, index: Expression, value: Expression): void;
    fill(memory: Memory, values: readonly Expression[]): void;
    barrier(): void;
    matrix(statement: MatrixStatement): void;
    /** Runs `body` inside a loop over `axis`, or over a part of it. */
    loop(axis: Axis, body: () => void, bounds?: Bounds): void;
    when(condition: Expression, body: () => void): void;
    /** A value by a name that is given. */
    let(name: string, value: Expression): Expression;
    /** No further `set` of these: what is made of them may be computed outside of loops. */
    settle(names: readonly string[]): void;
    /** Makes a name or an axis available to expressions from here on in this scope. */
    define(what: string | Axis): void;
    /** A name that no other statement has. */
    fresh(prefix: string): string;
    statements(): readonly Statement[];
}
export interface Bounds {
    readonly from?: Expression;
    readonly to?: Expression;
    readonly step?: number;
}
/** `defined`: what the launch of the program defines. */
export declare function createBuilder(defined: readonly Axis[]): Builder;
