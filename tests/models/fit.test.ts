/** `fit`: the step entry of a module of one's own, in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { leafName, variables as variablesIn } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { print } from '../../compiler/graph/print.js'
import {
  add,
  crossEntropy,
  div,
  type Entry,
  entry,
  i32,
  lerp,
  matmul,
  mean,
  module,
  mul,
  ones,
  relu,
  sequential,
  sign,
  square,
  sub,
  sum,
  transpose,
  twin,
  vectorNorm,
} from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'
import { parametersOf } from '../../compiler/language/module.js'
import * as m from '../../models/index.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { numbers } from './modules.js'

const [BATCH, IN, OUT] = [4, 3, 2]
const given = {
  x: numbers(BATCH * IN, 1),
  y: Int32Array.from([0, 1, 1, 0]),
}
const made = () => {
  const net = sequential(m.linear(IN, 5), relu, m.linear(5, OUT))
  const loss = entry({ x: ['batch', IN], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(net(x), y) }))
  return { net, loss }
}
const valuesOf = (net: Parameters<typeof parametersOf>[0]): Record<string, ArrayLike<number>> =>
  Object.fromEntries(
    parametersOf(net).map(({ name, tensor }, i) => [
      name,
      numbers(
        tensor.shape.reduce((a, b) => a * b, 1),
        i,
      ),
    ]),
  )
const graphOf = (of: Entry) => checkRoundTrip(trace('step', of, { batch: BATCH }))
const stepped = (of: Entry, variables: Record<string, ArrayLike<number>>, inputs: object = given) =>
  evaluate(graphOf(of), { inputs: inputs as never, variables: { step: [3], seed: [1], ...variables } as never })

test('a step moves parameters along the gradient, counts, and reports the loss before it', () => {
  const { net, loss } = made()
  const values = valuesOf(net)
  const step = m.fit(net, loss, m.sgd({ learningRate: 0.5, momentum: 0 }))
  const { outputs, variables } = stepped(step, values)
  const lossAt = (at: Record<string, ArrayLike<number>>) => stepped(loss, at).outputs.loss!.data[0]!
  assert.is(outputs.loss!.data[0], lossAt(values))
  assert.is(outputs.learningRate!.data[0], 0.5)
  assert.is(variables.step!.data[0], 4)
  for (const [name, value] of Object.entries(values))
    for (let i = 0; i < value.length; i += 3) {
      const moved = (by: number) =>
        lossAt({ ...values, [name]: Float64Array.from(value, (v, j) => (i === j ? v + by : v)) })
      const gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5
      assert.ok(Math.abs(variables[name]!.data[i]! - (value[i]! - 0.5 * gradient)) < 1e-8, `${name} ${i}`)
    }
})

test('the step is the one that train takes', () => {
  const method = m.method('distance', {}, ({ use }) => {
    const encoder = use('encoder', sequential(m.linear(IN, 5)))
    return { encoder, loss: ([a, b]) => ({ loss: mean(square(sub(encoder(a), encoder(b)))) as Tensor<[], 'f32'> }) }
  })
  const optimizer = m.adamw({ learningRate: m.cosineSchedule(0.1, { steps: 10 }) })
  const options = { clip: { norm: 1 }, accumulate: 2, lossScale: 'dynamic' } as const
  const views = { a: [BATCH, IN], b: [BATCH, IN] } satisfies Record<string, [number, number]>
  const trained = entry(views, ({ a, b }) => m.train(method, optimizer, [a, b], options))
  const loss = entry(views, ({ a, b }) => ({ loss: method.loss([a, b]).loss }))
  assert.is(print(graphOf(m.fit(method, loss, optimizer, options))), print(graphOf(trained)))
})

test('options report what they do', () => {
  const { net, loss } = made()
  const step = m.fit(net, loss, m.sgd({ learningRate: 0.1, momentum: 0 }), {
    clip: { norm: 0.1 },
    lossScale: 8,
  })
  const { outputs } = stepped(step, { ...valuesOf(net), 'lossScale.skipped': [0] })
  assert.equal(Object.keys(outputs).sort(), ['gradientNorm', 'learningRate', 'loss', 'lossScale', 'skipped'])
  assert.ok(outputs.gradientNorm!.data[0]! > 0.1)
  // In types, too; never called.
  void (() => {
    const reported: { loss: Tensor<[], 'f32'>; gradientNorm: Tensor; skipped: Tensor } = step.body({})
    // @ts-expect-error: nothing is clipped
    void m.fit(net, loss, m.sgd({ learningRate: 0.1 })).body({}).gradientNorm
    return reported
  })
})

test('several modules are trained by name; what is left out stays as it is', () => {
  const [encoder, head] = [m.linear(IN, 5), m.linear(5, OUT)]
  const loss = entry({ x: ['batch', IN], y: i32(['batch']) }, ({ x, y }) => ({
    loss: crossEntropy(head(encoder(x)), y),
  }))
  const both = graphOf(m.fit({ encoder, head }, loss, m.sgd({ learningRate: 0.1, momentum: 0 })))
  assert.equal(
    both.updates.map(({ variable }) => variable.attributes.name),
    ['encoder.weight', 'encoder.bias', 'head.weight', 'head.bias', 'step'],
  )
  const headOnly = graphOf(m.fit(head, loss, m.sgd({ learningRate: 0.1, momentum: 0 })))
  assert.equal(
    headOnly.updates.map(({ variable }) => variable.attributes.name),
    ['head.weight', 'head.bias', 'step'],
  )
})

test('what follows a step is a function', () => {
  const net = m.linear(IN, OUT)
  const loss = entry({ x: ['batch', IN] }, ({ x }) => ({ loss: mean(net(x)) }))
  assert.throws(
    () => m.fit(net, loss, m.sgd({ learningRate: 0.1 }), { afterStep: 3 as never }),
    /^afterStep of fit takes a function, got 3$/,
  )
})

test('a parameter that the loss does not depend on is refused, with its name', () => {
  const [used, spare] = [m.linear(IN, OUT), m.linear(IN, OUT)]
  const loss = entry({ x: ['batch', IN], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(used(x), y) }))
  const optimizer = m.sgd({ learningRate: 0.1, weightDecay: 0.1, momentum: 0 })
  assert.throws(
    () => graphOf(m.fit({ used, spare }, loss, optimizer)),
    /^no gradient flows from the loss to spare\.weight, spare\.bias: /,
  )
  assert.is(graphOf(m.fit({ used, spare }, loss, optimizer, { unreached: 'zeros' })).updates.length, 5)
})

test('a momentum network follows after the step', () => {
  const { net, loss } = made()
  const target = twin(net)
  const whole = module(({ use }) => {
    use('net', net)
    use('target', target)
    return () => undefined
  })
  const step = m.fit(whole, loss, m.sgd({ learningRate: 0.5, momentum: 0 }), {
    afterStep: () => m.follow(target, net, 0.75),
  })
  const values = valuesOf(whole)
  const targets = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name.replace('net', 'target'),
      Float64Array.from(value, v => v + 1),
    ]),
  )
  const { variables } = stepped(step, { ...values, ...targets })
  for (const [name, before] of Object.entries(targets))
    variables[name]!.data.forEach((value, i) => {
      const online = variables[name.replace('target', 'net')]!.data[i]!
      assert.ok(Math.abs(value - (0.75 * before[i]! + 0.25 * online)) < 1e-12, name)
    })
})

// Optimizers of one's own

/** Chen et al., arXiv 2302.06675. */
const lion = (learningRate: number, [b1, b2] = [0.9, 0.99] as const): m.Optimizer => ({
  learningRate,
  descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
    const momentum = kept('momentum')
    keep('momentum', lerp(gradient, momentum, b2))
    return sub(tensor, mul(rate, sign(lerp(gradient, momentum, b1))))
  },
})
/** Momentum, made orthogonal by five Newton-Schulz steps (Jordan 2024). Matrices only: `grouped` gives others another. */
const muon = (learningRate: number | m.Schedule): m.Optimizer => ({
  learningRate,
  descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
    const momentum = keep('momentum', add(mul(kept('momentum'), 0.95), gradient))
    let x: Untyped = div(momentum, vectorNorm(momentum))
    for (let i = 0; i < 5; i++) {
      const a = matmul(x, transpose(x))
      x = add(mul(x, 3.4445), matmul(add(mul(a, -4.775), mul(matmul(a, a), 2.0315)), x))
    }
    return sub(tensor, mul(rate, x))
  },
})

