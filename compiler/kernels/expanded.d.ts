/** A kernel in primitives alone, in types that registers have: what operations call their functions is replaced by their formulas. */
import { type Expression } from '../graph/expression.js';
import { type Kernel } from './kernel.js';
export declare function expanded(kernel: Kernel): Kernel;
/** What each part of some expressions becomes: once, so that what is shared stays so. */
export declare function inPrimitives(roots: readonly Expression[]): ReadonlyMap<Expression, Expression>;
