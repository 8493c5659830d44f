/**
 * How fusion serves the updates of a training step. One kernel updates all parameters by the same formula, over flat
 * memory (`plan/flat.ts`), if their updates are kernels of their own that differ in nothing but their tensors.
 */
import { type Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/node.js';
export interface Training {
    /**
     * The parameter, of its new value, of what that is made of together with variables (momentum), and of what follows it
     * (averages). Such values share a kernel with those of the same parameter only: in a contraction each would make
     * another large kernel, and where the old value is read as well the new one would have to be copied.
     */
    readonly owner: ReadonlyMap<Tensor, Tensor>;
    /** Products in their gradients, as of a normalization's scale, which differ from layer to layer: the kernels of the sums store them. */
    readonly gradients: ReadonlySet<Tensor>;
}
export declare function training({ updates }: Graph): Training;
