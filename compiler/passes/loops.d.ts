/**
 * What passes do to loops (`ops/scan.ts`): results that nothing reads go, with the carries and operands that were for these
 * alone, and bodies are optimized by the same pipeline. A gradient asks for much that the program at hand does not need.
 */
import { type Graph } from '../graph/graph.js';
/** Every loop's body as `optimize` makes it. */
export declare const inBodies: (graph: Graph, optimize: (body: Graph) => Graph) => Graph;
/** Loops as the chain of their steps: for forms of a program that have no loops. */
export declare function unrolled(graph: Graph): Graph;
/** The graph without what loops compute for nobody. Equal results of a loop are one node then. */
export declare function trim(graph: Graph): Graph;
