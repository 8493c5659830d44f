/** Loads and stores. A `bool` takes a word of 0 or 1 in memory; halves are loaded and stored as their bits (`legal.ts`). */
import { type Expression, type Memory } from '../graph/expression.js';
import type { Ranges } from '../loops/range.js';
import type { Code } from './code.js';
export declare const BYTES: {
    readonly f32: 4;
    readonly i32: 4;
    readonly u32: 4;
    readonly bool: 4;
    readonly f16: 2;
    readonly u8: 1;
};
/** Whether an element is a word as it is in a register. */
export declare const isWord: (e: Expression) => e is Expression & {
    kind: 'element';
};
export interface Accesses {
    /** Statements of one block: addresses that are computed in it are known until its end. */
    block(body: () => void): void;
    /** Puts the address of an element on the stack, but for what it returns: the instruction adds that. */
    address(memory: Memory, index: Expression): number;
    load(e: Expression & {
        kind: 'element';
    }): void;
    store(memory: Memory, index: Expression, stored: Expression): void;
}
/** `baseOf`: the local that holds the address of a memory. */
export declare function createAccesses(code: Code, ranges: Ranges, value: (e: Expression) => void, baseOf: (memory: Memory) => number): Accesses;
