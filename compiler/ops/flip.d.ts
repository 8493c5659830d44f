import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { OnAxes } from '../types/axis.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** The elements in reverse order along `axes`. */
export declare const flip: (<S extends Shape, D extends DType, G extends Gradient, const A extends number>(x: Tensor<S, D, G>, axes: Check<OnAxes<S, A>, A | readonly A[]>) => Tensor<S, D, G>) & {
    readonly operation: Operation;
};
