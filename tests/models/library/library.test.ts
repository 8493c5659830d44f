/**
 * Every method of the library: its loss is its published formula on the rows its networks give, gradients reach what they
 * should and nothing else, its states move, and it takes feature augmentation at every site it has.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import { evaluate } from '../../../compiler/graph/evaluate.js'
import type { Graph } from '../../../compiler/graph/graph.js'
import type { Tensor } from '../../../compiler/graph/node.js'
import { entry, i32, trace, traceInit } from '../../../compiler/language/entry.js'
import { parametersOf, update, variablesOf as variablesIn } from '../../../compiler/language/module.js'
import { sequential } from '../../../compiler/language/sequential.js'
import { holding } from '../../../compiler/language/trace.js'
import { add, constant, relu, reshape, slice } from '../../../compiler/ops/index.js'
import { generator } from '../../../models/data/random.js'
import * as m from '../../../models/index.js'
import type { Method } from '../../../models/methods/method.js'

import { asymmetric, methods, optional, predicted } from './formulas.js'
import { type Any, IN, type Kind, make, ROWS, SIDE, without } from './parts.js'

/** One pass of `method` on two views and labels in the float64 reference, with the values that `init` gives its variables. */
function pass(method: Method<any, any, any>, kind: Kind = 'rows', formula?: (one: Any, two: Any, labels: Any) => Any) {
  const shape = kind === 'rows' ? [ROWS, IN] : [ROWS, 1, SIDE, SIDE]
  const names = new Map<string, string>()
  const graph: Graph = trace(
    'step',
    entry({ one: shape, two: shape, labels: i32([ROWS]) }, ({ one, two, labels }) => {
      const { loss, metrics } = method.loss([one, two], ...(method.labels === 'labels' ? [labels] : []))
      const parameters = parametersOf(method)
      const found = backward(
        [[loss, constant(1, [])]],
        parameters.map(({ tensor }) => tensor),
      )
      parameters.forEach(({ name, tensor }, i) => {
        names.set(`gradient${i}`, name)
        update(tensor, add(tensor as Any, 1))
      })
      method.afterStep()
      return {
        loss,
        ...metrics,
        ...(formula && { formula: holding(() => formula(one, two, labels)) }),
        ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])),
      } as never
    }),
  )
  const start = { ...evaluate(traceInit([graph]), { variables: { seed: 5 } }).variables, seed: 5, step: 0 } as any
  const random = generator(3)
  const size = shape.reduce((a, b) => a * b)
  const rows = () => Float64Array.from({ length: size }, () => 2 * random() - 1)
  const inputs = { one: rows(), two: rows(), labels: Float64Array.from({ length: ROWS }, (_, i) => i % 3) }
  const { outputs, variables } = evaluate(graph, { inputs, variables: start })
  const gradients = [...names].map(([output, name]) => [name, [...outputs[output]!.data]] as const)
  const moved = Object.keys(variables).filter(
    name =>
      !/running/.test(name) &&
      ![...names.values()].includes(name) &&
      variables[name]!.data.some((value, i) => value !== start[name].data[i]),
  )
  return { loss: outputs.loss!.data[0]!, formula: outputs.formula?.data[0], gradients, moved }
}
const some = (values: readonly number[]): boolean => values.some(value => Math.abs(value) > 1e-12)

