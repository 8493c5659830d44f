/**
 * How good an encoder is: every protocol is a small program of its own, compiled for the device. Some take frozen features,
 * others the encoder itself.
 */
export { embedAll, type Features } from './evaluate/features.js'
export { type KnnOptions, knnAccuracy, knnMetrics } from './evaluate/knn.js'
export { fitLinear, type LinearClassifier, type LinearFit, type LinearOptions, linearProbe } from './evaluate/linear.js'
export { projectToPlane } from './evaluate/plane.js'
