/** Settings that several recipes have in common, because their sources do. */
import type { Run } from './recipe.js'

export const resnet = { encoder: 'resnet18' } as const
export const withSgd = { optimizer: 'sgd' } as const
export const bn = { batchNorm: true } as const

export const soloLearn = 'solo-learn, scripts/pretrain/cifar'
/** What all of solo-learn's runs on CIFAR have in common. */
export const solo = { ...resnet, stemPadding: 2, warmup: 10, warmupStart: 3e-5, epochs: 1000, batch: 256 } as const
/** Those of its runs that use its LARS. */
export const soloLars = {
  ...solo,
  optimizer: 'lars',
  lars: { eta: 0.02, clip: true, denominator: 'sum-of-norms' },
} as const satisfies Partial<Run>

/** In short runs of some hundred steps a target network follows quickly. */
export const following = { targetMomentum: 0.95 } as const
/** The head of short runs. */
export const narrow = (features: number) =>
  ({ hidden: features, ...bn, lastBatchNorm: true, out: features / 2 }) as const
/** The same for methods that want projections as wide as the features. */
export const wide = (features: number) => ({ projector: { ...narrow(features), out: features } }) as const
