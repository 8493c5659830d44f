/**
 * The code of a function while it is written: instructions, constants, and locals as they are needed. It is written once for both
 * kinds of engines, those that multiply and add with one rounding and those that do not: where they differ stands what either has.
 */
import type { Register } from '../graph/expression.js';
import { type Value } from './encode.js';
/** Of engines with relaxed multiply-adds, or of all. */
export type Engine = 'relaxed' | 'plain';
export interface Code {
    /** The code for one kind of engine. */
    bytes(engine: Engine): readonly number[];
    /** Beside the parameters. */
    readonly locals: readonly Value[];
    op(...bytes: readonly number[]): void;
    simd(opcode: number, ...immediates: readonly number[]): void;
    /** An operation on vectors of which each engine has its own, or none. */
    either(opcodes: Readonly<Partial<Record<Engine, number>>>): void;
    get(local: number): void;
    set(local: number): void;
    tee(local: number): void;
    local(type: Value): number;
    /** Takes a value from the stack into a local of its own. */
    held(type: Value): number;
    integer(value: number): void;
    literal(value: number, type: Register): void;
    /** Four constants. A `bool` is 0 or -1 there. */
    constants(values: readonly number[], type: Register): void;
    /** The immediates of an access: its alignment as a power of two, and what is added to the address. */
    access(align: number, offset: number): void;
}
export declare function createCode(parameters: number): Code;
