/**
 * The declarations of a bundle: inputs and outputs with exact shapes, as types that need neither the compiler nor the
 * runtime. `typeof import(...)` of the file is what `loadBundle` takes.
 */
import type { Manifest } from './manifest.js';
/** The text of `types.d.ts`. */
export declare function declarations({ name, sizes, entries }: Pick<Manifest, 'name' | 'sizes' | 'entries'>): string;
