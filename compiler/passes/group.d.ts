/**
 * A group: nodes that become one kernel. It knows its iteration space (a grid of points, and for row kernels the axes
 * accumulated along at each point) and expresses the value of any node at a position of that space in terms of loads
 * and of values the kernel already has. A node joins a group only if every member it reads is read at the position
 * where the kernel has it.
 */
import { type Axis, type Expression } from '../graph/expression.js';
import { type Indexing } from '../graph/indexing.js';
import type { Tensor } from '../graph/node.js';
import type { Lowering } from '../graph/operation.js';
/** Where a member has one value: at each grid point, or at each position along the row of a grid point. */
type Level = 'grid' | 'full';
export interface Member {
    readonly node: Tensor;
    readonly level: Level;
    /** Row-major position of its value in its own shape. */
    readonly position: Expression;
    /** The value there; for an accumulation, its name. */
    readonly value: Expression;
    /** For accumulations: the term summed up. */
    readonly term?: Expression;
}
export interface Group {
    readonly indexing: Indexing;
    readonly grid: readonly Axis[];
    readonly along: readonly Axis[];
    /** Position of a grid point; position in the full space (grid x along), where the group has one. */
    readonly gridPosition: Expression;
    readonly fullPosition: Expression | undefined;
    readonly fullSize: number;
    readonly members: Map<Tensor, Member>;
    /** Tensors loaded from memory. */
    readonly sources: Set<Tensor>;
    /** How deep each part of the members' values is, and how large all of them are together: at most `DEEPEST`, and `LARGEST`. */
    readonly depths: Map<Expression, number>;
    size: number;
    readonly contraction: boolean;
    /** It puts rows in order, and computes nothing else. */
    readonly order: boolean;
}
/**
 * The parts (primitives, loads, their indices) of all that one kernel computes, at most: longer chains are cut. Drivers take
 * more than linear time for the text of a kernel, and what works on expressions below may go as deep as they are by recursion.
 * The largest kernel of the library's models and views has 869, the deepest are 73 deep.
 */
export declare const LARGEST = 1024;
/** How deep they may be nested. */
export declare const DEEPEST: number;
export type Reduction = Extract<Lowering, {
    family: 'reduce';
}>;
export declare const isReduction: (node: Tensor) => boolean;
export declare const isContraction: (node: Tensor) => boolean;
export declare const isOrder: (node: Tensor) => boolean;
export declare const isMovement: ({ operation: { lower } }: Tensor) => boolean;
/**
 * Whether a node is a permutation of a contraction's result that the contraction may store itself, as the gradient of a
 * convolution's weight is: what lies side by side does so afterwards, or the sums are long.
 */
export declare function storesPermuted({ operation, operands: [operand], attributes: { order } }: Tensor): boolean;
/** Starts a group with its first member. `stored` says which nodes are in memory when other kernels read them. */
export declare function openGroup(node: Tensor, stored: (node: Tensor) => boolean): Group;
/** How `node` would live in the group, or `undefined` if it cannot. Changes nothing. */
export declare function fit(group: Group, node: Tensor, stored: (node: Tensor) => boolean): Member | undefined;
export declare function add(group: Group, member: Member): void;
/** What a member's value adds to what the group computes. */
export declare const extentIn: ({ depths }: Group, { term, value }: Member) => import("../graph/extent.js").Extent & {
    readonly depths: ReadonlyMap<Expression, number>;
};
/** The tensors that a member's value loads from memory. */
export declare function sourcesOf(member: Member): Set<Tensor>;
export {};
