/** Optimizers and schedules against reference data, step by step in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate, evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { type Module, module, parametersOf } from '../../compiler/language/module.js'
import { entry, stepVariable, trace, traceInit } from '../../compiler/language/program.js'
import { constant } from '../../compiler/ops/index.js'
import { adamw } from '../../models/optimizers/adam.js'
import { biasAndNorm, descend, type Optimizer } from '../../models/optimizers/optimizer.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { cosine, linear, momentumCosine, type Schedule } from '../../models/schedules.js'
import { input } from '../device.js'
import { compare, load, type OracleCase, oracleCases } from '../oracle.js'

/** A module that holds nothing but parameters. */
const parameters = (shapes: Readonly<Record<string, readonly number[]>>): Module =>
  module(({ param }) => {
    for (const [name, shape] of Object.entries(shapes)) param(name, [...shape], () => constant(0, [...shape]))
    return () => undefined
  })

/** Traces one step of `make(learningRate)` with gradients and learning rate as inputs. */
function stepOf(shapes: Readonly<Record<string, readonly number[]>>, make: (rate: Schedule) => Optimizer) {
  const holder = parameters(shapes)
  const inputs = {
    rate: [],
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`g_${name}`, [...shape]])),
  }
  return trace(
    'step',
    entry(inputs as Record<string, number[]>, given => {
      const optimizer = make(() => given.rate as Untyped)
      const all = parametersOf(holder)
      const gradients = all.map(({ name }) => given[`g_${name}`] as Untyped)
      return { rate: descend(optimizer, all, gradients, stepVariable.tensor as Untyped) }
    }),
  )
}

function checkSteps({ id, file, attrs, inputs, outputs }: OracleCase, make: (rate: Schedule) => Optimizer): void {
  const data = load(file)
  const names = Object.keys(inputs).filter(name => name.startsWith('p'))
  const graph = stepOf(Object.fromEntries(names.map(name => [name, inputs[name]!.shape])), make)
  let variables: Record<string, Host | ArrayLike<number> | number> = Object.fromEntries(
    names.map(name => [name, data[`${id}/in/${name}`] as unknown as ArrayLike<number>]),
  )
  for (const { variable } of graph.updates)
    variables[variable.attributes.name] ??= new Float64Array(variable.shape.reduce((a, b) => a * b, 1))
  const seen = Object.fromEntries(names.map(name => [name, [] as number[]]))
  attrs.lrs.forEach((rate: number, step: number) => {
    const gradients = names.map(name => {
      const all = data[`${id}/in/g${name.slice(1)}`] as unknown as Float32Array
      const size = all.length / attrs.lrs.length
      return [`g_${name}`, all.subarray(step * size, (step + 1) * size)]
    })
    variables = evaluate(graph, {
      inputs: { rate, ...Object.fromEntries(gradients) },
      variables: { ...variables, step },
    }).variables
    for (const name of names) seen[name]!.push(...(variables[name] as Host).data)
  })
  for (const name of names) {
    const shape = outputs[name]!.shape
    compare({ shape, data: Float64Array.from(seen[name]!) }, data, `${id}/out/${name}`, outputs[name]!)
  }
}

for (const found of oracleCases('optim')) {
  const { attrs, id, op } = found
  if (op === 'sgd' && attrs.dampening === 0)
    test(`${id}: SGD`, () =>
      checkSteps(found, learningRate =>
        sgd({
          learningRate,
          momentum: attrs.momentum,
          weightDecay: attrs.weight_decay,
          nesterov: attrs.nesterov && attrs.momentum > 0,
        }),
      ))
  if (op === 'adamw')
    test(`${id}: AdamW`, () =>
      checkSteps(found, learningRate =>
        adamw({
          learningRate,
          betas: attrs.betas,
          epsilon: attrs.eps,
          weightDecay: attrs.weight_decay,
          exclude: name => attrs.no_decay.includes(+name.slice(1)),
        }),
      ))
  const schedules: Record<string, () => Schedule> = {
    cosine: () => cosine(attrs.base, { steps: attrs.steps, end: attrs.end ?? 0 }),
    cosine_warmup_a: () => cosine(attrs.base, { steps: attrs.steps, warmup: attrs.warmup, end: attrs.end }),
    ema_cosine: () => momentumCosine(attrs.base, { steps: attrs.steps }),
  }
  if (op === 'lr_schedule' && attrs.kind in schedules)
    test(`${id}: schedule ${attrs.kind}`, () => {
      const values = valuesOf(schedules[attrs.kind]!(), attrs.steps)
      compare({ shape: [attrs.steps], data: values }, load(found.file), `${id}/out/y`, found.outputs.y!)
    })
}

function valuesOf(schedule: Schedule, steps: number): Float64Array {
  const step = input('step', [], 'u32')
  const value: Tensor = schedule(step as Untyped)
  return Float64Array.from({ length: steps }, (_, t) => evaluateNodes([value], new Map([[step, t]]))[0]!.data[0]!)
}

test('schedules end where they say and stay there', () => {
  assert.equal([...valuesOf(linear(1, 3, { steps: 4 }), 7)], [1, 1.5, 2, 2.5, 3, 3, 3])
  const falling = valuesOf(cosine(0.4, { steps: 10, warmup: 4, end: 0.1 }), 14)
  assert.equal(
    [...falling.subarray(0, 5)].map(x => +x.toFixed(12)),
    [0, 0.1, 0.2, 0.3, 0.4],
  )
  assert.ok(falling.subarray(10).every(x => Math.abs(x - 0.1) < 1e-12))
  assert.throws(
    () => cosine(1, { steps: 5, warmup: 5 }),
    /the warm-up of 5 steps must be shorter than the schedule of 5/,
  )
  assert.throws(() => linear(0, 1, { steps: 0 }), /linear: steps must be a positive number, got 0/)
})

test('weight decay leaves out what exclude names', () => {
  const graph = stepOf({ weight: [2, 2], bias: [2] }, learningRate =>
    sgd({ learningRate, momentum: 0, weightDecay: 0.5, exclude: biasAndNorm }),
  )
  const after = evaluate(graph, {
    inputs: { rate: 0.1, g_weight: [0, 0, 0, 0], g_bias: [0, 0] },
    variables: { weight: [1, 2, 3, 4], bias: [5, 6], step: 0 },
  }).variables
  assert.equal(
    [...after.weight!.data].map(x => +x.toFixed(12)),
    [0.95, 1.9, 2.85, 3.8],
  )
  assert.equal([...after.bias!.data], [5, 6])
  assert.not.ok('optimizer.weight.momentum' in after)
})

test('slots are named after their parameter, start at zero, and are shared by entries', () => {
  const holder = parameters({ weight: [3] })
  const optimizer = sgd({ learningRate: 0.1 })
  const one = () =>
    trace(
      'step',
      entry({ g: [3] }, ({ g }) => ({
        rate: descend(optimizer, parametersOf(holder), [g as Untyped], stepVariable.tensor as Untyped),
      })),
    )
  const [first, second] = [one(), one()]
  const names = first.updates.map(({ variable }) => variable.attributes.name).sort()
  assert.equal(names, ['optimizer.weight.momentum', 'weight'])
  assert.is(first.updates[0]!.variable, second.updates[0]!.variable)
  const start = evaluate(traceInit([first]), { variables: { seed: 1 } }).variables
  assert.equal([...start['optimizer.weight.momentum']!.data], [0, 0, 0])
})

test.run()
