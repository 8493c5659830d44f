/** Corruptions against plain formulas, their draws against the moments they should have; in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CorruptionName, corruptionNames, corruptions } from '../../../models/evaluate/corruptions.js'
import { jpegTables } from '../../../models/evaluate/jpeg.js'
import { at, COUNT, clamp, corrupted, photos, SIZE } from './corrupted.js'

/** Compares with `expected` of image, channel, row and column. */
function agrees(
  name: CorruptionName,
  severity: number,
  expected: (n: number, c: number, y: number, x: number) => number,
): void {
  const got = corrupted(name, severity)
  assert.is(got.length, photos.length)
  for (let n = 0; n < COUNT; n++)
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < SIZE; y++)
        for (let x = 0; x < SIZE; x++) {
          const [is, wanted] = [at(got, n, c, y, x), expected(n, c, y, x)]
          assert.ok(Math.abs(is - wanted) < 2e-5, `${name} ${severity} at ${[n, c, y, x]}: ${is}, expected ${wanted}`)
        }
}
const rgb = (n: number, y: number, x: number): number[] => [0, 1, 2].map(c => at(photos, n, c, y, x))

/** Hue in sixths of the circle, saturation and value, and back: the definition, by cases. */
function toHsv([r, g, b]: number[]): [number, number, number] {
  const value = Math.max(r!, g!, b!)
  const chroma = value - Math.min(r!, g!, b!)
  if (chroma === 0) return [0, 0, value]
  const hue = value === r ? (g! - b!) / chroma : value === g ? 2 + (b! - r!) / chroma : 4 + (r! - g!) / chroma
  return [(hue + 6) % 6, chroma / value, value]
}
function fromHsv([hue, saturation, value]: [number, number, number]): number[] {
  const [i, f] = [Math.floor(hue), hue - Math.floor(hue)]
  const [p, q, t] = [value * (1 - saturation), value * (1 - f * saturation), value * (1 - (1 - f) * saturation)]
  return [
    [value, t, p],
    [q, value, p],
    [p, value, t],
    [p, q, value],
    [t, p, value],
    [value, p, q],
  ][i % 6]!
}

/** Not further from the image at every severity than at the last, by what is published. */
const uneven: Partial<Record<CorruptionName, string>> = {
  saturate: 'saturations go down, then up',
  pixelate: 'what the boxes of one number of pixels share with the image depends on its size',
  glassBlur: 'the bell is narrower where there are two rounds',
  frost: 'the image is darkened as frost grows',
  elastic: 'the affine part becomes smaller as displacements grow',
}

test('every corruption keeps shape and range, changes images, and at every severity more than at the last', () => {
  for (const name of corruptionNames) {
    const distances = [1, 2, 3, 4, 5].map(severity => {
      const got = corrupted(name, severity)
      assert.ok(
        got.every(value => value >= -1e-6 && value <= 1 + 1e-6),
        `${name} ${severity} leaves [0, 1]`,
      )
      return got.reduce((total, value, i) => total + (value - photos[i]!) ** 2, 0)
    })
    assert.ok(distances[1]! > 1e-4, `${name} changes nothing`)
    if (!uneven[name])
      distances.forEach((distance, i) => {
        assert.ok(i === 0 || distance > distances[i - 1]!, `${name}: ${distances}`)
      })
    assert.is(corruptions[name].severities.length, 5)
  }
  assert.is(corruptionNames.filter(name => corruptions[name].benchmark).length, 15)
})

test('brightness adds to the value of hue, saturation and value', () => {
  for (const [severity, c] of [
    [1, 0.05],
    [5, 0.3],
  ] as const)
    agrees('brightness', severity, (n, channel, y, x) => {
      const [h, s, v] = toHsv(rgb(n, y, x))
      return fromHsv([h, s, clamp(v + c)])[channel]!
    })
})

test('saturate scales and shifts the saturation', () => {
  for (const [severity, a, b] of [
    [1, 0.3, 0],
    [3, 1.5, 0],
    [5, 2.5, 0.2],
  ] as const)
    agrees('saturate', severity, (n, channel, y, x) => {
      const [h, s, v] = toHsv(rgb(n, y, x))
      return fromHsv([h, clamp(s * a + b), v])[channel]!
    })
})

