/** The study that tests run: 4 trials of 3 steps, judged after the second too, on 8-pixel images; of one the weights are kept. */
import { study } from 'facet-tensor/models'

export default study({
  data: 'synthetic',
  methods: ['simclr'],
  augmentations: ['gaussian@projection:cosine=0.9'],
  flows: ['full'],
  imageAugmentations: ['ladder-crop'],
  seeds: [1, 2],
  budget: { steps: 3, milestones: [2], images: 40, batch: 8, size: 8, width: 2 },
  evaluate: ['knn'],
  weights: ({ augmentation, seed }) => augmentation === 'none' && seed === 1,
})
