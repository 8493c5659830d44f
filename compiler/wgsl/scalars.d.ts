/** The text of each primitive, of scalars and of vectors alike. */
import { type Expression } from '../graph/expression.js';
type Applied = Extract<Expression, {
    kind: 'apply';
}>;
export declare function scalarText(e: Applied, args: readonly string[]): string;
export {};
