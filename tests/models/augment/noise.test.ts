/** Operators on single features against their formulas: noise, masks, mixtures, rotation. And the reference data on all. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Tensor } from '../../../compiler/graph/node.js'
import { featureAugmentation } from '../../conformance/features.js'
import { checkOracle, oracleCases } from '../../oracle.js'
import {
  copyOf,
  cosineOf,
  deviationOf,
  dot,
  lengthOf,
  make,
  meanOf,
  minus,
  near,
  normals,
  rowOf,
  rowsOf,
  type Values,
} from './operators.js'

for (const found of oracleCases('fa'))
  test(`${found.id}: ${found.op} agrees with the reference data`, () =>
    checkOracle(found, (inputs, attrs) => {
      const made = featureAugmentation[found.op]!(inputs, attrs) as Tensor | Record<string, Tensor>
      return ('operation' in made ? { y: made } : made) as Record<string, Tensor>
    }))

const x = normals(1, 40, 64)
/** Rows of very different lengths. */
const scaled: Values = { shape: x.shape, data: x.data.map((value, i) => value * 10 ** ((Math.floor(i / 64) % 5) - 2)) }
const columnsOf = ({ shape, data }: Values) =>
  Array.from({ length: shape[1]! }, (_, j) =>
    Float64Array.from({ length: shape[0]! }, (_, i) => data[i * shape[1]! + j]!),
  )

test('N1: noise of the length of each row, of the batch, or of 1', () => {
  for (const [scale, size] of [
    ['length', (row: Float64Array) => lengthOf(row) / 8],
    ['batch', () => Math.sqrt(meanOf(scaled.data.map(value => value * value)))],
    ['one', () => 1],
  ] as const) {
    const y = copyOf(make('gaussian', { scale }), scaled, { strength: 0.3 })
    const noise = rowsOf(scaled).flatMap((row, i) => [
      ...minus(rowOf(y, i), row).map(value => value / (0.3 * size(row))),
    ])
    assert.ok(
      Math.abs(meanOf(noise)) < 0.06 && Math.abs(deviationOf(noise) - 1) < 0.04,
      `${scale}: ${deviationOf(noise)}`,
    )
    const [first, last] = [noise.slice(0, 128), noise.slice(-128)].map(part => deviationOf(part)) as [number, number]
    assert.ok(Math.abs(first / last - 1) < 0.35, 'alike in all rows')
  }
})

test('N2: a step of exactly r |x|', () => {
  const y = copyOf(make('sphere'), scaled, { strength: 0.25 })
  assert.ok(rowsOf(scaled).every((row, i) => near(lengthOf(minus(rowOf(y, i), row)) / lengthOf(row), 0.25, 1e-6)))
})

test('N4: noise along the features that vary over the batch', () => {
  const wide: Values = {
    shape: [400, 4],
    data: normals(2, 400, 4).data.map((value, i) => 5 + value * [0, 1, 2, 30][i % 4]!),
  }
  const y = copyOf(make('diagonal'), wide, { strength: 0.5 })
  const moved = columnsOf({ shape: wide.shape, data: minus(y.data, wide.data) }).map(column => deviationOf(column))
  const spread = columnsOf(wide).map(column => deviationOf(column, 1))
  assert.ok(moved[0]! < 1e-5)
  for (const i of [1, 2, 3]) assert.ok(Math.abs(moved[i]! / (0.5 * spread[i]!) - 1) < 0.1)
})

test('N5: noise with the shrunk covariance of the batch', () => {
  const [rows, size, shrink] = [60, 3, 0.2]
  const base = normals(3, rows, size)
  const mixed: Values = {
    shape: base.shape,
    data: base.data.map((value, i) =>
      i % 3 === 1 ? 2 * base.data[i - 1]! + value : i % 3 === 2 ? 0.3 * value : value,
    ),
  }
  const covariance = (values: Values): number[] => {
    const columns = columnsOf(values).map(column => column.map(value => value - meanOf(column)))
    return columns.flatMap(a => columns.map(b => dot(a, b) / (values.shape[0]! - 1)))
  }
  const given = covariance(mixed)
  const diagonal = (given[0]! + given[4]! + given[8]!) / 3
  const total = new Float64Array(9)
  const seeds = 60
  for (let seed = 0; seed < seeds; seed++) {
    const y = copyOf(make('covariance', { shrink }), mixed, { strength: 0.5, seed })
    covariance({ shape: y.shape, data: minus(y.data, mixed.data).map(value => value / 0.5) }).forEach((value, i) => {
      total[i]! += value / seeds
    })
  }
  given.forEach((value, i) => {
    const expected = (1 - shrink) * value + (i % 4 === 0 ? shrink * diagonal : 0)
    assert.ok(Math.abs(total[i]! - expected) < 0.12 * diagonal, `${i}: ${total[i]}, expected ${expected}`)
  })
})

