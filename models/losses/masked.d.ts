/** Losses of what a network tells about the parts of an image that it did not see. */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
/** Values of tokens, `[N, P, D]`. */
type Tokens = Tensor<[Dim, Dim, Dim], 'f32'>;
/**
 * MAE: the mean squared error of hidden patches. `told` and `patches` `[N, P, D]`, `mask` `[N, P]` true where a patch was hidden (default: all were); patches are standardized
 * each for itself (divisor D - 1, eps 1e-6), or not with `normalized: false`. No gradient to `patches`. Source: He et al., arXiv 2111.06377, section 3; its
 * code (github.com/facebookresearch/mae), whose published models have `norm_pix_loss`.
 */
export declare function maeLoss(told: Tokens, patches: Tokens, mask?: Tensor<[Dim, Dim], 'bool'>, options?: {
    readonly normalized?: boolean;
}): Tensor<[], 'f32'>;
/**
 * I-JEPA: the mean of the Huber loss at 1 between `told` and the targets, standardized over their features (eps 1e-5, no gradient): `d^2 / 2` for `|d| < 1`,
 * else `|d| - 1 / 2`. Both `[N, P, D]`. Source: Assran et al., arXiv 2301.08243, section 3, which writes the squared distance; this is what
 * its code has (github.com/facebookresearch/ijepa).
 */
export declare function jepaLoss(told: Tokens, targets: Tokens): Tensor<[], 'f32'>;
export {};
