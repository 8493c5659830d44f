/**
 * Sums over the steps of a loop that need not be added up step by step. The gradient of a weight that a cell multiplies by is a
 * product of two values of each step, so the sum over all steps is one product of these values stacked, whose terms are those of all
 * steps: one large product after the loop takes the place of many small ones, each of which would read and write the whole sum.
 */
import { resultOperation } from '../graph/graph.js'
import { apply, rebuild, type Tensor } from '../graph/node.js'
import { numel } from '../graph/shape.js'
import { add } from './binary.js'
import { dotGeneral } from './dot.js'
import { permute, reshape } from './movement.js'
import { sum } from './reduce.js'

/** The sum over steps of a value, made of others stacked along a new first axis. */
export interface Summed {
  readonly stacked: readonly Tensor[]
  make(all: readonly Tensor[]): Tensor
}

/**
 * How the sum over steps of `value` is made after the loop; `undefined` where it is better added up in it, as where what would be
 * stacked is more than what a step reads and writes of the sum. `isStacked`: values that are stacked already.
 */
export function summedAfter(value: Tensor, isStacked: (x: Tensor) => boolean): Summed | undefined {
  const found = summed(value)
  const more = new Set(found?.stacked.filter(x => !isStacked(x)))
  const size = [...more].reduce((total, { shape }) => total + numel(shape), 0)
  // What an inner loop has stacked is kept for a segment alone: that is what checkpoints are for.
  const ofLoops = found?.stacked.some(x => !isStacked(x) && isOfLoop(x))
  return found && !ofLoops && size <= 2 * numel(value.shape) ? found : undefined
}

function summed(value: Tensor): Summed | undefined {
  const { operation, operands, attributes } = value
  const [first, second] = operands as [Tensor, Tensor]
  if (operation === dotGeneral.operation) {
    const later = (axes: readonly number[]) => axes.map(axis => axis + 1)
    const [batch, contract] = [attributes.batch, attributes.contract].map(sides => sides.map(later))
    const axes = { batch, contract: contract.map((side: number[]) => [0, ...side]) }
    return { stacked: [first, second], make: ([a, b]) => dotGeneral(a!, b!, axes as never) }
  }
  if (operation === sum.operation) {
    const axes = [0, ...attributes.axes.map((axis: number) => axis + 1)]
    // As many axes as before: what `keepdims` keeps is there again.
    return { stacked: [first], make: ([x]) => reshape(sum(x!, axes as never) as Tensor, [...value.shape] as never) }
  }
  if (operation === permute.operation || operation === reshape.operation) {
    const inner = summed(first)
    return inner && { ...inner, make: all => rebuild(value, [inner.make(all)]) }
  }
  if (operation === add.operation && operands.every(({ shape }) => shape.join() === value.shape.join())) {
    const [left, right] = operands.map(summed)
    if (!left || !right) return undefined
    const count = left.stacked.length
    return {
      stacked: [...left.stacked, ...right.stacked],
      make: all => apply(add.operation, [left.make(all.slice(0, count)), right.make(all.slice(count))], {}),
    }
  }
  return undefined
}

const isOfLoop = (x: Tensor): boolean =>
  x.operation === resultOperation ||
  ((x.operation === permute.operation || x.operation === reshape.operation) && isOfLoop(x.operands[0]!))
