/** Every operator of the library by its name: what specifications such as `gaussian@projection` are read with. */
import { infiniteKeys } from './covariance.js';
import { randomRotation } from './geometry.js';
import { adversarialNegatives, crossAttention, hallucinator, learnedAffine, residualGenerator } from './learned.js';
import { channelMask, dropBlock, dropoutMask, featureCutout, randomProjection, tokenDrop } from './mask.js';
import { deltaTransfer, featureCutMix, featureMixup } from './mix.js';
import { adversarialSteps, hardMixing, negativeExtrapolation, queryMixing, queueMixing } from './negatives.js';
import { nearestNeighbour, neighbourMean } from './neighbours.js';
import { covarianceNoise, diagonalNoise, gaussianNoise, signNoise, sphereNoise } from './noise.js';
import { positiveExtrapolation, viewInterpolation } from './pairs.js';
import { implicitSemantic } from './semantic.js';
import { exchangedMoments, mixedDistribution, mixedStyle, uncertainMoments } from './style.js';
/** Each value makes an operator with default options, or with those it is given. */
export declare const operators: {
    readonly gaussian: typeof gaussianNoise;
    readonly sphere: typeof sphereNoise;
    readonly diagonal: typeof diagonalNoise;
    readonly covariance: typeof covarianceNoise;
    readonly sign: typeof signNoise;
    readonly adverse: typeof adversarialSteps;
    readonly dropout: typeof dropoutMask;
    readonly channels: typeof channelMask;
    readonly dropblock: typeof dropBlock;
    readonly cutout: typeof featureCutout;
    readonly tokens: typeof tokenDrop;
    readonly project: typeof randomProjection;
    readonly mixup: typeof featureMixup;
    readonly cutmix: typeof featureCutMix;
    readonly interpolate: typeof viewInterpolation;
    readonly extrapolate: typeof positiveExtrapolation;
    readonly mixqueue: typeof queueMixing;
    readonly mochi: typeof hardMixing;
    readonly 'mochi-query': typeof queryMixing;
    readonly synco: typeof negativeExtrapolation;
    readonly neighbour: typeof nearestNeighbour;
    readonly neighbours: typeof neighbourMean;
    readonly transfer: typeof deltaTransfer;
    readonly moex: typeof exchangedMoments;
    readonly mixstyle: typeof mixedStyle;
    readonly dsu: typeof uncertainMoments;
    readonly efdmix: typeof mixedDistribution;
    readonly isda: typeof implicitSemantic;
    readonly jcl: typeof infiniteKeys;
    readonly rotation: typeof randomRotation;
    readonly affine: typeof learnedAffine;
    readonly generator: typeof residualGenerator;
    readonly adco: typeof adversarialNegatives;
    readonly attention: typeof crossAttention;
    readonly hallucinate: typeof hallucinator;
};
/** The name of an operator, as specifications in text have it: `gaussian`, `mixup`, `mochi`. */
export type OperatorName = keyof typeof operators;
/** All names of operators. */
export declare const operatorNames: OperatorName[];
/** The options of operators that text can give: the words of each, or none where it is a number, true or false. */
export declare const operatorOptions: {
    readonly [N in OperatorName]?: Readonly<Record<string, readonly string[]>>;
};
