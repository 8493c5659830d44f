/**
 * Common subexpressions: nodes that compute the same become one node (hash-consing), which keeps the first one's scope.
 * Dead code needs no pass: a graph is what its outputs and updates reach.
 */
import { type Graph } from '../graph/graph.js';
export declare function share(graph: Graph): Graph;
