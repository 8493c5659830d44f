/** What kernels hand to each other inside of what the graph has as one node: a tensor of the plan alone. */
import type { Tensor } from '../graph/node.js';
import type { DType } from '../types/tensor.js';
/** `shape` and dtype of what one kernel stores and another loads. */
export declare const partialOf: (shape: readonly number[], dtype: DType, scope: string) => Tensor;
export declare const isPartial: ({ operation }: Tensor) => boolean;
