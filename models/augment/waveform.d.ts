/**
 * Views of waveforms inside the compiled step: time, loudness, polarity, noise and silence, every parameter drawn on the
 * device, one per recording. A neutral parameter changes nothing, so there is no branch.
 */
import { type Stopped } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
/** What `waveformView` does to a recording, in this order; every range is drawn from uniformly. */
export interface WaveformRecipe {
    /** Speed of replay, which moves the pitch with it; 1 leaves it. */
    readonly speed: readonly [number, number];
    /** Largest shift in time, either way, as a share of the length. What moves in is silence, what moves out is lost. */
    readonly shift: number;
    /** Gain in dB: a factor of `10^(gain / 20)`. */
    readonly gain: readonly [number, number];
    /** Probability of the negative waveform. */
    readonly polarity: number;
    /** White Gaussian noise, by the ratio of the recording's mean power to its own in dB: the higher the fainter. */
    readonly noise: readonly [number, number];
    /** Longest silence that replaces a part of the recording, as a share of the length; its length and place are uniform. */
    readonly mask: number;
}
/**
 * For spoken words, whose meaning lies in none of these. The speeds are those of Ko et al. 2015 ("Audio augmentation for
 * speech recognition", Interspeech); the kinds are among those that CLAR compares (Al-Tahan & Mohsenzadeh 2021, arXiv
 * 2010.09542), with ranges of our own.
 */
export declare const speechViews: WaveformRecipe;
/**
 * A random view of each recording, as `recipe` says: `[N, T]` floats around 0 to `[N, 1, T]`. Every call draws anew.
 * Throws `ShapeError` for another rank and for ranges that are none.
 */
export declare function waveformView<N extends Dim, T extends Dim>(waveforms: Stopped<[N, T], 'f32'>, recipe: WaveformRecipe): Stopped<[N, 1, T]>;
/** The recordings as they are, for evaluation: `[N, T]` to `[N, 1, T]`. */
export declare const plainWaveform: <N extends Dim, T extends Dim>(waveforms: Stopped<[N, T], 'f32'>) => Stopped<[N, 1, T]>;
type Column = Stopped<[Dim, 1]>;
/**
 * `speed` times as fast around the middle, then `shift` samples later: place `t` has what was at
 * `(t - shift - m) speed + m`, `m` the middle, between two samples their weighted mean, beyond the ends 0.
 */
export declare function replayed<N extends Dim, T extends Dim>(x: Stopped<[N, T]>, speed: Column, shift: Column): Stopped<[N, T]>;
/** `10^(level / 20)`: a ratio of amplitudes. */
export declare const decibels: (level: Column) => Column;
/** Deviation `[N, 1]` of noise that lies `ratio` dB below the mean power of each recording: none for silence. */
export declare const noiseLevel: (x: Stopped<[Dim, Dim]>, ratio: Column) => Column;
/** 0 from place `start` on, over `length` places. */
export declare function silenced<N extends Dim, T extends Dim>(x: Stopped<[N, T]>, start: Column, length: Column): Stopped<[N, T]>;
export {};
