import { type Solve } from './operator.js';
/**
 * CV4: `X' = X R`, R a rotation by the angle a in each of D / 2 planes, spanned by random pairs of features; the same R for all rows, so
 * angles and lengths within a batch stay. Since R = cos(a) I + sin(a) J with `J^T = -J` and `J^2 = -I`, every row is turned by exactly a. `x` `[N, D]`,
 * D even. Strength: a in radians, default 0.3; from a cosine: `a = acos(cosine)`, exact. Source: this project (products of Givens
 * rotations).
 */
export declare const randomRotation: () => import("./operator.js").Operator<"rows", never, Solve>;
