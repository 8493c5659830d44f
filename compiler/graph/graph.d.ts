/**
 * A graph: the leaves it reads, the values it returns and the variables it replaces. It is pure: an update names the
 * value that a variable has after the run, and every read sees the value from before it.
 */
import type { DType } from '../types/tensor.js';
import { type Tensor } from './node.js';
import type { Operation } from './operation.js';
/**
 * A traced entry: a directed acyclic graph of tensors from its inputs and the variables to its outputs and updates.
 * `print` shows it.
 */
export interface Graph {
    /** The name of the entry. */
    readonly name: string;
    /** What the entry returns, by name. */
    readonly outputs: Readonly<Record<string, Tensor>>;
    /** `variable` is a leaf node; `value` has its shape and dtype. */
    readonly updates: readonly {
        readonly variable: Tensor;
        readonly value: Tensor;
    }[];
    /** Declared inputs, in order, also those that nothing reads. */
    readonly inputs: readonly Tensor[];
}
/** Attributes `name`, `shape`, `dtype`. Its value is given at each run. */
export declare const inputOperation: Operation;
/** Attributes `name`, `shape`, `dtype`, `kind`. Its value is kept between runs. */
export declare const variableOperation: Operation;
/** Attributes `index` and `offset`: one of the results of an operation that has several, and where it begins in its `evaluate`. */
export declare const resultOperation: Operation;
/** A result of `of`, by its position among `Operation.results`. */
export declare function resultOf(of: Tensor, index: number): Tensor<any, any, any>;
/** `'parameter'`: trained, gradients flow to it. `'state'`: replaced by updates only. */
export type VariableKind = 'parameter' | 'state';
export declare const isGraph: (value: unknown) => value is Graph;
export declare const isVariable: (node: Tensor) => boolean;
export declare const isInput: (node: Tensor) => boolean;
/** The name of an input, or of a variable with the path of its module: `encoder.layer1.0.conv1.weight`. */
export declare const leafName: (node: Tensor) => string;
export declare const roots: (graph: Graph) => Tensor[];
/** Every node, operands before users. */
export declare const nodes: (graph: Graph) => Tensor[];
/** The variables that are read or updated, by name. */
export declare function variables(graph: Graph): Tensor[];
/** How often each node is read, by operands of other nodes and by the graph's results. */
export declare function users(graph: Graph): Map<Tensor, Tensor[]>;
/** The graph with every node replaced by what `rewrite` makes of it (operands are rewritten first); `before` is the node as it was. */
export declare function mapGraph(graph: Graph, rewrite: (node: Tensor, before: Tensor) => Tensor): Graph;
export declare const isInteger: (dtype: DType) => boolean;
export declare const isFloat: (dtype: DType) => boolean;
