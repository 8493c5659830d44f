import type { Device } from '../../runtime/device.js';
import type { DataSet } from '../domains.js';
import type { Features } from './features.js';
import { type FewLabelsOptions } from './fewlabels.js';
import { type FinetuneOptions } from './finetune.js';
import { type KnnOptions } from './knn.js';
import { type LinearFit, type ProbeOptions } from './linear.js';
import { type FeatureNoiseOptions, type Robustness, type RobustnessOptions } from './robustness.js';
import { type Subject } from './subject.js';
/** What `evaluate` is told. What a protocol is not told is as its function has it. */
export interface EvaluateOptions {
    /** The set that the subject is judged on. */
    readonly set: DataSet;
    /** Another set, for `transfer`. */
    readonly transferTo?: DataSet;
    /** Of everything that is drawn. Default 0. */
    readonly seed?: number;
    /** Of `knn`. */
    readonly knn?: KnnOptions;
    /** Of `linear`, and of the linear probe under `robustness` and `noise`. */
    readonly linear?: ProbeOptions;
    /** Default: 10 epochs at 0.1, for a batch of 256; see `withProbe` for the probe that is trained during pretraining. */
    readonly online?: Omit<FinetuneOptions, 'seed' | 'progress' | 'frozen'>;
    /** Of `finetune`. */
    readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>;
    /** Of `fewlabels`: the shares of the labels. */
    readonly fewlabels?: Pick<FewLabelsOptions, 'fractions'>;
    /** Of `robustness`: which corruptions. */
    readonly robustness?: Pick<RobustnessOptions, 'corruptions'>;
    /** Of `noise`: how strong, and where. */
    readonly noise?: Pick<FeatureNoiseOptions, 'levels' | 'site'>;
    /** What `robustness` of another encoder gave: its mean corruption error is then reported against it. */
    readonly baseline?: Robustness;
    /** How far the protocol is that runs now. */
    readonly progress?: (protocol: ProtocolName, done: number, total: number) => void;
}
/** Numbers by name, the most important first. Shares are 0 to 1. */
export type Scores = Readonly<Record<string, number>>;
/** What a protocol is given: the options, and what several protocols share. */
export interface Setting extends EvaluateOptions {
    /** Where it is computed. */
    readonly device: Device;
    /** The encoder, with the weights to be judged. */
    readonly subject: Subject;
    readonly seed: number;
    /** Of the training and the test split, computed when first asked for. */
    readonly features: () => Promise<{
        readonly train: Features;
        readonly test: Features;
    }>;
    /** The linear probe on them. */
    readonly probe: () => Promise<LinearFit>;
}
/** A way to judge an encoder: an entry of `protocols`. */
export interface Protocol {
    /** What it does, in a few words. */
    readonly summary: string;
    /** Judges, and gives numbers by name. */
    readonly run: (setting: Setting) => Promise<Scores>;
    /** Why it cannot be run on this set, where that is so. */
    readonly refuses?: (options: EvaluateOptions) => string | undefined;
    /** It takes sets without labels too. */
    readonly unlabelled?: boolean;
}
/** The protocols by name: what `evaluate` and `facet evaluate --protocol` run. */
export declare const protocols: {
    readonly knn: {
        readonly summary: 'weighted vote of the nearest training features';
        readonly run: ({ device, features, knn }: Setting) => Promise<{
            accuracy: number;
        }>;
    };
    readonly knn200: {
        readonly summary: 'the vote of 200 at temperature 0.1, as lightly reports it for CIFAR-10';
        readonly run: ({ device, features, knn }: Setting) => Promise<{
            accuracy: number;
        }>;
    };
    readonly linear: {
        readonly summary: 'linear classifier on frozen features, its learning rate chosen on held-out rows';
        readonly run: ({ probe }: Setting) => Promise<{
            accuracy: number;
            learningRate: number;
        }>;
    };
    readonly online: {
        readonly summary: 'linear classifier trained on augmented views, as beside pretraining (rate 0.1 for a batch of 256)';
        readonly run: (setting: Setting) => Promise<{
            accuracy: number;
        }>;
    };
    readonly finetune: {
        readonly summary: 'encoder and classifier trained together';
        readonly run: (setting: Setting) => Promise<{
            accuracy: number;
            learningRate: number;
        }>;
    };
    readonly fewlabels: {
        readonly summary: 'linear probe and fine-tuning with 1 % and 10 % of the labels';
        readonly run: (setting: Setting) => Promise<{
            [k: string]: number;
        }>;
    };
    readonly transfer: {
        readonly summary: 'kNN, linear probe and fine-tuning on another set';
        readonly unlabelled: true;
        readonly refuses: ({ transferTo }: EvaluateOptions) => "transfer needs another set" | undefined;
        readonly run: (setting: Setting) => Promise<{
            knn: number;
            linear: number;
            finetune: number;
        }>;
    };
    readonly robustness: {
        readonly summary: 'linear probe on test images corrupted at five severities';
        readonly refuses: ({ set }: EvaluateOptions) => string | undefined;
        readonly run: (setting: Setting) => Promise<Readonly<Record<string, number>>>;
    };
    readonly noise: {
        readonly summary: 'linear probe on features disturbed by noise';
        readonly run: (setting: Setting) => Promise<{
            [k: string]: number;
        }>;
    };
    readonly retrieval: {
        readonly summary: 'share of test images with one of their class among the 1, 2, 4 and 8 nearest others';
        readonly refuses: ({ set }: EvaluateOptions) => string | undefined;
        readonly run: ({ device, features }: Setting) => Promise<{
            [k: string]: number;
        }>;
    };
    readonly svm: {
        readonly summary: 'linear support vector machine on 1, 2, 4, 8 and 16 images of each class, five draws';
        readonly run: ({ features, seed }: Setting) => Promise<{
            [k: string]: number;
        }>;
    };
    readonly quality: {
        readonly summary: 'alignment of views, uniformity, RankMe, participation ratio and spread of features';
        readonly unlabelled: true;
        readonly run: ({ device, subject, set, seed, features }: Setting) => Promise<{
            uniformity: number;
            rank: number;
            participation: number;
            spread: number;
            alignment: number;
        }>;
    };
};
/** The name of a protocol. */
export type ProtocolName = 'knn' | 'knn200' | 'linear' | 'online' | 'finetune' | 'fewlabels' | 'transfer' | 'robustness' | 'noise' | 'retrieval' | 'svm' | 'quality';
/** All names of protocols, in the order in which they are listed. */
export declare const protocolNames: ProtocolName[];
/** The result of `robustness` from its numbers by name, to be a baseline. Throws `BadInput` if they are not such numbers. */
export declare function robustnessOf(scores: Scores): Robustness;
/** Why a protocol cannot be run on a set, in half a sentence; nothing if it can. */
export declare function refusalOf(name: ProtocolName, options: EvaluateOptions): string | undefined;
/** The protocol of a name. Throws `BadInput` with the nearest. */
export declare function protocolNamed(name: string): ProtocolName;
/** What protocols run on. `embed` gives the features of both splits. Default: by a program of its own. */
export declare function settingFor(device: Device, subject: Subject, options: EvaluateOptions, embed?: Setting['features']): Setting;
/**
 * The numbers of several protocols, in the order asked for, by their names. Throws `BadInput`, having run none, if one of them cannot
 * be run on the set.
 *
 * ```ts
 * const { knn, quality } = await evaluate(device, subjectOf(recipe, tensors), ['knn', 'quality'], { set })
 * ```
 */
export declare function evaluate<const N extends ProtocolName>(device: Device, subject: Subject, names: readonly N[], options: EvaluateOptions): Promise<Record<N, Scores>>;
