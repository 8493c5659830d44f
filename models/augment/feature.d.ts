import type { Schedule } from '../schedules.js';
import { type Flow, type FlowOf, type PairFlow } from './flow.js';
import { type Operator, type Solve } from './operators/operator.js';
/**
 * Where rows of features are: the encoder's result `[N, F]`; the projection `[N, P]` as the projector gives it; the
 * prediction of methods that have a predictor; and the unit rows that the loss compares.
 */
export declare const rowSites: readonly ['pooled', 'projection', 'prediction', 'unit'];
/**
 * A place for rows of features: after the encoder (`pooled`), the projector, the predictor, or as the loss compares
 * them (`unit`).
 */
export type RowSite = (typeof rowSites)[number];
/** One side of a pair: the one that trains (query, prediction), or the one that it is compared with (key, target). */
export type Side = 'online' | 'target';
/**
 * How a feature augmentation and a predictor stand to each other, by the paper's names (arXiv 2410.12396): none (`'basic'`),
 * the augmentation on the predictor's branch (`'serial'`), on the other (`'parallel'`, of which the paper reports the largest
 * gains), or on both.
 */
export declare const architectures: {
    readonly basic: {
        readonly predictor: false;
    };
    readonly serial: {
        readonly predictor: true;
        readonly branch: 'online';
    };
    readonly parallel: {
        readonly predictor: true;
        readonly branch: 'target';
    };
    readonly both: {
        readonly predictor: true;
        readonly branch: 'both';
    };
};
export type Architecture = keyof typeof architectures;
/**
 * `'replace'`: the augmented copies stand for the feature. `'blend'`: the loss is `(1 - weight)` of the clean one and
 * `weight` of theirs. `'add'`: theirs is added to the clean one, times `weight`. The loss of several copies is their mean.
 */
export type Compose = 'replace' | 'blend' | 'add';
/** `At` where an operator of this kind may stand, otherwise the message that says why not. */
export type Place<O extends Operator, At extends string> = O['kind'] extends 'pair' ? At extends 'unit' ? At : 'this operator takes both sides of a pair: place it at unit' : O['kind'] extends 'negatives' ? At extends 'negatives' ? At : 'this operator makes negatives: place it at negatives' : O['kind'] extends 'scores' ? At extends 'scores' ? At : 'this operator takes a classifier and its scores: place it at scores' : At extends 'scores' ? string extends At ? At : 'at scores are operators on scores only' : O['kind'] extends 'maps' | 'tokens' ? At extends RowSite | 'negatives' ? O['kind'] extends 'maps' ? 'this operator takes feature maps: place it at a stage of the encoder' : 'this operator takes tokens: place it at a stage of a transformer' : At : O['kind'] extends 'rows' ? At extends RowSite | 'negatives' ? At : string extends At ? At : 'this operator takes rows: place it at pooled, projection, prediction, unit or negatives' : At;
/** Not for operators whose result has other rows than the feature, of which there is no way halfway. */
interface Often {
    /** Probability with which a row is augmented. Default 1. */
    readonly probability?: number;
    /**
     * How much of the way from the clean to the augmented value is gone at each step, 0 to 1: `linear(0, 1, { steps })` fades
     * an augmentation in. Default 1 at every step.
     */
    readonly schedule?: Schedule;
}
type Always = {
    readonly [K in keyof Often]?: never;
};
interface Several {
    /** Copies drawn independently; the loss is the mean over them. Default 1. */
    readonly copies?: number;
    /** `'shared'`: both sides of a pair, and all views, get the same draws. Default `'independent'`. */
    readonly draws?: 'independent' | 'shared';
}
/** A strength in the operator's unit (default: the operator's own), or the cosine to the clean feature that it is solved from. */
type Strength<O extends Operator> = {
    readonly strength?: number;
    readonly cosine?: never;
} | (O['solve'] extends Solve ? {
    readonly cosine: number;
    readonly strength?: never;
} : never);
type Weighted = {
    readonly compose: 'add' | 'blend';
    readonly weight?: number;
};
type Alone = {
    readonly compose?: 'replace';
    readonly weight?: never;
};
/**
 * The combinations that mean something. Targets and negatives carry no gradient, so their flow is `'stopped'`, and nothing that
 * is learned may stand at targets; learned negatives may be adversarial. A copy that cuts the gradient and replaces the online feature would leave the encoder
 * without any: beside the clean feature it trains the parts after the site, and the clean path the encoder.
 */
