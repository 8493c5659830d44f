import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Amounts, Pad } from '../types/axis.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** `low` and `high` elements of `value` before and after each axis. */
export declare const pad: (<S extends Shape, D extends DType, G extends Gradient, const P extends Amounts>(x: Tensor<S, D, G>, amounts: Check<Pad<S, P>, P>, value?: number) => Tensor<Pad<S, P>, D, G>) & {
    readonly operation: Operation;
};
/** `pad` with `interior[axis]` elements of `value` between neighbours as well. */
export declare const padAll: (x: Tensor, low: readonly number[], high: readonly number[], interior: readonly number[], value?: number) => Tensor<any, any, any>;
