/** Tables of expressions by lists of numbers: how equal ones become one object. */
import type { Expression } from './expression.js';
/** What lists of numbers stand for, a map per number. Lists of one table have one length. */
export type Table = Map<number, Table | Expression>;
export declare const level: (table: Table, key: number) => Table;
/** The entry that is there, else `e`, which then is. */
export declare const entry: (table: Table, key: number, e: Expression) => Expression;
