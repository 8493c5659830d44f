/**
 * Seeded random numbers on the host, for what happens before a step: drawing images, shuffling. The same numbers on
 * every machine. (Random numbers inside a step come from the device: `compiler/ops/random.ts`.)
 * Generator: xoshiro128** (Blackman and Vigna 2018), its state filled by hashing the keys.
 */
/** Each call gives a number in [0, 1) with 32 random bits. */
export type Generator = () => number;
/** An independent generator for each list of keys, such as a seed and an epoch. */
export declare function generator(...keys: number[]): Generator;
/** xoshiro128** from a state of four words, which must not all be 0. */
export declare function xoshiro([a, b, c, d]: Uint32Array | number[]): Generator;
/** A uniformly random order of `0 .. count - 1` (Fisher-Yates). */
export declare function permutation(count: number, random: Generator): Uint32Array;
