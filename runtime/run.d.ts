/**
 * A loaded program. A run is one submit and is never awaited: the device keeps the order.
 * Results are read when wanted, and `ready` keeps the host a few runs ahead of the device, not more.
 */
import type { Entry, InputSpec } from '../compiler/language/entry.js';
import type { Program, Stored } from '../compiler/plan/program.js';
import type { DType, Tensor } from '../compiler/types/tensor.js';
import type { BundledEntry, BundledTensor } from './bundle.js';
import type { Counters, Device, DeviceProgram, Range } from './device.js';
import type { Ring } from './ring.js';
import { type Input, type InputOf, type Output, type OutputOf } from './values.js';
/** A value for each input of an entry, by name. */
export type Inputs = Readonly<Record<string, Input>>;
/** What an entry computed, by name. */
export type Outputs = Record<string, Output>;
/** What an entry takes, by the dtypes of its inputs; of a bundle, values that know their shape must have the right one. */
export type InputsOf<E> = E extends Entry<infer I, any> ? {
    readonly [K in keyof I]: InputOf<I[K] extends InputSpec<any, infer D> ? D : 'f32'>;
} : E extends BundledEntry ? {
    readonly [K in keyof E['inputs']]: Shaped<InputOf<E['inputs'][K]['dtype']>, E['inputs'][K]>;
} : Inputs;
type Shaped<T, D extends BundledTensor> = T extends number | readonly boolean[] ? T : T & {
    readonly shape?: D['shape'];
};
/** What an entry returns, by the dtypes of its outputs; of a bundle, with their exact shapes. */
export type OutputsOf<E> = E extends Entry<any, infer O> ? {
    -readonly [K in keyof O]: OutputOf<O[K] extends Tensor<any, infer D> ? D : DType>;
} : E extends BundledEntry ? {
    -readonly [K in keyof E['outputs']]: OutputOf<E['outputs'][K]['dtype']> & {
        readonly shape: E['outputs'][K]['shape'];
    };
} : Outputs;
/** No second argument where there are no inputs. */
type InputArguments<I> = Record<never, never> extends I ? [inputs?: I] : [inputs: I];
/** An input or a variable, and what to write to its place. */
export interface Upload {
    readonly input: Stored;
    readonly bytes: Uint8Array<ArrayBuffer>;
}
/** `E`: the entries the program was compiled from; without them any name goes and is checked when it is used. */
export declare class Session<E = any> {
    /** Where it runs. */
    readonly device: Device;
    /** What it runs. */
    readonly program: Program;
    protected readonly made: DeviceProgram;
    private readonly rings;
    /** What was asked of the device so far. */
    readonly counters: Counters;
    /** Runs not finished yet, as far as the host knows. */
    pending: number;
    private waiting;
    private last;
    private closed;
    private readonly variables;
    /** Free to be used by a download. */
    private staging;
    constructor(
    /** Where it runs. */
    device: Device, 
    /** What it runs. */
    program: Program, made: DeviceProgram, rings: ReadonlyMap<string, Ring>, 
    /** What was asked of the device so far. */
    counters: Counters);
    /**
     * Enqueues one run of `entry` and returns at once; the inputs are copied before it returns.
     *
     * @param entry The name of an entry of the program.
     * @param given A value for each input: a typed array, an array of numbers, or a number for a scalar.
     * @throws `BadInput` for a wrong name, type or length, and what went wrong on the device since, if anything did.
     */
    run<K extends keyof E & string>(entry: K, ...[given]: InputArguments<InputsOf<E[K]>>): void;
    /** The end of a run: its dispatches from `from` on, after which its outputs are kept. */
    protected finish(entry: string, from: number): void;
    /**
     * Uploads the inputs of a run and gives the milliseconds of ranges of its dispatches, of which `ranges` is told the number.
     * Outputs are not kept. Throws like `run`.
     */
    times(entry: string, inputs: Inputs, ranges: (count: number) => readonly Range[]): Promise<number[]>;
    /** The inputs of a run as bytes, which are not copied. Throws `BadInput` for a wrong name, type or length. */
    protected encoded(entry: string, inputs: Inputs): Upload[];
    protected upload(uploads: readonly Upload[]): void;
    /** The outputs of the latest run of `entry`, with the shapes they have. Not affected by runs enqueued later. */
    read<K extends keyof E & string>(entry: K): Promise<OutputsOf<E[K]>>;
    /**
     * `run`, then `read`.
     *
     * @param entry The name of an entry of the program.
     * @param inputs A value for each input.
     * @returns The outputs by name: typed arrays with a `shape`.
     * @throws `BadInput` for a wrong name, type or length; what goes wrong on the device.
     * @example
     * ```ts
     * const { loss } = await session.call('step', { images })
     * console.log(loss[0])
     * ```
     */
    call<K extends keyof E & string>(entry: K, ...inputs: InputArguments<InputsOf<E[K]>>): Promise<OutputsOf<E[K]>>;
    /** Resolves once fewer than three runs are under way: await it once per step to keep inputs from piling up. */
    ready(): Promise<void>;
    /** Resolves once everything enqueued has run; throws what went wrong on the device. */
    settle(): Promise<void>;
    /** The values of the named variables, all by default, as they are after the runs enqueued so far. Not affected by later ones. */
    readVariables(names?: readonly string[]): Promise<Outputs>;
    /** Replaces the values of the named variables before the next run. Throws `BadInput` for a wrong name, type or length, having written nothing. */
    writeVariables(values: Inputs): void;
    /** Values for variables as bytes, which are not copied. Throws `BadInput` for a wrong name, type or length. */
    protected variablesFrom(values: Inputs): Upload[];
    protected write(uploads: readonly Upload[]): void;
    /** Reads all variables; throws `NonFinite` if one holds an infinity or NaN (`checkVariables`). */
    checkVariables(): Promise<void>;
    /** Frees the program's buffers. The device stays open. */
    destroy(): void;
    protected check(): void;
    protected entry(name: string): Program['entries'][string];
    private variable;
    private track;
    private wake;
    /**
     * What `read` gives, refused at once where the session cannot give it. Later failures, of the device or because the session
     * was destroyed meanwhile, are said by every further call too, so one that nobody waits for is no unhandled rejection.
     */
    protected asked<T>(read: () => Promise<T>): Promise<T>;
    private download;
    private stagingPlaces;
    private createStaging;
}
/** Throws `NonFinite`, naming entry, output and element, if a float output holds an infinity or NaN. */
export declare function checkFinite(entry: string, outputs: Readonly<Outputs>, names?: readonly string[]): void;
/**
 * The same of variables, in the program's order: the first that is broken is named, the others are counted. A loss may stay
 * finite while parameters and running statistics are not (a NaN can fall under a mask, or on a class that is not seen).
 */
export declare function checkVariables(variables: Readonly<Outputs>): void;
export {};
