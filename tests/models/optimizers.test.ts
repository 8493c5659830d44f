/** Optimizers and schedules against reference data, step by step in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate, evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { entry, stepVariable, trace, traceInit } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { type Module, module, parametersOf, update } from '../../compiler/language/module.js'
import { add, constant, mul, square, sub } from '../../compiler/ops/index.js'
import { linear } from '../../models/layers.js'
import { type Method, method } from '../../models/methods/method.js'
import { adam, adamw } from '../../models/optimizers/adam.js'
import type { Clip } from '../../models/optimizers/clip.js'
import { lars } from '../../models/optimizers/lars.js'
import { ascend, biasAndNorm, descend, grouped, type Optimizer, within } from '../../models/optimizers/optimizer.js'
import { rmsprop } from '../../models/optimizers/rmsprop.js'
import { sgd } from '../../models/optimizers/sgd.js'
import {
  cosineSchedule,
  linearSchedule,
  momentumCosine,
  multistep,
  type Schedule,
  stepDecay,
  warmup,
} from '../../models/schedules.js'
import { type TrainOptions, train } from '../../models/train.js'
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
    cosine: () => cosineSchedule(attrs.base, { steps: attrs.steps, end: attrs.end ?? 0 }),
    cosine_warmup_a: () => cosineSchedule(attrs.base, { steps: attrs.steps, warmup: attrs.warmup, end: attrs.end }),
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
  assert.equal([...valuesOf(linearSchedule(1, 3, { steps: 4 }), 7)], [1, 1.5, 2, 2.5, 3, 3, 3])
  const falling = valuesOf(cosineSchedule(0.4, { steps: 10, warmup: 4, end: 0.1 }), 14)
  assert.equal(
    [...falling.subarray(0, 5)].map(x => +x.toFixed(12)),
    [0, 0.1, 0.2, 0.3, 0.4],
  )
  assert.ok(falling.subarray(10).every(x => Math.abs(x - 0.1) < 1e-12))
  assert.throws(
    () => cosineSchedule(1, { steps: 5, warmup: 5 }),
    /the warm-up of 5 steps must be shorter than the schedule of 5/,
  )
  assert.throws(() => linearSchedule(0, 1, { steps: 0 }), /linearSchedule: steps must be a positive number, got 0/)
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

test('schedules by steps, and any schedule after a warm-up', () => {
  const rounded = (schedule: Schedule, steps: number): number[] =>
    [...valuesOf(schedule, steps)].map(x => +x.toFixed(12))
  assert.equal(rounded(stepDecay(2, { every: 3, gamma: 0.5 }), 8), [2, 2, 2, 1, 1, 1, 0.5, 0.5])
  const stepped = warmup(multistep(0.4, { milestones: [2] }), { steps: 4, start: 0.2 })
  assert.equal(rounded(stepped, 8), [0.2, 0.25, 0.3, 0.35, 0.4, 0.4, 0.04, 0.04])
  assert.equal(rounded(warmup(1, { steps: 2 }), 4), [0, 0.5, 1, 1])
  assert.equal(rounded(momentumCosine(0.9, { steps: 2, end: 0.99 }), 4), [0.9, 0.945, 0.99, 0.99])
  assert.throws(() => warmup(1, { steps: 0 }), /warmup: steps must be a positive number, got 0/)
  assert.throws(() => stepDecay(1, { every: 0 }), /stepDecay: steps must be a positive number, got 0/)
})

/** Parameters and slots after one step from 1 along a gradient of 1. */
const moved = (make: (rate: Schedule) => Optimizer, names: readonly string[]): Record<string, number> => {
  const shapes = Object.fromEntries(names.map(name => [name, [1]]))
  const graph = stepOf(shapes, make)
  const ones = Object.fromEntries(names.map(name => [`g_${name}`, [1]]))
  const slots = graph.updates.map(({ variable }) => [variable.attributes.name, [0]])
  const variables = { ...Object.fromEntries(slots), ...Object.fromEntries(names.map(name => [name, [1]])), step: 0 }
  const after = evaluate(graph, { inputs: { rate: 0.1, ...ones }, variables }).variables
  return Object.fromEntries(Object.entries(after).map(([name, { data }]) => [name, +data[0]!.toFixed(12)]))
}

