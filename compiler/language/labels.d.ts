/** Labels of classes, as losses take them. */
import type { Tensor, Untyped } from '../graph/node.js';
/** Whether labels are from 0 to `classes - 1`. Others make losses infinite, so that they are found where losses are checked. */
export declare const isClass: (labels: Untyped, classes: number) => Tensor<any, 'bool'>;
