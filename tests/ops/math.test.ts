/** Composed mathematics: values by hand, gradients by finite differences, and inputs at which naive formulas break. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import * as math from '../../compiler/language/math.js'
import { constant } from '../../compiler/ops/constant.js'
import { sum } from '../../compiler/ops/reduce.js'
import { slice } from '../../compiler/ops/slice.js'

const leaf = (name: string, shape: number[], dtype = 'f32'): Untyped =>
  apply(inputOperation, [], { name, shape, dtype })
const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12) => {
  assert.is(actual.length, expected.length)
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)),
      `element ${i}: ${actual[i]}, expected ${expected[i]}`,
    )
}
/** Value of a function of one tensor, and gradient of the sum of its elements weighted by 1, 2, 3, ... */
function at(shape: number[], data: number[], build: (x: Untyped) => Tensor): { value: number[]; gradient: number[] } {
  const x = leaf('x', shape)
  const y = build(x)
  const weights = leaf('weights', y.shape)
  const count = y.shape.reduce((a, b) => a * b, 1)
  const given = new Map([
    [x, data],
    [weights, Array.from({ length: count }, (_, i) => i + 1)],
  ])
  const [value, gradient] = evaluateNodes([y, ...backward([[y, weights]], [x])], given)
  return { value: [...value!.data], gradient: [...gradient!.data] }
}
function differentiable(name: string, shape: number[], data: number[], build: (x: Untyped) => Tensor) {
  test(`gradient of ${name}`, () => {
    const loss = (moved: number[]) => at(shape, moved, build).value.reduce((sum, y, i) => sum + y * (i + 1), 0)
    const numeric = data.map((_, i) => {
      const moved = (by: number) => loss(data.map((x, k) => (k === i ? x + by : x)))
      return (moved(1e-5) - moved(-1e-5)) / 2e-5
    })
    near(at(shape, data, build).gradient, numeric, 1e-8)
  })
}

