/**
 * The loop program of a kernel on a target: what stands between a scheduled kernel and its text. Already cut, vectorized, unrolled
 * and shared; a printer decides nothing but words.
 *
 *   program    = name launch memory* statement*
 *   statement  = let name value  |  var name value  |  set name value
 *              | loop axis from to step statement*  |  if condition statement*
 *              | store memory index value  |  fill memory value*  |  barrier
 *              | matrix name from?  |  multiply left right sum  |  spill name to
 *
 * Values are `graph/expression.ts`: scalars of f32, i32, u32 or bool, or vectors of four. f16 and u8 exist in memory alone: a load
 * widens, a store of f16 saturates. All integers stay within 32 bits in the order they are written.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
export type Statement = 
/** A name for a value, once and for all. */
{
    readonly kind: 'let';
    readonly name: string;
    readonly value: Expression;
}
/** A register that `set` changes. */
 | {
    readonly kind: 'var';
    readonly name: string;
    readonly value: Expression;
} | {
    readonly kind: 'set';
    readonly name: string;
    readonly value: Expression;
}
/** `from <= axis < to`; without bounds over the whole axis. */
 | {
    readonly kind: 'loop';
    readonly axis: Axis;
    readonly from: Expression;
    readonly to: Expression;
    readonly step: number;
    readonly body: readonly Statement[];
} | {
    readonly kind: 'if';
    readonly condition: Expression;
    readonly body: readonly Statement[];
}
/** A vector goes to four neighbouring elements, or one unit of four. */
 | {
    readonly kind: 'store';
    readonly memory: Memory;
    readonly index: Expression;
    readonly value: Expression;
}
/** The memory of a lane, which begins with these values: one for each unit. */
 | {
    readonly kind: 'fill';
    readonly memory: Memory;
    readonly values: readonly Expression[];
}
/** All lanes of a group have come here, and see what the others stored. */
 | {
    readonly kind: 'barrier';
} | MatrixStatement;
/** What a target may do that has matrices in the registers of subgroups: all lanes of a subgroup do it together. */
export type MatrixStatement = 
/** Loads one; without a source, the name of a sum that starts from zeros. */
{
    readonly kind: 'matrix';
    readonly matrix: Matrix;
    readonly from?: MatrixPlace;
}
/** Adds the product of two. */
 | {
    readonly kind: 'multiply';
    readonly left: Matrix;
    readonly right: Matrix;
    readonly sum: Matrix;
}
/** Stores a sum. */
 | {
    readonly kind: 'spill';
    readonly matrix: Matrix;
    readonly to: MatrixPlace;
};
/** A matrix that the registers of a subgroup hold: a factor in halves, or a sum in f32. */
export interface Matrix {
    readonly name: string;
    readonly role: 'left' | 'right' | 'sum';
    readonly rows: number;
    readonly columns: number;
    /** Of the subgroup. */
    readonly lanes: number;
}
/** Its lines lie `stride` apart from `index` on, which both count units of the memory: rows, but columns of a right factor. */
export interface MatrixPlace {
    readonly memory: Memory;
    readonly index: Expression;
    readonly stride: number;
}
/** How many lines it has in memory, and elements of each. */
export declare const linesIn: ({ role, rows, columns }: Matrix) => readonly [number, number];
/** Where a program runs: the axes that its body finds defined. */
export type Launch = 
/** Independent points, in any order on any number of threads, at least `grain` of them at a time. */
{
    readonly kind: 'points';
    readonly point: Axis;
    readonly grain: number;
}
/** Groups of lanes that meet at barriers. */
 | {
    readonly kind: 'groups';
    readonly group: Axis;
    readonly lane: Axis;
};
export interface LoopProgram {
    readonly name: string;
    readonly launch: Launch;
    /** Places first, in the order they are bound. */
    readonly memories: readonly Memory[];
    readonly body: readonly Statement[];
}
/** The axes that a launch defines. */
export declare const launched: (launch: Launch) => readonly Axis[];
/** The statements of a body and those inside them. */
export declare const everything: (body: readonly Statement[]) => Statement[];
/** The expressions of one statement, without those inside it. */
export declare function valuesOf(statement: Statement): readonly Expression[];
/** Text for people and tests. */
export declare function printProgram({ name, launch, memories, body }: LoopProgram): string;
export declare const printStatement: (statement: Statement) => string;
export declare function printValue(e: Expression): string;
