/** How large expressions are in primitives: what a formula stands for is counted, and not written out. */
import { type Expression } from './expression.js';
export interface Extent {
    /** Distinct parts. */
    readonly size: number;
    /** Parts within each other. */
    readonly depth: number;
}
/** Of an expression beside its parts. */
export declare function extentOf(e: Expression): Extent;
/** Of what an expression is made of beside parts whose depth is `known`; and how deep each of those is. */
export declare function measured(root: Expression, known: ReadonlyMap<Expression, number>): Extent & {
    readonly depths: ReadonlyMap<Expression, number>;
};