const X = [0.3, -1.2, 2.5, 0.7, -0.4, 1.1]
test('mean, variance, standard deviation', () => {
  assert.equal(at([2, 3], [1, 2, 3, 4, 5, 9], math.mean).value, [4])
  near(at([2, 3], [1, 2, 3, 4, 5, 9], x => math.variance(x, 1)).value, [2 / 3, 14 / 3])
  near(at([2, 3], [1, 2, 3, 4, 5, 9], x => math.variance(x, 1, { correction: 1 })).value, [1, 7])
  near(at([2, 2], [1, 3, 1, 7], x => math.standardDeviation(x, -1, { keepdims: true })).value, [1, 3])
  assert.throws(
    () => math.variance(leaf('x', [2, 1]), 1, { correction: 1 }),
    'the variance of 1 elements with correction 1 is not defined',
  )
})
test('normalize: unit rows; a zero row stays zero with a finite gradient', () => {
  const { value, gradient } = at([2, 2], [3, -4, 0, 0], x => math.normalize(x))
  near(value, [0.6, -0.8, 0, 0])
  assert.ok(gradient.every(Number.isFinite))
  near(at([2, 2], [3, 1, 4, 0], x => math.normalize(x, 0)).value, [0.6, 1, 0.8, 0])
})
test('logsumexp, softmax, logSoftmax: large numbers do not overflow', () => {
  near(at([3], [1000, 1000, -1000], x => math.logsumexp(x, 0)).value, [1000 + Math.LN2])
  near(at([3], [1000, 1000, -1000], x => math.softmax(x)).value, [0.5, 0.5, 0])
  near(at([2], [0, -2000], x => math.logSoftmax(x)).value, [0, -2000])
  near(
    at([2, 3], X, x => math.softmax(x, 0)).value.map((p, i, all) => p + all[(i + 3) % 6]!),
    [1, 1, 1, 1, 1, 1],
  )
  assert.equal(math.logsumexp(leaf('x', [2, 3]), -1, { keepdims: true }).shape, [2, 1])
})
test('crossEntropy: the log-probability of the label, averaged', () => {
  const labels = constant(1, [2], 'i32')
  const { value, gradient } = at([2, 3], [0, 0, 0, 0, 1000, 0], x => math.crossEntropy(x, labels as Untyped))
  near(value, [Math.log(3) / 2])
  near(gradient, [1 / 6, -1 / 3, 1 / 6, 0, 0, 0])
  const message = 'crossEntropy takes one label per row of [2, 3], got labels of shape [3]'
  assert.throws(() => math.crossEntropy(leaf('x', [2, 3]), constant(1, [3], 'i32') as Untyped), message)
})
test('activations', () => {
  near(at([4], [-1, 0, 1, 3], math.gelu).value, [-0.15865525393145707, 0, 0.8413447460685429, 2.995950305905109])
  near(at([3], [-1000, 0, 2], math.silu).value, [0, 0, 2 / (1 + Math.exp(-2))])
  const { value, gradient } = at([3], [-1000, 0, 1000], math.softplus)
  near(value, [0, Math.LN2, 1000])
  near(gradient, [0, 1, 3])
  const leaky = at([3], [-2, 0, 2], x => math.leakyRelu(x, 0.1))
  assert.equal(leaky, { value: [-0.2, 0, 2], gradient: [0.1, 0.2, 3] })
})
test('clamp: the gradient at the bounds is 1', () => {
  const { value, gradient } = at([5], [-2, -1, 0, 1, 2], x => math.clamp(x, -1, 1))
  assert.equal(value, [-1, -1, 0, 1, 1])
  assert.equal(gradient, [0, 2, 3, 4, 0])
})
test('lerp', () => {
  const b = constant(10, [2])
  const quarter = at([2], [0, 5], x => math.lerp(x, b as Untyped, 0.25))
  assert.equal(quarter, { value: [2.5, 6.25], gradient: [0.75, 1.5] })
})
test('topK: descending, the first on ties, gradient to the elements found', () => {
  const data = [1, 5, 3, 5, -1, -2, -9, -1]
  const { value, gradient } = at([2, 4], data, x => math.topK(x, 3).values)
  assert.equal(value, [5, 5, 3, -1, -1, -2])
  assert.equal(gradient, [0, 1, 3, 2, 4, 6, 0, 5])
  const x = leaf('x', [2, 4])
  assert.equal([...evaluateNodes([math.topK(x, 3).indices], new Map([[x, data]]))[0]!.data], [1, 3, 2, 0, 3, 1])
  assert.throws(() => math.topK(x, 5), 'topK takes k from 1 to 4, the last size of [2, 4], got 5')
})

differentiable('variance', [2, 3], X, x => math.variance(x, 0, { correction: 1 }))
test('second derivatives of the variance', () => {
  const x = leaf('x', [3])
  const gradient = (y: Tensor) => backward([[y, constant(1, [])]], [x])[0]!
  const first = gradient(math.variance(x))
  const rows = [0, 1, 2].map(i => gradient(sum(slice(first as Untyped, 0, i, i + 1))))
  const hessian = evaluateNodes(rows, new Map([[x, [1, 2, 6]]])).flatMap(row => [...row.data])
  near(
    hessian,
    [4, -2, -2, -2, 4, -2, -2, -2, 4].map(entry => entry / 9),
  )
})
differentiable('standardDeviation', [2, 3], X, x => math.standardDeviation(x, 1))
differentiable('normalize', [2, 3], X, x => math.normalize(x))
differentiable('logsumexp', [2, 3], X, x => math.logsumexp(x, 1))
differentiable('softmax', [2, 3], X, x => math.softmax(x))
differentiable('logSoftmax', [2, 3], X, x => math.logSoftmax(x, 0))
differentiable('gelu', [6], X, math.gelu)
differentiable('silu', [6], X, math.silu)
differentiable('softplus', [6], X, math.softplus)

test.run()
