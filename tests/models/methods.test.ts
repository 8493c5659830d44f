/**
 * Whole training runs of SimSiam and MoCo against reference data in the float64 reference; what the methods update,
 * where gradients flow, and what the types refuse.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluate, evaluateNodes } from '../../compiler/graph/evaluate.js'
import { type Graph, leafName, variables as variablesOf } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { entry, trace, traceInit } from '../../compiler/language/entry.js'
import { module, parametersOf } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add, constant, mul, relu } from '../../compiler/ops/index.js'
import { augment, type FeatureAugmentation } from '../../models/augment/feature.js'
import { mix } from '../../models/augment/operators/mix.js'
import { gaussianNoise } from '../../models/augment/operators/noise.js'
import { operator } from '../../models/augment/operators/operator.js'
import { generator } from '../../models/data/random.js'
import { batchNorm, conv, globalAveragePool, linear } from '../../models/layers.js'
import type { Method } from '../../models/methods/method.js'
import { moco } from '../../models/methods/moco.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { train } from '../../models/train.js'
import { compare, load, type OracleCase, oracleCases } from '../oracle.js'

type Any = Tensor<any, any, any>
type Values = Record<string, Host | ArrayLike<number> | number>

// Training runs

/** A net of the reference data: layers by name. */
const net = (layers: readonly Record<string, any>[]): any =>
  module(({ use }) => {
    const steps = layers.map(({ type, name, ...layer }): ((x: Any) => Any) => {
      if (type === 'linear') return use(name, linear(layer.in, layer.out, { bias: layer.bias })) as never
      if (type === 'bn') return use(name, batchNorm(layer.features, { affine: layer.affine })) as never
      if (type === 'relu') return relu as never
      if (type === 'global_avg_pool') return globalAveragePool as never
      const { kernel, stride, padding, bias } = layer
      return use(name, conv(layer.in, layer.out, kernel, { stride, padding, bias })) as never
    })
    return (x: Any) => steps.reduce((value, step) => step(value), x)
  })

/** The step of a case as a graph. Learning rate, momentum of the target and random draws are inputs. */
function stepOf({ attrs, inputs }: OracleCase): Graph {
  const perStep = Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name !== 'queue')
      .map(
        ([name, { shape, dtype }]) =>
          [name, { shape: [...shape.slice(1)], dtype: dtype === 'I32' ? 'i32' : 'f32' }] as const,
      ),
  )
  return trace(
    'step',
    entry({ ...perStep, rate: [], momentum: [] } as Record<string, any>, given => {
      let draw = 0
      const reference = operator({
        name: 'reference',
        kind: 'rows',
        apply(x: Any) {
          draw++
          const mixed = mix(x, given[`lam${draw}`] as Any, given[`perm${draw}`] as Any)
          return add(mixed, mul(given[`noise${draw}`] as Any, attrs.fa.sigma))
        },
      })
      const compose = attrs.fa?.weight ? { compose: 'add' as const, weight: attrs.fa.weight as number } : {}
      const augmented: { augment: FeatureAugmentation } | {} = attrs.fa
        ? {
            augment: augment({
              operator: reference,
              at: 'projection',
              branch: 'online',
              flow: attrs.fa.flow,
              ...compose,
            }),
          }
        : {}
      const parts = { encoder: net(attrs.encoder), projector: net(attrs.projector), ...augmented }
      const method: Method = attrs.predictor
        ? simsiam({ ...parts, predictor: net(attrs.predictor) })
        : moco({
            ...parts,
            queue: inputs.queue!.shape[0]!,
            temperature: attrs.loss.temperature,
            momentum: () => given.momentum as Untyped,
          })
      const { momentum, weight_decay: weightDecay } = attrs.optimizer
      const optimizer = sgd({ learningRate: () => given.rate as Untyped, momentum, weightDecay })
      return train(method, optimizer, [given.x1 as Any, given.x2 as Any])
    }),
  )
}

/** Every variable at the start: given parameters, and what `init` computes; twins start as copies. */
function startOf(graph: Graph, given: Readonly<Record<string, ArrayLike<number>>>): Values {
  const computed = evaluate(traceInit([graph]), { variables: { seed: 1 } }).variables
  const start: Values = { seed: 1 }
  for (const leaf of variablesOf(graph)) {
    const name = leafName(leaf)
    if (name !== 'seed') start[name] = given[name.replace(/^target\./, '')] ?? computed[name]!
  }
  return start
}

