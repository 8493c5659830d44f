/**
 * Gradient accumulation: one optimizer step along the mean gradient of several batches, for batches larger than memory has
 * room for. Each call adds its gradients to state variables (`optimizer.<parameter>.accumulated`); the last call of
 * the group is due: there parameters move and the sums start again from 0.
 */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { seedVariable } from '../../compiler/language/entry.js'
import { update, type Variable, variable } from '../../compiler/language/module.js'
import { add, cast, constant, equal, logicalAnd, mul, select, sub } from '../../compiler/ops/index.js'
import { type Optimizer, SUMS, slotOf } from './optimizer.js'

/** Batches in the sums so far, by optimizer. */
const counts = new WeakMap<Optimizer, Stopped<[], 'u32'>>()
function countOf(optimizer: Optimizer) {
  const made =
    counts.get(optimizer) ??
    variable(
      () => 'optimizer.accumulated',
      'state',
      [],
      () => constant(0, [], 'u32'),
      'u32',
    ).tensor
  counts.set(optimizer, made)
  return made
}

/**
 * Adds `gradients` to the sums. `due` holds on every `batches`-th call, where `mean` is the mean gradient since the last;
 * elsewhere `mean` means nothing. A batch that is not `good` is left out: the step waits for another one. Random numbers
 * are keyed by seed and step, and the step stands still, so the seed counts the batches and is set back when due. Throws
 * `ShapeError` unless `batches` is a whole number from 1 on.
 */
export function accumulated(
  optimizer: Optimizer,
  parameters: readonly Variable[],
  gradients: readonly Tensor[],
  batches: number,
  good?: Tensor<[], 'bool'>,
): { mean: Tensor<any, 'f32'>[]; due: Tensor<[], 'bool'> } {
  if (!(Number.isInteger(batches) && batches >= 1))
    throw new ShapeError(`accumulate takes a whole number of batches from 1 on, got ${batches}`)
  const count = countOf(optimizer)
  const full = equal(count, batches - 1)
  const due = good ? logicalAnd(full, good) : full
  const taken = good ? cast(good, 'u32') : constant(1, [], 'u32')
  update(count, select(due, 0, add(count, taken)))
  const seed = seedVariable.tensor
  update(seed, select(due, sub(seed, mul(count, STRIDE)), add(seed, mul(taken, STRIDE))))
  const mean = parameters.map((parameter, i) => {
    const sum = slotOf(optimizer, parameter, SUMS)
    const next = add(sum, gradients[i] as Tensor<any, 'f32'>)
    const kept = good ? select(good, next, sum) : next
    update(sum, select(due, 0, kept))
    return mul(next, 1 / batches)
  })
  return { mean, due }
}
/** 2^32 over the golden ratio: seeds of batches lie far from the small ones that people choose. */
const STRIDE = 0x9e3779b9
