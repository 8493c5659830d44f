import { type Expression } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import { type Contraction } from '../kernels/contraction.js';
import type { Ends } from './terms.js';
/** The factors without these conditions, and for axes of the sum, how many of their terms there are. */
export declare function endsOf({ left, right, batch, along }: Contraction, indexing: Indexing): {
    readonly left: Expression;
    readonly right: Expression;
    readonly ends: Ends;
};
