/** Labels of classes, as losses take them. */
import type { Tensor, Untyped } from '../graph/node.js'
import { greaterEqual, less, logicalAnd } from '../ops/compare.js'

/** Whether labels are from 0 to `classes - 1`. Others make losses infinite, so that they are found where losses are checked. */
export const isClass = (labels: Untyped, classes: number): Tensor<any, 'bool'> =>
  logicalAnd(greaterEqual(labels, 0), less(labels, classes))
