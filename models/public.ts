/** What `facet-tensor/models` offers everywhere, browsers included: layers, encoders, heads, augmentations, losses, methods, optimizers, training, evaluation. */
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  luminance,
  normalized,
} from './augment/colour.js'
export type { Augmentations } from './augment/copies.js'
export * from './augment/effects.js'
export { type Augment, augment, type FeatureAugmentation, type RowSite, type Side } from './augment/feature.js'
export { type Flow, withFlow } from './augment/flow.js'
export { applyView, drawView, imageView, imageViews, plainImage } from './augment/image.js'
export * from './augment/operators/covariance.js'
export * from './augment/operators/geometry.js'
export { type OperatorName, operatorNames, operators } from './augment/operators/index.js'
export * from './augment/operators/learned.js'
export * from './augment/operators/mask.js'
export { featureCutMix, featureMixup, type MixOptions, mix } from './augment/operators/mix.js'
export * from './augment/operators/negatives.js'
export * from './augment/operators/neighbours.js'
export * from './augment/operators/noise.js'
export { type Classified, type Compared, type Context, type Operator, operator } from './augment/operators/operator.js'
export * from './augment/operators/pairs.js'
export * from './augment/operators/semantic.js'
export * from './augment/operators/style.js'
export { prefixed, unprefixed, type ViewParameters, viewInputs } from './augment/parameters.js'
export { parseAugmentation, parseAugmentations } from './augment/parse.js'
export {
  noiseLevel,
  plainWaveform,
  replayed,
  silenced,
  speechViews,
  type WaveformRecipe,
  waveformView,
} from './augment/waveform.js'
export { encoderOf, type Length, methodOf, optimizerOf } from './build.js'
export type { AudioOptions, AudioSet, AudioSplit } from './data/audio.js'
export * from './data/batches.js'
export {
  DataError,
  type Examples,
  gathered,
  pickExamples,
  type StreamedRows,
  take as takeExamples,
} from './data/examples.js'
export { type ImageSet, type Split, take as takeImages } from './data/images.js'
export { cifar10Classes, cifar10Records, cifar100Records, joined as joinedImages } from './data/records.js'
export * from './data/synthetic.js'
export type { Waveform } from './data/wav.js'
export * from './encoders/convnet.js'
export * from './encoders/convnet1d.js'
export * from './encoders/convnext.js'
export type { Encoder, Grid, Sites } from './encoders/encoder.js'
export * from './encoders/mlp.js'
export * from './encoders/predictor.js'
export * from './encoders/resnet.js'
export * from './encoders/vit.js'
export * from './evaluate.js'
export * from './heads.js'
export * from './init.js'
export * from './layers.js'
export * from './losses/contrast.js'
export * from './losses/dense.js'
export * from './losses/masked.js'
export * from './losses/pairs.js'
export * from './losses/prototypes.js'
export * from './losses/redundancy.js'
export * from './losses/supervised.js'
export * from './losses.js'
export {
  type Branch,
  type Branches,
  type BranchOptions,
  branches,
  crossed,
  first,
  type Pair,
  pairsOf,
} from './methods/branches.js'
export { densecl } from './methods/densecl.js'
export { type Distilled, dinov2, ibot } from './methods/ibot.js'
export { ijepa } from './methods/ijepa.js'
export { mae } from './methods/mae.js'
export {
  type Encoder as AnyEncoder,
  follow,
  type Given,
  type Head,
  type Loss,
  type Method,
  type MethodOptions,
  type Metrics,
  method,
  type OnEncoder,
  type OnProjections,
  type Views,
} from './methods/method.js'
export { moco } from './methods/moco.js'
export { byol, mocoV3 } from './methods/momentum.js'
export { msn } from './methods/msn.js'
export { nnclr } from './methods/nnclr.js'
export { dino, swav } from './methods/prototypes.js'
export { barlow, vicreg, wmse } from './methods/redundancy.js'
export { siglip } from './methods/siglip.js'
export { dcl, simclr } from './methods/simclr.js'
export { simsiam } from './methods/simsiam.js'
export { supcon, supervised } from './methods/supervised.js'
export { tico } from './methods/tico.js'
export {
  collapsed,
  collapseWatch,
  diverged,
  gradientMetrics,
  HISTOGRAM_BINS,
  type MonitorMetrics,
  pairMetrics,
  type Readings,
  scoreMetrics,
} from './monitors.js'
export { type AdamOptions, adam, adamw, lamb } from './optimizers/adam.js'
export { type Clip, clipNorm, clipValue } from './optimizers/clip.js'
export { type LarsOptions, lars } from './optimizers/lars.js'
export {
  ascend,
  biasAndNorm,
  descend,
  type Group,
  grouped,
  type Moment,
  type Optimizer,
  type Parameter,
  type Told,
  type Where,
  within,
} from './optimizers/optimizer.js'
export { rmsprop } from './optimizers/rmsprop.js'
export { type LossScale, scaledGradients } from './optimizers/scaling.js'
export { sgd } from './optimizers/sgd.js'
export { type Pretrained, type PretrainOptions, pretrain } from './pretrain.js'
export * from './recipes.js'
export type { Saving } from './resume.js'
export {
  at as scheduled,
  cosineSchedule,
  linearSchedule,
  momentumCosine,
  multistep,
  type Schedule,
  stepDecay,
  warmup,
} from './schedules.js'
export { effectiveRank, participationRatio } from './spectrum.js'
export type { StepOptions } from './step.js'
export { type Estimate, estimate, type Summary } from './study/statistics.js'
export { type Budget, type Study, study, type Trial } from './study/study.js'
export { type FitOptions, fit, type TrainOptions, train } from './train.js'
export { detectron2Names, type ImportOptions, importWeights } from './weights.js'
