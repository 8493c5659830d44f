/** Every operator of the library by its name: what specifications such as `gaussian@projection` are read with. */
import { infiniteKeys } from './covariance.js'
import { randomRotation } from './geometry.js'
import { adversarialNegatives, crossAttention, hallucinator, learnedAffine, residualGenerator } from './learned.js'
import { channelMask, dropBlock, dropoutMask, featureCutout, randomProjection, tokenDrop } from './mask.js'
import { deltaTransfer, featureCutMix, featureMixup } from './mix.js'
import { adversarialSteps, hardMixing, negativeExtrapolation, queryMixing, queueMixing } from './negatives.js'
import { nearestNeighbour, neighbourMean } from './neighbours.js'
import { covarianceNoise, diagonalNoise, gaussianNoise, signNoise, sphereNoise } from './noise.js'
import { positiveExtrapolation, viewInterpolation } from './pairs.js'
import { implicitSemantic } from './semantic.js'
import { exchangedMoments, mixedDistribution, mixedStyle, uncertainMoments } from './style.js'

/** Each value makes an operator with default options, or with those it is given. */
export const operators = {
  gaussian: gaussianNoise,
  sphere: sphereNoise,
  diagonal: diagonalNoise,
  covariance: covarianceNoise,
  sign: signNoise,
  adverse: adversarialSteps,
  dropout: dropoutMask,
  channels: channelMask,
  dropblock: dropBlock,
  cutout: featureCutout,
  tokens: tokenDrop,
  project: randomProjection,
  mixup: featureMixup,
  cutmix: featureCutMix,
  interpolate: viewInterpolation,
  extrapolate: positiveExtrapolation,
  mixqueue: queueMixing,
  mochi: hardMixing,
  'mochi-query': queryMixing,
  synco: negativeExtrapolation,
  neighbour: nearestNeighbour,
  neighbours: neighbourMean,
  transfer: deltaTransfer,
  moex: exchangedMoments,
  mixstyle: mixedStyle,
  dsu: uncertainMoments,
  efdmix: mixedDistribution,
  isda: implicitSemantic,
  jcl: infiniteKeys,
  rotation: randomRotation,
  affine: learnedAffine,
  generator: residualGenerator,
  adco: adversarialNegatives,
  attention: crossAttention,
  hallucinate: hallucinator,
} as const
/** The name of an operator, as specifications in text have it: `gaussian`, `mixup`, `mochi`. */
export type OperatorName = keyof typeof operators
/** All names of operators. */
export const operatorNames = Object.keys(operators) as OperatorName[]

/** The options of operators that text can give: the words of each, or none where it is a number, true or false. */
export const operatorOptions: { readonly [N in OperatorName]?: Readonly<Record<string, readonly string[]>> } = {
  gaussian: { scale: ['length', 'batch', 'one'] },
  covariance: { shrink: [] },
  dropblock: { block: [] },
  cutout: { fill: ['zero', 'mean'] },
  mixup: { law: ['uniform', 'extrapolate', 'beta'] },
  interpolate: { draw: ['step', 'row', 'element'], unit: [] },
  extrapolate: { draw: ['step', 'row', 'element'], unit: [] },
  mixqueue: { draw: ['step', 'row', 'element'] },
  mochi: { hardest: [], count: [] },
  'mochi-query': { hardest: [], count: [] },
  synco: { hardest: [], count: [] },
  adverse: { hardest: [], count: [], step: ['gradient', 'sign'] },
  neighbour: { bank: [] },
  neighbours: { k: [], bank: [] },
  moex: { over: ['channels', 'places'] },
  jcl: { spread: [], keys: [], temperature: [] },
  generator: { hidden: [], noise: [] },
  adco: { size: [], beside: [] },
  attention: { bank: [], size: [], dropout: [] },
}
