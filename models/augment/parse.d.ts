import { type FeatureAugmentation } from './feature.js';
import type { Operator } from './operators/operator.js';
/**
 * Several specifications, separated by `+`; none for `none`. One is `name@site:key=value,...`:
 *
 * ```text
 * gaussian@projection:cosine=0.95,flow=full,branch=online,copies=2,compose=add,weight=0.5,probability=0.5
 * mixqueue + extrapolate:draw=element,fade=1000
 * ```
 *
 * Names are those of `operators`; the site is that of `augment`, by default `unit` for pairs and targets, `negatives` for
 * negatives, `scores` for scores, and `projection` for others but those on maps. Keys are the parameters of `augment` (a flow with a number is
 * `flow=scaled=0.5`), `fade` (the number of steps over which the augmentation is faded in), and the operator's own options.
 * Throws `BadInput`, which names what is known and nearest, and `ShapeError` for what `augment` refuses.
 */
export declare const parseAugmentations: (text: string) => FeatureAugmentation[];
/** One specification, as above. */
export declare function parseAugmentation(text: string): FeatureAugmentation;
/** Where an operator stands if nothing else is said. */
export declare function siteOf({ name, kind, traits }: Pick<Operator, 'name' | 'kind' | 'traits'>): string;
