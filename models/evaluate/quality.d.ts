import type { Device } from '../../runtime/device.js';
import type { DataSet } from '../domains.js';
import { type Features } from './features.js';
import { type EmbedOptions, type Subject } from './subject.js';
/** Of the rows of features; see `monitors.ts` for the ranges. */
export interface Geometry {
    /** `uniformity` of the unit rows: 0 for a collapse, towards -4 for rows that cover the sphere. */
    readonly uniformity: number;
    /** RankMe: `effectiveRank` of the rows, from 1 to `min(rows, width)`. */
    readonly rank: number;
    /** `participationRatio` of the unit rows, from 1 to `min(rows - 1, width)`. */
    readonly participation: number;
    /** `spread`: 1 for rows that point everywhere, 0 for a collapse to one direction. */
    readonly spread: number;
}
/**
 * The geometry of frozen features, of 512 rows of them at most. Throws `BadInput` for fewer than 2. Sources: Wang and Isola,
 * arXiv 2005.10242; RankMe, Garrido et al., arXiv 2210.02885.
 */
export declare function geometry(device: Device, features: Features): Promise<Geometry>;
/**
 * Mean squared distance of the unit features of two views of an example, 0 to 4: views by the recipe that the subject
 * learned from, of the first 512 test examples. The last batch is filled up with its first example.
 */
export declare function viewAlignment(device: Device, subject: Subject, set: DataSet, { batch, seed }?: EmbedOptions): Promise<number>;
