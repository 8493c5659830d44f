/** A recording of one channel. */
export interface Waveform {
    /** Values from -1 up to 1 (not reached): sample / 2^15. */
    readonly samples: Float32Array;
    /** Samples per second. */
    readonly rate: number;
}
/** Reads a file. Throws `DataError`, with the file and the byte, for anything but mono 16-bit PCM that is all there. */
export declare function readWav(file: string): Waveform;
/** The contents of a file; `file` names it in errors. */
export declare function parseWav(bytes: Uint8Array, file: string): Waveform;
