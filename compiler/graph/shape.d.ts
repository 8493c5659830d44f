/**
 * The shape rules on values: the same rules as `types/shape.ts` has on types, in the same words. A rule returns
 * a shape or throws a `ShapeError`. `tests/types/rules.test.ts` holds both levels to one table.
 */
/** A shape, dtype or attribute that an operation cannot take. The message is the one the editor shows. */
export declare class ShapeError extends Error {
    name: string;
}
export declare const show: (shape: readonly (number | string)[]) => string;
export declare const numel: (shape: readonly number[]) => number;
export declare function strides(shape: readonly number[]): number[];
/** The shape itself, if every size is a positive integer. */
export declare function checkShape(shape: readonly number[], what: string): number[];
export declare function broadcast(a: readonly number[], b: readonly number[]): number[];
/** The axis counted from the front. */
export declare function axisIndex(shape: readonly number[], axis: number): number;
/** Axes counted from the front, ascending, without repeats. */
export declare const axisIndices: (shape: readonly number[], axes: readonly number[]) => number[];
export declare const reduce: (shape: readonly number[], axes: readonly number[], keepdims: boolean) => number[];
export declare function permute(shape: readonly number[], order: readonly number[]): number[];
/** `-1` in `target` is the size that keeps the number of elements. */
export declare function reshape(shape: readonly number[], target: readonly number[]): number[];
export declare function concat(a: readonly number[], b: readonly number[], axis: number): number[];
/** floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1; less than 1 where the kernel does not fit. */
export declare const windowSize: (size: number, kernel: number, stride: number, padding: number, dilation: number) => number;
/** Throws `ShapeError` unless an option of an operation is a whole number of at least `least`. */
export declare function checkAtLeast(name: string, key: string, value: number, least: number): void;
