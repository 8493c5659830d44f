/**
 * Composed functions where reference data says nothing: what they refuse and how they say it, values at kinks and in
 * empty cases, and long rows whose sums are taken in blocks. Their values in general: tests/conformance.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import * as facet from '../../compiler/index.js'

const leaf = (shape: number[], dtype = 'f32'): Untyped => apply(inputOperation, [], { name: 'x', shape, dtype })
const ones = (shape: number[]): Untyped => facet.constant(1, shape) as Untyped
/** Value of a function of one tensor, and gradient of the sum of its elements. */
function at(shape: number[], data: readonly number[], build: (x: Untyped) => Tensor) {
  const x = leaf(shape)
  const y = build(x)
  const [value, gradient] = evaluateNodes([y, ...backward([[y, ones([...y.shape])]], [x])], new Map([[x, [...data]]]))
  return { value: [...value!.data], gradient: [...gradient!.data] }
}
const refused = (what: () => unknown, sentence: string) => {
  assert.throws(what, (error: Error) => {
    assert.is(error.message, sentence)
    return true
  })
}

test('extend continues a tensor as asked and refuses more than there is', () => {
  const row = (mode: facet.Extension) => at([4], [1, 2, 3, 4], x => facet.extend(x, [[2, 3]], mode))
  assert.equal(row('reflect').value, [3, 2, 1, 2, 3, 4, 3, 2, 1])
  assert.equal(row('edge').value, [1, 1, 1, 2, 3, 4, 4, 4, 4])
  assert.equal(row('circular').value, [3, 4, 1, 2, 3, 4, 1, 2, 3])
  assert.equal(row('reflect').gradient, [2, 3, 3, 1])
  assert.equal(row('edge').gradient, [3, 1, 1, 4])
  assert.equal(row('circular').gradient, [2, 2, 3, 2])
  refused(
    () =>
      facet.extend(
        leaf([4]),
        [
          [0, 0],
          [1, 1],
        ],
        'edge',
      ),
    'extend takes at most one pair of amounts per axis of [4], got 2',
  )
  refused(() => facet.extend(leaf([4]), [[4, 0]], 'reflect'), 'cannot extend axis 0 of [4] by 4: reflect takes 0 to 3')
  refused(
    () => facet.extend(leaf([4]), [[0, 5]], 'circular'),
    'cannot extend axis 0 of [4] by 5: circular takes 0 to 4',
  )
})

test('activations take one side at their kinks and stay finite far out', () => {
  assert.equal(at([1], [0], x => facet.elu(x, 0.5)).gradient, [0.5])
  assert.equal(at([3], [0, 6, 3], facet.relu6).gradient, [0, 0, 1])
  assert.equal(at([1], [0], facet.sinh).gradient, [1])
  for (const build of [facet.mish, facet.logSigmoid, facet.softsign, facet.geluTanh, facet.hardSwish, facet.selu]) {
    const { value, gradient } = at([2], [-1e4, 1e4], build)
    assert.ok([...value, ...gradient].every(Number.isFinite))
  }
})

test('vectorNorm: a zero vector has gradient 0, other exponents agree with their definition', () => {
  const rows = [3, -4, 0, 0]
  const by = (p: number) => at([2, 2], rows, x => facet.vectorNorm(x, 1, { p }))
  assert.equal(by(2).value, [5, 0])
  assert.equal(by(2).gradient.map(Math.fround), [0.6, -0.8, 0, 0].map(Math.fround))
  assert.equal(by(1), { value: [7, 0], gradient: [1, -1, 0, 0] })
  assert.equal(by(Number.POSITIVE_INFINITY).value, [4, 0])
  assert.ok(Math.abs(by(3).value[0]! - 91 ** (1 / 3)) < 1e-12)
  refused(() => facet.vectorNorm(leaf([2]), 0, { p: 0 }), 'vectorNorm takes a positive p, got 0')
})

