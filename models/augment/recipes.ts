/**
 * Published image augmentation as data. A recipe says what happens to an image on its way to one view; `viewsRecipes`
 * says which recipes make the views that are compared. Probabilities, ranges, filters and statistics were compared with
 * the official code of each method.
 */
import { nearest } from '../../compiler/graph/nearest.js'
import type { FilterName } from '../../compiler/language/resample.js'
import { BadInput } from '../../runtime/errors.js'

/** Probability and half-widths of the factors of a colour jitter. Brightness, contrast, saturation: factor in `max(0, 1 - x) .. 1 + x`; hue: turn in `-x .. x`. */
export interface Jitter {
  /** Probability that an image is jittered at all, 0 to 1. */
  readonly probability: number
  /** Half-width of the factor of brightness. */
  readonly brightness: number
  /** Half-width of the factor of contrast. */
  readonly contrast: number
  /** Half-width of the factor of saturation. */
  readonly saturation: number
  /** Half-width of the turn of the hue, as a share of the circle: at most 0.5. */
  readonly hue: number
}
/** How an image becomes a view, in this order. */
export interface ImageRecipe {
  /** Share of the area and aspect ratio (width over height) of the random crop, and how it is resized: bilinearly by default. */
  readonly crop: {
    readonly scale: readonly [number, number]
    readonly ratio: readonly [number, number]
    readonly filter?: FilterName
  }
  /** Probability of a mirror image. */
  readonly flip: number
  /** Colour jitter; probability 0 for none. */
  readonly jitter: Jitter
  /** Probability of grey. */
  readonly gray: number
  /** Gaussian blur: its probability, and the range of its deviation in pixels, by default 0.1 .. 2. Default: none. */
  readonly blur?: { readonly probability: number; readonly sigma?: readonly [number, number] }
  /** Probability that values from 0.5 on are inverted. Default 0. */
  readonly solarize?: number
  /** Mean and standard deviation per channel, of values in [0, 1]. */
  readonly normalize: { readonly mean: Triple; readonly std: Triple }
}
/** A number for each of red, green, blue. */
export type Triple = readonly [number, number, number]

/** Statistics of CIFAR-10's training images. */
export const cifarStatistics = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] } as const
/** The same means with the deviations of MoCo's demo: means over the images of each image's deviation. */
export const mocoStatistics = { mean: cifarStatistics.mean, std: [0.2023, 0.1994, 0.201] } as const
/** Statistics of ImageNet's training images, as torchvision has them. */
export const imagenetStatistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
/** Values in [0, 1] as they are. */
const asTheyAre = { mean: [0, 0, 0], std: [1, 1, 1] } as const
/** Values in [0, 1] brought to [-1, 1], for image sets whose statistics nobody has published. */
export const halves = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const

const crop = (least: number, most = 1) => ({ scale: [least, most], ratio: [3 / 4, 4 / 3] }) as const
const bicubic = (least: number, most = 1) => ({ ...crop(least, most), filter: 'bicubic' }) as const
const jitter = (brightness: number, contrast: number, saturation: number, hue: number, probability = 0.8): Jitter => ({
  probability,
  brightness,
  contrast,
  saturation,
  hue,
})
const nothing = jitter(0, 0, 0, 0, 0)
const blur = (probability: number) => ({ blur: { probability } }) as const
const imagenet = { flip: 0.5, gray: 0.2, normalize: imagenetStatistics } as const
const cifar = { flip: 0.5, gray: 0.2, normalize: cifarStatistics } as const
const bare = { flip: 0, gray: 0, jitter: nothing, normalize: cifarStatistics } as const

const simclrColours = jitter(0.8, 0.8, 0.8, 0.2)
const mocoColours = jitter(0.4, 0.4, 0.4, 0.1)
const byolColours = jitter(0.4, 0.4, 0.2, 0.1)

