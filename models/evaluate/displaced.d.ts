/** Corruptions that move pixels: motion, glass and elastic blur. Images are `[N, 3, H, W]`; beyond an edge is its nearest pixel. */
import type { Untyped } from '../../compiler/graph/node.js';
import type { Images, Scalar } from '../tensors.js';
/** The most pixels of a trail: of snow at severity 5. */
export declare const TRAIL = 29;
/**
 * What each pixel of a trail weighs: half a bell of deviation `sigma`, `2 radius + 1` pixels long, as ImageMagick's motion blur has it; zeros
 * up to `TRAIL`.
 */
export declare function trailWeights(radius: number, sigma: number): number[];
/** `sum_i w_i x` at `i` pixels along the angle, of each image between `from` and `to` degrees, to the nearest pixel. */
export declare function trailed(x: Untyped, weight: (i: number) => Scalar, from: number, to: number): Images;
/** Blurred by a bell of deviation `sigma`, `rounds` (1 or 2) times shuffled, and blurred again. */
export declare function glazed(x: Images, sigma: Scalar, rounds: Scalar): Images;
/**
 * Every pixel from the last to the first, without the first two rows and columns, changes places with the one above where `up`, left where
 * `left`, or both (`[N, H, W]` bools): as if one after the other, but in steps that double the way. A pixel that a neighbour below or to the right
 * changed places with holds what that one held before, which may have come from further away.
 */
export declare function swapped(x: Untyped, up: Untyped, left: Untyped): Untyped;
/**
 * An affine map that takes three corners of a square around the centre to places up to `shift` away, and then displacements of `reach`
 * times noise from -1 to 1, blurred by a bell of deviation `sigma`; all three in shares of the image's smaller side.
 */
export declare function stretched(x: Images, reach: Scalar, sigma: Scalar, shift: Scalar): Images;
