/**
 * Methods of convolutional encoders with and without feature augmentation: the table method x {none, noise, mask, mixture}, three seeds.
 *
 * ```sh
 * npx --no-install facet study examples/study/exploration/methods.ts --data PATH --jobs 2
 * ```
 */
import { study } from 'facet-tensor/models'
import { budget } from './budget.js'

export default study({
  name: 'methods',
  data: { name: 'cifar10' },
  methods: [
    'simclr',
    'dcl',
    'moco',
    'mocoV3',
    'byol',
    'simsiam',
    'nnclr',
    'barlow',
    'vicreg',
    'swav',
    'dino',
    'supcon',
    'supervised',
  ],
  augmentations: ['gaussian@pooled:cosine=0.9', 'dropout@pooled:cosine=0.9', 'mixup@pooled:cosine=0.92'],
  flows: ['full'],
  imageAugmentations: ['simsiam-cifar'],
  seeds: [1, 2, 3],
  budget,
  evaluate: ['knn'],
})
