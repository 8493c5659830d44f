import type { Mul } from '../../compiler/types/natural.js';
import type { Dim } from '../../compiler/types/shape.js';
import { type BatchNormForm } from '../layers.js';
import { type Encoder, type Option } from './encoder.js';
/** What `convnet1d` may be told. */
export interface Convnet1dOptions {
    /** Channels of the first stage; each further one has twice as many. Default 16. */
    readonly width?: number;
    /** Default 4. */
    readonly stages?: 1 | 2 | 3 | 4 | 5 | 6;
    /** Channels of the sequences. Default 1. */
    readonly channels?: number;
    /** Samples that the first stage sees at once. Default 80: 10 ms at 8 kHz, more than a period of a voice. Time series take less. */
    readonly kernel?: number;
    /** By how much each stage shortens; the kernels after the first are twice as long. Default 4. */
    readonly stride?: number;
    /** What all batch norms have in common. Default: `batchNorm`'s own. */
    readonly norm?: BatchNormForm;
}
/** Channels of the last stage. */
type Features<O> = number extends Option<O, 'width', 16> ? number : Mul<Option<O, 'width', 16>, [1, 1, 2, 4, 8, 16, 32][Option<O, 'stages', 4>]>;
/**
 * Stages of a strided convolution, batch norm and relu, then the mean over time: `[N, channels, T]` to
 * `[N, width 2^(stages-1)]`. Stage `i` (from 1) has about `T / stride^i` places. With the default options 17.4
 * million operations per second of audio at 8 kHz and 128 features. Sites: `stage1`, `stage2`, ..., `pooled`. Throws
 * `ShapeError` for sequences that are too short.
 */
export declare const convnet1d: <const O extends Convnet1dOptions = {}>(options?: O) => Encoder<Option<O, 'channels', 1>, Features<O>, `stage${number}` | 'pooled', [Dim]>;
export {};
