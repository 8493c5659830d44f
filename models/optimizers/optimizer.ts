/**
 * Optimizers: the new value of one parameter from its gradient, as a formula on tensors. What an optimizer remembers
 * per parameter is a state variable (`optimizer.<parameter>.momentum`), so checkpoints hold it like any other.
 */
import { checkList, given, type Stopped, type Tensor } from '../../compiler/graph/node.js'
import { checkOptions, checkRange, type Range } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { latest, update, updateWhere, type Variable, variable } from '../../compiler/language/module.js'
import { constant, neg, sub } from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import { at, type Schedule } from '../schedules.js'
import type { Guard } from './scaling.js'

/** What one step of one parameter may use. */
export interface Moment<S extends Shape = any> {
  /** The rate of this step. */
  readonly learningRate: Stopped<[]>
  /** Steps taken before this one. */
  readonly step: Stopped<[], 'u32'>
  /** What the optimizer remembers of the parameter under `name`: 0 at first, shaped like it if no other `shape` is given. */
  kept(name: string): Stopped<S>
  kept<const T extends Shape>(name: string, shape: T): Stopped<T>
  /** Remembers `value` in its place from the next step on, and returns it. */
  keep<T extends Tensor>(name: string, value: T): T
}
/** What an optimizer moves. */
export interface Parameter<S extends Shape = any> extends Variable<Tensor<S, 'f32'>> {}
/**
 * An optimizer is an object with a learning rate and a formula: one of one's own is written as these are.
 *
 * ```ts
 * // Lion (Chen et al., arXiv 2302.06675)
 * const lion = (learningRate: number | Schedule, [b1, b2] = [0.9, 0.99]): Optimizer => ({
 *   learningRate,
 *   descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
 *     const m = kept('momentum')
 *     keep('momentum', lerp(gradient, m, b2))
 *     return sub(tensor, mul(rate, sign(lerp(gradient, m, b1))))
 *   },
 * })
 * ```
 */
export interface Optimizer {
  /** The rate, or its schedule; a step reports it. */
  readonly learningRate: number | Schedule
  /** The value of `parameter` after a step along `gradient`, shaped like it. */
  readonly descend: (parameter: Parameter, gradient: Tensor<any, 'f32'>, moment: Moment) => Tensor
  /** Parameters that have an optimizer of their own, and the optimizer of all others: see `grouped`. */
  readonly groups?: readonly Group[]
  /** Of the parameters that no group holds. */
  readonly rest?: Optimizer
}

/** What an optimizer is told: its options, or the learning rate alone. */
export type Told<O> = number | Schedule | O
/** Where the numbers of optimizers lie, whatever optimizer has them: beyond, parameters become NaN or move away from the minimum. */
const RANGES: Readonly<Record<string, Range>> = {
  learningRate: { least: 0 },
  betas: { least: 0, most: 1, open: 'most' },
  alpha: { least: 0, most: 1, open: 'most' },
  momentum: { least: 0, most: 1, open: 'most' },
  dampening: { least: 0, most: 1 },
  epsilon: { least: 0 },
  weightDecay: { least: 0 },
  eta: { least: 0, open: 'least' },
}
/** The options of `name`. Throws `ShapeError` for some that it has not, and for numbers out of their range. */
export function toldOptions<O extends { readonly learningRate: number | Schedule }>(
  name: string,
  told: Told<O>,
  names: readonly (keyof O & string)[],
): O {
  const options = typeof told === 'object' ? told : ({ learningRate: told } as O)
  checkOptions(name, options, names)
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || (key === 'learningRate' && typeof value === 'function')) continue
    if (key === 'betas') checkList(`betas of ${name}`, value, '[0.9, 0.999]', 2)
    const range = RANGES[key]
    if (range)
      for (const one of key === 'betas' ? (value as unknown as number[]) : [value]) checkRange(name, key, one, range)
  }
  return options
}

/** Chooses parameters by name and shape. */
export type Where = (name: string, shape: readonly number[]) => boolean
/** Biases and the scales and shifts of normalisation layers: everything of rank 1. */
export const biasAndNorm: Where = (_, shape) => shape.length <= 1
/** The parameters of one part: `within('predictor')` is every `predictor.*`. */
export const within =
  (part: string): Where =>
  name =>
    name === part || name.startsWith(`${part}.`)

/** Decays every parameter unless `exclude` says so. */
export const decayOf = ({ name, tensor }: Variable, weightDecay: number, exclude?: Where): number =>
  exclude?.(name, tensor.shape) ? 0 : weightDecay

/** Throws `ShapeError` for what is no optimizer. */
export function checkOptimizer({ learningRate, descend, groups = [], rest }: Optimizer = {} as Optimizer): void {
  if (typeof descend !== 'function')
    throw new ShapeError(
      'an optimizer is made by a function such as adamw({ learningRate: 1e-3 }), or is { learningRate, descend }; what was given has no descend',
    )
  if (typeof learningRate !== 'number' && typeof learningRate !== 'function')
    throw new ShapeError(`the learningRate of an optimizer is a number or a schedule, got ${given(learningRate)}`)
  for (const one of [...groups.map(({ optimizer }) => optimizer), ...(rest ? [rest] : [])]) checkOptimizer(one)
}

// Groups

