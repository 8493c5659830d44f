/** Corruptions by weather: fog, frost and snow on images `[N, 3, H, W]` with values in [0, 1]. */
import type { Untyped } from '../../compiler/graph/node.js';
import type { Images, Scalar } from '../tensors.js';
/**
 * A plasma fractal `[N, 1, H, W]` from 0 to 1 by the diamond-square algorithm on a ring: the middle of four neighbours is their mean and
 * uniform noise, whose size falls by `decay^2` from one level to the next.
 */
export declare function plasma([count, height, width]: readonly [number, number, number], decay: Untyped): Untyped;
/** `amount` of a plasma fractal is added, and the whole brought back to the image's highest value. */
export declare function fogged(x: Images, amount: Scalar, decay: Scalar): Images;
/**
 * `keep x + amount f`, f a texture of frost. The source crops one of five photographs of frost, which are not ours to give: f is drawn, the
 * sharp ridges of a plasma fractal as crystals, in the colours of ice.
 */
export declare function frosted(x: Images, keep: Scalar, amount: Scalar): Images;
/** What `snowed` is told, in the order of its severities. */
type Snow = Readonly<Record<'mean' | 'deviation' | 'zoom' | 'least' | 'keep', Scalar>>;
/**
 * Flakes are normal noise above `least`, enlarged by `zoom`, and drawn out as they fall, by the weights of a trail; they are added twice,
 * the second time turned by half a circle, to `keep` of the image and the rest of one that is whitened.
 */
export declare function snowed(x: Images, { mean, deviation, zoom, least, keep }: Snow, trail: (i: number) => Scalar): Images;
export {};
