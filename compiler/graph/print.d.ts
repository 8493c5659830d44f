/**
 * The text form of a graph, one line per node: what passes are tested on and what `facet inspect` shows. Everything a
 * graph is made of stands in it, so `parse` gives the same graph back; its grammar is on top of `parse.ts`.
 */
import type { DType } from '../types/tensor.js';
import { type Graph } from './graph.js';
import { type Tensor } from './node.js';
import type { Type } from './operation.js';
/**
 * The graph as text. Nodes are numbered in the order they are printed: inputs, then operands before users.
 *
 * ```
 * graph step (%0: f32[64, 3] "images") {
 *   %1: f32[8, 3] = variable(name="encoder.weight", shape, dtype, kind="parameter")
 *   %2: f32[64, 8] = dot(%0, %1, contract=[[1], [1]], batch=[[], []]) @encoder
 *   return features=%2
 * }
 * ```
 */
export declare function print(graph: Graph): string;
/** What the nodes of a graph are called in its text: `%0`, `%1`, ... (`%?` for a node of another graph). */
export declare function idsOf(graph: Graph): (node: Tensor) => string;
/** One line: `%2: f32[4, 3] = mul(%0, %1) @encoder`. `id` names nodes. */
export declare function printNode(node: Tensor, id: (node: Tensor) => string): string;
export declare const showType: ({ dtype, shape }: {
    dtype: DType;
    shape: readonly number[];
}) => string;
/** `name=value` each; an attribute called shape or dtype that says what the node's type says is its bare name. */
export declare function showAttributes(node: Pick<Tensor, 'attributes'> & Type): string[];
/** JSON with spaces, in which -0 keeps its sign, and with infinities, NaN and graphs. */
export declare function showValue(value: unknown): string;
/** A word that needs no quotes: `encoder.layer1.0`. */
export declare const WORD: RegExp;
/** After `@` a name may begin with a digit as well. */
export declare const SCOPE: RegExp;