/** One view each. Names without an ending are for ImageNet's sizes. */
export const imageRecipes = {
  /** SimCLR, arXiv 2002.05709, appendix A, and its code, which does not normalise; colour strength 1. */
  simclr: { ...imagenet, crop: bicubic(0.08), jitter: simclrColours, ...blur(0.5), normalize: asTheyAre },
  /** SimCLR on CIFAR-10, appendix B.9: colour strength 0.5, no blur. */
  'simclr-cifar': { ...cifar, crop: bicubic(0.08), jitter: mocoColours, normalize: asTheyAre },
  /** lightly's benchmarks of SimCLR and its kin on CIFAR-10: the same colours, bilinear, with the statistics of ImageNet. */
  'lightly-cifar': { ...imagenet, crop: crop(0.08), jitter: mocoColours },
  /** MoCo, arXiv 1911.05722, and its code: every image is jittered (there after grey, here before). */
  'moco-v1': { ...imagenet, crop: crop(0.2), jitter: jitter(0.4, 0.4, 0.4, 0.4, 1) },
  /** MoCo v2, arXiv 2003.04297, and its code. */
  'moco-v2': { ...imagenet, crop: crop(0.2), jitter: mocoColours, ...blur(0.5) },
  /** MoCo v2 on CIFAR-10: the authors' demo, github.com/facebookresearch/moco, colab notebook. */
  'moco-cifar': { ...cifar, crop: crop(0.08), jitter: mocoColours, normalize: mocoStatistics },
  /** SimSiam, arXiv 2011.10566, section 3: MoCo v2's recipe. */
  simsiam: { ...imagenet, crop: crop(0.2), jitter: mocoColours, ...blur(0.5) },
  /** SimSiam on CIFAR-10, appendix D: the same without blur. */
  'simsiam-cifar': { ...cifar, crop: crop(0.2), jitter: mocoColours },
  /** BYOL, arXiv 2006.07733, appendix B, first view: always blurred. Barlow Twins, arXiv 2103.03230, has the same pair. */
  'byol-1': { ...imagenet, crop: bicubic(0.08), jitter: byolColours, ...blur(1) },
  /** The second view: seldom blurred, sometimes solarized. */
  'byol-2': { ...imagenet, crop: bicubic(0.08), jitter: byolColours, ...blur(0.1), solarize: 0.2 },
  /** BYOL on CIFAR-10 as solo-learn has it: no blur, so that the views differ in solarization alone. */
  'byol-cifar-1': { ...cifar, crop: bicubic(0.08), jitter: byolColours },
  'byol-cifar-2': { ...cifar, crop: bicubic(0.08), jitter: byolColours, solarize: 0.2 },
  /** solo-learn's symmetric views on CIFAR-10 (SwAV, supervised contrast): SimCLR's colours in full strength, and blur. */
  'symmetric-cifar': { ...cifar, crop: bicubic(0.08), jitter: simclrColours, ...blur(0.5) },
  /** VICReg, arXiv 2105.04906, in the symmetric form of solo-learn. */
  vicreg: { ...imagenet, crop: bicubic(0.2), jitter: byolColours, ...blur(0.5), solarize: 0.1 },
  /** The same for CIFAR-10: no blur. */
  'vicreg-cifar': { ...cifar, crop: bicubic(0.2), jitter: byolColours, solarize: 0.1 },
  /** solo-learn's views of W-MSE on CIFAR-10: SimCLR's colours in full strength, no blur. */
  'wmse-cifar': { ...cifar, crop: bicubic(0.2), jitter: simclrColours },
  /** solo-learn's views for reconstruction on CIFAR-10 (MAE): crop and flip. */
  'mae-cifar': { ...cifar, crop: bicubic(0.08), jitter: nothing, gray: 0 },
  /** I-JEPA, arXiv 2301.08243, and its code: a crop alone. */
  'ijepa-cifar': { ...bare, crop: crop(0.3) },
  /** ReSSL, arXiv 2107.09282: the student's view, with MoCo v2's colours. */
  'ressl-student': { ...imagenet, crop: crop(0.08), jitter: mocoColours, ...blur(0.5) },
  /** The teacher's view: crop and flip only. */
  'ressl-teacher': { ...imagenet, crop: crop(0.08), jitter: nothing, gray: 0 },
  /** SwAV, arXiv 2006.09882, and its code: the two global views. */
  'swav-global': { ...imagenet, crop: crop(0.14), jitter: simclrColours, ...blur(0.5) },
  /** SwAV's small views. */
  'swav-local': { ...imagenet, crop: crop(0.05, 0.14), jitter: simclrColours, ...blur(0.5) },
  /** DINO, arXiv 2104.14294, and its code: the two global views. */
  'dino-1': { ...imagenet, crop: bicubic(0.4), jitter: byolColours, ...blur(1) },
  'dino-2': { ...imagenet, crop: bicubic(0.4), jitter: byolColours, ...blur(0.1), solarize: 0.2 },
  /** DINO's small views. */
  'dino-local': { ...imagenet, crop: bicubic(0.05, 0.4), jitter: byolColours, ...blur(0.5) },
  /**
   * The strong view for images of CIFAR's size: SimCLR's colours in full strength, blur and solarization, as `symmetric-cifar` and
   * `byol-cifar-2` have them.
   */
  'strong-cifar': { ...cifar, crop: bicubic(0.08), jitter: simclrColours, ...blur(0.5), solarize: 0.2 },
  /** The weak one: crop and flip only, as ReSSL's teacher and as the weak end of an ablation of data augmentation. */
  weak: { ...cifar, crop: crop(0.2), jitter: nothing, gray: 0 },
  /** The first three rungs of `ladder`. */
  'ladder-crop': { ...bare, crop: crop(0.2) },
  'ladder-gray': { ...bare, crop: crop(0.2), gray: 0.2 },
  'ladder-colour': { ...bare, crop: crop(0.2), gray: 0.2, jitter: mocoColours },
} as const satisfies Record<string, ImageRecipe>
/** The name of a recipe for one view: `simclr`, `moco-v2`, `byol-1`. */
export type ImageRecipeName = keyof typeof imageRecipes

