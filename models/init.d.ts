import type { Initial } from '../compiler/language/module.js';
/** Uniform in `-bound .. bound`. */
export declare const uniformWithin: (bound: number) => Initial;
/** Normal with mean 0. */
export declare const normalWith: (deviation: number) => Initial;
/** What one output of a weight `[to, from, ...kernel]` is the sum of: `from` times the size of the kernel. */
export declare const fanIn: (shape: readonly number[]) => number;
/** What one input of a weight `[to, from, ...kernel]` goes to: `to` times the size of the kernel. */
export declare const fanOut: (shape: readonly number[]) => number;
/**
 * Uniform in `-1/sqrt(fan in) .. 1/sqrt(fan in)`: what PyTorch's linear and convolution layers start with, for weights
 * and, with the weight's fan, for biases. Kaiming uniform (He et al. 2015) with the gain of a leaky relu of slope sqrt(5).
 */
export declare const kaimingUniform: Initial;
/** Normal with deviation `sqrt(2 / fan out)` (He et al. 2015): keeps the scale of gradients under relu. For ResNets. */
export declare const kaimingNormal: Initial;