test('N6: a step of exactly eps |x| that changes no sign', () => {
  const y = copyOf(make('sign'), scaled, { strength: 0.4 })
  rowsOf(scaled).forEach((row, i) => {
    const step = minus(rowOf(y, i), row)
    assert.ok(near(lengthOf(step) / lengthOf(row), 0.4, 1e-6))
    assert.ok(step.every((value, j) => value * row[j]! >= 0))
  })
})

const kept = (y: Values, x: Values) => y.data.map((value, i) => value / x.data[i]!)
const planesOf = ({ shape, data }: Values): Float64Array[] => {
  const size = shape.slice(2).reduce((a, b) => a * b, 1)
  return Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size))
}

test('M1, M2: elements, or channels as wholes, are dropped with probability p, the others scaled', () => {
  const y = kept(copyOf(make('dropout'), x, { strength: 0.3 }), x)
  assert.ok(y.every(value => value === 0 || near(value, 1 / 0.7)))
  assert.ok(Math.abs(meanOf(y) - 1) < 0.05)
  const maps = normals(4, 30, 20, 3, 3)
  const planes = planesOf({ shape: maps.shape, data: kept(copyOf(make('channels'), maps, { strength: 0.3 }), maps) })
  assert.ok(
    planes.every(plane => plane.every(value => near(value, plane[0]!) && (value === 0 || near(value, 1 / 0.7)))),
  )
  assert.ok(Math.abs(meanOf(planes.map(plane => plane[0]!)) - 1) < 0.15)
})

test('M3: every place is dropped with probability p, in blocks, and the rest scaled to the same total', () => {
  for (const [shape, block] of [
    [[60, 30, 5, 6], 3],
    [[60, 30, 9], 4],
  ] as const) {
    const maps: Values = { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1) }
    const y = copyOf(make('dropblock', { block }), maps, { strength: 0.2 })
    assert.ok(near(meanOf(y.data), 1, 1e-9))
    const planes = planesOf(y)
    for (let place = 0; place < planes[0]!.length; place++)
      assert.ok(Math.abs(meanOf(planes.map(plane => +(plane[place] === 0))) - 0.2) < 0.05, `place ${place}`)
    // A dropped place is in a dropped stretch that is a block long, or cut off by the edge.
    const width = shape.at(-1)!
    for (const plane of planes.slice(0, 200))
      for (let row = 0; row < plane.length / width; row++) {
        const line = [...plane.subarray(row * width, (row + 1) * width)]
          .map(value => (value === 0 ? '0' : '1'))
          .join('')
        assert.ok(
          [...line.matchAll(/10+(?=1)/g)].every(([hole]) => hole.length - 1 >= block),
          line,
        )
      }
  }
})

/** The places that differ from `x` in each row form one box, the same in all channels; its share. */
function boxesOf(changed: Values): number[] {
  const [rows, channels, height, width] = changed.shape as [number, number, number, number]
  const planes = planesOf(changed)
  return Array.from({ length: rows }, (_, row) => {
    const masks = planes.slice(row * channels, (row + 1) * channels)
    for (const mask of masks) assert.equal([...mask], [...masks[0]!])
    const inside = [...masks[0]!].flatMap((value, at) => (value ? [[Math.floor(at / width), at % width]] : []))
    if (inside.length === 0) return 0
    const [ys, xs] = [inside.map(([y]) => y!), inside.map(([, x]) => x!)]
    const area = (Math.max(...ys) - Math.min(...ys) + 1) * (Math.max(...xs) - Math.min(...xs) + 1)
    assert.is(area, inside.length, 'a rectangle')
    return area / (height * width)
  })
}

