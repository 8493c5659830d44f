/**
 * True inside of a box, `[N, 1, H, W]` (or `[N, 1, L]`), for maps of the given shape: `w = max(b, 1 - b)`, `b ~ Beta(alpha, alpha)`;
 * the sides have the share `sqrt(1 - w)` of the map's (in one dimension `1 - w`), the centre is uniform, and what lies outside of
 * the map is cut off. Source: CutMix, arXiv 1905.04899, with the larger part of i-Mix, arXiv 2010.08887.
 */
export declare function randomBox([rows, , ...places]: readonly number[], alpha: number): import("../../../compiler/index.js").Tensor<[1, 1, ...number[]], "bool", "stopped">;
