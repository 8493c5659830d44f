/**
 * The copies of its features that a method carries from its encoder to its loss. The first is the main one; each
 * augmentation that is composed by `'add'` or `'blend'` has copies of its own beside it, and one that replaces with
 * several copies splits those there are. Losses are paired copy by copy. Copies that nothing has told apart yet are the
 * same node, and everything that works on them is built once.
 */
import { type Tensor } from '../../compiler/graph/node.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Negatives } from '../losses.js';
import type { Head } from '../methods/method.js';
import type { Batch, Matrix, Scalar, Vector } from '../tensors.js';
import { type FeatureAugmentation, rowSites, type Side } from './feature.js';
import { type Compared, type Mixture } from './operators/operator.js';
/** One augmentation or several; in the order in which they are applied at a site. */
export type Augmentations = FeatureAugmentation | readonly FeatureAugmentation[];
/** What an augmentation makes of the value at a site of an encoder. */
export type AtSite = (x: Batch) => Batch;
/** An encoder as branches call it: their sizes have been checked at the method's door. */
export type Encode = (views: Batch, at?: Readonly<Record<string, AtSite>>) => Matrix;
export interface Copies {
    /** Every copy of a feature before the first site. */
    of<T extends Tensor>(x: T): T[];
    /** The weighted sum of the loss of every copy. */
    weighted(loss: (copy: number) => Scalar): Scalar;
    /**
     * A function from the views of sides, which go through the encoder as one batch, to the pooled features of every copy of
     * each, with what is placed at the encoder's stages and on the pooled feature. It builds what sides and copies have in
     * common once.
     */
    encoding(encoder: Encode): (parts: readonly {
        readonly side: Side;
        readonly view: Batch;
    }[]) => Matrix[][];
    /** The copies after a site: unchanged where nothing is placed there. */
    apply(site: (typeof rowSites)[number], side: Side, copies: readonly Matrix[]): Matrix[];
    /** What the encoder gave for a pooled feature of `encoding`, before anything was placed on it. */
    encoded(pooled: Matrix): Matrix;
    /** The mixture that `apply` or `encoding` made this feature to be, where both its targets count. */
    mixture(x: Tensor): Mixture | undefined;
    /** Both sides of a pair after what is placed on pairs; `penalty`, a scalar, is added to the loss. */
    compared(copy: number, q: Matrix, k: Matrix): Omit<Compared, 'penalty'> & {
        readonly penalty?: Scalar;
    };
    /** What the query is told apart from, after what is placed on negatives; operators on rows leave unit rows. */
    negatives(copy: number, q: Matrix, rows: Matrix): Negatives;
    /**
     * The scores `[N, C]` that `classifier` gives rows `[N, D]` of these labels, after what is placed on scores. Throws `ShapeError` where
     * there is something, and the classifier is not linear.
     */
    scores(copy: number, classifier: Head, rows: Matrix, labels: Vector<'i32'>): Matrix;
}
/** `use` mounts the operators that have variables, as `augment0`, `augment1`, ... in order of the list. */
export declare function copiesOf(augmentations?: Augmentations, use?: <M>(name: string, child: M) => M): Copies;
/** Rows as one batch, and a batch as equal parts again. */
export declare const together: <R extends Shape>(parts: readonly Tensor<[Dim, ...R], 'f32'>[]) => Tensor<[Dim, ...R], 'f32'>;
export declare function apart<R extends Shape>(x: Tensor<[Dim, ...R], 'f32'>, count: number): Tensor<[Dim, ...R], 'f32'>[];
/** Throws `ShapeError` where an augmentation stands at a site that the method, or its encoder, does not have. */
export declare function checkSites(method: string, augmentations: Augmentations | undefined, sites: readonly string[]): void;
/** `part` applied to copies, once to each distinct one, also over several calls. */
export declare function through(part: (x: Matrix) => Matrix): (copies: readonly Matrix[]) => Matrix[];
