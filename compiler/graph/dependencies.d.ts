/** What an expression depends on. */
import { type Axis, type Expression } from './expression.js';
export type Dependencies = ReadonlySet<Axis | string>;
/** Every axis an expression depends on, and every name. */
export declare const dependencies: (root: Expression, known?: Map<Expression, Dependencies>) => Dependencies;
/** The union of the sets of some items in their order, which is the first of them where that has all. */
export declare function united<T, U>(items: readonly T[], of: (item: T) => ReadonlySet<U>): ReadonlySet<U>;
