/**
 * How good an encoder is: every protocol is a small program of its own, compiled for the device. Some take frozen features,
 * others the encoder itself; `protocols` has all of them by name.
 */
export { type Corruption, type CorruptionName, corrupt, corruptionNames, corruptions, severityNumbers, } from './evaluate/corruptions.js';
export { embedAll, type Features } from './evaluate/features.js';
export { balancedSubset, type FewLabels, type FewLabelsOptions, fewLabels } from './evaluate/fewlabels.js';
export { type Finetuned, type FinetuneOptions, finetune } from './evaluate/finetune.js';
export { type KnnOptions, knnAccuracy, knnMetrics } from './evaluate/knn.js';
export { fitLinear, type LinearClassifier, type LinearFit, linearProbe, type ProbeOptions } from './evaluate/linear.js';
export { type LowShot, type LowShotOptions, lowShot } from './evaluate/lowshot.js';
export { nearestExamples } from './evaluate/neighbours.js';
export { type ProbeMetrics, withProbe, withProbeRate } from './evaluate/online.js';
export { projectToPlane } from './evaluate/plane.js';
export { type EvaluateOptions, evaluate, type Protocol, type ProtocolName, protocolNamed, protocolNames, protocols, refusalOf, robustnessOf, type Scores as ProtocolScores, type Setting, settingFor, } from './evaluate/protocols.js';
export { type Geometry, geometry, viewAlignment } from './evaluate/quality.js';
export { type RetrievalOptions, retrieval } from './evaluate/retrieval.js';
export { corruptionError, type FeatureNoiseOptions, featureNoise, meanCorrupted, type Robustness, type RobustnessOptions, robustness, } from './evaluate/robustness.js';
export { featuresOf, type Subject, subjectOf, untrained } from './evaluate/subject.js';
export { type Transfer, type TransferOptions, transfer } from './evaluate/transfer.js';
