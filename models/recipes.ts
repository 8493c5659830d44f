/** Published hyper-parameters as data, each with its source. */

/** Probability and half-widths of the factors of a colour jitter. Brightness, contrast, saturation: factor in `max(0, 1 - x) .. 1 + x`; hue: turn in `-x .. x`. */
export interface Jitter {
  readonly probability: number
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  readonly hue: number
}
/** What `view` does to an image, in this order. */
export interface ImageRecipe {
  /** Share of the area and aspect ratio (width over height) of the random crop. */
  readonly crop: { readonly scale: readonly [number, number]; readonly ratio: readonly [number, number] }
  /** Probability of a mirror image. */
  readonly flip: number
  readonly jitter: Jitter
  /** Probability of grey. */
  readonly gray: number
  /** Mean and standard deviation per channel, of values in [0, 1]. */
  readonly normalize: { readonly mean: Triple; readonly std: Triple }
}
export type Triple = readonly [number, number, number]

/** Statistics of CIFAR-10's training images. */
export const cifarStatistics = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] } as const
/** Values in [0, 1] brought to [-1, 1], for image sets whose statistics nobody has published. */
export const halves = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const

const ratio = [3 / 4, 4 / 3] as const
const jitter = { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }
const nothing = { probability: 0, brightness: 0, contrast: 0, saturation: 0, hue: 0 }

export const imageRecipes = {
  /** SimSiam on CIFAR-10, arXiv 2011.10566, appendix D: MoCo v2's recipe without blur. */
  'simsiam-cifar': { crop: { scale: [0.2, 1], ratio }, flip: 0.5, jitter, gray: 0.2, normalize: cifarStatistics },
  /** MoCo v2 on CIFAR-10: the authors' demo, github.com/facebookresearch/moco, colab notebook. */
  'moco-cifar': { crop: { scale: [0.08, 1], ratio }, flip: 0.5, jitter, gray: 0.2, normalize: cifarStatistics },
  /** Crop and flip only: the weak end of an ablation of data augmentation. */
  weak: { crop: { scale: [0.2, 1], ratio }, flip: 0.5, jitter: nothing, gray: 0, normalize: cifarStatistics },
} as const satisfies Record<string, ImageRecipe>

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
