/**
 * One pretraining run from start to end: program, training loop, evaluation before and after. The demo, `facet pretrain`
 * and experiments call this one function; what a run consists of is data (`PretrainOptions`), what it gives is data too.
 */
import { type CompileOptions } from '../compiler/compile.js';
import type { Chooser } from '../compiler/kernels/schedule.js';
import { type Target } from '../compiler/kernels/target.js';
import type { Device } from '../runtime/device.js';
import { type Ranks } from '../runtime/distributed/ranks.js';
import type { Session } from '../runtime/run.js';
import type { Augmentations } from './augment/copies.js';
import { type Length } from './build.js';
import { type DataSet } from './domains.js';
import { type Features, type Geometry } from './evaluate.js';
import type { Recipe } from './recipes.js';
import { type Saving } from './resume.js';
/** What `pretrain` is told. */
export interface PretrainOptions {
    /** The examples: training ones to learn from, test ones to judge on. */
    readonly set: DataSet;
    /** Method, networks, optimization, views: `recipe('simsiam-cifar10')`, `small('moco')`, one's own. */
    readonly recipe: Recipe;
    /** Feature augmentation. Default: none. */
    readonly augment?: Augmentations;
    /** Steps of the run, the schedules fitted to them. Default: the recipe's. */
    readonly steps?: number;
    /** Of everything that is drawn: initial values, order of examples, views, feature augmentations. */
    readonly seed: number;
    /** Pixels of a view of images. Default: those of the images. */
    readonly size?: number;
    /** An evaluation of another run before its training: used again if this run's encoder starts with the same features. */
    readonly known?: Evaluation;
    /** Steps after which `Watch.milestone` is called, before the next. Default: none. */
    readonly milestones?: readonly number[];
    /** Whether to score the encoder before and after. Default true. */
    readonly evaluate?: boolean;
    /** Where the run is saved, so that it can go on after it was stopped. Default: nowhere. */
    readonly checkpoint?: Saving;
    /**
     * The processes that train together (`mpiRanks()`), each with its share of every batch. Rank 0 alone evaluates and saves, in
     * a folder that all can read. Any number of ranks may go on with a run. Default: this process alone.
     */
    readonly ranks?: Ranks;
    /** Chooses the schedules of the run's kernels: `tuned(table)` of `facet-tensor/tune`. Default: heuristics of the adapter. */
    readonly choose?: Chooser;
}
export interface Watch {
    /** What is being done now. `done`: steps that a resumed run has behind it. */
    stage?(stage: Stage, done?: number): void;
    /** So many of the examples of an evaluation are embedded. */
    embedded?(done: number, of: number): void;
    /** A step's loss has arrived; they arrive in order, some steps late. */
    step?(step: number, loss: number): void;
    /** Every output of that step that is one number: the loss, the learning rate, a method's metrics. */
    metrics?(step: number, values: Readonly<Record<string, number>>): void;
    /** What the metrics say has collapsed, in a sentence; once. */
    warning?(sentence: string): void;
    /** A milestone is reached, by a run that goes on from there once more: `session` may be read, and entries that change nothing called. */
    milestone?(step: number, session: Session): Promise<void>;
    /** Aborting stops after the current step; what was trained until then is kept and evaluated no more. */
    readonly signal?: AbortSignal;
}
export type Stage = 'compile' | 'before' | 'train' | 'after';
export interface Scores {
    /** Shares of the test images, 0 to 1. */
    readonly knn: number;
    readonly linear: number;
}
/** What `pretrain` did. */
export interface Pretrained {
    /** `[step, loss]`, steps from 1. */
    readonly losses: readonly (readonly [number, number])[];
    /** How good the features were before training, where that was asked for. */
    readonly before?: Evaluation;
    /** How good they are now. */
    readonly after?: Evaluation;
    /** Seconds of training alone, before the run was resumed too. */
    readonly trainSeconds: number;
    /** Training examples per second, evaluations left out. */
    readonly examplesPerSecond: number;
    /** The method and its augmentations in words. */
    readonly label: string;
}
export interface Evaluation {
    /** Of sets with labels. */
    readonly scores?: Scores;
    /** Of sets without: how the features of the test images lie in space, where there are two or more. */
    readonly geometry?: Geometry;
    /** Features of the training images, or of those that `judged` takes, and of the test images. */
    readonly train: Features;
    readonly test: Features;
}
/**
 * How long a run is. Epochs are rounded up to whole groups of accumulated batches. Throws `DataError` if the batch is larger than the set, `BadInput`
 * where steps that were asked for would end within a group.
 */
export declare function lengthOf({ set, recipe, steps }: Pick<PretrainOptions, 'set' | 'recipe' | 'steps'>): Length;
/** The method of a run and its entries: `step` and `embed` on batches of the set, of which only the sizes count here. */
export declare function entriesOf(options: Omit<PretrainOptions, 'seed'>): {
    method: import("./public.js").Method<any, any, any>;
    step: import("../compiler/language/entry.js").Entry<{
        readonly labels?: import("../compiler/language/entry.js").InputSpec<["batch"], "u8">;
    }, never>;
    embed: import("../compiler/language/entry.js").Entry<import("../compiler/language/entry.js").Inputs, {
        features: import("../compiler/index.js").Tensor<[import("../compiler/index.js").Dim, import("../compiler/index.js").Dim], "f32", import("../compiler/index.js").Gradient>;
    }>;
};
/** What is compiled for a run, and how: the method, its graphs (`init`, `step` and `embed`), the options. */
export declare function traced(options: PretrainOptions, device: Device): {
    method: import("./public.js").Method<any, any, any>;
    graphs: readonly import("../compiler/index.js").Graph[];
    how: CompileOptions & {
        readonly target: Target;
    };
};
/**
 * Pretrains and evaluates. `session` is left open for reading weights: `destroy` it. With `checkpoint` the run is saved
 * before the first step, every so often, and when it ends or is stopped. Throws `DataError` if the batch is
 * larger than the set, `NonFinite` if the loss or a variable is lost, `BadInput` if a run cannot be resumed; of ranks also `BadInput` if they
 * were given different runs, `RankLost` if one is gone and `RanksApart` if they no longer hold the same variables, as is
 * checked before the first step, with every checkpoint and after the last.
 */
export declare function pretrain(device: Device, options: PretrainOptions, watch?: Watch): Promise<Pretrained & {
    session: Session;
}>;
