/**
 * What every graph must fulfil, checked node by node: each type is the one that the operation's own rule infers, so
 * builder and passes cannot drift apart. The pipeline runs it after every pass in tests.
 */
import { type Graph } from './graph.js';
/** A graph that breaks a rule. The message names the node by its line, the rule, and the pass that made it. */
export declare class VerifyError extends Error {
    name: string;
}
/** The graph itself, if it is one. `after` names the pass that made it. Throws `VerifyError`. */
export declare function verify(graph: Graph, after?: string): Graph;
