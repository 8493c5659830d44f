import { type Kernel } from './kernel.js';
import { type Target } from './target.js';
/** The kernel after those that lay out its factors; itself alone where that is not worth it. */
export declare function laidOut(kernel: Kernel, target: Target): Kernel[];
