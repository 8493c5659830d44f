import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
/** The roots on all examples, `[examples, ...]`, given values of that shape for nodes of one. What depends on none is repeated. */
export declare function onEach(roots: readonly Tensor[], given: ReadonlyMap<Tensor, Tensor>, examples: number): Tensor[];
/** Attributes `attributes` (of the operation on one example) and `many` (which operands have a leading axis). */
export declare function eachOf(operation: Operation): Operation;
/** `each.NAME` of every operation that has a lowering. */
export declare const eachOperations: (operations: Iterable<Operation>) => Operation[];