const HANDLED = ['train_simsiam', 'train_moco', 'train_simsiam_fa', 'train_moco_fa']
for (const found of oracleCases('train').filter(({ op }) => HANDLED.includes(op)))
  test(`${found.id}: ten steps agree with the reference data`, () => {
    const { id, attrs, inputs, outputs } = found
    const data = load(found.file)
    const graph = stepOf(found)
    const named = (kind: string) =>
      Object.fromEntries(
        Object.entries(data)
          .filter(([name]) => name.startsWith(`${id}/${kind}/`))
          .map(([name, values]) => [name.slice(id.length + kind.length + 2), values as unknown as ArrayLike<number>]),
      )
    let values = startOf(graph, named('param'))
    if (inputs.queue) values.queue = data[`${id}/in/queue`] as unknown as ArrayLike<number>
    let last = values
    const losses: number[] = []
    const lrs: number[] = attrs.optimizer.lrs
    lrs.forEach((rate, step) => {
      const sliced = Object.keys(inputs).flatMap(name => {
        if (name === 'queue') return []
        const all = data[`${id}/in/${name}`] as unknown as Float32Array
        const size = all.length / lrs.length
        return [[name, all.subarray(step * size, (step + 1) * size)] as const]
      })
      const given = { ...Object.fromEntries(sliced), rate, momentum: attrs.ema?.[step] ?? 0 }
      last = values
      const { outputs: got, variables } = evaluate(graph, { inputs: given, variables: values })
      values = { ...values, ...variables }
      losses.push(got.loss!.data[0]!)
    })
    const check = (name: string, host: Host) => compare(host, data, `${id}/out/${name}`, outputs[name]!)
    check('losses', { shape: [lrs.length], data: Float64Array.from(losses) })
    let compared = 0
    for (const name of Object.keys(outputs)) {
      const [kind, variable] = [name.split('/')[0]!, name.slice(name.indexOf('/') + 1)]
      if (kind === 'final' || kind === 'final_buffer') check(name, values[variable] as Host)
      // The reference follows at the start of a step, so its target lacks the last of ours.
      else if (kind === 'final_target') check(name, last[`target.${variable}`] as Host)
      else if (kind === 'final_queue') check(name, values.queue as Host)
      else continue
      compared++
    }
    assert.ok(compared > 8)
    assert.is((values.step as Host).data[0], lrs.length)
  })

// Small methods of our own

const random = generator(17)
const draws = (count: number) => Float64Array.from({ length: count }, () => random() * 2 - 1)
const encoder = () => sequential(linear(6, 8, { bias: false }), batchNorm(8), relu)
const projector = () => sequential(linear(8, 4), batchNorm(4), relu, linear(4, 4))
const predictor = () => sequential(linear(4, 3), relu, linear(3, 4))

/** The loss of one pass on `[5, 6]` views, and its gradients with respect to all parameters. */
function gradients(make: () => Method, seed = 3): { loss: number; gradients: Record<string, Float64Array> } {
  let wanted: [string, Tensor][] = []
  const method = make()
  const graph = trace(
    'loss',
    entry({ one: [5, 6], two: [5, 6] }, ({ one, two }) => {
      const { loss } = method.loss([one, two])
      const parameters = parametersOf(method)
      const computed = backward(
        [[loss, constant(1, [])]],
        parameters.map(({ tensor }) => tensor),
      )
      wanted = parameters.map(({ name }, i) => [name, computed[i]!])
      return { loss }
    }),
  )
  const start = { ...evaluate(traceInit([graph]), { variables: { seed } }).variables, seed, step: 0 } as Values
  const fixed = generator(5)
  const view = () => Float64Array.from({ length: 30 }, () => fixed() * 2 - 1)
  const leaves = new Map<Tensor, any>(graph.inputs.map(leaf => [leaf, view()]))
  for (const leaf of variablesOf({ ...graph, outputs: { ...graph.outputs, ...Object.fromEntries(wanted) } }))
    leaves.set(leaf, start[leafName(leaf)])
  const [loss, ...rest] = evaluateNodes([graph.outputs.loss!, ...wanted.map(([, node]) => node)], leaves)
  return { loss: loss!.data[0]!, gradients: Object.fromEntries(wanted.map(([name], i) => [name, rest[i]!.data])) }
}
/** Zero but for rounding: a bias before a batch norm. */
const negligible = (values: Float64Array) => values.every(value => Math.abs(value) < 1e-12)
const zero = (values: Float64Array) => values.every(value => value === 0)
/** Parts with a gradient that is not exactly zero. */
function trained(make: () => Method): string[] {
  const parts = Object.entries(gradients(make).gradients).flatMap(([name, values]) =>
    zero(values) ? [] : [name.split('.')[0]!],
  )
  return [...new Set(parts)].sort()
}

