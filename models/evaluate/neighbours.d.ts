/** The nearest training examples of test examples, for people to look at. */
import type { Features } from './features.js';
/**
 * For the first `queries` test examples, the numbers of their `k` nearest training examples by the cosine of their features,
 * nearest first: `[queries][k]`, or fewer where there are fewer.
 */
export declare function nearestExamples(train: Features, test: Features, queries: number, k: number): number[][];
