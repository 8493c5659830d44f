/** A study whose one trial trains for longer than any test waits. */
import { study } from 'facet-tensor/models'

export default study({
  data: 'synthetic',
  methods: ['supervised'],
  augmentations: [],
  flows: ['full'],
  imageAugmentations: ['ladder-crop'],
  seeds: [1],
  budget: { steps: 100_000, images: 40, batch: 8, size: 8, width: 1 },
  evaluate: ['knn'],
})