const noise = { ...gaussianNoise(), strength: 0.5 }
const siamese = (augmentation?: FeatureAugmentation) => (): Method =>
  simsiam({
    encoder: encoder(),
    projector: projector(),
    predictor: predictor(),
    ...(augmentation && { augment: augmentation }),
  })
const contrast =
  (augmentation?: FeatureAugmentation, symmetric = false) =>
  (): Method =>
    moco({
      encoder: encoder(),
      projector: projector(),
      queue: 12,
      symmetric,
      ...(augmentation && { augment: augmentation }),
    })

test('gradients reach what they should, for each placement', () => {
  const all = ['encoder', 'predictor', 'projector']
  assert.equal(trained(siamese()), all)
  assert.equal(trained(contrast()), ['encoder', 'projector'])
  for (const at of ['pooled', 'projection'] as const) {
    for (const flow of ['full', 'straight-through'] as const)
      assert.equal(trained(siamese(augment({ operator: noise, at, branch: 'online', flow }))), all)
    assert.equal(trained(siamese(augment({ operator: noise, at, branch: 'target' }))), all)
  }
  // Beside the clean path, a stopped copy adds gradient only to what comes after it.
  const clean = gradients(siamese())
  for (const [at, after] of [
    ['pooled', ['projector', 'predictor']],
    ['projection', ['predictor']],
  ] as const) {
    const both = gradients(siamese(augment({ operator: noise, at, branch: 'online', flow: 'stopped', compose: 'add' })))
    for (const [name, values] of Object.entries(clean.gradients)) {
      const same = values.every((value, i) => Math.abs(value - both.gradients[name]![i]!) < 1e-12)
      // The clean path of the encoder is untouched; projector statistics of another batch do not enter it.
      assert.is(same, !after.some(part => name.startsWith(part)) || negligible(values), `${at}: ${name}`)
    }
  }
})

test('augmenting the target changes the loss but adds no path', () => {
  const [clean, target] = [
    gradients(siamese()),
    gradients(siamese(augment({ operator: noise, at: 'projection', branch: 'target' }))),
  ]
  assert.not.equal(clean.loss, target.loss)
  const both = augment({ operator: noise, at: 'projection', branch: 'both', compose: 'add', weight: 0.25 })
  assert.not.equal(gradients(siamese(both)).loss, clean.loss)
})

/** Steps of a method in the reference; returns losses and the variables after each step. */
function run(make: () => Method, steps: number, { rate = 0.05, seed = 3 } = {}) {
  const graph = trace(
    'step',
    entry({ one: [5, 6], two: [5, 6] }, ({ one, two }) => train(make(), sgd({ learningRate: rate }), [one, two])),
  )
  let values: Values = { ...evaluate(traceInit([graph]), { variables: { seed } }).variables, seed }
  const history = [values]
  const outputs: Record<string, number>[] = []
  const base = draws(30)
  for (let step = 0; step < steps; step++) {
    const view = () => base.map(value => value + 0.1 * (random() - 0.5))
    const got = evaluate(graph, { inputs: { one: view(), two: view() }, variables: values })
    values = { ...values, ...got.variables }
    history.push(values)
    outputs.push(Object.fromEntries(Object.entries(got.outputs).map(([name, { data }]) => [name, data[0]!])))
  }
  return { outputs, history }
}
const of = (values: Values, name: string): Float64Array => (values[name] as Host).data

test('both methods learn a fixed batch, also with every feature augmentation', () => {
  for (const make of [
    siamese(),
    siamese(augment({ operator: noise, at: 'projection', branch: 'online' })),
    siamese(augment({ operator: noise, at: 'pooled', branch: 'both', compose: 'add' })),
  ]) {
    const { outputs } = run(make, 60)
    const mean = (part: typeof outputs) => part.reduce((sum, { loss }) => sum + loss!, 0) / part.length
    assert.ok(
      mean(outputs.slice(-10)) < mean(outputs.slice(0, 10)) - 0.05,
      `${mean(outputs.slice(0, 10))} to ${mean(outputs.slice(-10))}`,
    )
    assert.equal(Object.keys(outputs[0]!).sort(), ['learningRate', 'loss', 'spread'])
  }
  for (const make of [contrast(), contrast(undefined, true)]) {
    // The queue fills with real keys first: the loss is compared after that.
    const { outputs } = run(make, 80)
    const mean = (part: typeof outputs) => part.reduce((sum, { loss }) => sum + loss!, 0) / part.length
    assert.ok(
      mean(outputs.slice(-10)) < mean(outputs.slice(4, 14)),
      `${mean(outputs.slice(4, 14))} to ${mean(outputs.slice(-10))}`,
    )
    assert.equal(Object.keys(outputs[0]!).sort(), ['accuracy', 'learningRate', 'loss', 'spread'])
  }
})

