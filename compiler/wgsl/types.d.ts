import type { DType } from '../types/tensor.js';
/** The type of a value in a register: f16 is a form of storage, arithmetic is in f32. */
export declare const typeText: (dtype: DType, width: number) => string;
export declare const LANES: readonly ['x', 'y', 'z', 'w'];
/** The element type of a buffer. Bytes are packed four to a word; booleans take a word. */
export declare function storageType(dtype: DType): string;
