/** Activations composed of operations, next to the few of `math.ts` that everything uses. None overflows, and each takes one side at its kink. */
import type { Tensor, Untyped } from '../graph/node.js'
import { add, div, maximum, mul, sub } from '../ops/binary.js'
import { equal, greater, greaterEqual, select } from '../ops/compare.js'
import { abs, exp, expm1, log, log1p, neg, relu, tanh } from '../ops/unary.js'
import type { Broadcast, Shape } from '../types/shape.js'
import type { Gradient, Operand } from '../types/tensor.js'
import { clamp, softplus } from './math.js'

type Float = 'f32' | 'f16'
type Elementwise = <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>
/** A function of one tensor that keeps its shape. */
const pointwise = (body: (x: Untyped) => Untyped): Elementwise => body as unknown as Elementwise

/** `x` where it is positive, else `alpha (exp(x / width) - 1)`; `exp` is formed of the negative side only. */
const exponentialSide = (x: Untyped, alpha: number, width: number): Untyped =>
  select(greater(x, 0), x, mul(expm1(div(select(greater(x, 0), 0, x), width)), alpha))

/** x where it is positive, else alpha (exp(x) - 1). Clevert et al. 2015, arXiv 1511.07289. */
export const elu = <S extends Shape, D extends Float, G extends Gradient>(
  x: Tensor<S, D, G>,
  alpha = 1,
): Tensor<S, D, G> => exponentialSide(x as Untyped, alpha, 1)
/** x where it is positive, else alpha (exp(x / alpha) - 1): `elu` with a continuous derivative. Barron 2017, arXiv 1704.07483. */
export const celu = <S extends Shape, D extends Float, G extends Gradient>(
  x: Tensor<S, D, G>,
  alpha = 1,
): Tensor<S, D, G> => exponentialSide(x as Untyped, alpha, alpha)
/** `elu`, scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017, arXiv 1706.02515. */
export const selu = pointwise(x => mul(exponentialSide(x, 1.6732632423543772, 1), 1.0507009873554805))
/** x tanh(softplus(x)). Misra 2019, arXiv 1908.08681. */
export const mish = pointwise(x => mul(x, tanh(softplus(x))))
/** `gelu` with the normal distribution function approximated by a hyperbolic tangent. */
export const geluTanh = pointwise(x => {
  const inner = mul(add(x, mul(mul(x, mul(x, x)), 0.044715)), Math.sqrt(2 / Math.PI))
  return mul(mul(x, 0.5), add(tanh(inner), 1))
})
/** log(sigmoid(x)). */
export const logSigmoid = pointwise(x => neg(softplus(neg(x))))
/** x / (1 + |x|). */
export const softsign = pointwise(x => div(x, add(abs(x), 1)))
/** x held between 0 and 6; the gradient at both is 0, as that of `relu`. */
export const relu6 = pointwise(x => select(greaterEqual(x, 6), 6, relu(x)))
/** x / 6 + 1/2 held between 0 and 1. */
export const hardSigmoid = pointwise(x => clamp(add(mul(x, 1 / 6), 0.5), 0, 1))
/** x `hardSigmoid(x)`. */
export const hardSwish = pointwise(x => mul(x, mul(clamp(add(x, 3), 0, 6), 1 / 6)))

/** (exp(x) - exp(-x)) / 2, accurate near 0. */
export const sinh = pointwise(x => mul(sub(expm1(x), expm1(neg(x))), 0.5))
/** (exp(x) + exp(-x)) / 2. */
export const cosh = pointwise(x => mul(add(exp(x), exp(neg(x))), 0.5))
/** Logarithm to base 10. */
export const log10 = pointwise(x => mul(log(x), Math.LOG10E))

/** log(exp(a) + exp(b)) without overflow; `a` and `b` broadcast. Equal ones differ by 0, infinite or not. */
export const logaddexp = <S extends Shape, T extends Shape, D extends Float, G extends Gradient, H extends Gradient>(
  a: Tensor<S, D, G>,
  b: Operand<S, T, Tensor<T, NoInfer<D>, H>>,
): Tensor<Broadcast<S, T>, D, G | H> => {
  const [x, y] = [a as Untyped, b as Untyped]
  const apart = select(equal(x, y), 0, sub(x, y))
  return add(maximum(x, y), log1p(exp(neg(abs(apart)))))
}