/** Parameters that have an optimizer of their own: what `grouped` takes. */
export interface Group {
  /** Which parameters. */
  readonly where: Where
  /** What moves them. */
  readonly optimizer: Optimizer
}
/**
 * `rest`, except for the parameters of `groups`: each has the optimizer of the first group that holds it, with its own
 * learning rate, weight decay and state. The learning rate that a step reports is that of `rest`. A group that holds no
 * parameter is a `ShapeError` when traced.
 *
 * ```ts
 * // SimSiam's predictor, whose learning rate does not decay (arXiv 2011.10566, section 4.2)
 * const options = { momentum: 0.9, weightDecay: 1e-4 }
 * const optimizer = grouped(
 *   [{ where: within('predictor'), optimizer: sgd({ learningRate: 0.05, ...options }) }],
 *   sgd({ learningRate: cosineSchedule(0.05, { steps }), ...options }),
 * )
 * ```
 */
export const grouped = (groups: readonly Group[], rest: Optimizer): Optimizer => ({ ...rest, groups, rest })

/**
 * The same optimizer up the gradient: for parameters that work against the loss, such as an adversarial generator's. Weight
 * decay still makes them smaller.
 */
export const ascend = (optimizer: Optimizer): Optimizer => ({
  ...optimizer,
  descend: (parameter, gradient, moment) => optimizer.descend(parameter, neg(gradient), moment),
  ...(optimizer.groups && {
    groups: optimizer.groups.map(group => ({ ...group, optimizer: ascend(group.optimizer) })),
  }),
  ...(optimizer.rest && { rest: ascend(optimizer.rest) }),
})

/** The optimizer of each parameter: never one with groups. */
function assigned(optimizer: Optimizer, parameters: readonly Variable[]): Map<Variable, Optimizer> {
  const { groups, rest } = optimizer
  if (!groups || !rest || parameters.length === 0) return new Map(parameters.map(parameter => [parameter, optimizer]))
  const holds = ({ where }: Group, { name, tensor }: Variable): boolean => where(name, tensor.shape)
  const empty = groups.findIndex(group => !parameters.some(parameter => holds(group, parameter)))
  if (empty >= 0)
    throw new ShapeError(
      `group ${empty + 1} of the optimizer holds none of the parameters, which belong to ${partsOf(parameters).join(', ')}`,
    )
  const own = (parameter: Variable): Optimizer => groups.find(group => holds(group, parameter))?.optimizer ?? rest
  return new Map(
    [rest, ...groups.map(group => group.optimizer)].flatMap(one => [
      ...assigned(
        one,
        parameters.filter(parameter => own(parameter) === one),
      ),
    ]),
  )
}
/** The first names of parameters: `encoder`, `projector`, ... */
export const partsOf = (parameters: readonly Variable[]): string[] => [...new Set(parameters.map(partOf))]
export const partOf = ({ name }: Variable): string => name.split('.')[0]!

// Steps

/** Slots by optimizer and parameter: every entry that trains with this optimizer shares them. */
const slots = new WeakMap<Optimizer, Map<string, Map<Variable, Variable<Stopped<any>>>>>()
/** The state variable that `optimizer` keeps of `parameter` under `name`: 0 at first. */
export function slotOf(
  optimizer: Optimizer,
  parameter: Variable,
  name: string,
  size: readonly number[] = parameter.tensor.shape,
) {
  const byName = slots.get(optimizer) ?? new Map<string, Map<Variable, Variable<Stopped<any>>>>()
  slots.set(optimizer, byName)
  const byParameter = byName.get(name) ?? new Map<Variable, Variable<Stopped<any>>>()
  byName.set(name, byParameter)
  const made =
    byParameter.get(parameter) ??
    variable(
      () => `optimizer.${parameter.name}.${name}`,
      'state',
      [...size],
      shape => constant(0, shape),
    )
  byParameter.set(parameter, made)
  return made.tensor
}

/** The slot of `accumulate`, which an optimizer would write over. */
export const SUMS = 'accumulated'
function checkSlot(name: string): void {
  if (name === SUMS)
    throw new ShapeError(
      `an optimizer cannot keep ${SUMS}, where the gradients of accumulate are added up: give it another name`,
    )
}

/** Runs `body`; a mistake in it names the parameter whose step it is. */
function located(parameter: Variable, body: () => void): void {
  try {
    body()
  } catch (error) {
    if (error instanceof ShapeError && !error.message.includes(parameter.name))
      error.message += ` (in the optimizer's step of ${parameter.name} ${show(parameter.tensor.shape)})`
    throw error
  }
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
  const own = assigned(optimizer, parameters)
  const rates = new Map([optimizer, ...own.values()].map(one => [one, at(one.learningRate, step)]))
  const taken: Stopped<[], 'u32'> = guard ? sub(step, guard.skipped) : step
  const all = (): void =>
    parameters.forEach((parameter, i) => {
      const mover = own.get(parameter)!
      const kept = (name: string, shape?: readonly number[]) => {
        checkSlot(name)
        return latest(slotOf(mover, parameter, name, shape))
      }
      const keep: Moment['keep'] = (name, value) => {
        checkSlot(name)
        update(slotOf(mover, parameter, name, value.shape), value)
        return value
      }
      const moment = { learningRate: rates.get(mover)!, step: taken, kept, keep }
      located(parameter, () =>
        update(parameter.tensor, mover.descend(parameter as Parameter, gradients[i] as Tensor<any, 'f32'>, moment)),
      )
    })
  if (guard) updateWhere(guard.good, all)
  else all()
  return rates.get(optimizer)!
}
