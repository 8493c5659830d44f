/** Everything a device could refuse, refused here with a sentence. */
import { type Kernel } from '../kernels/kernel.js';
import type { Target } from '../kernels/target.js';
import type { Program } from './program.js';
/** A program needs more than its target offers. */
export declare class LimitError extends Error {
    name: string;
}
/** A number of bytes as errors say it. */
export declare const mib: (bytes: number) => string;
/** A number of bytes, or text with a unit: `'512MiB'`, `'1.5GiB'`. */
export type Bytes = number | `${number}${'KiB' | 'MiB' | 'GiB'}`;
/** Throws `LimitError` for other text. */
export declare function bytesOf(given: Bytes): number;
/** `fixed` bytes of the buffers are variables and inputs. */
export declare function checkMemory({ slabs }: Program, budget: number, fixed: number): void;
/** Buffers of a kernel hold what the target has. Bytes are read alone: none has stores of them. */
export declare function checkDtypes(kernel: Kernel, target: Target): void;
export declare function checkLimits(program: Program, target: Target): void;
