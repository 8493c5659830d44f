/**
 * The three questions of arXiv 2410.12396 at small scale: which feature augmentation helps, by which gradient flow, and how
 * that depends on image augmentation; on instance similarity (SimSiam) and instance discrimination (MoCo v2).
 *
 * ```sh
 * npx --no-install facet study examples/study/exploration/feature-augmentation.ts --data PATH --jobs 2
 * ```
 */
import { study } from 'facet-tensor/models'
import { budget, seeds } from './budget.js'

export default study({
  name: 'feature-augmentation',
  data: { name: 'cifar10' },
  methods: ['simsiam', 'moco'],
  // One of each family, all at about the same angle to the clean feature (mixtures of two reach a cosine of 0.916 at most):
  // noise, a mask, a mixture, a rotation of features; and noise on feature maps of the encoder.
  augmentations: [
    'gaussian@projection:cosine=0.9',
    'dropout@projection:cosine=0.9',
    'mixup@projection:cosine=0.92',
    'rotation@projection:cosine=0.9',
    'gaussian@stage2:cosine=0.9',
  ],
  flows: ['full', 'straight-through', { scaled: 0.5 }],
  imageAugmentations: ['ladder-crop', 'simsiam-cifar'],
  seeds,
  budget,
  evaluate: ['knn'],
  record: ['histograms', 'projection'],
})
