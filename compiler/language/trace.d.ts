/**
 * What is true while an entry is being traced: which values variables have by now, whether layers train, and which
 * random stream comes next. There is at most one trace at a time; operations do not know of it.
 */
import { type Tensor } from '../graph/node.js';
export interface Trace {
    readonly entry: string;
    /** The latest value of each updated variable (leaf node -> value). */
    readonly updates: Map<Tensor, Tensor>;
    /** u32 scalars that key the random streams. */
    readonly seed: Tensor;
    readonly step: Tensor;
    training: boolean;
    /** `update` does nothing while true. */
    held: boolean;
    /** How many streams each module path has drawn; under `redrawn`, how many it has drawn, whatever the path. */
    streams: Map<string, number>;
    /** Stands for the module path under `redrawn`. */
    streamPath?: string | undefined;
}
export declare function currentTrace(what: string): Trace;
export declare function tracing<T>(trace: Trace, body: () => T): T;
/** Whether layers are in training form (batch statistics, dropout). True unless inside `evaluating`. */
export declare const isTraining: () => boolean;
/** Builds `body` with layers in evaluation form: batch norm uses its running statistics and updates nothing. */
export declare const evaluating: <T>(body: () => T) => T;
/** Builds `body` without the updates it makes: a further pass through layers whose statistics have moved already. */
export declare const holding: <T>(body: () => T) => T;
/** Builds `body` with the random streams that belong to `key`: every call with the same key draws the same numbers. */
export declare const redrawn: <T>(key: string, body: () => T) => T;
/** The entry that is being traced, if one is. */
export declare const tracedNow: () => string | undefined;
/** Builds `body` with random numbers keyed by `seed` (u32 scalar) in place of the program's. */
export declare const reseeded: <T>(seed: Tensor, body: () => T) => T;
/** Builds `body`, which may not update variables. Throws `ShapeError` if it does, saying that `what` does and the way out. */
export declare function updatingNothing<T>(what: string, instead: string, body: () => T): T;
/**
 * A number for one random call site: a hash (FNV-1a) of the module path and of how many streams that path has drawn
 * before, so that adding a module does not change the numbers of the others.
 */
export declare function nextStream(): number;
