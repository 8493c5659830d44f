/**
 * Memory plan: values whose lifetimes do not meet are packed into the same bytes of a few buffers ("slabs"). WebGPU refuses a buffer that
 * one dispatch both reads and writes unless all its bindings are writable, so a kernel's results are put in another slab
 * than its operands where that is possible; where it is not, the emitter declares the bindings writable.
 */
import type { Tensor } from '../graph/node.js';
import type { Lifetime } from './liveness.js';
import type { Place } from './program.js';
export declare const aligned: (bytes: number) => number;
/** Lays tensors out one after the other, in as few buffers as the limit allows. `sizes` grows by the buffers made. */
export declare function pack(tensors: readonly Tensor[], sizes: number[], bufferBytes: number): Map<Tensor, Place>;
/**
 * Places temporaries in the slabs from `first` on, which entries share: `sizes` grows to the largest need. A value goes
 * to the slab that has to grow least for it, among those without an operand of its kernel if there is one. Within a slab
 * larger values are placed first, each at the lowest offset that is free for its whole lifetime.
 */
export declare function packAlive(lifetimes: readonly Lifetime[], sizes: number[], first: number, bufferBytes: number): Map<Tensor, Place>;
