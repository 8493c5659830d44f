import { type Graph } from '../graph/graph.js';
import { type Machine } from '../graph/machine.js';
import type { Tensor } from '../graph/node.js';
import { type Group } from './group.js';
export interface FuseOptions {
    /** Storage buffers that one kernel may bind. */
    readonly storageBuffers: number;
    readonly machine: Machine;
    /** False: one kernel per stored node, and every node is stored. For tests and for measuring what fusion brings. */
    readonly fusion: boolean;
}
/** What runs as a whole: a group, which becomes a kernel, or a loop, as its `scan` node. */
export type Unit = Group | Tensor;
export declare const isLoop: (unit: Unit) => unit is Tensor;
export interface Fusion {
    /** In an order in which they can run. */
    readonly units: readonly Unit[];
    /** For each group, the members that other kernels, outputs or updates read. */
    readonly results: ReadonlyMap<Group, readonly Tensor[]>;
}
export declare function fuse(graph: Graph, options: FuseOptions): Fusion;
/** What a loop reads from memory: an operand, or what that has the elements of. A carry that begins as a number is filled with it. */
export declare function sourcesOfLoop(node: Tensor): Tensor[];
/** The tensor whose memory holds the elements of `x`, in their order. */
export declare const sourceOf: (x: Tensor) => Tensor;
