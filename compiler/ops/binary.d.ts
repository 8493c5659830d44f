/**
 * Elementwise operations of two tensors, which broadcast: one row each. Either operand may be a number.
 * Gradient rules are written as if shapes were equal; the driver of reverse mode sums over broadcast axes.
 */
import { type Tensor } from '../graph/node.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
import { type Beside, type Together } from './elementwise.js';
/** a + b */
export declare const add: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a - b */
export declare const sub: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a * b */
export declare const mul: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a / b; on integers the quotient is truncated, and by 0 it is `a`. */
export declare const div: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a to the power of b: NaN for a negative `a` unless `b` is an integer. Where `a` is not positive, no gradient flows to `b`. */
export declare const pow: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** The larger; equal operands have half of the gradient each. */
export declare const maximum: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** The smaller; equal operands have half of the gradient each. */
export declare const minimum: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** The angle of the point (b, a) in radians, between -pi and pi. */
export declare const atan2: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a - b * trunc(a / b): has the sign of `a`. Of floats exact, for quotients below 2^40. */
export declare const rem: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** a - b * floor(a / b): has the sign of `b`. By the integer 0 it is 0, and so is `rem`; `div` by it is `a`. */
export declare const mod: Binary & {
    readonly operation: import("../graph/operation.js").Operation;
};
/** One signature, not overloads: so the message at a wrong argument is the rule's own sentence. */
type Binary = <A extends Shape = Shape, B extends Shape = Shape, D extends DType = never, E extends DType = never, G extends Gradient = never, H extends Gradient = never>(a: number | Tensor<A, D, G>, b: number | Beside<A, B, D, E, Tensor<B, E, H>>) => Tensor<Together<A, B, D, E>, NoInfer<D | E>, NoInfer<G | H>>;
export {};
