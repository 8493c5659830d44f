/** A study whose only trial is lost: its learning rate is far too high. */
import { study } from 'facet-tensor/models'

export default study({
  data: 'synthetic',
  methods: ['simsiam'],
  augmentations: [],
  flows: ['full'],
  imageAugmentations: ['ladder-crop'],
  seeds: [1],
  budget: { steps: 12, images: 40, batch: 8, size: 8, width: 2, set: { learningRate: 1e30 } },
  evaluate: ['knn'],
})
