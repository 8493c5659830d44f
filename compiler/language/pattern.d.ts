/**
 * Axis patterns: `rearrange(x, 'b c (h p) (w q) -> b (h w) (c p q)', { p: 4, q: 4 })`, `einsum` and `reducePattern`
 * name axes instead of counting them (after einops, Rogozhnikov 2022). All of them are composed of reshape, permute,
 * reductions and one general dot product. Types and builder say the same about a pattern that does not fit.
 */
import { type Tensor } from '../graph/node.js';
import type { Einsum, EinsumOne, Rearrange, ReducePattern } from '../types/pattern.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
export { PatternError } from './pattern-grammar.js';
type Sizes = Readonly<Record<string, number>>;
/**
 * Splits, joins and reorders axes. `x` has the axes left of `->`, the result those on the right; `(h p)` is one axis
 * made of `h` times `p`, of which all but one size must be given. Each name stands once on either side.
 * Throws `PatternError` with a caret under the part that does not fit.
 */
export declare const rearrange: <S extends Shape, D extends DType, G extends Gradient, const P extends string, const Z extends Sizes = {}>(x: Tensor<S, D, G>, pattern: Check<Rearrange<P, S, NoInfer<Z>>, P>, sizes?: Z) => Tensor<Rearrange<P, S, NoInfer<Z>>, D, G>;
/** How `reducePattern` combines the elements of the axes that go away. */
export type PatternReduction = 'sum' | 'mean' | 'max' | 'min' | 'prod';
/**
 * `rearrange` in which axes that stand only on the left are reduced: `reducePattern(x, 'b c h w -> b c', 'mean')`.
 * Throws `PatternError`.
 */
export declare const reducePattern: <S extends Shape, D extends DType, G extends Gradient, const P extends string, const Z extends Sizes = {}>(x: Tensor<S, D, G>, pattern: Check<ReducePattern<P, S, NoInfer<Z>>, P>, reduction: PatternReduction, sizes?: Z) => Tensor<ReducePattern<P, S, NoInfer<Z>>, D, G>;
/**
 * Einstein summation over named axes: `einsum(q, k, 'b i d, b j d -> b i j')`. Axes of the operands that the result
 * does not have are summed over; a name that an operand has twice takes its diagonal; `...` stands for leading axes,
 * which broadcast. One to any number of operands, multiplied from left to right. Throws `PatternError`.
 */
export declare const einsum: EinsumFunction;
interface EinsumFunction {
    <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient, const P extends string>(a: Tensor<A, D, G>, b: Tensor<B, NoInfer<D>, H>, pattern: Check<Einsum<P, A, B>, P>): Tensor<Einsum<P, A, B>, D, G | H>;
    <A extends Shape, D extends DType, G extends Gradient, const P extends string>(a: Tensor<A, D, G>, pattern: Check<EinsumOne<P, A>, P>): Tensor<EinsumOne<P, A>, D, G>;
    <D extends DType, G extends Gradient, H extends Gradient, I extends Gradient>(a: Tensor<any, D, G>, b: Tensor<any, NoInfer<D>, H>, c: Tensor<any, NoInfer<D>, I>, pattern: string): Tensor<any, D, G | H | I>;
}
