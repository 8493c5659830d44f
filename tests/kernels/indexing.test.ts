/** Index arithmetic: simplified expressions equal the original everywhere, and the usual chains collapse. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Axis,
  axisOf,
  delinearize,
  type Expression,
  equals,
  less,
  linearize,
  literal,
  minus,
  plus,
  quotient,
  remainder,
  select,
  times,
  within,
} from '../../compiler/graph/expression.js'
import { createIndexing } from '../../compiler/graph/indexing.js'

const i: Axis = { name: 'i', size: 6 }
const j: Axis = { name: 'j', size: 8 }
const k: Axis = { name: 'k', size: 5 }
const axes = [i, j, k]

function value(e: Expression, at: ReadonlyMap<Axis, number>): number {
  if (e.kind === 'literal') return e.value
  if (e.kind === 'axis') return at.get(e.axis)!
  if (e.kind === 'apply') return e.scalar.js(...e.args.map(arg => value(arg, at)))
  throw new Error(`${e.kind} has no value here`)
}
function everywhere(check: (at: Map<Axis, number>) => void): void {
  for (let a = 0; a < i.size; a++)
    for (let b = 0; b < j.size; b++)
      for (let c = 0; c < k.size; c++)
        check(
          new Map([
            [i, a],
            [j, b],
            [k, c],
          ]),
        )
}
const text = (e: Expression): string => {
  if (e.kind === 'literal') return `${e.value}`
  if (e.kind === 'axis') return e.axis.name
  if (e.kind === 'apply') return `${e.scalar.name.slice(6)}(${e.args.map(text).join(' ')})`
  return e.kind
}
const simple = (e: Expression) => text(createIndexing().simplify(e))
const [I, J, K] = axes.map(axisOf) as [Expression, Expression, Expression]

test('a reshape of a reshape is nothing', () => {
  const position = linearize([I, J, K], [6, 8, 5])
  const back = linearize(delinearize(position, [48, 5]), [48, 5])
  assert.is(createIndexing().simplify(minus(position, back)).kind, 'literal')
  const twice = linearize(delinearize(linearize(delinearize(position, [3, 80]), [3, 80]), [240]), [240])
  assert.is(simple(minus(position, twice)), '0')
})

test('splitting and joining axes is nothing', () => {
  const flat: Axis = { name: 'f', size: 240 }
  const parts = delinearize(axisOf(flat), [6, 8, 5])
  assert.is(simple(linearize(parts, [6, 8, 5])), 'f')
  assert.is(simple(parts[2]!), 'mod(f 5)')
  assert.is(simple(quotient(quotient(axisOf(flat), 5), 8)), 'div(f 40)')
  assert.is(simple(remainder(plus(times(I, 8), J), 8)), 'j')
  assert.is(simple(quotient(plus(times(I, 8), J), 8)), 'i')
})

test('masks that always hold disappear', () => {
  assert.is(simple(within(plus(I, 1), 0, 7)), '1')
  assert.is(simple(less(plus(I, 6), literal(6))), '0')
  assert.is(simple(select(within(I, 0, 6), J, K)), 'j')
  assert.is(simple(equals(I, literal(9))), '0')
  assert.is(simple(less(minus(I, 1), literal(5))), '1')
  assert.is(createIndexing().simplify(less(literal(-1), minus(I, 1))).kind, 'apply')
})

test('equal expressions become one object', () => {
  const indexing = createIndexing()
  assert.is(indexing.simplify(plus(times(I, 8), J)), indexing.simplify(plus(J, times(I, 8))))
})

test('random expressions keep their value', () => {
  const leaf = fc.oneof(
    fc.constantFrom(I, J, K),
    fc.integer({ min: 0, max: 12 }).map(n => literal(n)),
  )
  const size = fc.integer({ min: 1, max: 12 })
  const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
    expression: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => plus(a, b)),
      fc.tuple(tie('expression'), size).map(([a, n]) => times(a, n)),
      fc.tuple(tie('expression'), size).map(([a, n]) => quotient(a, n)),
      fc.tuple(tie('expression'), size).map(([a, n]) => remainder(a, n)),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'), size)
        .map(([a, b, c, n]) => select(less(a, n), b, c)),
      fc.tuple(tie('expression'), size).map(([a, n]) => remainder(plus(minus(a, n), 12 * n), n)),
    ),
  }))
  fc.assert(
    fc.property(expression, e => {
      const indexing = createIndexing()
      const simplified = indexing.simplify(e)
      const [low, high] = indexing.range(e)
      everywhere(at => {
        const expected = value(e, at)
        assert.is(value(simplified, at), expected)
        assert.ok(low <= expected && expected <= high, `${expected} is outside of ${low} .. ${high}`)
      })
      assert.is(indexing.simplify(simplified), simplified, 'simplify is idempotent')
    }),
    { seed: 7, numRuns: 400 },
  )
})

test.run()
