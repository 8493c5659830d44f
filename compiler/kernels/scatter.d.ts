import { type Kernel } from './kernel.js';
import type { Target } from './target.js';
/** The kernels that compute the same, scatters first; the kernel itself if it has none that is worth it. */
export declare function scattered(kernel: Kernel, target: Target): Kernel[];
