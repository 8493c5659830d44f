/** Optimizers, step by step on given gradients; clipping, moving averages and schedules as plain functions. */
import { type Module, module, parametersOf } from '../../compiler/index.js'
import { stepVariable } from '../../compiler/language/entry.js'
import {
  adam,
  adamw,
  biasAndNorm,
  clipNorm,
  cosineSchedule,
  descend,
  lamb,
  lars,
  momentumCosine,
  multistep,
  type Optimizer,
  rmsprop,
  type Schedule,
  sgd,
} from '../../models/index.js'
import type { State } from './backends.js'
import { type Any, type Attributes, type Builds, f } from './language.js'
import type { OracleCase } from './oracle.js'
import { type DescribesProgram, perRun, scalar, stacked } from './programs.js'

/** By the name that cases give it, an optimizer with their attributes. */
export const optimizerOf: Readonly<Record<string, (learningRate: Schedule, attrs: Attributes) => Optimizer>> = {
  sgd: (learningRate, { momentum = 0, dampening = 0, weight_decay = 0, nesterov = false }) =>
    sgd({ learningRate, momentum, dampening, weightDecay: weight_decay, nesterov }),
  adam: (learningRate, { amsgrad = false, ...attrs }) => adam({ learningRate, ...ofAdam(attrs), amsgrad }),
  adamw: (learningRate, attrs) => adamw({ learningRate, ...ofAdam(attrs) }),
  lamb: (learningRate, attrs) => lamb({ learningRate, ...ofAdam(attrs) }),
  rmsprop: (learningRate, { alpha, eps, weight_decay = 0, momentum = 0, centered = false }) =>
    rmsprop({ learningRate, alpha, epsilon: eps, weightDecay: weight_decay, momentum, centered }),
  lars: (learningRate, attrs) =>
    lars({
      learningRate,
      momentum: attrs.momentum ?? 0,
      weightDecay: attrs.weight_decay ?? 0,
      eta: attrs.eta,
      epsilon: attrs.eps ?? 1e-8,
      denominator: attrs.denominator === 'sum_of_norms' ? 'sum-of-norms' : 'norm-of-sum',
      rateInMomentum: attrs.lr_in_momentum ?? false,
      nesterov: attrs.nesterov ?? false,
      clip: attrs.clip ?? false,
      exclude: attrs.exclude_1d ? biasAndNorm : () => false,
    }),
}
const ofAdam = ({ betas, eps = 1e-8, weight_decay = 0, no_decay = [] }: Attributes) => ({
  betas,
  epsilon: eps,
  weightDecay: weight_decay,
  exclude: (name: string) => (no_decay as number[]).includes(Number(name.slice(1))),
})

/** The variable in which an optimizer keeps what a case calls `m0`, `buf1`, ... of parameter `p0`, `p1`, ... */
const slots: Readonly<Record<string, string>> = {
  buf: 'momentum',
  m: 'mean',
  v: 'square',
  s: 'square',
  ga: 'mean',
  vmax: 'largest',
}
function slot(output: string): string {
  const [, kind, number] = output.match(/^([a-z]+)(\d+)$/) ?? []
  if (!kind || !slots[kind]) throw new Error(`no mapping for the state ${output} of an optimizer`)
  return `optimizer.p${number}.${slots[kind]}`
}

/** A module that holds nothing but parameters. */
const holderOf = (shapes: Readonly<Record<string, readonly number[]>>): Module =>
  module(({ param }) => {
    for (const [name, shape] of Object.entries(shapes)) param(name, [...shape], () => f.constant(0, [...shape]))
    return () => undefined
  })

const steps: DescribesProgram = (test, oracle) => {
  const { attrs, inputs, op } = test
  const rates: readonly number[] = attrs.lrs
  const names = Object.keys(inputs).filter(name => /^p\d+$/.test(name))
  const gradients = names.map(name => ({
    name: `g${name.slice(1)}`,
    ...perRun(test, oracle, `g${name.slice(1)}`, rates.length),
  }))
  const holder = holderOf(Object.fromEntries(names.map(name => [name, inputs[name]!.shape])))
  return {
    inputs: { rate: scalar, ...Object.fromEntries(gradients.map(({ name, type }) => [name, type])) },
    runs: rates.map((rate, i) => ({
      rate: Float32Array.of(rate),
      ...Object.fromEntries(gradients.map(({ name, of }) => [name, of[i]!])),
    })),
    variables: Object.fromEntries(names.map(name => [name, oracle.tensor(test, `in/${name}`, inputs[name]!)])),
    body(given) {
      const parameters = parametersOf(holder)
      const along = parameters.map(({ name }) => given[`g${name.slice(1)}`])
      descend(
        optimizerOf[op]!(() => given.rate, attrs),
        parameters,
        along,
        stepVariable.tensor as any,
      )
      f.update(stepVariable.tensor, f.add(stepVariable.tensor, 1))
      return Object.fromEntries(parameters.map(({ name, tensor }) => [name, f.latest(tensor)]))
    },
    results: resultsOf(test, names),
  }
}
/** Parameters after every step, and the optimizer's state after the last. */
const resultsOf =
  ({ outputs }: OracleCase, names: readonly string[]): State['results'] =>
  (runs, variables) =>
    Object.fromEntries(
      Object.keys(outputs).map(name => [
        `out/${name}`,
        names.includes(name) ? stacked(runs, name) : variables[slot(name)]!,
      ]),
    )

export const optimizers: Readonly<Record<string, DescribesProgram>> = Object.fromEntries(
  Object.keys(optimizerOf).map(name => [name, steps]),
)

const schedules: Readonly<Record<string, (attrs: Attributes) => Schedule>> = {
  cosine: ({ base, steps, end = 0 }) => cosineSchedule(base, { steps, end }),
  cosine_warmup_a: ({ base, steps, warmup, end = 0 }) => cosineSchedule(base, { steps, warmup, end }),
  cosine_warmup_b: ({ base, steps, warmup, start = 0, end = 0 }) =>
    cosineSchedule(base, { steps, warmup, start, end, reach: 'shifted', closed: true }),
  cosine_warmup_c: ({ base, steps, warmup, start = 0, end = 0 }) =>
    cosineSchedule(base, { steps, warmup, start, end, reach: 'within' }),
  multistep: ({ base, milestones, gamma }) => multistep(base, { milestones, gamma }),
  ema_cosine: ({ base, steps }) => momentumCosine(base, { steps }),
}

/** The operations of the group that have no variables. */
export const gradients: Builds = {
  clip_grad_norm(inputs, { max_norm }) {
    const names = Object.keys(inputs)
    const { clipped, total } = clipNorm(
      names.map(name => inputs[name]),
      max_norm,
    )
    return { ...Object.fromEntries(names.map((name, i) => [name, clipped[i] as Any])), total }
  },
  ema({ target, online }, { momenta }) {
    const all: Any[] = []
    for (const [i, m] of (momenta as number[]).entries()) {
      const next = f.reshape(f.slice(online, 0, i, i + 1), target.shape)
      all.push(f.add(f.mul(all.at(-1) ?? target, m), f.mul(next, 1 - m)))
    }
    return { target: f.stack(all, 0) }
  },
  lr_schedule(_, attrs) {
    const schedule = schedules[attrs.kind]
    if (!schedule) throw new Error(`no mapping for the schedule ${attrs.kind}`)
    return { y: schedule(attrs)(f.iota([attrs.steps], 0, 'f32') as any) }
  },
}
