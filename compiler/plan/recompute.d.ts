import type { Machine } from '../graph/machine.js';
import { type Runnable } from '../kernels/kernel.js';
import type { Ordered } from './order.js';
/** The kernels, with copies such that temporaries take `budget` bytes or, where that is out of reach, fewer than before. */
export declare function recompute({ runnables, inPlace, values }: Ordered, budget: number, machine: Machine): readonly Runnable[];
