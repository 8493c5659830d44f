/** ISDA against plain numbers, and what may stand at the scores of a classifier. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../../compiler/graph/node.js'
import { entry, i32, trace } from '../../../compiler/language/entry.js'
import { module } from '../../../compiler/language/module.js'
import { sequential } from '../../../compiler/language/sequential.js'
import { cast, relu } from '../../../compiler/ops/index.js'
import { augment } from '../../../models/augment/feature.js'
import { gaussianNoise } from '../../../models/augment/operators/noise.js'
import { implicitSemantic } from '../../../models/augment/operators/semantic.js'
import { parseAugmentation } from '../../../models/augment/parse.js'
import { prototypes } from '../../../models/heads.js'
import { linear } from '../../../models/layers.js'
import { supervised } from '../../../models/methods/supervised.js'
import { context, deviationOf, dot, make, minus, near, normals, rowOf, run, type Values } from './operators.js'

test('CV1: scores by the covariance of each class, over the rows of all steps so far', () => {
  const [classes, size] = [4, 3]
  const [first, second, weight] = [normals(4, 9, size), normals(5, 7, size), normals(6, classes, size)]
  // Class 3 has no row in the first step, class 0 one in all: its covariance is 0.
  const steps = [
    { rows: first, labels: [0, 1, 2, 1, 2, 1, 1, 2, 2] },
    { rows: second, labels: [3, 1, 3, 2, 3, 1, 3] },
  ]
  const operator = make('isda')
  const seen: { label: number; row: Float64Array }[] = []
  let variables: Record<string, Values> = {}
  for (const { rows, labels } of steps) {
    const scores = normals(7, labels.length, classes)
    const { outputs, after } = run(
      { rows, weight, scores, numbers: { shape: [labels.length], data: Float64Array.from(labels) } },
      ({ rows, weight, scores, numbers }) => {
        const given = { features: rows, weight, scores, labels: cast(numbers!, 'i32') }
        return { once: operator.apply(given, context(0.7)), again: operator.apply(given, context(0.7)) }
      },
      { variables },
    )
    variables = after
    labels.forEach((label, i) => void seen.push({ label, row: rowOf(rows, i) }))
    /** `d^T S d`: the variance of the class's rows along d. */
    const variance = (label: number, d: Float64Array) =>
      deviationOf(seen.filter(one => one.label === label).map(({ row }) => dot(row, d))) ** 2
    labels.forEach((label, i) => {
      for (let j = 0; j < classes; j++) {
        const apart = minus(rowOf(weight, j), rowOf(weight, label))
        const expected = rowOf(scores, i)[j]! + (0.7 / 2) * variance(label, apart)
        // Copies of the loss see the same moments.
        for (const { data } of [outputs.once!, outputs.again!])
          assert.ok(near(data[i * classes + j]!, expected, 1e-9), `${i}, ${j}: ${data[i * classes + j]}, ${expected}`)
      }
    })
    assert.equal(
      [...after['count' as never]!.data],
      Array.from({ length: classes }, (_, label) => seen.filter(one => one.label === label).length),
    )
  }
})

test('CV1: scores are those of a linear classifier, and what is no score is refused there', () => {
  const encoder = () => module(() => (x: Untyped) => x) as never
  const graph = (classifier: object, augment: object) =>
    trace(
      'test',
      entry({ x: [6, 4], labels: i32([6]) }, ({ x, labels }) => {
        const method = supervised({ encoder: encoder(), classifier, augment } as never)
        return { loss: method.loss([x] as never, labels as never).loss }
      }),
    )
  const isda = () => augment({ operator: implicitSemantic(), at: 'scores' })
  assert.ok(graph(linear(4, 3), isda()))
  assert.ok(graph(linear(4, 3, { bias: false }), isda()))
  const refused =
    /isda\(0\.5\) at scores online.* takes a linear classifier, one weight \[classes, features\] and maybe a bias/
  assert.throws(() => graph(sequential(linear(4, 5), relu, linear(5, 3)), isda()), refused)
  assert.throws(() => graph(prototypes(4, 3), isda()), refused)
  assert.throws(
    () => augment({ operator: gaussianNoise(), at: 'scores' } as never),
    /gaussian takes features, and scores are none/,
  )
  assert.throws(
    () => augment({ operator: implicitSemantic(), at: 'pooled' } as never),
    /isda takes a classifier and its scores: place it at scores, not at pooled/,
  )
  assert.throws(
    () => augment({ operator: implicitSemantic(), at: 'scores', branch: 'both' } as never),
    /the branch of isda is online, got both/,
  )
  assert.is(parseAugmentation('isda:fade=100').label, 'isda(0.5) at scores online, frozen-statistics, scheduled')
})

test.run()
