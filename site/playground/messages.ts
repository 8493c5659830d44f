/** What the page and the worker that runs a program tell each other. */
import type { Program } from 'facet-tensor'

/** A program as JavaScript, and the map back to what its author wrote. */
export interface Emitted {
  readonly code: string
  /** A source map in JSON. */
  readonly map: string
}
export type ToWorker =
  /** To load it and compile the entries that it exports. */
  | ({ readonly kind: 'inspect' } & Emitted)
  /** To do that for a device, and then to call the `run` that it exports. */
  | ({ readonly kind: 'run'; readonly adapter: 'auto' | 'gpu' | 'cpu' } & Emitted)

/** Bytes of values that do not last from one run to the next, and the least that any order of kernels needs. */
export interface Temporaries {
  readonly planned: number
  readonly lowerBound: number
}
/** What the compiler made of a program. */
export interface Compilation {
  readonly program: Program
  /** By entry: the optimized graph as text. */
  readonly graphs: Readonly<Record<string, string>>
  /** By kernel: its loop program as text. */
  readonly loops: Readonly<Record<string, string>>
  /** By entry. */
  readonly memory: Readonly<Record<string, Temporaries>>
  readonly milliseconds: number
}
export type FromWorker =
  /** It can be told what to do. */
  | { readonly kind: 'ready' }
  /** The program's own file was loaded: what is long from here on is the compiler. */
  | { readonly kind: 'loaded' }
  | { readonly kind: 'compiled'; readonly compilation: Compilation }
  | { readonly kind: 'adapter'; readonly name: string }
  /** What it is doing. */
  | { readonly kind: 'stage'; readonly text: string }
  /** What `run` yielded. */
  | { readonly kind: 'point'; readonly values: Readonly<Record<string, number>> }
  /** What it wrote to the console. */
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'done'; readonly seconds: number }
  /** `line` and `column`: where in the program, from 1. */
  | { readonly kind: 'failed'; readonly message: string; readonly line?: number; readonly column?: number }
