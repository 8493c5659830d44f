/**
 * Entries, or their graphs, to the files of a shader bundle. The same entries give the same bytes: nothing in them tells when or where they
 * were made.
 */
import { type CompileOptions } from '../compile.js';
import type { Graph } from '../graph/graph.js';
import { type Target } from '../kernels/target.js';
import type { Entry, Names } from '../language/entry.js';
import type { Program } from '../plan/program.js';
import { type Manifest } from './manifest.js';
/** By path inside the bundle. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
/**
 * The same entries for more than the base target: `cpu` for where there is no WebGPU, `software` for drivers that compute on
 * the processor, `subgroups` and `f16` for devices that have these features. `f16` rounds large intermediate values to halves.
 */
export type VariantName = 'f16' | 'subgroups' | 'software' | 'cpu';
export declare const variantNames: readonly VariantName[];
/** What `bundle` may be told, beside the options of `compile` that change what its programs are. */
export interface BundleOptions extends Pick<CompileOptions, 'target' | 'precision' | 'memory' | 'choose'> {
    /** What the bundle is called. */
    readonly name: string;
    /** Compiled besides the base target; one for a feature that no kernel uses is left out. Default: none. */
    readonly variants?: readonly VariantName[];
    /** A safetensors file with values of variables, or how to make one for them. Default: none; they get initial values. */
    readonly weights?: Weights;
}
export type Weights = Uint8Array<ArrayBuffer> | ((variables: Manifest['variables']) => Uint8Array<ArrayBuffer>);
/**
 * Compiles `entries` and gives the files of their bundle. Throws like `compile`, and `Error` where a variant would have other
 * variables than the rest.
 */
export declare function bundle<const E extends Record<string, Entry>>(entries: E, sizes: {
    [K in Names<E[keyof E]>]: number;
}, options: BundleOptions): Promise<Files>;
/** The same from graphs; `sizes` are what their named sizes were bound to. */
export declare function bundleGraphs(graphs: readonly Graph[], sizes: Readonly<Record<string, number>>, { name, variants, weights, target, precision, memory, choose }: BundleOptions): Promise<Files>;
export interface CompiledVariant {
    readonly variant: string;
    readonly target: Target;
    readonly precision: 'f32' | 'f16';
    /** Bytes that it was held to. */
    readonly memory?: number;
    readonly program: Program;
}
export interface BundleParts {
    readonly name: string;
    readonly sizes: Readonly<Record<string, number>>;
    readonly graphs: readonly Graph[];
    readonly compiled: readonly CompiledVariant[];
    readonly weights?: Weights;
}
/** The files of what was compiled already. */
export declare function bundleFiles({ name, sizes, graphs, compiled, weights }: BundleParts): Promise<Files>;