/** Rungs of an ablation of data augmentation on CIFAR-10, each the one before and one thing more: crop, grey, colour, flip. */
export const ladder = ['ladder-crop', 'ladder-gray', 'ladder-colour', 'simsiam-cifar'] as const

/** A recipe, or the name of one. */
export type ViewRecipe = ImageRecipeName | ImageRecipe
/** What makes the first and the second view, where they differ. */
export type RecipePair = readonly [ViewRecipe, ViewRecipe]
/** Two global views, and small ones of small crops beside them: SwAV, arXiv 2006.09882, section 3.2. */
export interface MultiCrop {
  /** Recipes of the two large views. */
  readonly global: RecipePair
  /** Recipe of the small views. */
  readonly local: ViewRecipe
  /** Number of small views. */
  readonly count: number
  /** Side of a small view over that of a global one. */
  readonly share: number
}

/** Views that are not all made by one recipe. */
export const viewsRecipes = {
  byol: ['byol-1', 'byol-2'],
  'byol-cifar': ['byol-cifar-1', 'byol-cifar-2'],
  barlow: ['byol-1', 'byol-2'],
  ressl: ['ressl-student', 'ressl-teacher'],
  /** A strong and a weak view of small images: arXiv 2410.12396 reports the largest gains of feature augmentation with such a pair. */
  'strong-weak-cifar': ['strong-cifar', 'weak'],
  /** 2 x 224 and 6 x 96 pixels. */
  swav: { global: ['swav-global', 'swav-global'], local: 'swav-local', count: 6, share: 96 / 224 },
  /** 2 x 224 and 8 x 96 pixels. */
  dino: { global: ['dino-1', 'dino-2'], local: 'dino-local', count: 8, share: 96 / 224 },
} as const satisfies Record<string, RecipePair | MultiCrop>
/** The name of a recipe whose views differ: `byol`, `swav`, `dino`. */
export type ViewsRecipeName = keyof typeof viewsRecipes

/** One recipe for both views, one for each, or a multi-crop; or the name of any. */
export type ViewsRecipe = ViewRecipe | RecipePair | MultiCrop | ViewsRecipeName
/** All names that stand for views: those that differ first, then those of one recipe. */
export const viewsRecipeNames = [...Object.keys(viewsRecipes), ...Object.keys(imageRecipes)] as readonly (
  | ImageRecipeName
  | ViewsRecipeName
)[]

/** A recipe without normalisation: its views are from 0 to 1, as people look at them. */
export const unnormalized = (recipe: ImageRecipe): ImageRecipe => ({
  ...recipe,
  normalize: { mean: [0, 0, 0], std: [1, 1, 1] },
})

/** The recipe itself. Throws `BadInput` for a name that is not known. */
export function imageRecipe(recipe: ViewRecipe): ImageRecipe {
  if (typeof recipe !== 'string') return recipe
  return Object.hasOwn(imageRecipes, recipe) ? imageRecipes[recipe] : unknown(recipe, Object.keys(imageRecipes))
}

/** The recipes of the two global views, and the small ones where there are any. Throws `BadInput`. */
export function recipesOfViews(recipe: ViewsRecipe): {
  readonly global: readonly [ImageRecipe, ImageRecipe]
  readonly local?: { readonly recipe: ImageRecipe; readonly count: number; readonly share: number }
} {
  if (typeof recipe === 'string') {
    if (Object.hasOwn(viewsRecipes, recipe)) return recipesOfViews(viewsRecipes[recipe as ViewsRecipeName])
    if (!Object.hasOwn(imageRecipes, recipe)) return unknown(recipe, viewsRecipeNames)
    return recipesOfViews([recipe as ViewRecipe, recipe as ViewRecipe])
  }
  if (isPair(recipe)) return { global: [imageRecipe(recipe[0]), imageRecipe(recipe[1])] }
  if ('global' in recipe) {
    const { global, local, count, share } = recipe
    return { ...recipesOfViews(global), local: { recipe: imageRecipe(local), count, share } }
  }
  return { global: [recipe, recipe] }
}
const isPair = (recipe: object): recipe is RecipePair => Array.isArray(recipe)

function unknown(name: string, names: readonly string[]): never {
  throw new BadInput(
    `there is no image recipe "${name}": did you mean one of ${nearest(name, names)}? Known are ${names.join(', ')}`,
  )
}
