/** What a pretraining recipe holds, and the names of what it chooses from. */
import type { ViewsRecipe } from '../augment/recipes.js';
import type { WaveformRecipe } from '../augment/waveform.js';
import type { HeadOptions } from '../heads.js';
import { methods } from '../methods/index.js';
import type { Clip } from '../optimizers/clip.js';
import type { LarsOptions } from '../optimizers/lars.js';
import type { EncoderName } from './encoders.js';
/** The name of a method: `simclr`, `simsiam`, `dino`, ... */
export type MethodName = keyof typeof methods;
/** All names of methods. */
export declare const methodNames: MethodName[];
/** Methods by name, as reports call them. */
export declare const methodLabels: Readonly<Record<MethodName, string>>;
/**
 * A run as data: a method, its networks, its optimization and its views. `recipe` gives published ones, `changed` one
 * with other numbers.
 */
export interface Recipe extends Run {
    /** Which method; the parts that it does not have are left out. */
    readonly method: MethodName;
}
/** A recipe, but for its method. */
export interface Run {
    /** Where the numbers are from. */
    readonly source: string;
    /** Times through the training examples. */
    readonly epochs: number;
    /** The length of the run where it is not `epochs`. */
    readonly steps?: number;
    /** Examples of one step. */
    readonly batch: number;
    /**
     * Steps whose mean gradient moves the parameters once, for batches larger than memory has room for: momentum networks, queues
     * and schedules move with them, batch norm and negatives are those of each `batch`. Default 1.
     */
    readonly accumulate?: number;
    /** Clips the gradients of that move: `{ norm: 1 }` all together, `{ value: 0.5 }` each element. Default: not at all. */
    readonly clip?: Clip;
    /**
     * `'f16'`: large intermediate values take half the memory, and the loss is scaled so that small gradients do not vanish. Not
     * every device has it. Default `'f32'`.
     */
    readonly precision?: 'f32' | 'f16';
    /** Which encoder. */
    readonly encoder: EncoderName;
    /** Channels of the encoder's first stage; an eighth of the features of `vit`. Default: the encoder's own. */
    readonly width?: number;
    /** Side of a transformer's patches, and of those of ConvNeXt's stem. Default 4. */
    readonly patch?: number;
    /** Blocks of `vit`. Default 4. */
    readonly depth?: number;
    /** What a transformer's features are: `vit` has it. Default `'class'`. */
    readonly pool?: 'class' | 'mean';
    /** How a ResNet begins: 3x3 at stride 1 (`'cifar'`), or 7x7 at stride 2 and max-pooling (`'imagenet'`). Default `'cifar'`. */
    readonly stem?: 'cifar' | 'imagenet';
    /** Of a ResNet's stem for small images. Default 1. */
    readonly stemPadding?: 1 | 2;
    /** The last batch norm of a ResNet's every block starts at zero. Default false. */
    readonly zeroInitResidual?: boolean;
    /** Both views go through the networks as one batch (SimCLR, DCL). Default false. */
    readonly joint?: boolean;
    /** The encoder's batch norms see the batch in so many parts (SplitBN). Default 1. */
    readonly splits?: number;
    /** The key network sees the batch shuffled (MoCo). Default false. */
    readonly shuffle?: boolean;
    /** The head after the encoder, of all methods but those that tell hidden patches. Its input is the encoder's features. */
    readonly projector?: HeadOptions;
    /** Share of an image's patches that the trained network does not see (MAE, MSN, iBOT). Default: the method's own. */
    readonly hidden?: number;
    /** Weight of hidden patches beside the class token (iBOT, DINOv2). Default 1. */
    readonly patchWeight?: number;
    /** Of the teacher's scores of patches (iBOT, DINOv2). Default 0.07. */
    readonly patchTemperature?: number;
    /** Blocks of an image that are told, and the share of it that each has (I-JEPA). Default 4 of 0.175. */
    readonly blocks?: number;
    /** Share of an image in each block. Default 0.175. */
    readonly blockScale?: number;
    /** The transformer that tells patches (MAE, I-JEPA): a width of half the encoder's features, 2 blocks and 4 heads, if not given. */
    readonly teller?: {
        readonly width?: number;
        readonly depth?: number;
        readonly heads?: number;
    };
    /** The head after the projector, of methods that have one: the size of its hidden layer. */
    readonly predictor?: {
        readonly hidden: number;
    };
    /** Number of prototypes, and the epochs in which they do not move (SwAV, DINO). */
    readonly prototypes?: number;
    /** Epochs at the start in which the prototypes do not move. Default 0. */
    readonly frozenEpochs?: number;
    /** Of the method's loss; of DINO the student's. Default: the method's own. */
    readonly temperature?: number;
    /** Of DINO's teacher; where there is a rise, from `from` over so many epochs. */
    readonly teacherTemperature?: number;
    /** Where the temperature of the teacher starts, and in how many epochs it rises. Default: no rise. */
    readonly teacherRise?: {
        readonly from: number;
        readonly epochs: number;
    };
    /** Rows that are kept of earlier steps (MoCo, DenseCL, NNCLR, SwAV). */
    readonly queue?: number;
    /**
     * Both orders of the views. `false` has the first view alone predicted from the second, which makes a strong and a weak one
     * differ in every method. Default: as the method is published: `false` for MoCo, `true` for those with a predictor.
     */
    readonly symmetric?: boolean;
    /** What is averaged over the positives of a row (supervised contrast): `supervisedContrast` has them. Default `'out'`. */
    readonly variant?: 'out' | 'in' | 'sum-in';
    /** Of the target network, and where its cosine over the run ends (default: it stays). */
    readonly targetMomentum?: number;
    /** Where the momentum of the target network ends, by a cosine over the run. Default: it stays. */
    readonly targetMomentumEnd?: number;
    /** Factor of the loss, and of its terms outside of the diagonal (Barlow Twins). */
    readonly scale?: number;
    /** Weight of the terms outside of the diagonal (Barlow Twins), of the places of feature maps (DenseCL). */
    readonly lambda?: number;
    /** Of the variance terms of the two views (VICReg): 0.5, the default, averages, 1 sums them. */
    readonly varianceWeight?: number;
    /** Weight of the covariance term (TiCo). Default 8. */
    readonly rho?: number;
    /** Rows that are whitened together (W-MSE). Default: the batch. */
    readonly group?: number;
    /** Epochs before earlier rows take part in the codes (SwAV). Default 0. */
    readonly queueEpochs?: number;
    /** What moves the parameters. */
    readonly optimizer: 'sgd' | 'lars' | 'adamw';
    /** What LARS has beside rate, momentum and weight decay. Default: the defaults of `lars`. */
    readonly lars?: Pick<LarsOptions, 'eta' | 'clip' | 'denominator' | 'rateInMomentum'>;
    /**
     * Highest learning rate for the recipe's `batch`; another batch, or several accumulated ones, scale it by their ratio (Goyal et
     * al., arXiv 1706.02677).
     */
    readonly learningRate: number;
    /** Default 0.9. */
    readonly momentum?: number;
    /** Weight of the past in AdamW's second moment. Default 0.999. */
    readonly beta2?: number;
    /** Of weights; of biases and norms only with `decayAll`. */
    readonly weightDecay: number;
    /** Weight decay also of biases and of the parameters of norms. Default false. */
    readonly decayAll?: boolean;
    /** Epochs of the linear rise, and the rate that it starts at. Default 0, both. The rate then falls by half a cosine to 0. */
    readonly warmup?: number;
    /** The rate that the rise starts at. Default 0. */
    readonly warmupStart?: number;
    /** The predictor's learning rate stays (SimSiam, arXiv 2011.10566, section 4.2). Default false. */
    readonly fixedPredictorRate?: boolean;
    /** What makes views: of images a recipe or a name of `imageRecipes` or `viewsRecipes`; of recordings a recipe or `'speech'`. */
    readonly views: ViewsRecipe | WaveformRecipe | 'speech';
}
