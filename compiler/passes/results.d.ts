/** Gives every result a value of its own: leaves, constants and values shared by two variables are copied. */
import type { Graph } from '../graph/graph.js';
export declare function ownResults(graph: Graph): Graph;
/**
 * The same for the body of a loop, whose outputs are the next carries and what is stacked: each has a value of its own, but for
 * what is carried and stacked.
 */
export declare function ownSteps(body: Graph, carries: number): Graph;
