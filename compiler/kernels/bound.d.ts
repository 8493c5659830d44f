import type { Machine } from '../graph/machine.js';
import { type Kernel } from './kernel.js';
/** Nanoseconds that a kernel takes at least, on a machine that is busy with it. */
export declare function bound(kernel: Kernel, machine: Machine): number;
