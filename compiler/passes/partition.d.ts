/**
 * One program on several ranks. The graph of a step is traced with the whole batch; here it becomes the graph of one rank,
 * which holds its shard of the rows and of all that is computed row by row. Which axis of a value is sharded follows from
 * those of its operands and from the lowering, which says what an element is made of: no operation, layer, loss or method
 * knows of ranks. A sum over a sharded axis is a sum over the own rows and an `allReduce`; a value that is needed whole is
 * gathered; the rest stays where it is. So batch norm has the statistics of the whole batch, contrastive losses have its
 * negatives, gradients are those of its loss, and every row has the random numbers that it has in one process.
 *
 * After GSPMD (Xu et al. 2021, arXiv 2105.04663), with one mesh axis and propagation from operands to results.
 */
import { type Graph } from '../graph/graph.js';
/**
 * The graph of one rank. Inputs are sharded along their first axis, scalars are whole; variables, their updates and the outputs
 * are the same on all ranks. Throws `ShapeError` for an input that the ranks do not divide.
 */
export declare function partition(graph: Graph, ranks: number): Graph;
