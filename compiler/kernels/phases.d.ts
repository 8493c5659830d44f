import { type Kernel } from './kernel.js';
/** The same results, with the phases of their positions as outermost axes of the grid. */
export declare function byPhase(kernel: Kernel): Kernel;