test("optimizers of one's own: state from before the step and after it", () => {
  const net = module(({ param }) => {
    const weight = param('weight', [2, 3], shape => mul(ones(shape), 2))
    return () => weight
  })
  const loss = entry({ g: [2, 3] }, ({ g }) => ({ loss: sum(mul(net(), g)) }))
  const g = [1, -2, 0.5, 3, 0.25, -1]
  const [weight, momentum] = [numbers(6, 1), numbers(6, 2)]
  const before = { weight, 'optimizer.weight.momentum': momentum }
  const lioned = stepped(m.fit(net, loss, lion(0.1)), before, { g }).variables
  const muoned = stepped(m.fit(net, loss, muon(0.1)), before, { g }).variables
  g.forEach((gradient, i) => {
    const direction = Math.sign(0.9 * momentum[i]! + 0.1 * gradient)
    assert.is(lioned.weight!.data[i], weight[i]! - 0.1 * direction)
    assert.ok(Math.abs(lioned['optimizer.weight.momentum']!.data[i]! - (0.99 * momentum[i]! + 0.01 * gradient)) < 1e-12)
    assert.ok(Math.abs(muoned['optimizer.weight.momentum']!.data[i]! - (0.95 * momentum[i]! + gradient)) < 1e-12)
  })
  // Singular values of the step lie about 1, as those of the iteration do.
  const moved = [...muoned.weight!.data].map((value, i) => (weight[i]! - value) / 0.1)
  const [a, b] = [moved.slice(0, 3), moved.slice(3)]
  const dot = (x: number[], y: number[]) => x.reduce((total, value, i) => total + value * y[i]!, 0)
  const [p, q, r] = [dot(a, a), dot(a, b), dot(b, b)]
  const spread = Math.sqrt((p - r) ** 2 + 4 * q * q)
  for (const singular of [(p + r + spread) / 2, (p + r - spread) / 2].map(Math.sqrt))
    assert.ok(singular > 0.6 && singular < 1.3, `${singular}`)
})

