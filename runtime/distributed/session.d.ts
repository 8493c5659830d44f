/**
 * A session of one rank. A run of an entry that ranks share is cut where they exchange values: dispatches up to there, the
 * values down to the host, through `ranks`, and up into their place. So runs take turns, and everything that is asked of the
 * session waits for those enqueued before.
 */
import type { Program } from '../../compiler/plan/program.js';
import type { Counters, Device, DeviceProgram } from '../device.js';
import type { Ring } from '../ring.js';
import { type Inputs, type Outputs, type OutputsOf, Session } from '../run.js';
import { type Ranks } from './ranks.js';
/**
 * A session of a program that several processes run together: what `load` gives where it is told of `ranks`. Every rank
 * makes the same calls in the same order, with the inputs of the whole batch. Calls fail with `RankLost` where a process is
 * gone, with `RanksApart` where variables differ.
 */
export declare class RankedSession<E = any> extends Session<E> {
    private readonly ranks;
    private queue;
    private queued;
    private failure;
    private exchanging;
    constructor(device: Device, program: Program, made: DeviceProgram, rings: ReadonlyMap<string, Ring>, counters: Counters, ranks: Ranks);
    /** As `Session.run`. Every rank gives the inputs of the whole batch, of which it uploads its own rows. */
    run<K extends keyof E & string>(entry: K, ...[given]: any[]): void;
    read<K extends keyof E & string>(entry: K): Promise<OutputsOf<E[K]>>;
    readVariables(names?: readonly string[]): Promise<Outputs>;
    writeVariables(values: Inputs): void;
    ready(): Promise<void>;
    settle(): Promise<void>;
    /** Which of some flags are true on any rank, once the runs enqueued so far are. All ranks ask at the same point. */
    any(flags: readonly boolean[]): Promise<boolean[]>;
    /** Throws `RanksApart` on all ranks unless they hold the same variables, to the bit. All ranks ask at the same point. */
    agree(): Promise<void>;
    protected check(): void;
    private enqueue;
    /**
     * Reads in turn: later runs need not wait until the values are here. A read that fails, as one of a name that is not there,
     * fails alone, since it changes nothing here or on other ranks.
     */
    private inTurn;
    private isShared;
    /** Copies of what is to be uploaded: the rows of this rank, in entries that ranks share. */
    private own;
    private perform;
    /** Enqueues the part of a run, and exchanges the values that are there after it. */
    private exchange;
    /** Room for the largest exchange of any entry. */
    private createRoom;
}
