/**
 * What a feature augmentation operator is: a random function on features, its default strength, and what the framework
 * (`augment`) has to know of it. An operator is its formula; where it stands and what gradient it passes on is not its
 * business, except that it marks the places where a gradient could be cut.
 */
import type { Tensor } from '../../../compiler/graph/node.js';
import { type Module } from '../../../compiler/language/module.js';
import type { Dim, Shape } from '../../../compiler/types/shape.js';
import type { Negatives } from '../../losses.js';
import type { Optimizer } from '../../optimizers/optimizer.js';
import type { Matrix, Vector } from '../../tensors.js';
/**
 * What an operator works on.
 * - `'any'`: rows `[N, D]`; feature maps are given to it as rows.
 * - `'channels'`: rows `[N, C]` or maps `[N, C, ...]` as they are: axis 1 has the features.
 * - `'rows'`: rows only, because it relates the features of a batch to each other.
 * - `'maps'`: feature maps `[N, C, H, W]` or `[N, C, L]` only.
 * - `'tokens'`: the tokens `[N, 1 + L, D]` of a transformer only, the class token first.
 * - `'pair'`: the unit rows that a loss compares, both sides at once.
 * - `'negatives'`: the unit rows that a query is told apart from.
 * - `'scores'`: what a linear classifier makes of rows, with what it makes them of.
 */
export type Kind = 'any' | 'channels' | 'rows' | 'maps' | 'tokens' | 'pair' | 'negatives' | 'scores';
/**
 * - `'statistics'`: uses statistics of the features (moments, covariances) beside the features themselves.
 * - `'partner'`: uses another feature of the batch beside the one it augments.
 * - `'learned'`: has parameters.
 * - `'mixture'`: the partner's share of a row is known, so that a loss can be shared between both targets (`targets: 'both'`).
 * - `'fewer'`: gives a sequence of fewer places than it is given.
 * - `'joint'`: combines rows of the batch to others, maybe fewer: both sides of a pair need the same draws, and a row of the
 *   result is no copy of a row of x.
 * - `'target'`: replaces what a query is compared with; the result has no gradient.
 */
export type Trait = 'statistics' | 'partner' | 'mixture' | 'learned' | 'fewer' | 'joint' | 'target';
/** Which row of the batch was mixed into each row, `[N]` i32, and its share, `[N, 1]`. */
export interface Mixture {
    readonly partner: Vector<'i32'>;
    readonly share: Matrix;
}
/** What an operator is told when it is applied. Each function is the identity unless the gradient flow says otherwise. */
export interface Context {
    /** In the operator's own unit. */
    readonly strength: number;
    /** To be called on what statistics are computed from. */
    readonly statistics: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
    /** To be called on the other feature of a mixture. */
    readonly partner: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
    /** To be called on every parameter. */
    readonly parameter: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
    /** To be told the mixture, by operators that have the trait. */
    readonly mixed: (mixture: Mixture) => void;
}
/** The two sides that a loss compares, unit rows `[N, D]` each; the mean of `penalty` `[N, 1]` is added to the loss. */
export interface Compared {
    /** The query. */
    readonly q: Matrix;
    /** Its key. */
    readonly k: Matrix;
    /** What is added to the loss. Default: nothing. */
    readonly penalty?: Matrix;
}
/** What a linear classifier makes of rows of features, and of what. */
export interface Classified {
    /** Of every row and class, `[N, C]`: `features weight^T`, and a bias where there is one. */
    readonly scores: Matrix;
    /** Rows `[N, D]`. */
    readonly features: Matrix;
    /** `[C, D]`. */
    readonly weight: Matrix;
    /** The class of every row, `[N]`. */
    readonly labels: Vector<'i32'>;
}
export interface Apply {
    readonly any: (x: Matrix, context: Context) => Matrix;
    readonly channels: (x: Tensor<any, 'f32'>, context: Context) => Tensor<any, 'f32'>;
    readonly rows: (x: Matrix, context: Context) => Matrix;
    readonly maps: (x: Tensor<any, 'f32'>, context: Context) => Tensor<any, 'f32'>;
    readonly tokens: (x: Tensor<[Dim, Dim, Dim], 'f32'>, context: Context) => Tensor<[Dim, Dim, Dim], 'f32'>;
    readonly pair: (pair: Compared, context: Context) => Compared;
    /** `q` are unit rows without gradient; so must the result be, but for parameters. */
    readonly negatives: (negatives: Negatives, q: Matrix, context: Context) => Negatives;
    /** Gives other scores `[N, C]`. */
    readonly scores: (classified: Classified, context: Context) => Matrix;
}
/** The strength that turns features of a size by the angle with this cosine. */
export type Solve = (cosine: number, features: number) => number;
/** An operator of feature augmentation: what `augment` places in a method. `operator` makes one of your own. */
export interface Operator<K extends Kind = Kind, T extends Trait = Trait, S extends Solve | undefined = any> {
    /** How specifications and reports call it. */
    readonly name: string;
    /** What it takes; see `Kind`. */
    readonly kind: K;
    /** What it needs, and so which branches and gradient flows it allows; see `Trait`. */
    readonly traits: readonly T[];
    /** The strength where none is given; an operator without strength has none. */
    readonly strength?: number;
    /** Which strengths there are, in words and as a test. */
    readonly range?: readonly [text: string, holds: (strength: number) => boolean];
    /** There where a target cosine can be met. */
    readonly solve: S;
    /** The flow where none is given. Default: `'full'`, or `'stopped'` where no gradient may pass. */
    readonly flow?: 'frozen-statistics' | 'adversarial';
    /** Trains the parameters in place of the method's optimizer. */
    readonly optimizer?: Optimizer;
    /** A module where the operator has variables. */
    readonly apply: Apply[K] & Partial<Module>;
}
type Definition<K extends Kind, T extends Trait, S> = Omit<Operator<K, T>, 'traits' | 'solve'> & {
    readonly traits?: readonly T[];
    readonly solve?: S;
};
/** An operator from its formula and its properties; traits are none by default. */
export declare const operator: <const K extends Kind, const T extends Trait = never, const S extends Solve | undefined = undefined>(definition: Definition<K, T, S>) => Operator<K, T, S>;
/** Whether it gives other rows, or fewer places, than it is given, so that no element of the result has one to go back to. */
export declare const reshapes: ({ traits }: Pick<Operator, 'traits'>) => boolean;
/** The variables of an operator, if it has any. */
export declare const moduleOf: ({ apply }: Operator) => Module | undefined;
/** `strength` if the operator takes it; throws `ShapeError`. */
export declare function checkStrength({ name, range }: Operator, strength: number): number;
/** A target cosine between a feature and its augmented copy; throws `ShapeError` outside of (0, 1]. */
export declare function checkCosine(name: string, cosine: number): number;
export declare const atLeastZero: readonly ['0 or more', (s: number) => boolean];
export declare const share: readonly ['at least 0 and less than 1', (s: number) => boolean];
export declare const positive: readonly ['positive', (s: number) => boolean];
/** The strength in `[low, high]` with the cosine `of` it, which falls as the strength rises. Throws `ShapeError` where there is none. */
export declare function solved(name: string, cosine: number, of: (strength: number) => number, [low, high]: readonly [number, number]): number;
export {};