test("optimizers of one's own in accumulated, clipped and scaled steps on a schedule: those of the whole batch", () => {
  const { net, loss } = made()
  const values = valuesOf(net)
  const x = numbers(2 * BATCH * IN, 7)
  const y = Int32Array.from([0, 1, 1, 0, 1, 1, 0, 1])
  const half = (i: number) => ({
    x: x.slice(i * BATCH * IN, (i + 1) * BATCH * IN),
    y: y.slice(i * BATCH, (i + 1) * BATCH),
  })
  const rate = m.cosineSchedule(0.1, { steps: 10 })
  for (const clip of [undefined, { norm: 0.05 }, { value: 0.02 }])
    for (const lossScale of [undefined, 1024]) {
      const own = () => m.grouped([{ where: (_, shape) => shape.length === 2, optimizer: muon(rate) }], heavy(rate))
      const options = { ...(clip && { clip }), ...(lossScale && { lossScale }) }
      /** The variables after a step from those that stand there, and 0 for others. */
      const after = (of: Entry, batch: number, inputs: object, from: Record<string, ArrayLike<number>>) => {
        const graph = trace('step', of, { batch })
        const variables = Object.fromEntries(
          variablesIn(graph).map(leaf => [
            leafName(leaf),
            from[leafName(leaf)] ?? new Float64Array(leaf.shape.reduce((a, b) => a * b, 1)),
          ]),
        )
        const found = evaluate(graph, { inputs: inputs as never, variables: variables as never }).variables
        return { ...variables, ...Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data])) }
      }
      const start = { ...values, step: [3], seed: [1] }
      const whole = after(m.fit(net, loss, own(), options), 2 * BATCH, { x, y }, start)
      const parts = m.fit(net, loss, own(), { ...options, accumulate: 2 })
      const between = after(parts, BATCH, half(0), start)
      for (const name of Object.keys(values)) assert.equal(Array.from(between[name]!), Array.from(values[name]!))
      const end = after(parts, BATCH, half(1), between)
      assert.equal(Array.from(end.step!), [4])
      for (const [name, expected] of Object.entries(whole))
        for (let i = 0; i < expected.length; i++)
          assert.ok(
            Math.abs(end[name]![i]! - expected[i]!) < 1e-9,
            `${name} ${i}: ${end[name]![i]} instead of ${expected[i]}`,
          )
      assert.ok(Math.abs(end['0.weight']![0]! - values['0.weight']![0]!) > 1e-4, 'nothing moved')
    }
  assert.throws(
    () =>
      graphOf(
        m.fit(net, loss, {
          learningRate: 1,
          descend: ({ tensor }, g, { keep }) => sub(tensor, keep('accumulated', g)),
        }),
      ),
    /an optimizer cannot keep accumulated/,
  )
})
/** Momentum. */
const heavy = (learningRate: number | m.Schedule): m.Optimizer => ({
  learningRate,
  descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
    return sub(tensor, mul(rate, keep('momentum', add(mul(kept('momentum'), 0.9), gradient))))
  },
})

