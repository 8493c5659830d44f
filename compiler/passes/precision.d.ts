/**
 * Storage in f16: a large value that kernels exchange through memory is rounded to f16 where it is written and is f32
 * again where it is read. Arithmetic and accumulation are f32 as before; memory and its traffic are halved.
 *
 *   %2: f32 = conv(%0, %1)          %2: f32 = conv(%0, %1)
 *   %3: f32 = relu(%2)       ->     %3: f16 = cast(%2)
 *                                   %4: f32 = cast(%3)
 *                                   %5: f32 = relu(%4)
 *
 * Loss scaling, which keeps small gradients above the smallest f16, is the training step's (`models/optimizers/scaling.ts`).
 * Source: Micikevicius et al., Mixed precision training, arXiv 1710.03740.
 */
import { type Graph } from '../graph/graph.js';
import { type FuseOptions } from './fuse.js';
/**
 * The graph with f16 storage. Rounded are f32 values of at least 4096 elements of three kinds: results of contractions
 * and elementwise values, where fusion writes them to memory, and leaves (weights) that contractions read, copied once per run.
 * Exact stay: inputs, variables and results; what loops read and what is inside of them; other reductions (statistics); and what updates are made of
 * element by element, such as the gradients of parameters and the slots of optimizers.
 */
export declare function halve(graph: Graph, storage: Omit<FuseOptions, 'fusion'>): Graph;
