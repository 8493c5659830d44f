import { type Kernel } from './kernel.js';
import { type Target } from './target.js';
/** Kernels that compute the same by parts of the rows; the kernel itself where that is not worth their dispatches. */
export declare function inSweeps(kernel: Kernel, target: Target): Kernel[];
