/**
 * Saving a run and going on with it: what makes two runs the same, when a run is saved, and what a checkpoint of it
 * holds. A step depends on the variables (seed and step counter among them) and on the batch, whose order is keyed by
 * seed and epoch; so a run that goes on from its variables and its step gives the numbers of one that never stopped.
 */
import type { Graph } from '../compiler/graph/graph.js';
import type { Checkpoint, State, Store } from '../runtime/restore.js';
import { type Session } from '../runtime/run.js';
import type { FeatureAugmentation } from './augment/feature.js';
import type { DataSet } from './domains.js';
import type { Recipe } from './recipes.js';
/** Where and how often `pretrain` saves its run. */
export interface Saving {
    /** `checkpoints('out/run')` in Node, `checkpointsInMemory()` anywhere. */
    readonly store: Store;
    /**
     * How often to save between the first step and the last. Default: every 60 seconds; a checkpoint of a ResNet-18
     * with its momenta (88 MB) takes about a quarter of a second.
     */
    readonly every?: {
        readonly steps: number;
    } | {
        readonly seconds: number;
    };
    /**
     * Whether to go on from the store's checkpoint, to the same numbers as if the run had never stopped. Default false: the
     * store is cleared, and the run begins.
     */
    readonly resume?: boolean;
    /** Anything to keep beside the state, as `about`: how to make the same run again, say. */
    readonly about?: State;
}
/** How far a run is: `[step, loss]` of every step so far, and the seconds of training they took. */
export interface Position {
    readonly losses: readonly (readonly [number, number])[];
    readonly seconds: number;
}
/** What two runs must have in common to give the same numbers on one adapter, as JSON. */
export declare function identityOf(run: {
    readonly set: DataSet;
    readonly recipe: Recipe;
    readonly augmentations: readonly FeatureAugmentation[];
    readonly steps: number;
    readonly seed: number;
    readonly size?: number;
    /** The step as it was traced: what options say in functions shows here alone. */
    readonly graph: Graph;
}): Promise<State>;
/**
 * A set like the one that the run of a checkpoint was trained on, but without the examples: enough to build its program
 * again. Throws `BadInput` if the state does not describe one.
 */
export declare function emptySetOf({ run }: State, place: string): DataSet;
/** A tensor beside the variables: the losses so far, as the device gave them. */
export declare const LOSSES = "run.losses";
/**
 * Saves the session's variables, as they are after the steps of `position`. Throws `NonFinite`, having written nothing, if one
 * is broken: what was saved last is worth going on from.
 */
export declare function save({ store, about }: Saving, run: State, session: Session, { losses, seconds }: Position): Promise<void>;
/**
 * Where the run of a checkpoint is. Throws `BadInput` if it is the checkpoint of another run than `run`, with the first
 * difference, or of none.
 */
export declare function positionOf({ tensors, state }: Checkpoint, run: State, place: string): Position;
/** Says after each step whether it is time to save. */
export declare function due(every?: NonNullable<Saving['every']>): (step: number) => boolean;
