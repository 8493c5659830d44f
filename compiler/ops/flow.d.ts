/** Operations that are an identity on values and change what the gradient does. Passes drop them after differentiation. */
import { type Stopped, type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
/** The same value; no gradient flows through it. */
export declare const stopGradient: (<S extends Shape, D extends DType>(x: Tensor<S, D>) => Stopped<S, D>) & {
    readonly operation: Operation;
};
/** The value of `value`; its gradient goes to `source` unchanged. Exactly, where `source + stopGradient(value - source)` would round. */
export declare const straightThrough: (<S extends Shape, D extends DType, G extends Gradient>(value: Tensor<S, D>, source: Tensor<NoInfer<S>, NoInfer<D>, G>) => Tensor<S, D, G>) & {
    readonly operation: Operation;
};
/** The same value; the gradient is multiplied by `factor` on its way back (0.1 slows, 0 stops, negative reverses). */
export declare const scaleGradient: (<S extends Shape, D extends 'f32' | 'f16', G extends Gradient>(x: Tensor<S, D, G>, factor: number | Tensor<[], NoInfer<D>>) => Tensor<S, D, G>) & {
    readonly operation: Operation;
};
/** The same value; the gradient is multiplied by `-strength` (Ganin and Lempitsky 2015, arXiv 1409.7495). */
export declare const reverseGradient: <S extends Shape, D extends 'f32' | 'f16', G extends Gradient>(x: Tensor<S, D, G>, strength?: number) => Tensor<S, D, G>;
/** The gradients of operands, given that of the result; null where none flows. */
type Backward = (gradient: Tensor, operands: readonly Tensor[], value: Tensor) => readonly (Tensor | null)[];
/**
 * A function that is `forward`, with `backward` for its gradient: given that of the result, shaped like it, the operand and the
 * result, it gives that of the operand, in its shape and dtype. All are of one dtype, f32 or f16. Nothing flows to tensors that
 * `forward` reads besides its operand. Called on variables inside of `functionalCall` it is given, and its gradient goes to, the
 * values that stand in for them. Throws `ShapeError` for a gradient of another shape or dtype.
 */
export declare const customGradient: (<A extends Shape, B extends Shape, D extends 'f32' | 'f16'>(forward: (x: Tensor<A, D>) => Tensor<B, D>, backward: (gradient: Tensor<B, D>, x: Tensor<A, D>, value: Tensor<B, D>) => Tensor<A, D>) => <G extends Gradient>(x: Tensor<A, D, G>) => Tensor<B, D, G>) & {
    readonly operation: Operation;
};
/** `value` with a gradient of one's own to `operands`, among which is all that `backward` reads. */
export declare const withGradient: (value: Tensor, operands: readonly Tensor[], backward: Backward) => Tensor;
export {};
