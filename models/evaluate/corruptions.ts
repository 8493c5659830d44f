/**
 * Corruptions of images at five severities, as operations on the device. What a severity means is a row of numbers that an
 * entry takes as an input, so one kernel serves all five. Severities are those of CIFAR-10-C: Hendrycks and Dietterich,
 * arXiv 1903.12261, appendix B, and the authors' code that made the set (`make_cifar_c.py`).
 */

import type { Tensor } from '../../compiler/graph/node.js'
import { mean } from '../../compiler/language/math.js'
import { extend } from '../../compiler/language/movement.js'
import { normal, uniform } from '../../compiler/language/random.js'
import { resizeWeights } from '../../compiler/language/resample.js'
import {
  add,
  broadcastTo,
  ceil,
  div,
  dotGeneral,
  equal,
  exp,
  floor,
  greater,
  iota,
  less,
  maximum,
  minimum,
  mul,
  permute,
  reshape,
  round,
  select,
  slice,
  sqrt,
  square,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import { gaussianBlur } from '../augment/effects.js'
import type { Images, Plane, Scalar, Vector } from '../tensors.js'
import { glazed, stretched, trailed, trailWeights } from './displaced.js'
import { blocksOf, jpegTables, quantised } from './jpeg.js'
import { fogged, frosted, snowed } from './weather.js'

/** A corruption of images at five severities. Source: Hendrycks and Dietterich, arXiv 1903.12261. */
export interface Corruption {
  /** Numbers of the severities 1 to 5, as published. */
  readonly severities: readonly [Row, Row, Row, Row, Row]
  /** From these numbers to those that `apply` takes. Default: the same. */
  readonly numbers?: (row: Row) => readonly number[]
  /** Images `[N, 3, H, W]` with values in [0, 1] to the same; `at(i)` is the i-th number, a scalar on the device. */
  readonly apply: (x: Images, at: (i: number) => Scalar, all: Vector) => Images
  /** Whether it is one of the 15 that CIFAR-10-C's mean is taken over; the others are its extra ones. */
  readonly benchmark: boolean
}
type Row = readonly number[]
const rows = (...values: readonly (number | Row)[]): Corruption['severities'] =>
  values.map(value => (typeof value === 'number' ? [value] : value)) as never

const clamp = <S extends Shape>(x: Tensor<S, 'f32'>) => minimum(maximum(x, 0), 1)
const sizesOf = (x: Images): readonly [number, number, number, number] => x.shape as never

/**
 * The 15 of CIFAR-10-C and three of its extra ones (without spatter). Adapted are: frost, whose texture is drawn instead of cropped from
 * photographs; what the source rounds to bytes between two steps, which is not; mirrored edges of the blurs that make fields.
 */
export const corruptions = {
  /** `x + c n` of normal `n`. */
  gaussianNoise: {
    benchmark: true,
    severities: rows(0.04, 0.06, 0.08, 0.09, 0.1),
    apply: (x, at) => clamp(add(x, mul(normal(x.shape), at(0)))),
  },
  /** `Poisson(c x) / c`. */
  shotNoise: {
    benchmark: true,
    severities: rows(500, 250, 100, 75, 50),
    apply: (x, at) => clamp(div(poisson(mul(x, at(0))), at(0))),
  },
  /** A share `c` of the values is 0 or 1, half of them each. */
  impulseNoise: {
    benchmark: true,
    severities: rows(0.01, 0.02, 0.03, 0.05, 0.07),
    apply: (x, at) => {
      const salt = select(less(uniform(x.shape), 0.5), 1, 0)
      return select(less(uniform(x.shape), at(0)), salt, x)
    },
  },
  /** `x + c x n` of normal `n`. */
  speckleNoise: {
    benchmark: false,
    severities: rows(0.06, 0.1, 0.12, 0.16, 0.2),
    apply: (x, at) => clamp(add(x, mul(mul(x, normal(x.shape)), at(0)))),
  },
  /** Deviation `c`, cut off at four deviations; beyond the edge the image is mirrored. */
  gaussianBlur: {
    benchmark: false,
    severities: rows(0.4, 0.6, 0.7, 0.8, 1),
    apply: (x, at) => {
      const [count, , height, width] = sizesOf(x)
      const sigma = broadcastTo(reshape(at(0), [1]), [count])
      return gaussianBlur(x, [Math.min(9, 2 * width - 1), Math.min(9, 2 * height - 1)], [sigma, sigma])
    },
  },
  /** A disk of radius `c0`, smoothed by 3 x 3 weights of deviation `c1`; beyond the edge the image is mirrored. */
  defocusBlur: {
    benchmark: true,
    severities: rows([0.3, 0.4], [0.4, 0.5], [0.5, 0.6], [1, 0.2], [1.5, 0.1]),
    numbers: ([radius, deviation]) => disk(radius!, deviation!),
    apply: (x, at) => filtered(x, at),
  },
  /** Bell of deviation `c0`, `c1` rounds in which pixels change places with the one above, left or both, and the bell again. */
  glassBlur: {
    benchmark: true,
    // The source's second number is the most pixels that are gone at once, which is 1 at every severity.
    severities: rows([0.05, 1], [0.25, 1], [0.4, 1], [0.25, 2], [0.4, 2]),
    apply: (x, at) => glazed(x, at(0), at(1)),
  },
  /** A trail of radius `c0` and deviation `c1`, between 45 degrees up and down. */
  motionBlur: {
    benchmark: true,
    severities: rows([6, 1], [6, 1.5], [6, 2], [8, 2], [9, 2.5]),
    numbers: ([radius, sigma]) => trailWeights(radius!, sigma!),
    apply: (x, at) => trailed(x as never, at, -45, 45),
  },
  /** The mean of the image and of its centre enlarged by 1, 1.01, 1.02, ... below `c`. */
  zoomBlur: {
    benchmark: true,
    severities: rows(1.06, 1.11, 1.16, 1.21, 1.26),
    apply: (x, at) => zoomed(x, at(0)),
  },
  /** Flakes: see `snowed`; `c` are mean, deviation, zoom, threshold, radius and deviation of the trail, share of the image. */
  snow: {
    benchmark: true,
    severities: rows(
      [0.1, 0.2, 1, 0.6, 8, 3, 0.95],
      [0.1, 0.2, 1, 0.5, 10, 4, 0.9],
      [0.15, 0.3, 1.75, 0.55, 10, 4, 0.9],
      [0.25, 0.3, 2.25, 0.6, 12, 6, 0.85],
      [0.3, 0.3, 1.25, 0.65, 14, 12, 0.8],
    ),
    numbers: ([mean, deviation, zoom, least, radius, sigma, keep]) => [
      ...[mean!, deviation!, zoom!, least!, keep!],
      ...trailWeights(radius!, sigma!),
    ],
    apply: (x, at) => {
      const flakes = { mean: at(0), deviation: at(1), zoom: at(2), least: at(3), keep: at(4) }
      return snowed(x, flakes, i => at(5 + i))
    },
  },
  /** `c0 x + c1 f`, f a drawn texture of frost, where the source has photographs. */
  frost: {
    benchmark: true,
    severities: rows([1, 0.2], [1, 0.3], [0.9, 0.4], [0.85, 0.4], [0.75, 0.45]),
    apply: (x, at) => frosted(x, at(0), at(1)),
  },
  /** `c0` of a plasma fractal with decay `c1`. */
  fog: {
    benchmark: true,
    severities: rows([0.2, 3], [0.5, 3], [0.75, 2.5], [1, 2], [1.5, 1.75]),
    apply: (x, at) => fogged(x, at(0), at(1)),
  },
  /** `c` is added to the value of hue, saturation and value. */
  brightness: {
    benchmark: true,
    severities: rows(0.05, 0.1, 0.15, 0.2, 0.3),
    apply: (x, at) => {
      const { value } = extremes(x)
      const next = clamp(add(value, at(0)))
      return select(greater(value, 0), mul(x, div(next, maximum(value, 1e-6))), next)
    },
  },
  /** `c (x - m) + m`, `m` the mean of each channel of the image. */
  contrast: {
    benchmark: true,
    severities: rows(0.75, 0.5, 0.4, 0.3, 0.15),
    apply: (x, at) => {
      const average = mean(x, [2, 3], { keepdims: true })
      return clamp(add(mul(sub(x, average), at(0)), average))
    },
  },
  /** The saturation of hue, saturation and value becomes `c0 s + c1`; grey, which has no hue, is taken as red. */
  saturate: {
    benchmark: false,
    severities: rows([0.3, 0], [0.1, 0], [1.5, 0], [2, 0.1], [2.5, 0.2]),
    apply: (x, at) => {
      const { value, least } = extremes(x)
      const saturation = div(sub(value, least), maximum(value, 1e-6))
      const next = clamp(add(mul(saturation, at(0)), at(1)))
      const red = equal(iota([1, 3, 1, 1], 1), 0)
      const below = mul(sub(value, x), div(next, maximum(saturation, 1e-6)))
      const gray = mul(select(red, 0, 1), mul(value, next))
      return sub(value, select(greater(saturation, 0), below, gray))
    },
  },
  /**
   * Displacements of `c0` times noise of deviation `c1`, after an affine map that moves three points by up to `c2`, in shares of the side. From
   * one severity to the next displacements grow, and the affine part becomes smaller.
   */
  elastic: {
    benchmark: true,
    severities: rows([0, 0, 0.08], [0.05, 0.2, 0.07], [0.08, 0.06, 0.06], [0.1, 0.04, 0.05], [0.1, 0.03, 0.03]),
    apply: (x, at) => stretched(x, at(0), at(1), at(2)),
  },
  /** Shrunk to `c` of its size by the mean of the pixels in each box, and back by the nearest pixel. */
  pixelate: {
    benchmark: true,
    severities: rows(0.95, 0.9, 0.85, 0.75, 0.65),
    apply: (x, at) => boxed(boxed(x, 2, at(0)), 3, at(0)),
  },
  /** Quality `c` of JPEG: 4:2:0, blocks of 8 x 8, without the rounding of pixels. */
  jpeg: {
    benchmark: true,
    severities: rows(80, 65, 58, 50, 40),
    numbers: ([quality]) => jpegTables(quality!),
    apply: (x, _, all) => {
      const [, , height, width] = sizesOf(x)
      return clamp(quantised(x, blocksOf(all), [height, width]))
    },
  },
} as const satisfies Record<string, Corruption>
/** The name of a corruption: `gaussianNoise`, `fog`, `jpeg`, ... */
export type CorruptionName = keyof typeof corruptions
/** All names of corruptions: the 15 of the benchmark and its extra ones. */
export const corruptionNames = Object.keys(corruptions) as CorruptionName[]
export const severityCount = 5

/** The numbers that a corruption's entry takes for a severity, 1 to 5. */
export function severityNumbers(name: CorruptionName, severity: number): Float32Array {
  const { severities, numbers = (row: Row) => row }: Corruption = corruptions[name]
  return Float32Array.from(numbers(severities[severity - 1]!))
}

/** Images `[N, 3, H, W]` in [0, 1], corrupted; `numbers` are those of `severityNumbers`. Every call draws anew. */
export function corrupt(x: Images, name: CorruptionName, numbers: Vector): Images {
  const at = (i: number) => reshape(slice(numbers, 0, i, i + 1), [])
  return (corruptions[name] as Corruption).apply(x, at, numbers)
}

// Noise

/** From this mean on, a normal variable stands for a Poisson one. */
const LARGE = 12
/**
 * Poisson variables of the means given: below 12 the number of values of the distribution function that a uniform variable exceeds,
 * up to 40; from there on `round(m + sqrt(m) z + (z^2 - 1) / 6)`, the first terms of Cornish and Fisher's expansion.
 */
function poisson(m: Images): Images {
  const u = uniform(m.shape) as Images
  const small = minimum(m, LARGE)
  let term: Images = exp(sub(0, small))
  let below = term
  let count: Images = select(greater(u, below), 1, 0)
  for (let k = 1; k < 40; k++) {
    term = mul(term, mul(small, 1 / k))
    below = add(below, term)
    count = add(count, select(greater(u, below), 1, 0))
  }
  const z = normal(m.shape)
  const wide = add(m, add(mul(sqrt(m), z), mul(sub(square(z), 1), 1 / 6)))
  return select(less(m, LARGE), count, maximum(round(wide), 0))
}

// Blur

/** Pixels that a kernel reaches to each side. */
const REACH = 2
/** Weights `[5, 5]` of a disk, smoothed: radii up to 1.5 fit. */
function disk(radius: number, deviation: number): number[] {
  const side = 2 * REACH + 1
  const places = Array.from(
    { length: side ** 2 },
    (_, i) => [Math.floor(i / side) - REACH, (i % side) - REACH] as const,
  )
  const inside = ([y, x]: readonly [number, number]): number => (x * x + y * y <= radius * radius ? 1 : 0)
  const area = places.reduce((total, place) => total + inside(place), 0)
  const near = [-1, 0, 1]
  const bell = near.map(d => Math.exp(-(d * d) / (2 * deviation * deviation)))
  const whole = bell.reduce((a, b) => a + b)
  return places
    .map(([y, x]) =>
      near.reduce(
        (total, dy, i) =>
          total + near.reduce((row, dx, j) => row + (bell[i]! * bell[j]! * inside([y + dy, x + dx])) / area, 0),
        0,
      ),
    )
    .map(weight => weight / whole ** 2)
}

/** Sum of the 5 x 5 neighbours, by the weights given. */
function filtered(x: Images, weight: (i: number) => Scalar): Images {
  const [, , height, width] = sizesOf(x)
  const wide = extend(
    x,
    [
      [0, 0],
      [0, 0],
      [REACH, REACH],
      [REACH, REACH],
    ],
    'reflect',
  )
  const side = 2 * REACH + 1
  return Array.from({ length: side ** 2 }, (_, i) => {
    const [top, left] = [Math.floor(i / side), i % side]
    return mul(slice(slice(wide, 2, top, top + height), 3, left, left + width), weight(i))
  }).reduce((total, part) => add(total, part))
}

/** Enlargements of the highest severity. */
const ZOOMS = 26
/** The image and as many enlargements of its centre as lie below `end`: `sum_k w_k A_k x B_k^T` with weights of interpolation. */
function zoomed(x: Images, end: Scalar): Images {
  const [, , height, width] = sizesOf(x)
  const factor = add(mul(iota([ZOOMS], 0, 'f32'), 0.01), 1)
  const used = select(less(add(factor, 1e-3), end), 1, 0)
  const weights = (size: number) => {
    // The next whole number; what is whole up to rounding is not raised.
    const extent = ceil(sub(div(size, factor), 1e-3))
    const start = floor(mul(sub(size, extent), 0.5))
    return resizeWeights(start as never, extent as never, size, size)
  }
  const tall = dotGeneral(x, weights(height), { batch: [[], []], contract: [[2], [2]] }) // [N, C, W, K, H]
  const columns = mul(weights(width), reshape(used, [ZOOMS, 1, 1]))
  const total = dotGeneral(tall, columns, {
    batch: [[], []],
    contract: [
      [2, 3],
      [2, 0],
    ],
  })
  return div(add(x, total), add(sum(used), 1))
}

// Colour and resolution

/** Of red, green and blue the largest and the smallest, `[N, 1, H, W]`. */
function extremes(x: Images): { readonly value: Plane; readonly least: Plane } {
  const [r, g, b] = [slice(x, 1, 0, 1), slice(x, 1, 1, 2), slice(x, 1, 2, 3)]
  return { value: maximum(maximum(r, g), b), least: minimum(minimum(r, g), b) }
}

/** Each pixel of an axis becomes the mean of those in its box, `floor(size share)` boxes in all. */
function boxed(x: Images, axis: 2 | 3, share: Scalar): Images {
  const size = sizesOf(x)[axis]
  const boxes = maximum(floor(add(mul(share, size), 1e-4)), 1)
  const boxOf = (shape: [number, number], along: 0 | 1) =>
    floor(mul(add(iota(shape, along, 'f32'), 0.5), mul(boxes, 1 / size)))
  const same = select(equal(boxOf([size, 1], 0), boxOf([1, size], 1)), 1, 0)
  const weights = div(same, sum(same, 1, { keepdims: true }))
  const averaged = dotGeneral(x, weights, { batch: [[], []], contract: [[axis], [1]] })
  return axis === 3 ? averaged : permute(averaged, [0, 1, 3, 2])
}
