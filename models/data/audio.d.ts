import { type Examples } from './examples.js';
/** `waveforms` is f32 `[count, samples]`, values from -1 to 1. */
export interface AudioSplit extends Examples {
    /** The samples of all recordings, one after the other. */
    readonly waveforms: Float32Array;
}
/** A set of recordings of one length with labels. */
export interface AudioSet {
    /** What sentences and reports call it. */
    readonly name: string;
    /** What is trained on. */
    readonly train: AudioSplit;
    /** What is judged on. */
    readonly test: AudioSplit;
    /** Length of every waveform. */
    readonly samples: number;
    /** Samples per second. */
    readonly rate: number;
    /** Class names by label. */
    readonly classes: readonly string[];
}
/** The middle `samples` of a longer waveform; a shorter one between two equal silences (the second longer by the odd sample). */
export declare function fit(waveform: Float32Array, samples: number): Float32Array;
/** What `readSpokenDigits` may be told. */
export interface AudioOptions {
    /** Length that recordings are cropped or padded to, as `fit` says. Default 8000: one second, longer than all but 17 of the 2,700 of the set. */
    readonly samples?: number;
}
/**
 * Reads the spoken digits in the folder `path`: waveforms of 8 kHz, the digit as label. Which are for training and which
 * for testing stands in the column `split` of `labels.csv` (in the set, takes 0 to 4 of each speaker and digit are for
 * testing); the order is a fixed mixture. Throws `DataError`, with file and line or byte, for a missing or damaged file or one that differs from its line.
 */
export declare function readSpokenDigits(path: string, { samples }?: AudioOptions): AudioSet;
