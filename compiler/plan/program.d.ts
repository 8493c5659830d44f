/**
 * A compiled program as data: everything a runtime needs and nothing of the compiler. JSON, so it can be stored in a
 * shader bundle. Buffers ("slabs") are shared by values whose lifetimes do not meet.
 */
import type { VariableKind } from '../graph/graph.js';
import type { TargetDevice } from '../kernels/target.js';
import type { DType } from '../types/tensor.js';
/** A byte range of a slab. Offsets are multiples of 256, sizes of 4. */
export interface Place {
    readonly slab: number;
    readonly offset: number;
    readonly bytes: number;
}
/** A named tensor in memory, row-major. `u8` is packed four to a word; `bool` is a u32 of 0 or 1; the rest take 4 bytes (f16: 2). */
export interface Stored extends Place {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: DType;
}
export interface ProgramKernel {
    /** Unique in the program; says what the kernel computes. */
    readonly name: string;
    /** A WGSL module with one entry point `main`; binding `i` of group 0 is the `i`-th place of a dispatch. */
    readonly code: string;
    readonly bindings: readonly ('read' | 'read_write')[];
}
export interface Dispatch {
    /** Position in `kernels`. */
    readonly kernel: number;
    readonly bindings: readonly Place[];
    readonly workgroups: readonly [number, number, number];
    /** Module path of what it computes, for profiles and errors. */
    readonly scope: string;
    /** Estimates: floating-point operations, and bytes read and written at least once. */
    readonly flops: number;
    readonly bytes: number;
}
/** What the ranks of a distributed program put together, each its own values, before a dispatch reads the result in their place. */
export interface Exchange {
    /** Position in `dispatches`; their number: after the last. */
    readonly before: number;
    readonly values: readonly (Place & {
        readonly dtype: 'f32' | 'i32' | 'u32';
        readonly combine: 'sum' | 'max' | 'min';
    })[];
}
/** Dispatches `from` to `to`, exclusive. Of those that begin at one dispatch, the outer one stands first. */
export interface Repeated {
    readonly from: number;
    readonly to: number;
    readonly times: number;
}
export interface ProgramEntry {
    /** Written by the host before the run. */
    readonly inputs: readonly Stored[];
    /** Valid after the run, until the next one. */
    readonly outputs: readonly Stored[];
    readonly dispatches: readonly Dispatch[];
    /** Ranges of dispatches that run so many times before what comes next: one within another, or apart. Absent: there are none. */
    readonly repeats?: readonly Repeated[];
    /** In order. Absent: there are none. */
    readonly exchanges?: readonly Exchange[];
}
/** A compiled program: data that `load` puts on a device and a bundle holds. `compile` makes it. */
export interface Program {
    /** The version of this layout. */
    readonly format: 'facet-program/1';
    /** Name of the target profile the kernels were made for. */
    readonly target: string;
    /**
     * How many processes run it, and which entries they run together: inputs of these but scalars are a rank's shard of the
     * rows, and the input `rank`, where there is one, is its number. Absent: one process alone.
     */
    readonly ranks?: {
        readonly size: number;
        readonly entries: readonly string[];
    };
    /** Every distinct kernel once; dispatches name them by their position. */
    readonly kernels: readonly ProgramKernel[];
    /**
     * For targets of class `cpu`: one module for all kernels, with relaxed multiply-add and without; kernel `i` is its function
     * `k{i}(begin, end, scratch, address of place 0, ...)`, which runs tasks `begin` to `end` of a dispatch. `scratch`: bytes that
     * each thread has for itself.
     */
    readonly wasm?: {
        readonly relaxed: Uint8Array<ArrayBuffer>;
        readonly plain: Uint8Array<ArrayBuffer>;
        readonly scratch: number;
    };
    /** Bytes of each buffer. */
    readonly slabs: readonly number[];
    /** Every variable of the entries, with its place in the buffers. */
    readonly variables: readonly (Stored & {
        readonly kind: VariableKind;
    })[];
    /** Where no target was asked for: the same for a device that cannot run this one. No part of the data. */
    readonly compileFor?: (device: TargetDevice) => Program;
    /** `init` gives every variable but `seed` its initial value; the host writes `seed` (u32 scalar) before it. */
    readonly entries: Readonly<Record<string, ProgramEntry>>;
}
