import { type Tensor } from '../graph/node.js';
import type { Gradient } from '../types/tensor.js';
export interface GradOptions {
    /** Zeros where no gradient reaches any of the tensors, as for the second derivative of what may be linear. Default: refused. */
    readonly unreached?: 'zeros';
}
/**
 * Gradients of a scalar with respect to tensors it was computed from, shaped like them: by the names that the tensors are given
 * with, or of one tensor, `grad(loss, x)`. Zeros for those among several that nothing flows to. Throws `ShapeError` if the loss is
 * no floating-point scalar, for tensors of integers, and where nothing flows to any.
 */
export declare function grad<const P extends Tensor | Record<string, Tensor>, G extends Gradient>(loss: Tensor<[], 'f32', G>, wrt: P, options?: GradOptions): Gradients<P, G>;
/** A gradient is computed of all that its loss is: it can be differentiated again, with respect to whatever that could be. */
type Gradients<P, G extends Gradient> = 0 extends 1 & P ? Record<string, Tensor<any, 'f32', G>> : P extends Tensor<infer S, infer D> ? Tensor<S, D, G> : {
    [K in keyof P]: P[K] extends Tensor<infer S, infer D> ? Tensor<S, D, G> : never;
};
/** What a gradient of `loss` flows to; `ends` is told what it does not go on to, and why. */
export declare function reachedBy(loss: Tensor, ends?: (operand: Tensor, reason: string) => void): Set<Tensor>;
/** Pulls cotangents of several tensors back to `wrt`: the gradients of the sum of `<cotangent, output>`. */
export declare function backward(cotangents: readonly (readonly [Tensor, Tensor])[], wrt: readonly Tensor[]): Tensor[];
export {};
