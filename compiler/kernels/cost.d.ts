import type { Machine } from '../graph/machine.js';
import type { Tensor } from '../graph/node.js';
import type { DType } from '../types/tensor.js';
import { type Kernel } from './kernel.js';
export declare const bytesPerElement: Readonly<Record<DType, number>>;
/** Bytes of a tensor in memory, rounded up to whole words. */
export declare const byteSize: ({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>) => number;
/** Additions, multiplications and function calls on floats, a fused multiply-add counting as two. */
export declare function flops(kernel: Kernel): number;
/** Every operand and result once, or what is touched of it. */
export declare function bytes(kernel: Kernel): number;
/** Work by what it is made of. Operations are counted by lanes, an operation on one scalar as a whole vector where the machine has some. */
export interface Work {
    /** In simple operations (`Scalar.cost`). */
    readonly simple: number;
    /** Multiplications whose product is added to a sum. */
    readonly multiplyAdds: number;
    /** Instructions that load or store. */
    readonly accesses: number;
    /** Of memory, each once. */
    readonly bytes: number;
    /** Through loops. */
    readonly passes: number;
    readonly barriers: number;
    /** Invocations, or tasks of a processor. */
    readonly points: number;
}
/** Nanoseconds of a kernel, its dispatch aside: what computes, or what moves through memory, and longer where part of the machine idles. */
export declare const time: (work: Work, machine: Machine) => number;
