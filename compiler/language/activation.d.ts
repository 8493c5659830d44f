/** Activations composed of operations, next to the few of `math.ts` that everything uses. None overflows, and each takes one side at its kink. */
import type { Tensor } from '../graph/node.js';
import type { Broadcast, Shape } from '../types/shape.js';
import type { Gradient, Operand } from '../types/tensor.js';
type Float = 'f32' | 'f16';
type Elementwise = <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>;
/** x where it is positive, else alpha (exp(x) - 1). Clevert et al. 2015, arXiv 1511.07289. */
export declare const elu: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>, alpha?: number) => Tensor<S, D, G>;
/** x where it is positive, else alpha (exp(x / alpha) - 1): `elu` with a continuous derivative. Barron 2017, arXiv 1704.07483. */
export declare const celu: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>, alpha?: number) => Tensor<S, D, G>;
/** `elu`, scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017, arXiv 1706.02515. */
export declare const selu: Elementwise;
/** x tanh(softplus(x)). Misra 2019, arXiv 1908.08681. */
export declare const mish: Elementwise;
/** `gelu` with the normal distribution function approximated by a hyperbolic tangent. */
export declare const geluTanh: Elementwise;
/** log(sigmoid(x)). */
export declare const logSigmoid: Elementwise;
/** x / (1 + |x|). */
export declare const softsign: Elementwise;
/** x held between 0 and 6; the gradient at both is 0, as that of `relu`. */
export declare const relu6: Elementwise;
/** x / 6 + 1/2 held between 0 and 1. */
export declare const hardSigmoid: Elementwise;
/** x `hardSigmoid(x)`. */
export declare const hardSwish: Elementwise;
/** (exp(x) - exp(-x)) / 2, accurate near 0. */
export declare const sinh: Elementwise;
/** (exp(x) + exp(-x)) / 2. */
export declare const cosh: Elementwise;
/** Logarithm to base 10. */
export declare const log10: Elementwise;
/** log(exp(a) + exp(b)) without overflow; `a` and `b` broadcast. Equal ones differ by 0, infinite or not. */
export declare const logaddexp: <S extends Shape, T extends Shape, D extends Float, G extends Gradient, H extends Gradient>(a: Tensor<S, D, G>, b: Operand<S, T, Tensor<T, NoInfer<D>, H>>) => Tensor<Broadcast<S, T>, D, G | H>;
export {};
