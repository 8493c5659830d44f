/**
 * Host values of tensors: typed arrays of the dtype, checked and padded on the way up, given a `shape` on the way down.
 */
import type { Stored } from '../compiler/plan/program.js';
import type { DType } from '../compiler/types/tensor.js';
/** The typed arrays that hold tensors: f32, i32, u32 (bool too), the bits of f16, u8. */
export type Values = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | Uint8ClampedArray;
/** What a tensor may be given as: a typed array of its dtype, row-major; booleans for bool; a number for a single element. */
export type Input = Values | readonly boolean[] | number;
/**
 * What a tensor of dtype `D` may be given as: a typed array of it, row-major; booleans for bool; a number for a single
 * element.
 */
export type InputOf<D extends DType> = number | ArrayOf[D] | (D extends 'bool' ? readonly boolean[] | Uint8Array : D extends 'u8' ? Uint8ClampedArray : never);
interface ArrayOf {
    f32: Float32Array;
    f16: Uint16Array;
    i32: Int32Array;
    u32: Uint32Array;
    u8: Uint8Array;
    bool: Uint32Array;
}
/** A tensor read from the device: a typed array, row-major, that knows its shape. bool comes as u32 of 0 or 1, f16 as its bits. */
export type Output = OutputOf<DType>;
/** A tensor of dtype `D` read from the device: a typed array, row-major, with its shape. */
export type OutputOf<D extends DType> = ArrayOf[D] & {
    readonly shape: readonly number[];
};
declare const arrays: {
    readonly f32: Float32ArrayConstructor;
    readonly f16: Uint16ArrayConstructor;
    readonly i32: Int32ArrayConstructor;
    readonly u32: Uint32ArrayConstructor;
    readonly u8: Uint8ArrayConstructor;
    readonly bool: Uint32ArrayConstructor;
};
export declare const elements: (shape: readonly number[]) => number;
export declare const arrayOf: (dtype: DType) => (typeof arrays)[DType];
/** Bytes of the elements themselves, without padding. */
export declare const bytesOf: ({ shape, dtype }: Pick<Stored, 'shape' | 'dtype'>) => number;
/** Copies and mappings move whole words. */
export declare const words: (bytes: number) => number;
/** The bytes to upload: a view of `value` where possible, else a padded or widened copy. `what` names the tensor in errors. */
export declare function encode(what: string, stored: Pick<Stored, 'shape' | 'dtype'>, value: Input): Uint8Array<ArrayBuffer>;
/** A typed array with its shape from `bytes`, copied: it is not of shared memory where these are. */
export declare function decode({ shape, dtype }: Pick<Stored, 'shape' | 'dtype'>, bytes: ArrayBufferLike, offset?: number): Output;
export {};