test('what an optimizer remembers may have a shape of its own', () => {
  const { net, loss } = made()
  const counting: m.Optimizer = {
    learningRate: 1,
    descend({ tensor }, gradient, { kept, keep }) {
      const total = keep('total', add(kept('total', []), sum(square(gradient))))
      return sub(tensor, mul(gradient, total))
    },
  }
  const graph = graphOf(m.fit(net, loss, counting))
  const kept = graph.updates.map(({ variable }) => variable).filter(({ attributes }) => /total$/.test(attributes.name))
  assert.equal(
    kept.map(({ attributes, shape }) => `${attributes.name} [${shape}]`),
    ['0.weight', '0.bias', '2.weight', '2.bias'].map(name => `optimizer.${name}.total []`),
  )
})

test('a wrong width deep inside names its module', () => {
  const block = (width: number) =>
    module(({ use }) => {
      const proj = use('proj', m.linear(width, 8))
      return (x: Untyped) => relu(proj(x))
    })
  const deep = module(({ use }) => {
    const blocks = [8, 9].map((width, i) => use(`blocks.${i}`, block(width)))
    return (x: Untyped) => blocks.reduce((y, next): Untyped => next(y), x)
  })
  assert.throws(
    () => graphOf(entry({ x: ['batch', 8] }, ({ x }) => ({ y: deep(x) }))),
    (error: Error) => error.message === 'input has 8 features, layer expects 9 (in module blocks.1.proj)',
  )
})

test('an output of the loss with the name of what the step reports is refused, and was hidden by it', () => {
  const net = m.linear(IN, OUT)
  const traced = (name: string, clip?: m.StepOptions['clip']) => {
    const loss = entry({ x: [BATCH, IN] }, ({ x }) => ({ loss: mean(square(net(x))), [name]: sum(x) }))
    return () => trace('step', m.fit(net, loss, m.sgd({ learningRate: 0.1 }), clip && { clip }))
  }
  assert.throws(traced('learningRate'), /the loss has an output learningRate, which its training step reports too/)
  assert.throws(traced('gradientNorm', { norm: 1 }), /the loss has an output gradientNorm, which/)
  assert.ok('gradientNorm' in traced('gradientNorm')().outputs)
})

test.run()
