/**
 * An embedded image set, so that pretraining can be tried without a download: 10 classes of textured shapes. What
 * does not tell the class is drawn anew for every image: two colours of the shape, a background gradient of two more,
 * scale, position, rotation, lighting and noise. Each is a signed distance (negative inside) drawn with smooth edges.
 */
import { type ImageRecipe } from '../recipes.js';
import { type ImageSet } from './images.js';
/** What `synthetic` may be told. */
export interface SyntheticOptions {
    /** Height and width in pixels. Default 16. */
    readonly size?: number;
    /** Numbers of images, the same for each class up to one. Defaults 2000 and 500. */
    readonly train?: number;
    /** Number of test images, the same for each class up to one. Default 500. */
    readonly test?: number;
    /** Default 0. */
    readonly seed?: number;
}
/**
 * Views of these images: crops keep most of the shape, and colours are turned all around, since views that agree in the
 * colour of the background would teach that and nothing else.
 */
export declare const syntheticViews: ImageRecipe;
/** Training images do not depend on how many test images there are, nor the other way round. */
export declare function synthetic({ size, train, test, seed }?: SyntheticOptions): ImageSet;
