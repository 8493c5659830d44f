/**
 * Functions that WGSL lacks, or that drivers compute otherwise than primitives mean: what is not a number decides by its bits,
 * because shaders may be compiled as if infinities and NaN did not occur. Each for scalars and for vectors of four.
 */
import type { DType } from '../types/tensor.js';
export declare const nonFiniteText: (value: number) => string;
/** Whether a float is NaN, by its bits; of four, whether each is. */
export declare const isNaNText: (text: string, width: number) => string;
/** A function of `a`, or of `a` and `b`: the types that it takes and gives, and its body for a width. */
interface Function {
    readonly takes: readonly DType[];
    readonly gives: DType;
    body(width: number): string;
}
declare const functions: {
    larger: Function;
    smaller: Function;
    exponential: Function;
    exponential_of_two: Function;
    hyperbolic_tangent: Function;
    sign_of: Function;
    logarithm: Function;
    logarithm_to_two: Function;
    whole_signed: Function;
    whole_unsigned: Function;
    multiply_high: {
        takes: "u32"[];
        gives: "u32";
        body(width: number): string;
    };
};
export type FunctionName = keyof typeof functions;
export declare const callText: (name: FunctionName, width: number, args: readonly string[]) => string;
/** What the text of a kernel needs declared: the functions that it calls, and what they and it read. */
export declare function declarationsFor(text: string): string[];
export {};
