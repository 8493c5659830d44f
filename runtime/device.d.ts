/**
 * What the runtime asks of a device, whichever it is: memory and kernels of a program, runs in the order in which they are
 * enqueued, values down to the host, and the first thing that went wrong. `webgpu/` and `cpu/` are two, and nothing else of
 * the runtime knows more than is said here.
 */
import type { Place, Program } from '../compiler/plan/program.js';
import type { DeviceLost } from './errors.js';
/** `cpu`: WebAssembly. `system`: a software driver of the machine. `swiftshader`: the software driver from npm. */
export type AdapterKind = 'gpu' | 'cpu' | 'system' | 'swiftshader';
/** What a device runs on. */
export interface AdapterSummary {
    /** A GPU, the processor, or WebGPU on a software driver: of the system, or the one from npm. */
    readonly kind: AdapterKind;
    /** As the driver names it. */
    readonly name: string;
    /** Who made it, as WebGPU's `adapter.info` says: `nvidia`. Empty where it does not. */
    readonly vendor: string;
    /** Its family, as WebGPU's `adapter.info` says: `ampere`. Empty where it does not. */
    readonly architecture: string;
}
/** What programs may count on, by WebGPU's names. */
export declare const usefulLimits: readonly ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxBindingsPerBindGroup', 'minStorageBufferOffsetAlignment', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupSizeY', 'maxComputeWorkgroupSizeZ', 'maxComputeWorkgroupsPerDimension'];
export type Limits = Readonly<Record<(typeof usefulLimits)[number], number>>;
/**
 * A GPU or a processor that is open. Made by `openDevice`; programs are put on it by `load` and `loadBundle`.
 *
 * @example
 * ```ts
 * const device = await openDevice()
 * console.log(device.adapter.kind, device.adapter.name)
 * device.destroy()
 * ```
 */
export interface Device {
    /** What it runs on. */
    readonly adapter: AdapterSummary;
    /** Adapter and driver, as far as they are known: what times measured on it hold for. */
    readonly identity: string;
    /** Features by WebGPU's names: `shader-f16`, `subgroups`, `timestamp-query`. */
    readonly features: ReadonlySet<string>;
    /** What programs may count on. */
    readonly limits: Limits;
    /** Shapes of the subgroup matrices of halves that it multiplies with sums in f32; empty for most. */
    readonly matrices: readonly {
        rows: number;
        columns: number;
        depth: number;
        subgroup: number;
    }[];
    /** Bytes that buffers may take in all, if known. */
    readonly memory: number | undefined;
    /** Resolves when the device is gone, also after `destroy`. */
    readonly lost: Promise<DeviceLost>;
    /**
     * Memory and kernels of a program that is valid for this device. Throws `OutOfMemory` where it does not fit, `KernelError`
     * where a kernel does not compile. Of the runtime's own: users call `load`, which gives a session.
     *
     * @param program What `compile` gave.
     * @throws `OutOfMemory`, `KernelError`, `DeviceLost`
     */
    load(program: Program, options: LoadingOptions): Promise<DeviceProgram>;
    /** Resolves once everything enqueued so far has run; throws what went wrong on the device. */
    done(): Promise<void>;
    /** Throws the first error that the device reported, if there is one. */
    check(): void;
    /** Frees everything that was made on the device. */
    destroy(): void;
}
/** What loading tells of. */
export interface LoadingOptions {
    readonly counters: Counters;
    /** Called when the slabs are there, before kernels are: what it makes on the device may be out of memory like them. */
    readonly rooms: (made: DeviceProgram) => void;
    /** Called when a kernel is ready. */
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
}
/** A program on a device. What is asked of it is done one after the other, in the order of the calls. */
export interface DeviceProgram {
    /** Writes whole words to the beginning of a place; they are copied before it returns. */
    write(place: Pick<Place, 'slab' | 'offset'>, bytes: Uint8Array<ArrayBuffer>): void;
    /** Enqueues commands, in one go; `label` names them. */
    submit(label: string, commands: readonly Command[]): void;
    /** Makes room that the host can read. */
    staging(label: string, bytes: number): Staging;
    /** Milliseconds that each of some ranges of an entry's dispatches takes, run one after the other. */
    times(entry: string, ranges: readonly Range[]): Promise<number[]>;
    destroy(): void;
}
/** Dispatches of an entry: `from` and those before `to`. */
export interface Range {
    readonly from: number;
    readonly to: number;
}
export type Command = ({
    readonly kind: 'run';
    readonly entry: string;
} & Range)
/** Copies whole words of a place to byte `at` of the room. */
 | {
    readonly kind: 'copy';
    readonly place: Place;
    readonly to: Staging;
    readonly at: number;
};
export interface Staging {
    /**
     * What was copied by the commands enqueued so far; `use` gets the bytes and must not keep them. Until then nothing else may be copied
     * here.
     */
    read<T>(use: (bytes: ArrayBufferLike) => T): Promise<T>;
    destroy(): void;
}
/** What was asked of the device since `load` began. Between two training steps only the last five may grow. */
export interface Counters {
    buffersCreated: number;
    pipelinesCreated: number;
    bindGroupsCreated: number;
    passes: number;
    dispatches: number;
    submits: number;
    bytesUploaded: number;
    reads: number;
}
export declare const newCounters: () => Counters;
