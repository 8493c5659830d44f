/**
 * A shader bundle (`compiler/bundle/manifest.ts`) onto a device, without the compiler. A bundle is untrusted input: the
 * manifest is held to its hash and read field by field, every other file to the manifest, and a program is validated before a
 * buffer is made. Hashes find damage; they are no signature.
 */
import type { Manifest, Variant } from '../compiler/bundle/manifest.js';
import type { Program } from '../compiler/plan/program.js';
import type { DType } from '../compiler/types/tensor.js';
import type { Device } from './device.js';
import type { FetchOptions } from './fetch.js';
import { type LoadOptions } from './load.js';
import type { Session } from './run.js';
import { type Tensors } from './safetensors.js';
/** Where the files of a bundle come from. */
export interface BundleFiles {
    /** What messages call it. */
    readonly name: string;
    /** The names of all files, where only those of the bundle may be there. */
    readonly names?: readonly string[];
    /** Throws `BadInput` if there is no such file, or it is longer than `most` bytes. */
    read(file: string, most: number): Promise<Uint8Array<ArrayBuffer>>;
}
/** A bundle whose manifest has been read and is what its hash says. */
export interface Bundle {
    readonly name: string;
    readonly manifest: Manifest;
    /** The content of a file that the manifest lists, held to its hash. */
    file(name: string): Promise<Uint8Array<ArrayBuffer>>;
}
/** What an entry takes and gives, by name, as `types.d.ts` of a bundle declares it. */
export interface BundledEntry {
    /** What `run` is to be given. */
    readonly inputs: Readonly<Record<string, BundledTensor>>;
    /** What `read` gives. */
    readonly outputs: Readonly<Record<string, BundledTensor>>;
}
export interface BundledTensor {
    readonly dtype: DType;
    readonly shape: readonly number[];
}
/** How far loading is: `done` of `total`. */
export interface BundleProgress {
    /** Bytes of the bundle, then pipelines. */
    readonly stage: 'bytes' | 'pipelines';
    /** How much of the stage is done. */
    readonly done: number;
    /** Never less than `done`; 0 where it is not known. */
    readonly total: number;
}
/** What `loadBundle` may be told, beside the options of `load`. */
export interface LoadBundleOptions extends Omit<LoadOptions, 'onProgress'> {
    /** A safetensors file with every parameter, in place of the weights of the bundle. */
    readonly weights?: Uint8Array<ArrayBuffer>;
    /** Which variant to load. Default: the fastest that the device can run, see `chooseVariant`. */
    readonly variant?: string;
    /** Called as bytes arrive and as pipelines are ready. */
    readonly onProgress?: (progress: BundleProgress) => void;
    /** Aborts loading: what is under way is given up, and nothing is left on the device. */
    readonly signal?: AbortSignal;
}
/** The files of an archive in memory. Throws `BadInput` where it is none. */
export declare function archiveFiles(archive: Uint8Array<ArrayBuffer>, name: string): BundleFiles;
/** Reads the manifest. Throws `BadInput` where it is damaged, was changed, or lists other files than there are. */
export declare function readBundle(source: BundleFiles): Promise<Bundle>;
/**
 * Loads the variant of a bundle that fits the device, with its weights. `open` gives its files, and stops where its signal is
 * aborted. Throws `BadInput` where the bundle is damaged, was changed, or needs what the device lacks, the reason of `signal` where
 * that is aborted, what became of the device where it is gone; else like `load`.
 */
export declare function loadFrom<E>(device: Device, open: (given: FetchOptions) => Promise<BundleFiles>, { signal, ...options }?: LoadBundleOptions): Promise<Session<E>>;
/**
 * The variant of that name, or the fastest that the device can run, by this rule: one that is made for its kind (`cpu`,
 * `software`) before all others; then on a GPU one that uses halves before one that uses other features before one that uses
 * none, and on a software driver the other way round, since there all of these are slower. Equals in the order of the bundle.
 * Throws `BadInput` with what is lacking.
 */
export declare function chooseVariant({ name, manifest }: Bundle, device: Device, wanted?: string): Variant;
/** The program of a variant, which the device can run. Throws `BadInput` with the bundle's name where it is wrong in itself. */
export declare function validProgram(bundle: Bundle, variant: Variant, device: Device): Promise<Program>;
/** The program of a variant, with its kernels. */
export declare function programOf(bundle: Bundle, variant: Variant): Promise<Program>;
/** The weights of a bundle; none where it has none. Throws `BadInput` where they are not values of its variables. */
export declare function weightsOf(bundle: Bundle): Promise<Tensors>;
/**
 * Those of `tensors` that are values of `variables`. Throws `BadInput`, naming `what`, where a parameter is missing or one has
 * another shape or dtype. The seed stays what `load` is given.
 */
export declare function parametersIn(tensors: Tensors, variables: Manifest['variables'], what: string): Tensors;
