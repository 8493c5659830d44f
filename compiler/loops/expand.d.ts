/** What schedules share: loops over axes, unrolled iterations, and stores, for points one by one or in fours. */
import { type Axis, type Expression } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { Tensor } from '../graph/node.js';
import type { Result } from '../kernels/kernel.js';
import type { Target } from '../kernels/target.js';
import type { Builder } from './build.js';
import type { Pack } from './pack.js';
import type { Binding, Places } from './places.js';
import { type Stored } from './vectorize.js';
/** Values of axes and names at one point. */
export type At = Map<Axis | string, Expression>;
/** What a schedule is carried out for. */
export interface Context {
    readonly target: Target;
    /** The places that the kernel binds, in order. */
    readonly bindings: readonly Binding[];
    /** The tensor whose memory holds this one. */
    readonly holder: (tensor: Tensor) => Tensor;
}
/**
 * Every combination of the positions `count * origin + 0 .. count - 1` along axes; the last axis varies fastest. Points
 * share the expression of a position, which is simplified once.
 */
export declare function steps(axes: readonly Axis[], origins: readonly Expression[], counts: ReadonlyMap<Axis, number>): At[];
/** Loop axes of statement `n` cut into what is left to loop over and the unrolled iterations, each a substitution. */
export declare function cut(axes: readonly Axis[], unroll: ReadonlyMap<Axis, number>, n: number): {
    outer: readonly Axis[];
    iterations: At[];
};
/** `body` inside loops over axes. */
export declare function nested(builder: Builder, [axis, ...rest]: readonly Axis[], body: () => void): void;
/** Consecutive fours of a list, or its elements one by one if it has no whole number of fours. */
export declare function inGroups<T>(list: readonly T[]): T[][];
export declare const fourOf: (name: string, dtype: Expression['dtype']) => Expression;
export declare const lanesOf: (four: Expression) => Expression[];
/** A result at one point, or at four that are stored together. */
export interface StoreGroup extends Stored {
    readonly values: readonly Expression[];
    /** Which of the points store theirs; without, all do. */
    readonly where?: readonly Expression[];
}
/** The results at each point, by result and group of points. */
export declare function storesAt(results: readonly Result[], points: readonly (readonly At[])[], indexing: Indexing): StoreGroup[][];
interface StoreOptions {
    readonly vectors: ReadonlySet<Tensor>;
    readonly places: Places;
    readonly rewrite: (e: Expression) => Expression;
    readonly pack: Pack;
    readonly indexing: Indexing;
    /** Only where this holds. */
    readonly condition?: Expression | undefined;
}
/**
 * Computes and stores groups of results. Results of one group are all computed before the first is stored, and so are
 * those of all groups if one may read what another replaces.
 */
export declare function storeAll(groups: readonly (readonly StoreGroup[])[], { holder }: Context, builder: Builder, { vectors, places, rewrite, pack, indexing, condition }: StoreOptions): void;
/** Whether each group reads, of what all groups write, at most the elements that it replaces itself. */
export declare function readOnlyOwn(groups: readonly (readonly StoreGroup[])[], holder: (tensor: Tensor) => Tensor): boolean;
export {};
