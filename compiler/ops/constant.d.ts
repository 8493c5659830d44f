/** Values that depend on nothing: constants and counters. */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { DType } from '../types/tensor.js';
/** The least and the largest finite number of each dtype. */
export declare const RANGES: Readonly<Record<DType, readonly [least: number, most: number]>>;
/**
 * Throws `ShapeError` unless a tensor of `dtype` can hold `value`. `what`: what the number is for. NaN is refused, which is
 * nearly always an option that was not set; graphs may hold it, where constants were folded.
 */
export declare function checkValue(what: string, value: number, dtype: DType): void;
/** A tensor filled with one number. Floats may be infinite. */
export declare const constant: (<const S extends Shape, D extends DType = "f32">(value: number, shape: S, dtype?: D) => Tensor<S, NoInfer<D>, 'stopped'>) & {
    readonly operation: Operation;
};
/** `0, 1, 2, ...` along `axis` (counted from the front), the same along the others. */
export declare const iota: (<const S extends Shape, D extends 'i32' | 'u32' | 'f32' = "i32">(shape: S, axis: number, dtype?: D) => Tensor<S, NoInfer<D>, 'stopped'>) & {
    readonly operation: Operation;
};
