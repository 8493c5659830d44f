/**
 * The meaning of a graph: every node computed by its operation's own `evaluate`, in float64, nothing rounded but casts
 * to f16. Slow and plain on purpose: compiled programs and gradients are held to it. An array is dropped after its last reader.
 */
import type { Graph } from './graph.js';
import { type Tensor } from './node.js';
import { type Host } from './operation.js';
/** Values from outside: a number for a scalar, row-major elements (booleans as 0 and 1), or a result of an evaluation. */
export type HostData = number | ArrayLike<number> | Host;
export interface Evaluated {
    readonly outputs: Record<string, Host>;
    /** The values that the graph's updates give to variables, by name. */
    readonly variables: Record<string, Host>;
}
/**
 * Runs a graph. `inputs` and `variables` are by name; those that the graph does not read may be missing or extra.
 * Throws `ShapeError` for a value of the wrong size, and an error that names a leaf that was read but not given.
 */
export declare function evaluate(graph: Graph, { inputs, variables }?: {
    inputs?: Record<string, HostData>;
    variables?: Record<string, HostData>;
}): Evaluated;
/** The values of nodes, given those of the leaves they depend on (any node may be given: what it is computed from is then not needed). */
export declare function evaluateNodes(outputs: readonly Tensor[], leaves?: ReadonlyMap<Tensor, HostData>): Host[];
