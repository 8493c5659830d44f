/** The binary format of WebAssembly: numbers, sections, and a module of functions over one imported memory. */
import type { Code, Engine } from './code.js';
export declare const VALUE: {
    readonly i32: 127;
    readonly i64: 126;
    readonly f32: 125;
    readonly v128: 123;
};
export type Value = keyof typeof VALUE;
/** Unsigned and signed LEB128. */
export declare function unsigned(n: number, to?: number[]): number[];
export declare function signed(n: number, to?: number[]): number[];
export declare function float(x: number, to?: number[]): number[];
export interface WasmFunction {
    readonly name: string;
    /** All parameters are i32, and nothing is returned. */
    readonly parameters: number;
    readonly code: Code;
}
/** A module that exports functions and imports its memory, shared, as `facet` `memory`. */
export declare function moduleOf(functions: readonly WasmFunction[], engine: Engine): Uint8Array<ArrayBuffer>;
