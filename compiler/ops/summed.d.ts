import { type Tensor } from '../graph/node.js';
/** The sum over steps of a value, made of others stacked along a new first axis. */
export interface Summed {
    readonly stacked: readonly Tensor[];
    make(all: readonly Tensor[]): Tensor;
}
/**
 * How the sum over steps of `value` is made after the loop; `undefined` where it is better added up in it, as where what would be
 * stacked is more than what a step reads and writes of the sum. `isStacked`: values that are stacked already.
 */
export declare function summedAfter(value: Tensor, isStacked: (x: Tensor) => boolean): Summed | undefined;
