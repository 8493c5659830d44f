/** Running products and maxima along an axis: a reduction over the elements up to each one, `n` terms per element. */
import type { Tensor } from '../graph/node.js';
import type { Shape } from '../types/shape.js';
import type { Gradient } from '../types/tensor.js';
/** Product of the elements up to each one along `axis`. */
export declare const cumprod: <S extends Shape, G extends Gradient>(x: Tensor<S, 'f32', G>, axis: number) => Tensor<S, 'f32', G>;
/** Largest of the elements up to each one along `axis`; its gradient goes to that element. */
export declare const cummax: <S extends Shape, G extends Gradient>(x: Tensor<S, 'f32', G>, axis: number) => Tensor<S, 'f32', G>;