test('each group has its own rate, decay and state; the first that holds a parameter has it', () => {
  const names = ['encoder.weight', 'encoder.bias', 'predictor.weight']
  const after = moved(
    learningRate =>
      grouped(
        [
          { where: within('predictor'), optimizer: sgd({ learningRate: 0.5, momentum: 0 }) },
          {
            where: name => name.endsWith('bias'),
            optimizer: ascend(sgd({ learningRate, momentum: 0, weightDecay: 1 })),
          },
          { where: name => name.startsWith('p'), optimizer: sgd({ learningRate: 9 }) },
        ],
        sgd({ learningRate, momentum: 0.9, weightDecay: 1 }),
      ),
    names,
  )
  assert.equal(after, {
    'encoder.weight': 0.8,
    'optimizer.encoder.weight.momentum': 2,
    'encoder.bias': 1,
    'predictor.weight': 0.5,
  })
})

test('groups of groups, up and down', () => {
  const inner = (learningRate: number): Optimizer =>
    grouped(
      [{ where: within('a.x'), optimizer: sgd({ learningRate: 1, momentum: 0 }) }],
      sgd({ learningRate, momentum: 0 }),
    )
  const nested = () =>
    grouped([{ where: within('a'), optimizer: ascend(inner(2)) }], sgd({ learningRate: 3, momentum: 0 }))
  assert.equal(moved(nested, ['a.x', 'a.y', 'b']), { 'a.x': 2, 'a.y': 3, b: -2 })
})

test('a group without parameters is refused', () => {
  const optimizer = grouped(
    [{ where: within('predicter'), optimizer: sgd({ learningRate: 1 }) }],
    sgd({ learningRate: 1 }),
  )
  assert.throws(
    () => moved(() => optimizer, ['encoder.weight', 'predictor.weight']),
    /group 1 of the optimizer holds none of the parameters, which belong to encoder, predictor/,
  )
})

// Training with options of `train`

/** A linear model of rows that is to give `goal`, with a state that moves after each step. */
const regression = (goal: number): Method<any, any, 'none'> =>
  method('regression', { views: 1 }, ({ use, state }) => {
    const net = use('encoder', linear(2, 1)) as any
    const target = state('target', [], () => constant(0, [])) as Untyped
    return {
      encoder: net,
      loss: ([x]) => ({ loss: mean(square(sub(net(x), goal) as Untyped) as Untyped) as any, metrics: {} }),
      afterStep: () => update(target, add(mul(target, 0.5), 1) as Untyped),
    }
  })
const rows = Float64Array.from({ length: 4 * 3 * 2 }, (_, i) => Math.sin(i + 1))
const start = { 'encoder.weight': [0.3, -0.2], 'encoder.bias': [0.1], target: 0, seed: 7, step: 0 }
type Values = Record<string, number[]>
/** The variables after each call on `batch` rows. */
function trained(options: TrainOptions, batch: number, calls: number, more: object = {}, given = rows): Values[] {
  const net = regression(0.5)
  const optimizer = adam({ learningRate: linearSchedule(0.1, 0.2, { steps: 2 }) })
  const graph = trace(
    'step',
    entry({ x: [batch, 2] }, ({ x }) => train(net, optimizer, [x as any], options)),
  )
  let variables: Record<string, Host | ArrayLike<number> | number> = { ...start, ...more }
  for (const leaf of graph.updates.map(each => each.variable))
    variables[leaf.attributes.name] ??= new Float64Array(leaf.shape.reduce((a, b) => a * b, 1))
  return Array.from({ length: calls }, (_, i) => {
    const x = given.subarray(i * batch * 2, (i + 1) * batch * 2)
    const after = evaluate(graph, { inputs: { x }, variables }).variables
    variables = { ...variables, ...after }
    return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, numbers(value)]))
  })
}
const numbers = (value: Host | ArrayLike<number> | number): number[] =>
  typeof value === 'number' ? [value] : [...('data' in value ? value.data : Array.from(value))]
const near = (actual: number[], expected: number[], what: string): void =>
  assert.ok(
    actual.length === expected.length && actual.every((x, i) => Math.abs(x - expected[i]!) < 1e-12),
    `${what}: ${actual}, expected ${expected}`,
  )

test('accumulation over k batches is one step on all of them, twice', () => {
  const [parts, whole] = [trained({ accumulate: 3 }, 2, 6), trained({}, 6, 2)]
  const kept = ['encoder.weight', 'encoder.bias', 'target', 'step', 'optimizer.encoder.weight.mean']
  for (const [i, name] of [0, 1].flatMap(i => kept.map(name => [i, name] as const))) {
    near(parts[3 * i + 2]![name]!, whole[i]![name]!, `${name} after step ${i + 1}`)
    const before = i === 0 ? (name in start ? [(start as any)[name]].flat() : [0, 0]) : whole[i - 1]![name]!
    for (const call of [0, 1]) near(parts[3 * i + call]![name]!, before, `${name} between steps`)
  }
  assert.equal(
    parts.map(({ 'optimizer.accumulated': count }) => count![0]),
    [1, 2, 0, 1, 2, 0],
  )
  assert.equal(parts[5]!['optimizer.encoder.weight.accumulated'], [0, 0])
})

