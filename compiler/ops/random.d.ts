import { type Stopped, type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
/** Second word of the key; the first is the seed. */
export declare const KEY1 = 3405705229;
type Four = [number, number, number, number];
/** One block: four random words from a counter of four words and a key of two. */
export declare function philoxBlock([c0, c1, c2, c3]: Four, [k0, k1]: [number, number]): Four;
/** Word `i` of a stream: lane `i & 3` of the block with counter (i >> 2, 0, step, stream) and key (seed, KEY1). */
export declare const philox: (i: number, step: number, stream: number, seed: number) => number;
/** 32 random bits per element, decided by seed, step and stream alone. `language/random.ts` makes distributions of them. */
export declare const randomBits: (<const S extends Shape>(seed: Tensor<[], 'u32'>, step: Tensor<[], 'u32'>, shape: S, stream: number) => Stopped<S, 'u32'>) & {
    readonly operation: Operation;
};
export {};
