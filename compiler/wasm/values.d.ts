/** Expressions as instructions that leave their value on the stack. A `bool` is 0 or 1 as a scalar, 0 or -1 in a vector. */
import { type Expression } from '../graph/expression.js';
import { type Accesses } from './access.js';
import type { Code } from './code.js';
import type { Value } from './encode.js';
export declare const valueType: (e: Expression) => Value;
/** The name of a vector of four equal constants; those that differ in a bit differ in it. */
export declare const constantName: (e: Expression) => string | undefined;
/** `named`: the locals of axes, names and constants. */
export declare function createValues(code: Code, named: Map<unknown, number>, accesses: () => Accesses): (e: Expression) => void;
