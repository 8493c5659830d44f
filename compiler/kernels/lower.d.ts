/** A group of nodes becomes a kernel: accumulations in stages (each stage reads the results of the ones before), then stores. */
import type { Tensor } from '../graph/node.js';
import type { Group } from '../passes/group.js';
import type { Kernel } from './kernel.js';
/** `results` are the members that something outside of the kernel reads. */
export declare function lower(group: Group, results: readonly Tensor[]): Kernel;
