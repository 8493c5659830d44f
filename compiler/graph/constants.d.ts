/** Constants in kernels: what a primitive makes of them, computed before any target sees it. */
import type { Expression } from './expression.js';
type Applied = Extract<Expression, {
    kind: 'apply';
}>;
export type Literal = Extract<Expression, {
    kind: 'literal';
}>;
export declare const isLiteral: (e: Expression) => e is Literal;
/** What a register holds of a primitive of constants. It must not be left to targets: WGSL refuses integers that overflow, and the logarithm of 0. */
export declare function constantOf({ scalar, dtype }: Applied, args: readonly Literal[]): number | undefined;
export {};
