/**
 * Sampling of images at computed places (Jaderberg et al. 2015, arXiv 1506.02025): four gathered pixels per point, weighted by
 * their distance, so that gradients reach image and places. Places are `(x, y)` in [-1, 1], from edge to edge of the image.
 */
import type { Tensor } from '../graph/node.js';
import type { Dim, Shape } from '../types/shape.js';
import type { Check, Gradient } from '../types/tensor.js';
import type { Sampled } from '../types/window.js';
/** How `gridSample` reads between and beyond the pixels. */
export interface SampleOptions {
    /** Default `bilinear`. */
    readonly mode?: 'bilinear' | 'nearest';
    /** What stands outside: zeros, the nearest edge, or the image mirrored. Default `zeros`. */
    readonly padding?: 'zeros' | 'border' | 'reflection';
    /** Whether -1 and 1 are the centres of the outermost pixels (true) or their outer edges. Default false. */
    readonly alignCorners?: boolean;
}
/** `images` `[N, C, H, W]` at `grid` `[N, OH, OW, 2]`: `[N, C, OH, OW]`. Nearest pixels give no gradient to the grid. Throws `ShapeError`. */
export declare const gridSample: <S extends Shape, T extends Shape, G extends Gradient, H extends Gradient>(images: Tensor<S, 'f32', G>, grid: Check<Sampled<S, T>, Tensor<T, 'f32', H>>, options?: SampleOptions) => Tensor<Sampled<S, T>, 'f32', G | H>;
/** Places for `gridSample` from affine maps `theta` `[N, 2, 3]` of the output's own places: `[N, OH, OW, 2]`. */
export declare const affineGrid: <N extends Dim, const H extends number, const W extends number, G extends Gradient>(theta: Tensor<[N, 2, 3], 'f32', G>, [height, width]: readonly [H, W], options?: Pick<SampleOptions, 'alignCorners'>) => Tensor<[N, H, W, 2], 'f32', G>;