test('M4, MX4: one box per row, in all channels, at most half of the map: nothing, the mean, or another row', () => {
  const maps = normals(5, 80, 3, 8, 10)
  const differs = (y: Values): Values => ({
    shape: maps.shape,
    data: y.data.map((value, i) => +(value !== maps.data[i])),
  })
  const zero = copyOf(make('cutout'), maps)
  const shares = boxesOf(differs(zero))
  assert.ok(zero.data.every((value, i) => value === 0 || value === maps.data[i]))
  assert.ok(shares.every(share => share <= 0.61) && meanOf(shares) > 0.1 && meanOf(shares) < 0.3, `${meanOf(shares)}`)
  const filled = copyOf(make('cutout', { fill: 'mean' }), maps)
  const means = planesOf(maps).map(plane => meanOf(plane))
  planesOf(filled).forEach((plane, i) => {
    const own = planesOf(maps)[i]!
    assert.ok(plane.every((value, j) => value === own[j] || near(value, means[i]!)))
  })
  const numbered: Values = { shape: maps.shape, data: maps.data.map((_, i) => Math.floor(i / 240)) }
  const y = copyOf(make('cutmix'), numbered, { strength: 4 })
  boxesOf({ shape: y.shape, data: y.data.map((value, i) => +(value !== numbered.data[i])) })
  const others = rowsOf(y).flatMap((row, i) => [...new Set(row)].filter(value => value !== i))
  assert.is(new Set(others).size, others.length, 'every row is a partner once')
  assert.ok(others.length > 60)
  assert.ok(rowsOf(copyOf(make('cutmix'), { shape: [4, 3, 80], data: numbered.data.subarray(0, 960) })).length === 4)
})

test('M6: random mixtures of rows, fewer than there were, that keep the covariance in expectation', () => {
  const rows = 40
  const identity: Values = {
    shape: [rows, rows],
    data: Float64Array.from({ length: rows * rows }, (_, i) => +(i % (rows + 1) === 0)),
  }
  const p = copyOf(make('project'), identity, { strength: 0.5 })
  assert.equal([...p.shape], [20, rows])
  assert.ok(Math.abs(deviationOf(p.data) * Math.sqrt(20) - 1) < 0.06)
  const z = copyOf(make('project'), { shape: [rows, 64], data: x.data }, { strength: 0.5 })
  const [entry, column] = [rowOf(z, 7)[5]!, Float64Array.from({ length: rows }, (_, i) => x.data[i * 64 + 5]!)]
  assert.ok(near(entry, dot(rowOf(p, 7), column)), 'P X, with the same draws')
  assert.is(copyOf(make('project'), x, { strength: 1 }).shape[0], rows)
})

test('MX1: permuted partners, and the anchor dominates', () => {
  const rows = 60
  const identity: Values = {
    shape: [rows, rows],
    data: Float64Array.from({ length: rows * rows }, (_, i) => +(i % (rows + 1) === 0)),
  }
  for (const [options, strength, low, high] of [
    [{}, 0.2, 0, 0.2],
    [{ law: 'extrapolate' }, 0.4, -0.4, 0],
    [{ law: 'beta' }, 1, 0, 0.5],
    [{ law: 'beta' }, 0.4, 0, 0.5],
  ] as const) {
    const y = copyOf(make('mixup', options), identity, { strength })
    const partners = rowsOf(y).map((weights, row) => {
      assert.ok(
        near(
          weights.reduce((a, b) => a + b),
          1,
        ),
      )
      const other = weights.findIndex((weight, i) => i !== row && weight !== 0)
      if (other >= 0) assert.ok(weights[other]! >= low && weights[other]! <= high, `${weights[other]}`)
      return other < 0 ? row : other
    })
    assert.is(new Set(partners).size, rows, 'every row is a partner once')
  }
})

test('CV4: every row is turned by exactly the angle, and angles and lengths in the batch stay', () => {
  const y = copyOf(make('rotation'), x, { strength: 0.7 })
  const [before, after] = [rowsOf(x), rowsOf(y)]
  before.forEach((row, i) => {
    assert.ok(near(cosineOf(row, after[i]!), Math.cos(0.7)))
    assert.ok(near(dot(row, before[0]!), dot(after[i]!, after[0]!)))
  })
  assert.not.equal(y.data, copyOf(make('rotation'), x, { strength: 0.7, seed: 8 }).data)
  assert.throws(() => copyOf(make('rotation'), normals(1, 4, 5)), /rotation: .* must be even, got 5/)
})

test('draws differ between calls, seeds and steps, and repeat for the same', () => {
  const [one, again, other] = [7, 7, 8].map(seed => copyOf(make('gaussian'), x, { seed }).data)
  assert.equal(one, again)
  assert.not.equal(one, other)
})

test.run()
