/**
 * Learned feature augmentation (L1 to L4 of this project's list). Parameters are declared at first use, when the number of
 * features is known, and each is read through `parameter`, so that an adversarial flow reverses its gradient.
 */
import type { Optimizer } from '../../optimizers/optimizer.js';
/**
 * L1: `x' = (1 + a g) x + a b`, `g ~ N(0, softplus(s_g)^2)`, `b ~ N(0, softplus(s_b)^2)` per row and feature, the scales `s_g`, `s_b` `[C]` learned:
 * a feature-wise transformation. On maps `[N, C, ...]` one draw per channel. Parameters `gain` (0.3 at first) and `shift` (0.5).
 * Strength: a, default 1. Source: Tseng et al., arXiv 2001.08735.
 */
export declare const learnedAffine: () => import("./operator.js").Operator<"channels", "learned", undefined>;
/** What `residualGenerator` may be told. */
export interface GeneratorOptions {
    /** Size of the hidden layer. Default 128. */
    readonly hidden?: number;
    /** Random numbers that the generator is given per row. Default 8. */
    readonly noise?: number;
    /** Default: `sgd({ learningRate: 0.03 })`. */
    readonly optimizer?: Optimizer;
}
/**
 * L2: `x' = x + a (W2 relu(W1 [x; e] + b1) + b2)`, `e ~ N(0, I)`: a residual generator, `x` `[N, D]`. It is trained by an optimizer of its
 * own: with the encoder (`'full'`), alone on a stopped feature (`'generator'`), or against the loss (`'adversarial'`). Strength: a,
 * default 0.1. Source: MetAug, arXiv 2203.05119 (generator per view, learning rate 0.03), with first-order steps.
 */
export declare const residualGenerator: ({ hidden, noise, optimizer, }?: GeneratorOptions) => import("./operator.js").Operator<"rows", "learned", undefined>;
/**
 * L3: negatives `unit(W)`, `W` `[size, D]` learned to raise the loss that the encoder lowers, in place of the queue or, with `beside`, after it.
 * `size` defaults to that of the queue. Flow `'adversarial'`; no strength. Default optimizer: `sgd({ learningRate: 3, momentum: 0.9, weightDecay:
 * 1e-4 })`. Source: AdCo, arXiv 2011.08435 (65536 rows, whose gradient is taken at a temperature of its own, 0.02; here it is the
 * method's).
 */
export declare const adversarialNegatives: ({ size, beside, optimizer, }?: {
    readonly size?: number;
    readonly beside?: boolean;
    readonly optimizer?: Optimizer;
}) => import("./operator.js").Operator<"negatives", "learned", undefined>;
/**
 * Hallucinator: `q' = unit(MLP([q; (1 + r) q - r k]))`, `r ~ U(0, strength)` once per step: a further positive from the query and from
 * what lies beyond it, away from its key. The MLP has three linear layers as wide as q, relu between them. The key stays as it is. The
 * source compares q' and q with k, which is `compose: 'blend'`. Strength: default 0.1. Source: Wu et al., arXiv 2307.12168, and its
 * code (MoCo's key is stopped, which `flow` need not say; SimSiam's is).
 */
export declare const hallucinator: () => import("./operator.js").Operator<"pair", "learned", undefined>;
/** What `crossAttention` may be told. */
export interface AttentionOptions {
    /** Rows of earlier steps that are attended to. Default 256. */
    readonly bank?: number;
    /** Size of queries, keys and values. Default 64. */
    readonly size?: number;
    /** Share of the attention weights that are dropped. Default 0.1. */
    readonly dropout?: number;
}
/**
 * L4: `x' = relu(x + a V relu(U [w E(P); E(x)]))`, `w = drop(softmax(E(x) E(P)^T / sqrt(size)))`: features refined by attention to a bank P
 * `[bank, D]` of the unit rows of earlier steps, which carry no gradient. E, U and V are linear layers. For features that are not
 * negative: place it at `pooled`. Strength: a, default 1. Source: FeatMatch, arXiv 2007.08505 (one head, dropout 0.1; prototypes as P).
 */
export declare function crossAttention({ bank: rows, size, dropout }?: AttentionOptions): import("./operator.js").Operator<"rows", "learned", undefined>;
