import { type LoopProgram } from '../loops/program.js';
import type { WasmFunction } from './encode.js';
/** Bytes of scratch that a thread needs for a program. */
export declare const scratchOf: ({ memories }: LoopProgram) => number;
export declare function printFunction({ launch, memories, body, ...program }: LoopProgram, name: string): WasmFunction;
