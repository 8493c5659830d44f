import type { Tensor } from '../graph/node.js';
import { type Runnable } from '../kernels/kernel.js';
import type { Ordered } from './order.js';
import type { Place } from './program.js';
/** Tensors in adjacent memory, each aligned; what lies between them is padding, free to be written. */
export interface Region {
    /** All of it, as one f32 tensor. */
    readonly tensor: Tensor;
    /** The byte at which each part begins. */
    readonly parts: ReadonlyMap<Tensor, number>;
}
export interface Flattened {
    /** Of each entry, in their order. */
    readonly runnables: readonly (readonly Runnable[])[];
    readonly regions: readonly Region[];
}
/** `regionBytes`: of a region, at most. Entries with more kernels have their way in how variables are laid out. */
export declare function flatten(entries: readonly Pick<Ordered, 'runnables' | 'inPlace'>[], regionBytes?: number): Flattened;
/** The tensor whose memory is planned for another one: its region, or itself. */
export declare function unitsOf(regions: readonly Region[]): (tensor: Tensor) => Tensor;
/** Adds the places of the parts to those of their regions. */
export declare function placeParts(places: Map<Tensor, Place>, regions: readonly Region[]): void;