const cases = [
  ...Object.entries(methods).map(each => ['', ...each] as const),
  ...Object.entries(predicted).map(each => [' with a predictor', ...each] as const),
  ...Object.entries(optional).map(each => [' with its options', ...each] as const),
  ...Object.entries(asymmetric).map(each => [' of one order', ...each] as const),
]
for (const [form, name, { kind, build, formula, trained, moves = [], sites }] of cases) {
  test(`${name}${form}: the loss is its formula, gradients and updates reach what they should`, () => {
    const parts = make(kind)
    const method = build(parts)
    const found = pass(method, kind, (one, two, labels) => {
      const [z1, z2] = [one, two].map(x => parts.projector(parts.encoder(x)))
      const variable = (name: string) => variablesIn(method).find(variable => variable.name === name)?.tensor as Any
      return formula(z1, z2, { ...parts, queue: variable('queue'), labels, variable, views: [one, two] })
    })
    assert.ok(Math.abs(found.loss - found.formula!) < 1e-12 * Math.max(1, Math.abs(found.loss)), `${found.loss}`)
    const reached = found.gradients.filter(([, values]) => some(values)).map(([part]) => part.split('.')[0]!)
    assert.equal([...new Set(reached)].sort(), [...trained])
    assert.equal(found.moved.filter(moved => !moves.includes(moved) && !/bias/.test(moved)).sort(), [])
    for (const moved of moves) assert.ok(found.moved.includes(moved), `${moved} has moved`)
    assert.is(method.label, name)
  })

  test(`${name}${form}: takes feature augmentation at ${sites.join(', ')} and nowhere else`, () => {
    const operator = m.gaussianNoise()
    const clean = pass(build(make(kind)), kind).loss
    for (const at of sites) {
      const { loss, gradients } = pass(build({ ...make(kind), augment: m.augment({ operator, at } as any) }), kind)
      assert.ok(Number.isFinite(loss) && loss !== clean, `${at}: ${loss}`)
      assert.ok(gradients.some(([part, values]) => part.startsWith('encoder') && some(values)))
    }
    for (const at of ['pooled', 'projection', 'prediction', 'unit', 'negatives', 'stage1'].filter(
      x => !sites.includes(x),
    ))
      assert.throws(
        () => pass(build({ ...make(kind), augment: m.augment({ operator, at } as any) }), kind),
        new RegExp(`${name} has no site ${at} for gaussian.*: its sites are `),
      )
  })
}

test('the queue of swav takes part in codes from its step on', () => {
  const loss = (queueFrom: number) => pass(m.swav({ ...without(make()), queue: 9, queueFrom })).loss
  const plain = pass(m.swav(without(make()))).loss
  // A pass is step 0.
  assert.is(loss(1), plain)
  assert.not.equal(loss(0), plain)
})

test('multi-crop views are queries only', () => {
  const [ofCrops, ofTwo] = [m.simsiam(make()), m.simclr(without(make()))]
  const graph = (views: number) =>
    trace(
      'step',
      entry({ x: [views, ROWS, IN] }, ({ x }) => {
        const crops = Array.from({ length: views }, (_, i) => reshape(slice(x as Any, 0, i, i + 1), [ROWS, IN]) as Any)
        return { loss: ofCrops.loss(crops as never).loss }
      }),
    )
  assert.ok(graph(4).outputs.loss)
  assert.throws(() => graph(1), /simsiam takes two views or more, got 1/)
  assert.throws(
    () =>
      trace(
        'step',
        entry({ one: [ROWS, IN], two: [ROWS, IN], three: [ROWS, IN] }, ({ one, two, three }) => ({
          loss: ofTwo.loss([one, two, three] as never).loss,
        })),
      ),
    /simclr takes two views, got 3/,
  )
})

// What the types refuse: never called.
void (() => {
  const rows = null! as Tensor<[6, 5], 'f32', 'stopped'>
  const labels = null! as Tensor<[6], 'i32', 'stopped'>
  const encoder = sequential(m.linear(5, 8), relu)
  const labelled = m.supervised({ encoder, classifier: m.linear(8, 3) })
  const unlabelled = m.simclr({ encoder, projector: m.linear(8, 4) })
  const optimizer = m.sgd({ learningRate: 1 })
  m.train(labelled, optimizer, [rows], { labels })
  // @ts-expect-error labels are missing
  m.train(labelled, optimizer, [rows])
  m.train(unlabelled, optimizer, [rows, rows])
  // @ts-expect-error input has 8 features, layer expects 9
  m.simclr({ encoder, projector: m.linear(9, 4) })
  const narrow = m.linear(8, 4)
  // @ts-expect-error input has 4 features, layer expects 5
  m.swav({ encoder, projector: narrow, prototypes: m.prototypes(5, 7) })
})

test.run()
