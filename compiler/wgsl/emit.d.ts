import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { Target } from '../kernels/target.js';
import { type Module, type Storage } from '../loops/module.js';
export declare function emit(kernel: Kernel, schedule: Schedule, target: Target, storage: Storage): Module;
