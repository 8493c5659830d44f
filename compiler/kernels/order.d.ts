import type { Kernel } from './kernel.js';
/** Elements of the runs of the first pass. */
export declare const FIRST_RUN = 16;
/** The passes of a kernel that puts rows in order; other kernels as they are. */
export declare function ordered(kernel: Kernel): Kernel[];
