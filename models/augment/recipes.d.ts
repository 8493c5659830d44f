import type { FilterName } from '../../compiler/language/resample.js';
/** Probability and half-widths of the factors of a colour jitter. Brightness, contrast, saturation: factor in `max(0, 1 - x) .. 1 + x`; hue: turn in `-x .. x`. */
export interface Jitter {
    /** Probability that an image is jittered at all, 0 to 1. */
    readonly probability: number;
    /** Half-width of the factor of brightness. */
    readonly brightness: number;
    /** Half-width of the factor of contrast. */
    readonly contrast: number;
    /** Half-width of the factor of saturation. */
    readonly saturation: number;
    /** Half-width of the turn of the hue, as a share of the circle: at most 0.5. */
    readonly hue: number;
}
/** How an image becomes a view, in this order. */
export interface ImageRecipe {
    /** Share of the area and aspect ratio (width over height) of the random crop, and how it is resized: bilinearly by default. */
    readonly crop: {
        readonly scale: readonly [number, number];
        readonly ratio: readonly [number, number];
        readonly filter?: FilterName;
    };
    /** Probability of a mirror image. */
    readonly flip: number;
    /** Colour jitter; probability 0 for none. */
    readonly jitter: Jitter;
    /** Probability of grey. */
    readonly gray: number;
    /** Gaussian blur: its probability, and the range of its deviation in pixels, by default 0.1 .. 2. Default: none. */
    readonly blur?: {
        readonly probability: number;
        readonly sigma?: readonly [number, number];
    };
    /** Probability that values from 0.5 on are inverted. Default 0. */
    readonly solarize?: number;
    /** Mean and standard deviation per channel, of values in [0, 1]. */
    readonly normalize: {
        readonly mean: Triple;
        readonly std: Triple;
    };
}
/** A number for each of red, green, blue. */
export type Triple = readonly [number, number, number];
/** Statistics of CIFAR-10's training images. */
export declare const cifarStatistics: {
    readonly mean: readonly [0.4914, 0.4822, 0.4465];
    readonly std: readonly [0.247, 0.2435, 0.2616];
};
/** The same means with the deviations of MoCo's demo: means over the images of each image's deviation. */
export declare const mocoStatistics: {
    readonly mean: readonly [0.4914, 0.4822, 0.4465];
    readonly std: readonly [0.2023, 0.1994, 0.201];
};
/** Statistics of ImageNet's training images, as torchvision has them. */
export declare const imagenetStatistics: {
    readonly mean: readonly [0.485, 0.456, 0.406];
    readonly std: readonly [0.229, 0.224, 0.225];
};
/** Values in [0, 1] brought to [-1, 1], for image sets whose statistics nobody has published. */
export declare const halves: {
    readonly mean: readonly [0.5, 0.5, 0.5];
    readonly std: readonly [0.5, 0.5, 0.5];
};
/** One view each. Names without an ending are for ImageNet's sizes. */
export declare const imageRecipes: {
    /** SimCLR, arXiv 2002.05709, appendix A, and its code, which does not normalise; colour strength 1. */
    readonly simclr: {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0, 0, 0];
            readonly std: readonly [1, 1, 1];
        };
    };
    /** SimCLR on CIFAR-10, appendix B.9: colour strength 0.5, no blur. */
    readonly 'simclr-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0, 0, 0];
            readonly std: readonly [1, 1, 1];
        };
    };
    /** lightly's benchmarks of SimCLR and its kin on CIFAR-10: the same colours, bilinear, with the statistics of ImageNet. */
    readonly 'lightly-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** MoCo, arXiv 1911.05722, and its code: every image is jittered (there after grey, here before). */
    readonly 'moco-v1': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** MoCo v2, arXiv 2003.04297, and its code. */
    readonly 'moco-v2': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** MoCo v2 on CIFAR-10: the authors' demo, github.com/facebookresearch/moco, colab notebook. */
    readonly 'moco-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.2023, 0.1994, 0.201];
        };
    };
    /** SimSiam, arXiv 2011.10566, section 3: MoCo v2's recipe. */
    readonly simsiam: {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** SimSiam on CIFAR-10, appendix D: the same without blur. */
    readonly 'simsiam-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** BYOL, arXiv 2006.07733, appendix B, first view: always blurred. Barlow Twins, arXiv 2103.03230, has the same pair. */
    readonly 'byol-1': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    /** The second view: seldom blurred, sometimes solarized. */
    readonly 'byol-2': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.2;
    };
    /** BYOL on CIFAR-10 as solo-learn has it: no blur, so that the views differ in solarization alone. */
    readonly 'byol-cifar-1': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    readonly 'byol-cifar-2': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.2;
    };
    /** solo-learn's symmetric views on CIFAR-10 (SwAV, supervised contrast): SimCLR's colours in full strength, and blur. */
    readonly 'symmetric-cifar': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    /** VICReg, arXiv 2105.04906, in the symmetric form of solo-learn. */
    readonly vicreg: {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.1;
    };
    /** The same for CIFAR-10: no blur. */
    readonly 'vicreg-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.1;
    };
    /** solo-learn's views of W-MSE on CIFAR-10: SimCLR's colours in full strength, no blur. */
    readonly 'wmse-cifar': {
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    /** solo-learn's views for reconstruction on CIFAR-10 (MAE): crop and flip. */
    readonly 'mae-cifar': {
        readonly flip: 0.5;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly gray: 0;
    };
    /** I-JEPA, arXiv 2301.08243, and its code: a crop alone. */
    readonly 'ijepa-cifar': {
        readonly flip: 0;
        readonly gray: 0;
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
    };
    /** ReSSL, arXiv 2107.09282: the student's view, with MoCo v2's colours. */
    readonly 'ressl-student': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** The teacher's view: crop and flip only. */
    readonly 'ressl-teacher': {
        readonly flip: 0.5;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
        readonly gray: 0;
    };
    /** SwAV, arXiv 2006.09882, and its code: the two global views. */
    readonly 'swav-global': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** SwAV's small views. */
    readonly 'swav-local': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
    };
    /** DINO, arXiv 2104.14294, and its code: the two global views. */
    readonly 'dino-1': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    readonly 'dino-2': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.2;
    };
    /** DINO's small views. */
    readonly 'dino-local': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.485, 0.456, 0.406];
            readonly std: readonly [0.229, 0.224, 0.225];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
    };
    /**
     * The strong view for images of CIFAR's size: SimCLR's colours in full strength, blur and solarization, as `symmetric-cifar` and
     * `byol-cifar-2` have them.
     */
    readonly 'strong-cifar': {
        readonly blur: {
            readonly probability: number;
        };
        readonly flip: 0.5;
        readonly gray: 0.2;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
            readonly filter: 'bicubic';
        };
        readonly jitter: Jitter;
        readonly solarize: 0.2;
    };
    /** The weak one: crop and flip only, as ReSSL's teacher and as the weak end of an ablation of data augmentation. */
    readonly weak: {
        readonly flip: 0.5;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly jitter: Jitter;
        readonly gray: 0;
    };
    /** The first three rungs of `ladder`. */
    readonly 'ladder-crop': {
        readonly flip: 0;
        readonly gray: 0;
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
    };
    readonly 'ladder-gray': {
        readonly flip: 0;
        readonly jitter: Jitter;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly gray: 0.2;
    };
    readonly 'ladder-colour': {
        readonly flip: 0;
        readonly normalize: {
            readonly mean: readonly [0.4914, 0.4822, 0.4465];
            readonly std: readonly [0.247, 0.2435, 0.2616];
        };
        readonly crop: {
            readonly scale: readonly [number, number];
            readonly ratio: readonly [number, number];
        };
        readonly gray: 0.2;
        readonly jitter: Jitter;
    };
};
/** The name of a recipe for one view: `simclr`, `moco-v2`, `byol-1`. */
export type ImageRecipeName = keyof typeof imageRecipes;
/** Rungs of an ablation of data augmentation on CIFAR-10, each the one before and one thing more: crop, grey, colour, flip. */
export declare const ladder: readonly ['ladder-crop', 'ladder-gray', 'ladder-colour', 'simsiam-cifar'];
/** A recipe, or the name of one. */
export type ViewRecipe = ImageRecipeName | ImageRecipe;
/** What makes the first and the second view, where they differ. */
export type RecipePair = readonly [ViewRecipe, ViewRecipe];
/** Two global views, and small ones of small crops beside them: SwAV, arXiv 2006.09882, section 3.2. */
export interface MultiCrop {
    /** Recipes of the two large views. */
    readonly global: RecipePair;
    /** Recipe of the small views. */
    readonly local: ViewRecipe;
    /** Number of small views. */
    readonly count: number;
    /** Side of a small view over that of a global one. */
    readonly share: number;
}
/** Views that are not all made by one recipe. */
export declare const viewsRecipes: {
    readonly byol: readonly ["byol-1", "byol-2"];
    readonly 'byol-cifar': readonly ["byol-cifar-1", "byol-cifar-2"];
    readonly barlow: readonly ["byol-1", "byol-2"];
    readonly ressl: readonly ["ressl-student", "ressl-teacher"];
    /** A strong and a weak view of small images: arXiv 2410.12396 reports the largest gains of feature augmentation with such a pair. */
    readonly 'strong-weak-cifar': readonly ["strong-cifar", "weak"];
    /** 2 x 224 and 6 x 96 pixels. */
    readonly swav: {
        readonly global: readonly ["swav-global", "swav-global"];
        readonly local: 'swav-local';
        readonly count: 6;
        readonly share: number;
    };
    /** 2 x 224 and 8 x 96 pixels. */
    readonly dino: {
        readonly global: readonly ["dino-1", "dino-2"];
        readonly local: 'dino-local';
        readonly count: 8;
        readonly share: number;
    };
};
/** The name of a recipe whose views differ: `byol`, `swav`, `dino`. */
export type ViewsRecipeName = keyof typeof viewsRecipes;
/** One recipe for both views, one for each, or a multi-crop; or the name of any. */
export type ViewsRecipe = ViewRecipe | RecipePair | MultiCrop | ViewsRecipeName;
/** All names that stand for views: those that differ first, then those of one recipe. */
export declare const viewsRecipeNames: readonly (ImageRecipeName | ViewsRecipeName)[];
/** A recipe without normalisation: its views are from 0 to 1, as people look at them. */
export declare const unnormalized: (recipe: ImageRecipe) => ImageRecipe;
/** The recipe itself. Throws `BadInput` for a name that is not known. */
export declare function imageRecipe(recipe: ViewRecipe): ImageRecipe;
/** The recipes of the two global views, and the small ones where there are any. Throws `BadInput`. */
export declare function recipesOfViews(recipe: ViewsRecipe): {
    readonly global: readonly [ImageRecipe, ImageRecipe];
    readonly local?: {
        readonly recipe: ImageRecipe;
        readonly count: number;
        readonly share: number;
    };
};
