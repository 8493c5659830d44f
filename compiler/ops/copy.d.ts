/** A value of its own in memory: what a variable is replaced by when the value belongs to another one. */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
/** The same value, stored separately. The compiler inserts it; models have no need of it. */
export declare const copy: (<T extends Tensor>(x: T) => T) & {
    readonly operation: Operation;
};
