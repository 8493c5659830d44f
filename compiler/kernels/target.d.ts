/// <reference types="@webgpu/types" preserve="true" />
import { type Machine } from '../graph/machine.js';
/** What a kernel may count on: limits and class of an adapter. `portable` is WebGPU's guaranteed minimum. */
export interface Target {
    /** What a program remembers it by: a program is compiled for one target. */
    readonly name: string;
    /** `'software'`: a few wide cores, no gain from workgroup memory. `'gpu'`: thousands of invocations. `'cpu'`: WebAssembly on some threads. */
    readonly class: 'software' | 'gpu' | 'cpu';
    /** How the driver takes to large kernels. llvmpipe compiles for some 7 ms per multiply-add in the text. */
    readonly compiles: 'fast' | 'slowly';
    /**
     * The builtin by which a kernel that only moves through memory numbers the invocations of a workgroup: the same numbers, but
     * llvmpipe loads and stores neighbours together only by the id, and SwiftShader computes the id from the index.
     */
    readonly numbering: 'index' | 'id';
    /** Whether buffers may hold f16. */
    readonly f16: boolean;
    /** Whether kernels may use subgroup operations, whatever the size of a subgroup. */
    readonly subgroups: boolean;
    /** Whether the quads of a contraction share what they load: worth it where a load costs as much as several multiply-adds. */
    readonly quads: boolean;
    /** Storage buffers that one kernel may bind. */
    readonly storageBuffers: number;
    /** Workgroups along each dimension of a dispatch, at most. */
    readonly workgroupsPerDimension: number;
    /** Bytes of a buffer that one kernel may see, at most. */
    readonly bindingBytes: number;
    /** Bytes of one buffer, at most. */
    readonly bufferBytes: number;
    /** Memory that the invocations of a workgroup share. */
    readonly workgroupBytes: number;
    /** Invocations of one workgroup, at most. */
    readonly workgroupInvocations: number;
    /** The subgroup matrices it multiplies, halves with sums in f32: `rows x depth` by `depth x columns`. */
    readonly matrix?: MatrixShape;
    /** WebAssembly alone: the engine joins two vectors of neighbours in one instruction. Programs are right without, but slower. */
    readonly wide: boolean;
}
export interface MatrixShape {
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
    /** Invocations of a subgroup. */
    readonly subgroup: number;
}
/** What work costs there. */
export declare const machineOf: (target: Pick<Target, 'class' | 'wide'>) => Machine;
/** Loads and variables that change in a loop are dear, and text is cheap to compile: true of SwiftShader. */
export declare const likeSwiftShader: (target: Target) => boolean;
/** WebGPU's default limits: what every adapter offers. */
export declare const portable: Target;
/** Software Vulkan drivers (SwiftShader, llvmpipe) on a few processor cores. */
export declare const software: Target;
/** WebAssembly with 32-bit addresses, on every machine; f16 is stored by conversion. */
export declare const cpu: Target;
/** The same in engines that revectorize (`runtime/cpu/wide.ts`). */
export declare const cpuWide: Target;
/**
 * The targets that have a name, by it: what `facet compile --target` takes. `targetFor` makes the one of an open
 * device.
 */
export declare const targets: Readonly<Record<string, Target>>;
/** What `targetFor` reads of an open device. */
export interface TargetDevice {
    readonly adapter: {
        readonly kind: string;
        readonly name: string;
    };
    readonly limits: Pick<GPUSupportedLimits, 'maxStorageBuffersPerShaderStage' | 'maxStorageBufferBindingSize' | 'maxBufferSize' | 'maxComputeWorkgroupStorageSize' | 'maxComputeInvocationsPerWorkgroup'>;
    readonly features: ReadonlySet<string>;
    readonly matrices: readonly MatrixShape[];
}
/**
 * The target for an open device: its class from the kind of adapter, and as much as it has of what programs are limited by.
 * A program made for it runs on devices that offer as much; for all, compile for `portable`.
 */
export declare function targetFor({ adapter, limits, features, matrices }: TargetDevice): Target;