test('the momentum network starts as a copy and follows the new parameters; its statistics are its own', () => {
  const { history } = run(contrast(), 2, { rate: 0.2 })
  const [start, first] = history as [Values, Values]
  assert.equal(of(start, 'target.encoder.0.weight'), of(start, 'encoder.0.weight'))
  const name = 'encoder.0.weight'
  of(first, `target.${name}`).forEach((value, i) => {
    const expected = 0.99 * of(start, name)[i]! + 0.01 * of(first, name)[i]!
    assert.ok(Math.abs(value - expected) < 1e-12)
  })
  assert.not.equal(of(first, name), of(start, name))
  const [own, online] = ['target.encoder.1.running_mean', 'encoder.1.running_mean'].map(path => of(first, path))
  assert.ok(own!.some((value, i) => value !== online![i]) && !zero(own!))
  assert.not.ok(Object.keys(first).some(path => path.startsWith('optimizer.target')))
})

test('the queue is a ring of unit rows: the oldest keys are replaced, also across its end', () => {
  const { history } = run(contrast(), 4)
  const rows = (values: Values) =>
    Array.from({ length: 12 }, (_, i) => [...of(values, 'queue').subarray(4 * i, 4 * i + 4)])
  for (const values of history) for (const row of rows(values)) assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-9)
  // Batches of 5 in a queue of 12: rows 0-4, 5-9, 10-11 and 0-2, 3-7.
  const written = [
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
    [10, 11, 0, 1, 2],
    [3, 4, 5, 6, 7],
  ]
  written.forEach((expected, step) => {
    const [before, after] = [rows(history[step]!), rows(history[step + 1]!)]
    const changed = after.flatMap((row, i) => (row.some((value, j) => value !== before[i]![j]) ? [i] : []))
    assert.equal(
      changed,
      [...expected].sort((a, b) => a - b),
    )
    assert.is(of(history[step + 1]!, 'pointer')[0], ((step + 1) * 5) % 12)
  })
  const small = () => moco({ encoder: encoder(), projector: projector(), queue: 4 })
  assert.throws(() => run(small, 1), /a queue of 4 keys cannot hold the 5 of one step: use a queue of 5 or more/)
})

test('embedding uses the encoder alone, in evaluation form, and updates nothing', () => {
  const method = siamese()()
  const graph = trace(
    'embed',
    entry({ views: [5, 6] }, ({ views }) => ({ features: method.embed(views as Any) as Any })),
  )
  assert.equal([...graph.outputs.features!.shape], [5, 8])
  assert.is(graph.updates.length, 0)
  assert.equal(
    variablesOf(graph)
      .map(leafName)
      .every(name => name.startsWith('encoder.')),
    true,
  )
})

test('labels say what is on', () => {
  assert.is(siamese()().label, 'simsiam')
  const label = contrast(augment({ operator: noise, at: 'projection', branch: 'target' }))().label
  assert.is(label, 'moco + gaussian(0.5) at projection target, stopped')
})

// What the types refuse: these functions are never called.

void (() => {
  const images = null! as Tensor<['batch', 3, 32, 32], 'f32', 'stopped'>
  const rows = null! as Tensor<['batch', 6], 'f32', 'stopped'>
  const right = simsiam({ encoder: encoder(), projector: projector(), predictor: predictor() })
  const embedded: Tensor<['batch', 8], 'f32'> = right.embed(rows)
  const { loss, spread }: { loss: Tensor<[], 'f32'>; spread: Tensor<[], 'f32'> } = train(
    right,
    sgd({ learningRate: 1 }),
    [rows, rows],
  )
  // @ts-expect-error input has 8 features, layer expects 9
  simsiam({ encoder: encoder(), projector: sequential(linear(9, 4)), predictor: predictor() })
  // @ts-expect-error input has 4 features, layer expects 5
  simsiam({ encoder: encoder(), projector: projector(), predictor: sequential(linear(5, 4)) })
  // @ts-expect-error predictor gives 7 features, projections have 4
  simsiam({ encoder: encoder(), projector: projector(), predictor: sequential(linear(4, 7)) })
  // @ts-expect-error input has 8 features, layer expects 9
  moco({ encoder: encoder(), projector: linear(9, 4) })
  // @ts-expect-error the encoder takes rows of 6
  train(right, sgd({ learningRate: 1 }), [images, images])
  return [embedded, loss, spread]
})

test.run()
