import { type Kernel } from '../kernels/kernel.js';
/** The kernel, which is made of primitives, in what WebAssembly has. */
export declare function legalized(kernel: Kernel): Kernel;