test('attention: a row whose keys are all masked is the mean of the values', () => {
  const v = [1, 2, 3, 6]
  const nowhere = facet.equal(ones([1, 2]), 0) as Tensor<any, 'bool'>
  const { value } = at([2, 2], v, x => facet.attention(ones([1, 2]), ones([2, 2]), x, { mask: nowhere }))
  assert.equal(value, [2, 4])
  refused(
    () => facet.attention(leaf([3, 4]), leaf([5, 6]), leaf([5, 2])),
    'attention: queries [3, 4] have 4 features, keys [5, 6] have 6',
  )
  refused(
    () => facet.attention(leaf([3, 4]), leaf([5, 4]), leaf([6, 2])),
    'attention: [5, 4] are 5 keys, [6, 2] are 6 values',
  )
  refused(
    () => facet.attention(leaf([3, 4]), leaf([4]), leaf([6, 2])),
    'attention takes [..., L, D], [..., M, D] and [..., M, E], got [3, 4] and [4]',
  )
})

test('running sums of long rows are those of the definition, in every direction', () => {
  const data = Array.from({ length: 2 * 601 * 2 }, (_, i) => ((i * 7919) % 23) - 11)
  for (const reverse of [false, true])
    for (const exclusive of [false, true]) {
      const { value, gradient } = at([2, 601, 2], data, x => facet.cumsum(x, 1, { reverse, exclusive }))
      const expected = data.map((_, i) => {
        const place = Math.floor(i / 2) % 601
        const terms = data.filter((_, j) => {
          const [same, other] = [i % 2 === j % 2 && i < 1202 === j < 1202, Math.floor(j / 2) % 601]
          return same && (reverse ? other >= place : other <= place) && !(exclusive && other === place)
        })
        return terms.reduce((a, b) => a + b, 0)
      })
      assert.equal(value, expected)
      const counted = data.map((_, i) => {
        const place = Math.floor(i / 2) % 601
        return (reverse ? place + 1 : 601 - place) - (exclusive ? 1 : 0)
      })
      assert.equal(gradient, counted)
    }
})

test('cumprod has a gradient where elements are 0', () => {
  assert.equal(
    at([3], [2, 0, 3], x => facet.cumprod(x, 0)),
    { value: [2, 0, 0], gradient: [1, 8, 0] },
  )
})

test('what does not fit is refused with the shapes', () => {
  refused(() => facet.cholesky(leaf([2, 3])), 'cholesky takes square matrices, got [2, 3]')
  refused(
    () => facet.triangularSolve(leaf([3, 3]), leaf([2, 1])),
    'triangularSolve: [3, 3] has 3 rows, the right side [2, 1] does not',
  )
  refused(
    () => facet.fold(leaf([1, 8, 5]), [4, 4], 2),
    'cannot fold [1, 8, 5] to [4, 4]: a window of [2, 2] has 9 places and 4 elements',
  )
  refused(() => facet.conv1d(leaf([1, 2]), leaf([1, 2, 3])), 'conv1d takes tensors of 3 axes, got [1, 2]')
  refused(() => facet.conv3d(leaf([1, 1, 2, 4, 4]), leaf([1, 1, 3, 1, 1])), 'kernel [3, 1, 1] does not fit [2, 4, 4]')
  refused(
    () => facet.gridSample(leaf([2, 1, 4, 4]), leaf([3, 2, 2, 2])),
    'gridSample takes [N, C, H, W] and [N, OH, OW, 2], got [2, 1, 4, 4] and [3, 2, 2, 2]',
  )
  refused(() => facet.affineGrid(leaf([2, 3]), [4, 4]), 'affineGrid takes [N, 2, 3], got [2, 3]')
  refused(
    () => facet.dilatedMaxPool2d(leaf([1, 1, 4, 4]), 3, { dilation: 2 }),
    'window [3, 3] with dilation [2, 2] does not fit [1, 1, 4, 4]',
  )
  refused(() => facet.diagonal(leaf([3])), 'diagonal takes matrices, got [3]')
})

test('notANumber tells undefined results from infinite ones', () => {
  const x = leaf([4])
  const [found] = evaluateNodes([facet.notANumber(x)], new Map([[x, [Number.NaN, Number.POSITIVE_INFINITY, 0, -1]]]))
  assert.equal([...found!.data], [1, 0, 0, 0])
})
test.run()