test('contrast shrinks towards the mean of each channel', () => {
  agrees('contrast', 4, (n, c, y, x) => {
    let mean = 0
    for (let i = 0; i < SIZE * SIZE; i++) mean += photos[(n * 3 + c) * SIZE * SIZE + i]! / SIZE ** 2
    return clamp((at(photos, n, c, y, x) - mean) * 0.3 + mean)
  })
})

test('pixelate is the mean over boxes, repeated', () => {
  for (const [severity, share] of [
    [1, 0.95],
    [5, 0.65],
  ] as const) {
    const boxes = Math.floor(SIZE * share)
    const boxOf = (i: number): number => Math.floor(((i + 0.5) * boxes) / SIZE)
    agrees('pixelate', severity, (n, c, y, x) => {
      const values: number[] = []
      for (let v = 0; v < SIZE; v++)
        for (let u = 0; u < SIZE; u++)
          if (boxOf(v) === boxOf(y) && boxOf(u) === boxOf(x)) values.push(at(photos, n, c, v, u))
      return values.reduce((a, b) => a + b) / values.length
    })
  }
})

const mirrored = (i: number): number => (i < 0 ? -i : i >= SIZE ? 2 * (SIZE - 1) - i : i)

test('defocus blur is a smoothed disk', () => {
  for (const [severity, radius, deviation] of [
    [2, 0.4, 0.5],
    [5, 1.5, 0.1],
  ] as const) {
    // The disk on a wide field, divided by its area, then blurred by 3 x 3 normal weights.
    const places = [-3, -2, -1, 0, 1, 2, 3]
    const inside = (y: number, x: number): number => (x * x + y * y <= radius * radius ? 1 : 0)
    const area = places.flatMap(y => places.map(x => inside(y, x))).reduce((a, b) => a + b)
    const bell = (d: number): number =>
      Math.exp(-(d * d) / (2 * deviation ** 2)) / (1 + 2 * Math.exp(-1 / (2 * deviation ** 2)))
    const kernel = (y: number, x: number): number =>
      [-1, 0, 1].reduce(
        (total, v) => total + [-1, 0, 1].reduce((row, u) => row + bell(v) * bell(u) * (inside(y + v, x + u) / area), 0),
        0,
      )
    agrees('defocusBlur', severity, (n, c, y, x) =>
      places.reduce(
        (total, v) =>
          total + places.reduce((row, u) => row + kernel(v, u) * at(photos, n, c, mirrored(y + v), mirrored(x + u)), 0),
        0,
      ),
    )
  }
})

test('zoom blur is the mean of the image and its enlarged centres', () => {
  const factors = Array.from({ length: 11 }, (_, i) => 1 + i / 100) // 1, 1.01, ..., 1.10
  const sample = (n: number, c: number, y: number, x: number): number => {
    const pixel = (v: number, u: number): number => at(photos, n, c, v, u)
    const [v, u] = [Math.floor(y), Math.floor(x)]
    const [fy, fx] = [y - v, x - u]
    const [v1, u1] = [Math.min(v + 1, SIZE - 1), Math.min(u + 1, SIZE - 1)]
    return (1 - fy) * ((1 - fx) * pixel(v, u) + fx * pixel(v, u1)) + fy * ((1 - fx) * pixel(v1, u) + fx * pixel(v1, u1))
  }
  agrees('zoomBlur', 2, (n, c, y, x) => {
    let total = at(photos, n, c, y, x)
    for (const factor of factors) {
      const extent = Math.ceil(SIZE / factor)
      const start = Math.floor((SIZE - extent) / 2)
      const place = (i: number): number =>
        Math.min(start + extent - 1, Math.max(start, start + ((i + 0.5) * extent) / SIZE - 0.5))
      total += sample(n, c, place(y), place(x))
    }
    return total / (factors.length + 1)
  })
})

