/** Places of tensors as memories of a loop program, and expressions of kernels in terms of them. */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { Tensor } from '../graph/node.js';
/** What a kernel binds. */
export interface Binding {
    readonly tensor: Tensor;
    readonly name: string;
    readonly access: 'read' | 'read_write';
}
export interface Places {
    /** In the order of bindings. */
    readonly memories: readonly Memory[];
    of(tensor: Tensor): Memory;
    /** An expression of a kernel as one of the program; `axes` have the values given. */
    inMemories(axes?: ReadonlyMap<Axis, Expression>): (e: Expression) => Expression;
}
/** `vectors` are the places accessed in fours. Bytes are words in memory, four to a word, which neighbours share. */
export declare function createPlaces(bindings: readonly Binding[], holder: (tensor: Tensor) => Tensor, vectors: ReadonlySet<Tensor>, indexing: Indexing): Places;
