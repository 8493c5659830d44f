/**
 * Periodic masks: a convolution over a dilated input (the input gradient of a strided one) has terms only where
 * `position % n == 0`. If the axes in the position are cut so that the remainder is known when the kernel is printed,
 * the other terms vanish from its text.
 */
import { type Axis, type Expression } from '../graph/expression.js';
export interface Periodic {
    /** For each axis, the `n` whose multiples leave the remainder alone. */
    readonly periods: ReadonlyMap<Axis, number>;
    /** Fraction of the terms that the masks let through. */
    readonly density: number;
}
export declare function periodic(term: Expression): Periodic;
