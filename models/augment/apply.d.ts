/** What an augmentation does to features, pairs and negatives: its operator with its gradient flow, as often and as far as it says. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js';
import type { Shape } from '../../compiler/types/shape.js';
import type { Negatives } from '../losses.js';
import type { Matrix } from '../tensors.js';
import type { FeatureAugmentation } from './feature.js';
import { type Apply, type Classified, type Compared, type Mixture } from './operators/operator.js';
/**
 * The augmented copy of one feature: rows `[N, D]`, or maps `[N, C, ...]`, and the mixture that it is, where its loss is to be
 * shared between both targets. `apply` is the operator's, mounted.
 */
export declare function augmented<S extends Shape>(one: FeatureAugmentation, apply: Apply['channels'], x: Tensor<S, 'f32'>): {
    readonly x: Tensor<S, 'f32'>;
    readonly mixture?: Mixture;
};
/** Both sides of a pair; the penalty `[N, 1]` is added to the one that there is. */
export declare function augmentedPair(one: FeatureAugmentation, apply: Apply['pair'], pair: Compared): Compared;
/** What queries `q` are told apart from. Only learned negatives that are adversarial pass a gradient on. */
export declare function augmentedNegatives(one: FeatureAugmentation, apply: Apply['negatives'], negatives: Negatives, q: Matrix): Negatives;
/** What a classifier's scores `[N, C]` become. */
export declare function augmentedScores(one: FeatureAugmentation, apply: Apply['scores'], given: Classified): Untyped;
