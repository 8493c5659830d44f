/**
 * What `manifest.json` of a shader bundle says. A bundle is a folder, or one file that holds the same files:
 *
 *     manifest.json         entries, variables, and per variant: kernels, dispatches, memory
 *     manifest.sha256       the hash of the manifest, as `sha256sum -c` reads it; the manifest has those of all other files
 *     kernels/NAME.wgsl     one WGSL module per kernel
 *     kernels/NAME.wasm     for the processor: a WebAssembly module of all kernels, and one without relaxed multiply-add
 *     graph.txt             the traced graph of every entry
 *     types.d.ts            inputs and outputs of the entries, for `loadBundle<typeof import(...)>`
 *     weights.safetensors   values of variables (optional)
 *
 * Variants are the same entries compiled for different targets. They share variables and weights, and differ in kernels and
 * in where values lie.
 */
import type { VariableKind } from '../graph/graph.js';
import type { MatrixShape, Target } from '../kernels/target.js';
import type { Place, ProgramKernel, Repeated } from '../plan/program.js';
import type { DType } from '../types/tensor.js';
/** A tensor by name, row-major. */
export interface Described {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
}
export interface Manifest {
    readonly format: 'facet-bundle/1';
    readonly name: string;
    /** What the named sizes were bound to. */
    readonly sizes: Readonly<Record<string, number>>;
    readonly variables: readonly (Described & {
        readonly kind: VariableKind;
    })[];
    readonly entries: Readonly<Record<string, Signature>>;
    /** The fastest that a device can run is taken (`chooseVariant`). */
    readonly variants: readonly Variant[];
    /** Every file but the manifest and its hash. */
    readonly files: Readonly<Record<string, {
        readonly bytes: number;
        readonly sha256: string;
    }>>;
}
export interface Signature {
    readonly inputs: readonly Described[];
    readonly outputs: readonly Described[];
}
export interface Variant {
    readonly name: string;
    /** What it was compiled with, for compiling again. */
    readonly target: Target;
    readonly precision: 'f32' | 'f16';
    /** Bytes of device memory that it was held to, if it was. */
    readonly memory?: number;
    readonly requires: Requirements;
    /** Bytes of each buffer. */
    readonly slabs: readonly number[];
    readonly kernels: readonly {
        readonly name: string;
        /** Its WGSL; absent where there is `wasm`. */
        readonly file?: string;
        readonly bindings: ProgramKernel['bindings'];
    }[];
    /** `Program.wasm`, its modules by the names of their files. */
    readonly wasm?: {
        readonly relaxed: string;
        readonly plain: string;
        readonly scratch: number;
    };
    /** Where the variables lie, in their order. */
    readonly variables: readonly Placed[];
    readonly entries: Readonly<Record<string, VariantEntry>>;
}
export interface VariantEntry {
    /** Where inputs and outputs lie, in the order of the signature. */
    readonly inputs: readonly Placed[];
    readonly outputs: readonly Placed[];
    readonly dispatches: readonly {
        /** Position in `kernels`. */
        readonly kernel: number;
        readonly workgroups: readonly [number, number, number];
        readonly bindings: readonly Placed[];
        readonly scope: string;
        readonly flops: number;
        readonly bytes: number;
    }[];
    /** `ProgramEntry.repeats`. */
    readonly repeats?: readonly Repeated[];
}
/** Slab, offset, bytes. */
export type Placed = readonly [slab: number, offset: number, bytes: number];
export declare const placed: ({ slab, offset, bytes }: Place) => Placed;
/** What a device must have to run a variant. */
export interface Requirements {
    /** `'any'` of WebGPU; `'software'`: only for drivers that compute on the processor; `'cpu'`: for WebAssembly. */
    readonly adapter: 'any' | 'software' | 'cpu';
    /** Names of WebGPU features. */
    readonly features: readonly string[];
    /** Names of WebGPU limits with the least that does. */
    readonly limits: Readonly<Record<string, number>>;
    /** A shape of subgroup matrices. */
    readonly matrix?: MatrixShape;
}
