/** What a target makes of a kernel, and where its tensors lie. */
import type { Tensor } from '../graph/node.js';
import { type Kernel } from '../kernels/kernel.js';
import type { LoopProgram } from './program.js';
export interface Module {
    /** Without its name, so that equal kernels are found by text. */
    readonly code: string;
    /** What each binding is, in order. */
    readonly bindings: readonly {
        readonly tensor: Tensor;
        readonly access: 'read' | 'read_write';
    }[];
    readonly workgroups: readonly [number, number, number];
    /** What the code was printed from. */
    readonly loops: LoopProgram;
}
export interface Storage {
    /** The tensor whose memory holds this one: itself, or the variable it replaces in place. */
    holder(tensor: Tensor): Tensor;
    /** The buffer of a place. All bindings of a buffer that is written must be writable. */
    buffer(tensor: Tensor): unknown;
}
/** The places that a kernel reads and writes, in order. */
export declare function bindingsOf(kernel: Kernel, storage: Storage): Module['bindings'];
