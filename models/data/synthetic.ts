/**
 * An embedded image set, so that pretraining can be tried without a download: 10 classes of textured shapes. What
 * does not tell the class is drawn anew for every image: two colours of the shape, a background gradient of two more,
 * scale, position, rotation, lighting and noise. Each is a signed distance (negative inside) drawn with smooth edges.
 */

import { halves, type ImageRecipe } from '../recipes.js'
import { DataError, type ImageSet, type Split } from './images.js'
import { type Generator, generator } from './random.js'

/** What `synthetic` may be told. */
export interface SyntheticOptions {
  /** Height and width in pixels. Default 16. */
  readonly size?: number
  /** Numbers of images, the same for each class up to one. Defaults 2000 and 500. */
  readonly train?: number
  /** Number of test images, the same for each class up to one. Default 500. */
  readonly test?: number
  /** Default 0. */
  readonly seed?: number
}

/**
 * Views of these images: crops keep most of the shape, and colours are turned all around, since views that agree in the
 * colour of the background would teach that and nothing else.
 */
export const syntheticViews: ImageRecipe = {
  crop: { scale: [0.5, 1], ratio: [3 / 4, 4 / 3] },
  flip: 0.5,
  jitter: { probability: 1, brightness: 0.4, contrast: 0.4, saturation: 0.8, hue: 0.5 },
  gray: 0.2,
  normalize: halves,
}

/** Of the images of a split, all in one array. */
const MOST_BYTES = 2 ** 32

/** Training images do not depend on how many test images there are, nor the other way round. */
export function synthetic({ size = 16, train = 2000, test = 500, seed = 0 }: SyntheticOptions = {}): ImageSet {
  const bytes = Math.max(train, test) * size * size * 3
  if (bytes > MOST_BYTES)
    throw new DataError(
      `${Math.max(train, test)} images of ${size} by ${size} pixels take ${(bytes / 2 ** 30).toFixed(1)} GiB, more than the 4 GiB that a split may: take a smaller size`,
    )
  return {
    name: 'textured shapes',
    train: draw(train, size, seed, 0),
    test: draw(test, size, seed, 1),
    height: size,
    width: size,
    channels: 3,
    classes: kinds.map(([name]) => name),
  }
}

/** Signed distances at a point of the shape's own plane, where the shape reaches to about 1. */
type Distance = (x: number, y: number) => number
/** The share, 0 to 1, of the second colour at a point inside. */
type Texture = (x: number, y: number) => number

const disc: Distance = (x, y) => Math.hypot(x, y) - 0.95
const square: Distance = (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.85
const ring: Distance = (x, y) => Math.abs(Math.hypot(x, y) - 0.7) - 0.25
const triangle: Distance = (x, y) => Math.max(Math.abs(x) * 0.866 + y * 0.5, -y - 0.3) - 0.45
const cross: Distance = (x, y) =>
  Math.min(Math.max(Math.abs(x) - 0.95, Math.abs(y) - 0.3), Math.max(Math.abs(y) - 0.95, Math.abs(x) - 0.3))
const crescent: Distance = (x, y) => Math.max(Math.hypot(x, y) - 1, 0.8 - Math.hypot(x - 0.55, y))

const plain: Texture = () => 0
const bars: Texture = x => step(Math.sin(x * 7))
const stripes: Texture = (_, y) => step(Math.sin(y * 7))
const checks: Texture = (x, y) => step(Math.sin(x * 5.5) * Math.sin(y * 5.5) * 2)

const kinds: readonly (readonly [string, Distance, Texture])[] = [
  ['disc', disc, plain],
  ['square', square, plain],
  ['triangle', triangle, plain],
  ['cross', cross, plain],
  ['ring', ring, plain],
  ['crescent', crescent, plain],
  ['disc with bars', disc, bars],
  ['disc with stripes', disc, stripes],
  ['checked disc', disc, checks],
  ['checked square', square, checks],
]

/** A soft threshold at 0. */
const step = (x: number): number => Math.min(1, Math.max(0, 0.5 + 2 * x))

function draw(count: number, size: number, seed: number, split: number): Split {
  const images = new Uint8Array(count * size * size * 3)
  const labels = new Uint8Array(count)
  for (let n = 0; n < count; n++) {
    labels[n] = n % kinds.length
    drawImage(
      images.subarray(n * size * size * 3, (n + 1) * size * size * 3),
      size,
      labels[n]!,
      generator(seed, split, n),
    )
  }
  return { images, labels, count }
}

function drawImage(pixels: Uint8Array, size: number, label: number, random: Generator): void {
  const between = (low: number, high: number): number => low + (high - low) * random()
  const [, distance, texture] = kinds[label]!
  const [near, far, shape, second] = colours(random)
  const scale = between(0.6, 0.85)
  const reach = 1 - scale
  const [x0, y0] = [between(-reach, reach), between(-reach, reach)]
  const angle = between(-0.5, 0.5)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const slope = between(0, 2 * Math.PI)
  const [gx, gy] = [Math.cos(slope), Math.sin(slope)]
  const light = between(-0.25, 0.25)
  const noise = 5
  const softness = (0.75 * 2) / size / scale
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const [px, py] = [(2 * (column + 0.5)) / size - 1, (2 * (row + 0.5)) / size - 1]
      const [dx, dy] = [(px - x0) / scale, (py - y0) / scale]
      const [x, y] = [dx * cos + dy * sin, dy * cos - dx * sin]
      const inside = Math.min(1, Math.max(0, 0.5 - distance(x, y) / softness))
      const along = Math.min(1, Math.max(0, 0.5 + 0.5 * (px * gx + py * gy)))
      const share = texture(x, y)
      for (let channel = 0; channel < 3; channel++) {
        const behind = near[channel]! + (far[channel]! - near[channel]!) * along
        const front = (shape[channel]! + (second[channel]! - shape[channel]!) * share) * (1 + light * py)
        const value = behind + (front - behind) * inside + noise * (random() + random() + random() + random() - 2)
        pixels[(row * size + column) * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)))
      }
    }
}

type Colour = readonly [number, number, number]

/** Two ends of the background and the two colours of the shape; the shape stands out in brightness, either way. */
function colours(random: Generator): [Colour, Colour, Colour, Colour] {
  const any = (): Colour => [255 * random(), 255 * random(), 255 * random()]
  const brightness = ([r, g, b]: Colour): number => 0.299 * r + 0.587 * g + 0.114 * b
  const apart = (a: Colour, b: Colour): number => Math.abs(brightness(a) - brightness(b))
  for (;;) {
    const [near, far, shape, second] = [any(), any(), any(), any()]
    if (apart(near, far) < 30 && apart(shape, near) > 70 && apart(shape, far) > 70 && apart(shape, second) > 70)
      return [near, far, shape, second]
  }
}
