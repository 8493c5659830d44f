/**
 * A study as data: which methods, feature augmentations, gradient flows and image augmentations are crossed, with which
 * seeds, how long each run is and how it is judged. A file that exports one by default is what `facet study` runs.
 */
import type { Flow } from '../augment/flow.js';
import type { OperatorName } from '../augment/operators/index.js';
import type { ImageRecipeName, ViewsRecipeName } from '../augment/recipes.js';
import type { ProtocolName } from '../evaluate/protocols.js';
import type { MethodName, Recipe, RecipeName } from '../recipes.js';
/** `'synthetic'`, a folder, or data under a name, of which whoever runs the study says where they are if `path` does not. */
export type StudyData = 'synthetic' | (string & {}) | {
    readonly name: string;
    readonly path?: string;
};
/** `simsiam` (its small recipe), the name of a recipe, or a recipe of one's own under a name for the report. */
export type StudyMethod = MethodName | RecipeName | {
    readonly name: string;
    readonly recipe: Recipe;
};
/**
 * A feature augmentation as `parseAugmentations` reads it: `gaussian@projection:cosine=0.9`. One that says its flow
 * (`extrapolate:flow=target-stopped`) keeps it and is not crossed with `flows`.
 */
export type StudyAugmentation = OperatorName | `${OperatorName}${'@' | ':' | '+' | ' '}${string}`;
/** The name of what makes the views (`synthetic`: views for the embedded images), or one's own under a name. */
export type StudyViews = ImageRecipeName | ViewsRecipeName | 'synthetic' | 'speech' | {
    readonly name: string;
    readonly views: Recipe['views'];
};
/** What every trial may spend. */
export interface Budget {
    /** Training steps of one batch each; of recipes that accumulate whole groups of them. */
    readonly steps: number;
    /** Steps before the last after which the encoder is judged too, in rising order: whether an effect is there early. Default: none. */
    readonly milestones?: readonly number[];
    /** Training examples. Default: all there are; of the embedded images 2000. */
    readonly images?: number;
    /** Test examples. Default: a fifth of `images`. */
    readonly testImages?: number;
    /** Pixels of a view. Default: those of the images; of the embedded ones 16. */
    readonly size?: number;
    /** Examples per step; the learning rate follows. Default: the recipe's. */
    readonly batch?: number;
    /** Channels of the encoder's first stage. Default: the recipe's. */
    readonly width?: number;
    /** Further parts of every recipe, as `changed` takes them: `{ encoder: 'vit', accumulate: 4, 'clip.norm': 1, precision: 'f16' }`. */
    readonly set?: Readonly<Record<string, string | number | boolean>>;
}
/**
 * A comparison that is named before the study is run, so that it was not chosen for its result: the mean difference over seeds
 * between trials with a feature augmentation and those `against` it, or, of an interaction, between its difference with two image
 * augmentations.
 */
export interface Hypothesis {
    /** What is claimed, as a heading of the report. */
    readonly name: string;
    /** Secondary hypotheses are corrected together (Holm); the primary one, or ones, stand for themselves. */
    readonly family: 'primary' | 'secondary';
    /** As the study lists it. */
    readonly augmentation: string;
    /** Default: none. */
    readonly against?: string;
    /** Default: the mean over all methods of the study. */
    readonly method?: string;
    /** Default: the mean over all of the study. With two, the difference with the first less that with the second. */
    readonly imageAugmentation?: string | readonly [string, string];
    /** The difference, in points, that the number of seeds was chosen for. */
    readonly expected: number;
}
/**
 * A crossed study as data: every method with every augmentation, flow, image augmentation and seed. `study` checks it.
 */
export interface Study {
    /** Default: the name of the file. */
    readonly name?: string;
    /**
     * `'synthetic'`: the embedded images. Otherwise a folder of data, relative to the study file; with a name, the name
     * stands for the folder in the ids of the trials, so that the data may lie elsewhere on another machine.
     */
    readonly data: StudyData;
    /** Other data, for the protocol `transfer`. */
    readonly transferTo?: StudyData;
    /** What is pretrained; each with every augmentation. */
    readonly methods: readonly StudyMethod[];
    /** Beside none, which is always there: what each trial is compared with. */
    readonly augmentations: readonly StudyAugmentation[];
    /** The first is the one that the report compares the others with. */
    readonly flows: readonly Flow[];
    /** From the weakest to the strongest: `ladder` is such a list. */
    readonly imageAugmentations: readonly StudyViews[];
    /** Each trial is run once for each; two or more give intervals. */
    readonly seeds: readonly number[];
    /** Which of all these combinations the study has; a difference needs its baseline too. Default: every one. */
    readonly where?: (trial: TrialNames) => boolean;
    /** What every trial may spend. */
    readonly budget: Budget;
    /** What the study is to decide. The report puts it first, and calls all else exploration. Default: nothing. */
    readonly hypotheses?: readonly Hypothesis[];
    /** Protocols by name. The first is what the report's plots and sentences are about, so it must give an accuracy. */
    readonly evaluate: readonly [Exclude<ProtocolName, 'quality'>, ...ProtocolName[]];
    /**
     * What trials of the first seed record besides, at the price of time: `'histograms'`, of the cosines of positive and
     * negative pairs after training (a second program is compiled); `'projection'`, test images in the plane. Default: nothing.
     */
    readonly record?: readonly ('histograms' | 'projection')[];
    /** Of which trials the weights are kept, the largest part of what a study leaves on disk. Default: of none. */
    readonly weights?: (trial: Trial) => boolean;
}
/** One run: a point of every axis, and everything that its numbers depend on. */
export interface Trial {
    /** A digest of `configuration`: 12 hexadecimal digits. */
    readonly id: string;
    /** Its name, as the study lists it. */
    readonly method: string;
    /** `none` for a baseline. */
    readonly augmentation: string;
    /** `none` for a baseline. */
    readonly flow: string;
    /** Its name, as the study lists it. */
    readonly imageAugmentation: string;
    /** One of the seeds of the study. */
    readonly seed: number;
    /** All that its result depends on but the machine. */
    readonly configuration: Configuration;
}
export interface Configuration {
    readonly data: string;
    readonly transferTo?: string;
    readonly recipe: Omit<Recipe, 'source'>;
    /** As `parseAugmentations` reads it, flows included. */
    readonly augment: string;
    readonly steps: number;
    readonly milestones?: readonly number[];
    readonly images?: number;
    readonly testImages?: number;
    readonly size?: number;
    readonly seed: number;
    readonly evaluate: readonly ProtocolName[];
}
/** What tells a trial from the others of its study. */
export type TrialNames = Omit<Trial, 'id' | 'configuration'>;
/** A study, checked by its types; `expand` gives its trials. */
export declare function study(given: Study): Study;
export declare const isStudy: (x: unknown) => x is Study;
/** The same, for people. */
export declare const trialName: ({ method, augmentation, flow, imageAugmentation, seed }: TrialNames) => string;
