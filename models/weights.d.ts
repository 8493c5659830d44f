import type { Session } from '../runtime/run.js';
import type { Tensors } from '../runtime/safetensors.js';
/** What `importWeights` may be told. */
export interface ImportOptions {
    /**
     * The module of the program that gets the weights, by its path: `'encoder'` for that of a method. Default: the whole
     * program but for seed, step and what optimizers keep.
     */
    readonly to?: string;
    /** The path of the weights in the file; the others are left out. `'module.encoder_q'` for a checkpoint of MoCo's authors. Default: none. */
    readonly prefix?: string;
    /** Paths, below `prefix`, of tensors to leave out: `['fc']` for the classifier of a ResNet. Default: none. */
    readonly ignore?: readonly string[];
}
/**
 * Gives the variables of a module the values of `tensors` with the same names, below `to` here and `prefix` there: those
 * of a safetensors file, say. PyTorch's counters `num_batches_tracked` are left out. Momentum networks that start as
 * copies are modules of their own: `to: 'target.encoder'`. Returns the names of the variables written. Throws `BadInput`,
 * having written nothing, that names variables without a tensor, tensors without a variable, and differing shapes.
 *
 * ```ts
 * const { tensors } = readSafetensors(readFileSync('resnet18.safetensors'))
 * importWeights(session, tensors, { to: 'encoder', ignore: ['fc'] })
 * ```
 */
export declare function importWeights(session: Session, tensors: Tensors, options?: ImportOptions): string[];
/**
 * A ResNet's tensors under the names of detectron2's backbone (`stem.conv1.weight`, `res2.0.conv1.norm.running_mean`,
 * `res3.0.shortcut.weight`), from those of torchvision, which the encoder's variables have below its path. Throws `BadInput` for tensors
 * of another encoder, and for a first convolution that is not detectron2's, 7x7. Source: the names of `BasicStem`, `BasicBlock` and
 * `BottleneckBlock` in detectron2, `modeling/backbone/resnet.py`.
 */
export declare function detectron2Names(tensors: Tensors): Tensors;
