/**
 * Passes of an order. In the first, a point counts for each of a few elements how many stand before it. In the others, a point
 * makes a piece of what two neighbouring runs become: bisection finds how many of the piece's predecessors are of the first run,
 * and from there on the lesser of two heads follows, the first run's where they are equal.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import { type Kernel, type Order } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { Statement } from './program.js';
import type { At } from './vectors.js';
/** How a target reads and stores. */
export interface Access {
    scalar(e: Expression, at: At): Expression;
    memoryOf(tensor: Tensor): Memory;
}
export declare function orderPoints(kernel: Kernel, order: Order, { piece }: Extract<Schedule, {
    kind: 'pieces';
}>, { scalar, memoryOf }: Access): {
    readonly point: Axis;
    readonly body: readonly Statement[];
};