test('the tables of JPEG are those of libjpeg', () => {
  const [half, fine] = [jpegTables(50), jpegTables(80)]
  assert.equal(half.slice(0, 8), [16, 11, 10, 16, 24, 40, 51, 61])
  assert.equal(half.slice(64, 72), [17, 18, 24, 47, 99, 99, 99, 99])
  // Quality 80 divides by 2.5, rounding halves up.
  assert.equal(fine.slice(0, 8), [6, 4, 4, 6, 10, 16, 20, 24])
  assert.is(
    jpegTables(100).every(step => step === 1),
    true,
  )
})

test('JPEG keeps what its tables can say, and rounds the rest', () => {
  // A flat grey whose mean is a multiple of the first step stays as it is; others come to the nearest multiple.
  const flat = (level: number): Float64Array => new Float64Array(3 * SIZE * SIZE).fill(level / 255)
  const step = jpegTables(40)[0]! / 8 // the transform of a flat block is 8 times its level
  for (const multiple of [0, 3, -5])
    assert.ok(
      corrupted('jpeg', 5, flat(128 + multiple * step)).every(
        value => Math.abs(value * 255 - (128 + multiple * step)) < 1e-4,
      ),
    )
  assert.ok(
    corrupted('jpeg', 5, flat(128 + 3.3 * step)).every(value => Math.abs(value * 255 - (128 + 3 * step)) < 1e-4),
  )
  // Colours that change from pixel to pixel are lost, brightness is not.
  const stripes = Float64Array.from({ length: 3 * SIZE * SIZE }, (_, i) => {
    const c = Math.floor(i / SIZE ** 2)
    return c === 2 ? (i % 2 ? 0.8 : 0.2) : 0.5
  })
  const blue = corrupted('jpeg', 1, stripes).subarray(2 * SIZE * SIZE)
  const swing = Math.abs(blue[0]! - blue[1]!)
  assert.ok(swing < 0.2, `blue differs by ${swing}, at first by 0.6`)
})

/** Mean and variance of a corruption on flat images of one level. */
function moments(
  name: CorruptionName,
  severity: number,
  level: number,
): { mean: number; variance: number; values: number[] } {
  const images = new Float64Array(24 * 3 * SIZE * SIZE).fill(level)
  const values = [...corrupted(name, severity, images, 7)]
  const mean = values.reduce((a, b) => a + b) / values.length
  return { values, mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length }
}
const near = (value: number, expected: number, share: number, what: string): void =>
  assert.ok(Math.abs(value - expected) < share * Math.abs(expected), `${what}: ${value}, expected ${expected}`)

test('noise has the moments it should have', () => {
  const gaussian = moments('gaussianNoise', 3, 0.5)
  near(gaussian.mean, 0.5, 0.005, 'mean of gaussianNoise')
  near(gaussian.variance, 0.08 ** 2, 0.04, 'variance of gaussianNoise')
  const speckle = moments('speckleNoise', 3, 0.5)
  near(speckle.variance, (0.12 * 0.5) ** 2, 0.04, 'variance of speckleNoise')
  const { values } = moments('impulseNoise', 5, 0.5)
  const part = (is: (x: number) => boolean): number => values.filter(is).length / values.length
  near(
    part(x => x === 0),
    0.035,
    0.1,
    'pepper',
  )
  near(
    part(x => x === 1),
    0.035,
    0.1,
    'salt',
  )
  near(
    part(x => x === 0.5),
    0.93,
    0.01,
    'untouched',
  )
})

test('shot noise is Poisson, of small means and of large ones', () => {
  const scale = 50 // severity 5
  for (const mean of [1.5, 8, 11.5, 20]) {
    const drawn = moments('shotNoise', 5, mean / scale)
    near(drawn.mean, mean / scale, 0.01, `mean of Poisson(${mean})`)
    near(drawn.variance, mean / scale ** 2, 0.04, `variance of Poisson(${mean})`)
    assert.ok(
      drawn.values.every(value => Math.abs(value * scale - Math.round(value * scale)) < 1e-4),
      'counts are whole',
    )
    const third = drawn.values.reduce((total, value) => total + (value * scale - mean) ** 3, 0) / drawn.values.length
    near(third, mean, 0.45, `third moment of Poisson(${mean})`)
  }
})

test.run()
