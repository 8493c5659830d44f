/** Labels of classes, as losses take them. */
import { checkTensors, type Tensor, type Untyped } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { greaterEqual, less, logicalAnd } from '../ops/compare.js'

/** Whether labels are from 0 to `classes - 1`. Others make losses infinite, so that they are found where losses are checked. */
export const isClass = (labels: Untyped, classes: number): Tensor<any, 'bool'> =>
  logicalAnd(greaterEqual(labels, 0), less(labels, classes))

/** The labels, one per row of `logits` `[..., C]`, whose rows lie along all axes but the last. Throws `ShapeError` where they are not. */
export function labelsOf(name: string, logits: Tensor<any, any>, labels: unknown): Tensor<any, 'i32'> {
  checkTensors(name, [logits, labels])
  const given = labels as Tensor<any, 'i32'>
  if (given.shape.join() !== logits.shape.slice(0, -1).join() || logits.shape.length === 0)
    throw new ShapeError(
      `${name} takes one label per row of ${show(logits.shape)}, got labels of shape ${show(given.shape)}`,
    )
  return given
}
