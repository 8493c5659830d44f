/**
 * Optimizers: the new value of one parameter from its gradient, as a formula on tensors. What an optimizer remembers
 * per parameter is a state variable (`optimizer.<parameter>.momentum`), so checkpoints hold it like any other.
 */
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { latest, update, type Variable, variable } from '../../compiler/language/module.js'
import { constant, select, sub } from '../../compiler/ops/index.js'
import { at, type Schedule } from '../schedules.js'
import type { Guard } from './scaling.js'

/** What one step of one parameter may use. */
export interface Moment {
  readonly learningRate: Stopped<[]>
  /** Steps taken before this one. */
  readonly step: Stopped<[], 'u32'>
  /** A value kept per parameter from step to step, shaped like it and 0 at first; `next` gives it its new value. */
  slot(name: string, next: (before: Untyped) => Tensor): Untyped
}
export interface Optimizer {
  readonly learningRate: number | Schedule
  /** The value of `parameter` after a step along `gradient`, shaped like it. */
  readonly descend: (parameter: Variable, gradient: Untyped, moment: Moment) => Tensor
}

/** Parameters left out of weight decay, by name and shape. */
export type Exclude = (name: string, shape: readonly number[]) => boolean
/** Biases and the scales and shifts of normalisation layers: everything of rank 1. */
export const biasAndNorm: Exclude = (_, shape) => shape.length <= 1

/** Decays every parameter unless `exclude` says so. */
export const decayOf = ({ name, tensor }: Variable, weightDecay: number, exclude?: Exclude): number =>
  exclude?.(name, tensor.shape) ? 0 : weightDecay

/** Slots by optimizer and parameter: every entry that trains with this optimizer shares them. */
const slots = new WeakMap<Optimizer, Map<string, Map<Variable, Variable>>>()
function slotOf(optimizer: Optimizer, parameter: Variable, name: string): Untyped {
  const byName = slots.get(optimizer) ?? new Map<string, Map<Variable, Variable>>()
  slots.set(optimizer, byName)
  const byParameter = byName.get(name) ?? new Map<Variable, Variable>()
  byName.set(name, byParameter)
  const made =
    byParameter.get(parameter) ??
    variable(
      () => `optimizer.${parameter.name}.${name}`,
      'state',
      [...parameter.tensor.shape],
      shape => constant(0, shape),
    )
  byParameter.set(parameter, made)
  return made.tensor
}

/**
 * Updates parameters along their gradients, and the slots of the optimizer. Returns the learning rate used. With a `guard`
 * all of them stay as they are unless it is good, and steps that were skipped do not count for the optimizer.
 */
export function descend(
  optimizer: Optimizer,
  parameters: readonly Variable[],
  gradients: readonly Tensor[],
  step: Stopped<[], 'u32'>,
  guard?: Guard,
): Stopped<[]> {
  const learningRate = at(optimizer.learningRate, step)
  const taken: Stopped<[], 'u32'> = guard ? sub(step, guard.skipped) : step
  const set = (variable: Tensor, value: Tensor): void =>
    update(variable, guard ? select(guard.good, value as Untyped, latest(variable) as Untyped) : value)
  parameters.forEach((parameter, i) => {
    const slot: Moment['slot'] = (name, next) => {
      const own = slotOf(optimizer, parameter, name)
      const value = next(latest(own))
      set(own, value)
      return value
    }
    set(parameter.tensor, optimizer.descend(parameter, gradients[i]!, { learningRate, step: taken, slot }))
  })
  return learningRate
}
