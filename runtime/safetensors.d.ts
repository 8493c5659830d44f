import type { Output } from './values.js';
/** Typed arrays that know their shapes, by name. */
export type Tensors = Readonly<Record<string, Output>>;
/** What `readSafetensors` gives. */
export interface Safetensors {
    /** The tensors of the file, by name. */
    readonly tensors: Tensors;
    /** The words that the file holds beside them. */
    readonly metadata: Readonly<Record<string, string>>;
    /** Tensors that are of another dtype here than in the file, in words: `weight of BF16 as f32`. */
    readonly converted: readonly string[];
}
/** A safetensors file. f16 tensors are arrays of their bits, as the runtime reads them. */
export declare function writeSafetensors(tensors: Tensors, metadata?: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer>;
/**
 * The tensors of a safetensors file, copied out of it. BF16 and F64 become f32, whole numbers of 8, 16 and 64 bits i32 and u32.
 * Throws `BadInput`, starting with `what`, if anything in it is not as the format says, or has no place in these.
 */
export declare function readSafetensors(file: Uint8Array, what?: string): Safetensors;
