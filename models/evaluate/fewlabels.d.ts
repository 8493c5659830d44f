/** What a few labels are enough for: 1 % and 10 % of them. */
import type { Device } from '../../runtime/device.js';
import { type Examples } from '../data/examples.js';
import type { DataSet } from '../domains.js';
import { type Features } from './features.js';
import { type FinetuneOptions } from './finetune.js';
import { type ProbeOptions } from './linear.js';
import type { Subject } from './subject.js';
/**
 * Numbers of a random subset of `fraction` of the examples of each class, rounded, at least one each, in ascending order: the same
 * for the same seed, and a larger fraction holds the smaller one's. Throws `BadInput` unless the fraction is in (0, 1].
 */
export declare function balancedSubset({ labels }: Pick<Examples, 'labels'>, fraction: number, seed?: number): number[];
/** What `fewLabels` may be told. */
export interface FewLabelsOptions {
    /** Default 0.01 and 0.1. */
    readonly fractions?: readonly number[];
    /** Of the linear probe. Default: `linearProbe`'s own. */
    readonly linear?: ProbeOptions;
    /** Default: 20 epochs, but 100 steps or more, the classifier's rate ten times the encoder's. */
    readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>;
    /** Of the subset and of fine-tuning. Default 0. */
    readonly seed?: number;
    /** After each step of fine-tuning: how many are done of how many. */
    readonly progress?: FinetuneOptions['progress'];
}
/** What `fewLabels` found with one share of the labels. */
export interface FewLabels {
    /** Share of the labels, 0 to 1. */
    readonly fraction: number;
    /** Labelled examples. */
    readonly count: number;
    /** Shares of the test examples that are right: of a linear probe, and after fine-tuning. */
    readonly linear: number;
    /** Share of the test examples that is right after fine-tuning. */
    readonly finetune: number;
}
/**
 * A linear probe and fine-tuning with `fractions` of the labels, subsets balanced over classes. `features`: of the whole
 * training and test splits. Source of the protocol: SimCLR, arXiv 2002.05709, section 6; its settings here are those of mmselfsup
 * (20 epochs, a higher rate for the classifier).
 */
export declare function fewLabels(device: Device, subject: Subject, set: DataSet, features: {
    readonly train: Features;
    readonly test: Features;
}, { fractions, seed, progress, ...options }?: FewLabelsOptions): Promise<FewLabels[]>;
