import { type Outputs, type Session } from '../runtime/run.js';
import { type Examples } from './data/examples.js';
import { type Position, type Saving } from './resume.js';
export interface Steps {
    readonly set: {
        readonly train: Examples;
    };
    readonly batch: number;
    readonly seed: number;
    /** In all, those of `from` among them. */
    readonly steps: number;
    /** Where a run is that goes on. Default: at its beginning. */
    readonly from?: Position;
    /** How often `keep` is called. Default: every 60 seconds. Ranks keep when the first of them does. */
    readonly every?: Saving['every'];
    readonly rank?: number;
    /** Called between two steps, when all losses so far are there, and after the last step. What it throws ends the run. */
    readonly keep: (position: Position) => Promise<void>;
    /** Steps after which `reached` is called, when all losses so far are there. */
    readonly milestones?: readonly number[];
    readonly reached?: (step: number) => Promise<void>;
    /** A step's outputs have arrived; they arrive in order, some steps late. */
    readonly seen?: (step: number, loss: number, outputs: Outputs) => void;
    /** Aborting stops after the current step. */
    readonly signal?: AbortSignal | undefined;
}
/**
 * Runs the entry `step` of a session, whose inputs are arrays of the set, by their names. Throws `NonFinite` for a loss that is
 * none, and what `keep` throws; no read is pending then, so that the session can be destroyed.
 */
export declare function runSteps(session: Session, options: Steps): Promise<Position>;