test('batches of one step draw different random numbers, steps go on from the seed', () => {
  const seeds = trained({ accumulate: 3 }, 2, 6).map(({ seed }) => seed![0]!)
  assert.is(new Set([7, seeds[0], seeds[1]]).size, 3)
  assert.equal([seeds[2], seeds[5]], [7, 7])
  assert.equal(seeds.slice(3, 5), seeds.slice(0, 2))
})

test('with a scaled loss, a batch that overflows is left out of the mean', () => {
  const scale = { 'lossScale.scale': 1024 }
  const bad = Float64Array.from([...rows.subarray(0, 4), NaN, 1, 1, 1, ...rows.subarray(4, 8)])
  const [calls, clean] = [
    trained({ accumulate: 2, lossScale: 'dynamic' }, 2, 3, scale, bad),
    trained({ accumulate: 2, lossScale: 'dynamic' }, 2, 2, scale),
  ]
  near(calls[2]!['encoder.weight']!, clean[1]!['encoder.weight']!, 'weight')
  assert.equal([calls[1]!.step, calls[2]!.step, calls[2]!['lossScale.skipped']], [[0], [1], [1]])
})

test('clipping: all gradients by their norm, each element by its value', () => {
  const graphOf = (clip: Clip) =>
    trace(
      'step',
      entry({ x: [2, 2] }, ({ x }) =>
        train(regression(50), sgd({ learningRate: 1, momentum: 0 }), [x as any], { clip }),
      ),
    )
  const variables = start
  const move = (clip: Clip) => {
    const { variables: after, outputs } = evaluate(graphOf(clip), { inputs: { x: [1, 2, 3, 1] }, variables })
    const moves = ['encoder.weight', 'encoder.bias'].flatMap(name =>
      [...after[name]!.data].map((x, i) => x - (start as any)[name][i]),
    )
    return { moves, norm: outputs.gradientNorm?.data[0] }
  }
  const free = move({ norm: 1e9 })
  assert.ok(Math.abs(Math.hypot(...free.moves) - free.norm!) < 1e-9 && free.norm! > 10)
  assert.ok(free.moves.some(x => Math.abs(x) > 120) && free.moves.some(x => Math.abs(x) < 120), `${free.moves}`)
  const held = move({ norm: 2 })
  near(
    held.moves,
    free.moves.map(x => (x * 2) / (free.norm! + 1e-6)),
    'by norm',
  )
  assert.is(held.norm, free.norm)
  near(
    move({ value: 120 }).moves,
    free.moves.map(x => Math.max(-120, Math.min(120, x))),
    'by value',
  )
  assert.throws(() => move({ norm: 0 }), /clip takes a positive norm, got 0/)
  assert.throws(() => move({ value: -1 }), /clip takes a positive value, got -1/)
  assert.throws(() => move({ norm: 1, value: 1 }), /clip takes \{ norm: 1 \} or \{ value: 1 \}, got both/)
  assert.throws(
    () => trained({ accumulate: 1.5 }, 2, 1),
    /accumulate takes a whole number of batches from 1 on, got 1.5/,
  )
})

test('numbers out of range are refused by every optimizer', () => {
  const refused = (call: () => unknown, message: string) =>
    assert.throws(call, (error: Error) => error.name === 'ShapeError' && error.message === message)
  refused(
    () => adam({ learningRate: 0.1, betas: [1, 1] }),
    'adam: betas must be a number of at least 0 and below 1, got 1',
  )
  refused(() => adamw({ learningRate: -0.1 }), 'adamw: learningRate must be a number of at least 0, got -0.1')
  refused(() => adamw({ learningRate: 0.1, epsilon: -1 }), 'adamw: epsilon must be a number of at least 0, got -1')
  refused(
    () => sgd({ learningRate: 0.1, momentum: 1 }),
    'sgd: momentum must be a number of at least 0 and below 1, got 1',
  )
  refused(() => sgd(Number.NaN), 'sgd: learningRate must be a number of at least 0, got NaN')
  refused(
    () => lars({ learningRate: 0.1, weightDecay: -1 }),
    'lars: weightDecay must be a number of at least 0, got -1',
  )
  refused(
    () => rmsprop({ learningRate: 0.1, alpha: 1.5 }),
    'rmsprop: alpha must be a number of at least 0 and below 1, got 1.5',
  )
})

test.run()