type Route<O extends Operator, At extends string> = O['kind'] extends 'pair' ? {
    readonly branch?: never;
    readonly flow?: 'full' | PairFlow;
} & (Weighted | Alone) & Several & Often : At extends 'negatives' ? {
    readonly branch?: never;
    readonly compose?: never;
    readonly flow?: 'stopped' | Extract<FlowOf<O>, Adversarial>;
} & {
    readonly weight?: never;
    readonly copies?: never;
    readonly draws?: never;
} & (O['kind'] extends 'negatives' ? Always : Often) : O['kind'] extends 'scores' ? Online<O, 'online'> & Several & Often : 'joint' extends O['traits'][number] ? Online<O, 'both'> & {
    readonly branch: 'both';
    readonly draws?: 'shared';
    readonly copies?: number;
} & Always : ('target' extends O['traits'][number] ? Partial<Pick<OnTarget, 'branch'>> & Omit<OnTarget, 'branch'> : Online<O, 'online' | 'both'> | ('learned' extends O['traits'][number] ? never : OnTarget)) & Several & Often;
type Online<O extends Operator, B> = ({
    readonly branch?: B;
    readonly flow?: Exclude<FlowOf<O>, 'stopped' | 'generator'>;
} & Alone) | ({
    readonly branch?: B;
    readonly flow?: FlowOf<O>;
} & Weighted);
type OnTarget = {
    readonly branch: 'target';
    readonly flow?: 'stopped';
} & (Weighted | Alone);
/**
 * What a mixed query is compared with: the target of its anchor (`'own'`, the default), or both targets, each by its share of
 * the mixture: `(1 - w) L(q', k_i) + w L(q', k_pi(i))`. For mixtures on the online branch, in methods whose loss is one per row.
 * Source: i-Mix, Lee et al., arXiv 2010.08887, equation 3; MixCo, Kim et al., arXiv 2010.06300.
 */
type Targets<O extends Operator> = 'mixture' extends O['traits'][number] ? {
    readonly targets?: 'own' | 'both';
} : {
    readonly targets?: 'own';
};
type Adversarial = 'adversarial' | {
    readonly adversarial: number;
};
/** What `augment` takes. */
export type Augment<O extends Operator, At extends string> = {
    readonly operator: O;
    readonly at: Place<O, At>;
    /** That it needs, by name: with another, the method refuses it. Gives the branch. Default: whatever there is. */
    readonly architecture?: Architecture;
} & Strength<O> & Targets<O> & Route<O, At>;
/** A feature augmentation with every default filled in, as `augment` makes it. */
export interface FeatureAugmentation {
    /** What it does to features. */
    readonly operator: Operator;
    /** Where: a `RowSite`, a stage that the encoder names, `'negatives'` or `'scores'`. */
    readonly at: string;
    /** Which side of a pair it changes. */
    readonly branch: Side | 'both';
    /** Where gradients pass through it. */
    readonly flow: Flow;
    /** The loss with it alone (`'replace'`), blended with the plain one, or added to it. */
    readonly compose: Compose;
    /** Copies drawn independently; the loss is the mean over them. */
    readonly copies: number;
    /** Of the augmented loss, where it is blended or added. */
    readonly weight: number;
    /** `'shared'`: both sides of a pair, and all views, get the same draws. */
    readonly draws: 'independent' | 'shared';
    /** What a mixed query is compared with: the target of its anchor (`'own'`), or both targets by their shares. */
    readonly targets: 'own' | 'both';
    /** The architecture that it needs, by its name in the paper; undefined: any. */
    readonly architecture: Architecture | undefined;
    /** Probability with which a row is augmented, 0 to 1. */
    readonly probability: number;
    /** How much of the way from the clean to the augmented value is gone at each step, 0 to 1; undefined: all of it. */
    readonly schedule: Schedule | undefined;
    /** In the operator's own unit; undefined: the operator's own, or solved from `cosine`. */
    readonly strength: number | undefined;
    /** The mean cosine to the clean feature that the strength is solved from, where it was asked for. */
    readonly cosine: number | undefined;
    /** One line for reports. */
    readonly label: string;
}
/**
 * A feature augmentation, an argument of every method:
 *
 * ```ts
 * augment({ operator: gaussianNoise(), cosine: 0.95, at: 'projection' })
 * augment({ operator: mixStyle(), at: 'stage2', probability: 0.5, compose: 'add', copies: 2 })
 * augment({ operator: mixQueue(), at: 'negatives' })
 * ```
 *
 * `at` is a `RowSite`, a stage that the encoder names, `'negatives'`, or the `'scores'` of a classifier. Defaults: the operator's own strength and flow
 * (`'full'` where it has none; `'stopped'` on targets and negatives), branch `'online'` (or that of the architecture), compose
 * `'replace'`, weight 1 (0.5 where blended), one copy, its own target. Throws `ShapeError` for what the types rule out.
 */
export declare function augment<const O extends Operator, const At extends string>(given: Augment<O, At>): FeatureAugmentation;
export {};
