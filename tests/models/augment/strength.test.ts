/** How strong: the cosine that is asked for is met, strengths have their range, and what is not always there is there as often as said. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../../compiler/graph/node.js'
import { augmented, augmentedPair } from '../../../models/augment/apply.js'
import { augment } from '../../../models/augment/feature.js'
import type { OperatorName } from '../../../models/augment/operators/index.js'
import { linearSchedule } from '../../../models/schedules.js'
import {
  all,
  branchFor,
  cosineOf,
  make,
  meanOf,
  near,
  normals,
  type Plain,
  rowOf,
  rowsOf,
  run,
  siteFor,
  unitRows,
  type Values,
} from './operators.js'

/** The copy of `x` by an augmentation, as methods make it. */
const copy = (operator: Plain, x: Values, given: object, step = 3): Values => {
  const branch = branchFor(operator)
  const one = augment({ operator, at: siteFor(operator), ...(branch !== 'online' && { branch }), ...given } as never)
  return run({ x }, ({ x }) => ({ y: augmented(one, operator.apply, x as Untyped).x }), { step }).outputs.y!
}

const variants: [OperatorName, object][] = [
  ...all.map((name): [OperatorName, object] => [name, {}]),
  ['gaussian', { scale: 'batch' }],
  ['gaussian', { scale: 'one' }],
  ['mixup', { law: 'extrapolate' }],
  ['dropblock', { block: 1 }],
]
for (const [name, options] of variants) {
  const operator = make(name, options)
  if (!operator.solve) continue
  test(`${name} ${JSON.stringify(options)} meets the cosine that is asked for`, () => {
    let met = 0
    for (const cosine of [0.99, 0.95, 0.8, 0.5])
      for (const features of [64, 512]) {
        // Cosines to sums of partners differ from row to row: their mean needs more rows.
        const rows = name === 'transfer' ? 768 : 96
        const given =
          operator.kind === 'maps' ? normals(1, 4096 / features, features, 4, 4) : normals(1, rows, features)
        const x = 'scale' in options && options.scale === 'one' ? unitRows(given) : given
        let y: Values
        try {
          y = copy(operator, x, { cosine })
        } catch (error) {
          assert.match((error as Error).message, /no strength reaches cosine 0\.[85]/)
          continue
        }
        const measured = meanOf(rowsOf(x).map((row, i) => cosineOf(row, rowOf(y, i))))
        assert.ok(Math.abs(measured - cosine) < 0.015, `${cosine}, ${features} features: ${measured}`)
        met++
      }
    assert.ok(met >= 4)
  })
}

test('a cosine of 1 changes nothing', () => {
  for (const name of ['gaussian', 'sphere', 'sign', 'dropout', 'mixup', 'rotation'] as const) {
    const x = normals(2, 6, 8)
    assert.ok(
      copy(make(name), x, { cosine: 1 }).data.every((value, i) => near(value, x.data[i]!)),
      name,
    )
  }
})

test('strengths outside of the range, and cosines that cannot be met, are refused', () => {
  for (const name of all) {
    const operator = make(name)
    const wrong = (given: object) => () => copy(operator, normals(2, 6, 8), given)
    if (operator.strength === undefined) assert.throws(wrong({ strength: 1 }), new RegExp(`${name} has no strength`))
    else {
      assert.throws(wrong({ strength: -1 }), new RegExp(`${name}: strength must be .*, got -1`))
      assert.throws(wrong({ strength: Number.NaN }), new RegExp(`${name}: strength must be .*, got NaN`))
    }
    if (operator.solve) {
      assert.throws(wrong({ cosine: 1.5 }), /cosine must be above 0 and at most 1.*got 1.5/)
      assert.throws(wrong({ cosine: 0 }), /cosine must be above 0/)
      assert.throws(wrong({ cosine: 0.9, strength: 0.1 }), /a strength or a cosine, not both/)
    } else assert.throws(wrong({ cosine: 0.9 }), /give a strength, not a cosine/)
  }
})

test('a schedule goes from the clean to the augmented value', () => {
  const x = normals(2, 6, 8)
  const operator = make('gaussian')
  const whole = copy(operator, x, {})
  for (const [step, share] of [
    [0, 0],
    [3, 0.6],
    [9, 1],
  ] as const) {
    const made = copy(operator, x, { schedule: linearSchedule(0, 1, { steps: 5 }) }, step)
    const all = copy(operator, x, {}, step)
    assert.ok(made.data.every((value, i) => near(value, x.data[i]! + share * (all.data[i]! - x.data[i]!))))
  }
  assert.not.equal(whole.data, x.data)
})

test('a probability picks rows as wholes', () => {
  const x = normals(2, 400, 8)
  const y = copy(make('gaussian'), x, { probability: 0.3 })
  const same = rowsOf(x).map((row, i) => row.filter((value, j) => value === rowOf(y, i)[j]).length)
  assert.ok(same.every(count => count === 0 || count === 8))
  assert.ok(Math.abs(meanOf(same.map(count => +(count === 0))) - 0.3) < 0.07)
  assert.equal(copy(make('gaussian'), x, { probability: 0 }).data, x.data)
})

test('pair and penalty are faded together, on the same rows', () => {
  const [q, k] = [unitRows(normals(1, 60, 6)), unitRows(normals(2, 60, 6))]
  const pair = (given: object) => {
    const operator = make('jcl', { spread: 1 })
    const one = augment({ operator, at: 'unit', ...given } as never)
    return run({ q, k }, ({ q, k }) => ({ ...augmentedPair(one, operator.apply, { q: q!, k: k! }) })).outputs
  }
  const some = pair({ probability: 0.5 })
  const clean = rowsOf(k).map((row, i) => row.every((value, j) => value === rowOf(some.k!, i)[j]))
  assert.ok(clean.some(Boolean) && !clean.every(Boolean))
  clean.forEach((is, i) => {
    assert.is(some.penalty!.data[i] === 0, is)
  })
  const [all, half] = [pair({}), pair({ schedule: linearSchedule(0, 1, { steps: 6 }) })] // the run is at step 3
  assert.ok(all.penalty!.data.every((value, i) => near(half.penalty!.data[i]!, value / 2)))
})

test.run()
