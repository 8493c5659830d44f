/** Published hyper-parameters as data, each with its source. */

// Image augmentation has a file of its own.
export * from './augment/recipes.js'

/** Optimization and heads of published CIFAR-10 runs with a ResNet-18; learning rates are for the batch given. */
export const trainingRecipes = {
  /** SimSiam, arXiv 2011.10566, appendix D. */
  'simsiam-cifar': {
    epochs: 800,
    batch: 512,
    learningRate: 0.06,
    momentum: 0.9,
    weightDecay: 5e-4,
    projector: [2048, 2048],
    predictor: [512, 2048],
    images: 'simsiam-cifar',
  },
  /** MoCo v2 on CIFAR-10: the authors' demo, as above. */
  'moco-cifar': {
    epochs: 200,
    batch: 512,
    learningRate: 0.06,
    momentum: 0.9,
    weightDecay: 5e-4,
    temperature: 0.1,
    queue: 4096,
    targetMomentum: 0.99,
    projector: [128],
    images: 'moco-cifar',
  },
} as const
