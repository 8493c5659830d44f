import type { Device } from '../../runtime/device.js';
import { type Features } from './features.js';
/** What `retrieval` may be told. */
export interface RetrievalOptions {
    /** How many images are brought back. Default 1, 2, 4, 8. */
    readonly ks?: readonly number[];
}
/**
 * Recall at k: the share of images of which one or more of the `k` others that are nearest by cosine are of the same class, as
 * metric learning counts it (Song et al., arXiv 1511.06452, section 5.1). Every image asks all others of the same features. Pairs `[k, share]`.
 * Throws `BadInput` for a `k` that is not a whole number from 1 on or more than there are others, `DataError` for features that are infinite or NaN.
 */
export declare function retrieval(device: Device, features: Features, { ks }?: RetrievalOptions): Promise<readonly (readonly [k: number, share: number])[]>;
