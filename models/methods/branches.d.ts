/**
 * What methods have in common: an online and a target branch from views to the rows that a loss compares, with every
 * feature augmentation in its place on the way. A method adds its heads and its formula.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Builder } from '../../compiler/language/module.js';
import type { Shape } from '../../compiler/types/shape.js';
import { type Augmentations, type Copies } from '../augment/copies.js';
import { type Side } from '../augment/feature.js';
import type { Mixture } from '../augment/operators/operator.js';
import type { Schedule } from '../schedules.js';
import type { Batch, Matrix, Scalar, Vector } from '../tensors.js';
import { type Encoder, type Head } from './method.js';
/** A view on one side of a pair. */
export interface Branch {
    /** Of every copy: rows `[N, D]` that the loss compares. */
    readonly compared: readonly Matrix[];
    /** The main copy's projection `[N, P]` before anything is placed there: for queues and metrics. */
    readonly projection: Matrix;
    /** Of every copy: the mixture that it is, where it is compared with both targets. */
    readonly mixtures: readonly (Mixture | undefined)[];
    /** Of every copy, where `maps` asks for them: the encoder's last feature maps `[N, C, H, W]` (or tokens) with all that is placed there. */
    readonly maps: readonly Batch[];
}
/** The parts of a method, once their sizes have been checked at its door. */
export interface Parts<E extends Encoder = Encoder> {
    readonly encoder: E;
    /** None: the loss takes pooled features. */
    readonly projector?: Head;
    /** After the projector, on the online side only. */
    readonly predictor?: Head;
    /** From the compared rows to scores, which the loss then takes instead. */
    readonly prototypes?: Head;
    readonly augment?: Augmentations;
}
/** The encoder, the augmentations and the named heads out of what a method was given, which may be more. */
export declare const partsOf: <E extends Encoder>(given: {
    readonly encoder: E;
}, ...heads: readonly ('projector' | 'predictor' | 'prototypes')[]) => Parts<E>;
/** How `branches` builds the two sides of a method. */
export interface BranchOptions<E extends Encoder = Encoder> extends Parts<E> {
    /**
     * What targets are: `'online'`, the same network with its gradient; `'stopped'`, the same without; or, with the momentum
     * of a target network, that network's, without gradient. `'none'`: the loss compares what is told of an image with the image itself,
     * or with its label, and augmentations can be placed on the online side only.
     */
    readonly target: 'online' | 'stopped' | 'none' | {
        readonly momentum: number | Schedule;
    };
    /** The loss compares unit rows. */
    readonly unit: boolean;
    /** The loss has negatives that augmentations can change. */
    readonly negatives?: boolean;
    /** The loss is of a classifier's scores, which augmentations can change. */
    readonly scores?: boolean;
    /** Both views of a pair go through encoder and projector as one batch. */
    readonly joint?: boolean | undefined;
    /** The target encoder sees the batch shuffled: `shuffled` batch norm. */
    readonly shuffle?: boolean | undefined;
    /** Branches also have the values of the encoder's last site before `pooled`. Neither with `joint` nor with `shuffle`. */
    readonly maps?: boolean;
    /** The loss compares rows of pooled features, or what heads make of them. Default true. */
    readonly rows?: boolean;
    /** What the online side sees of an image, at a site of the encoder: `x` is the value there for `view`. */
    readonly hide?: {
        readonly at: string;
        readonly seen: (x: Batch, view: Batch) => Batch;
    };
}
/** The online and the target side of a method, as `branches` builds them. */
export interface Branches<E extends Encoder = Encoder> {
    /** For evaluation. */
    readonly encoder: E;
    /** The feature augmentations and how often each is drawn. */
    readonly copies: Copies;
    /** What sentences call the method. */
    readonly name: string;
    /** Both branches of one loss. Parts that several copies or views have in common are built once in it. */
    pass(): {
        readonly online: (view: Batch) => Branch;
        readonly target: (view: Batch) => Branch;
    };
    /** Both branches at once, from views that go through the networks as one batch. Only where asked for. */
    readonly joint?: ((one: Batch, two: Batch) => Pair) | undefined;
    /**
     * Weighted over copies: the mean of `loss` over `pairs`, given the compared rows of both sides after what is placed on
     * pairs (or their scores), the number of the copy, and the pair. A loss is a number, or one per row `[N]`, which copies that are
     * compared with both targets need. Throws `ShapeError` where they have none.
     */
    over(pairs: readonly Pair[], loss: PairLoss): Scalar;
    /** What heads make of other rows of features: projections, unit rows if those are compared, and scores if there are prototypes. */
    headed(side: Side, features: Matrix): Matrix;
    /** Scores of compared rows on the target side. */
    targetScores(rows: Matrix): Matrix;
    /** Moves the target network, if there is one. */
    follow(): void;
}
export type PairLoss = (q: Matrix, k: Matrix, copy: number, pair: Pair) => Scalar | Vector;
/** One query with its key: what a loss compares. */
export interface Pair {
    /** The online side. */
    readonly q: Branch;
    /** The target side. */
    readonly k: Branch;
}
/**
 * Mounts the networks of a method under `encoder`, `projector`, `predictor`, `target.encoder`, ... Pairs of views come from
 * `crossed` (every view as a query) or `first`; `over` makes the loss of them.
 */
export declare function branches<E extends Encoder>(name: string, { use }: Builder, options: BranchOptions<E>): Branches<E>;
/**
 * The pairs of a loss: both orders of the views (`crossed`), or the first view as the query of the second, which makes a pair of
 * a strong and a weak view asymmetric.
 */
export declare const pairsOf: (networks: Branches, views: readonly Batch[], symmetric: boolean) => Pair[];
/** The first view as the query of the second. */
export declare function first({ name, pass, joint }: Branches, views: readonly Batch[]): Pair;
/** Every view as a query against the targets of the first two, itself excepted: `(1, 2), (2, 1), (3, 1), (3, 2), ...` */
export declare function crossed({ pass }: Branches, views: readonly Batch[]): Pair[];
export declare const meanOf: <S extends Shape>(values: readonly Tensor<S, 'f32'>[]) => Tensor<S, 'f32'>;
