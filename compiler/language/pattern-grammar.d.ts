import { ShapeError } from '../graph/shape.js';
/** One axis of a side, and where it stands in the pattern. A single name is a group of one; `1` is an empty group. */
export interface Item {
    readonly names: readonly string[];
    /** Written with parentheses. */
    readonly group: boolean;
    readonly ellipsis: boolean;
    readonly offset: number;
    readonly length: number;
}
export interface Pattern {
    readonly text: string;
    readonly inputs: readonly (readonly Item[])[];
    readonly output: readonly Item[];
}
/** A pattern that cannot be read, or does not fit its tensors. Shows the pattern and where in it. */
export declare class PatternError extends ShapeError {
    /** What is wrong, in the words the editor shows. */
    readonly reason: string;
    /** The pattern as it was given. */
    readonly pattern: string;
    /** Where in it the mistake begins, from 0. */
    readonly offset: number;
    /** How many of its characters are wrong. */
    readonly length: number;
    /** The operation on what it was asked for: `rearrange of [2, 784] with h=27`. */
    readonly asked: string;
    name: string;
    constructor(
    /** What is wrong, in the words the editor shows. */
    reason: string, 
    /** The pattern as it was given. */
    pattern: string, 
    /** Where in it the mistake begins, from 0. */
    offset: number, 
    /** How many of its characters are wrong. */
    length?: number, 
    /** The operation on what it was asked for: `rearrange of [2, 784] with h=27`. */
    asked?: string);
}
/** The parsed pattern; each text is parsed once. Throws `PatternError`. */
export declare function parsePattern(text: string): Pattern;
