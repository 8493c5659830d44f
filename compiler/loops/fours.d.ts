/**
 * Four neighbouring positions along a flattened extent. At its end they are clamped, so that whatever is loaded there is in
 * bounds; conditions say which of them exist. Where four divides the extent, they stay `4 q .. 4 q + 3`, which is what makes
 * vectors of their loads.
 */
import { type Axis, type Expression } from '../graph/expression.js';
import type { At } from './expand.js';
export interface Fours {
    readonly axes: readonly Axis[];
    readonly positions: readonly Expression[];
    readonly size: number;
}
/** Says what an axis is from here on, or binds a value to a name. */
export interface Definitions {
    define(axis: Axis, value: Expression): void;
    named(name: string, value: Expression): Expression;
}
/** Under what condition each of four exists; none for always. */
export type Existing = readonly (Expression | undefined)[];
export declare function foursOf(name: string, size: number): Fours;
/** Says where the fours are: at `4 number`. All of them exist if they are `inside` the extent. */
export declare function defineFours({ define, named }: Definitions, { axes, size }: Fours, number: Expression, inside: boolean): Existing;
/** Gives each axis its part of a flattened position. */
export declare function scatter(at: At, axes: readonly Axis[], position: Expression): void;
/** Where one position and each of four exist. */
export declare function bothExist(one: Expression | undefined, four: Existing): Existing;
