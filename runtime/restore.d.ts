import type { Session } from './run.js';
import type { Tensors } from './safetensors.js';
/** Anything that JSON holds. */
export type State = Readonly<Record<string, unknown>>;
/** A state of training that can be gone on from. */
export interface Checkpoint {
    /** The values of variables, by name, as `readVariables` gives them. */
    readonly tensors: Tensors;
    /** What the host has to know beside them: a step, an epoch. */
    readonly state: State;
}
/** Where the checkpoints of one run are kept: a folder (`checkpoints(folder)` in Node), memory, a browser's storage. */
export interface Store {
    /** What sentences call it. */
    readonly place: string;
    /** The last checkpoint. Throws `BadInput` if there is none or if it is damaged. */
    read(): Promise<Checkpoint>;
    /** Keeps a checkpoint in place of the last one, in one step. */
    write(checkpoint: Checkpoint): Promise<void>;
    /** Forgets the checkpoints of an earlier run. */
    clear(): Promise<void>;
}
/** A store for as long as the process or page lives: enough to go on after the device is lost. */
export declare function checkpointsInMemory(): Store;
/**
 * Gives the session's variables the values of `tensors`, which `place` names in sentences; those named `run.` and more are
 * a run's own, its losses for one, and are passed over. Throws `BadInput`, having changed nothing, if the others are not
 * exactly the program's variables.
 */
export declare function restore(session: Session, tensors: Tensors, place: string): void;
