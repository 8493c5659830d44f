/** Image augmentation: colour operations against reference data, statistics of the draws, identities. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { tensor } from '../../compiler/index.js'
import { entry, seedVariable, stepVariable, trace, u8 } from '../../compiler/language/entry.js'
import { cropResize } from '../../compiler/language/resample.js'
import { constant, flip, reshape } from '../../compiler/ops/index.js'
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  luminance,
  normalized,
} from '../../models/augment/colour.js'
import { imageView, plainImage } from '../../models/augment/image.js'
import { cifarStatistics, type ImageRecipe } from '../../models/augment/recipes.js'
import { generator } from '../../models/data/random.js'
import { checkOracle, oracleCases } from '../oracle.js'

type Any = Tensor<any, any, any>
type Attributes = Readonly<Record<string, any>>
const scalar = (value: number): Any => constant(value, [1, 1, 1, 1])
const gray3 = (x: Any): Any => reshape(luminance(x), [x.shape[0]!, 1, x.shape[2]!, x.shape[3]!])
const builds: Record<string, (x: Any, attrs: Attributes) => Tensor> = {
  brightness: (x, { factor }) => adjustBrightness(x, scalar(factor)),
  contrast: (x, { factor }) => adjustContrast(x, scalar(factor)),
  saturation: (x, { factor }) => adjustSaturation(x, scalar(factor)),
  hue: (x, { factor }) => adjustHue(x, scalar(factor)),
  grayscale: x => adjustSaturation(x, scalar(0)),
  normalize: (x, { mean, std }) => normalized(x, { mean, std }),
  hflip: x => flip(x, -1),
  resized_crop(x, { top, left, height, width, size, antialias }) {
    const filled = (value: number) => constant(value, [x.shape[0]!]) as Any
    const box = { top: filled(top), left: filled(left), height: filled(height), width: filled(width) }
    return cropResize(x, box, size, { antialias })
  },
}
builds.pipeline = (x, { steps }) =>
  steps.reduce((value: Any, step: Attributes) => builds[step.op]!(value, step) as Any, x)
const supported = ({ op, attrs }: { op: string; attrs: Attributes }): boolean =>
  op === 'pipeline' ? attrs.steps.every((step: Attributes) => builds[step.op]) : op in builds

for (const found of oracleCases('augment'))
  if (supported(found))
    test(`${found.id} agrees with the reference data`, () =>
      checkOracle(found, ({ x }, attrs) => {
        const four: Any = x!.shape.length === 3 ? reshape(x!, [1, ...x!.shape]) : x!
        return { y: reshape(builds[found.op]!(four, attrs) as Any, found.outputs.y!.shape as number[]) }
      }))

const random = generator(3)
const [COUNT, SIZE] = [48, 12]
const photos = Float64Array.from({ length: COUNT * SIZE * SIZE * 3 }, () => Math.floor(random() * 256))

/** Evaluates `body` on the images. */
function run(
  body: (images: Stopped<[number, number, number, 3], 'u8'>) => Tensor,
  { data = photos, seed = 1, step = 0, size = SIZE } = {},
) {
  const shape = [data.length / (size * size * 3), size, size, 3]
  const graph = trace(
    'test',
    entry({ images: u8(shape) }, ({ images }) => ({ y: body(images as Untyped) })),
  )
  const [y] = evaluateNodes(
    [graph.outputs.y!],
    new Map<Tensor, number | Float64Array>([
      [graph.inputs[0]!, data],
      [seedVariable.tensor, seed],
      [stepVariable.tensor, step],
    ]),
  )
  return y!
}
const unit = { mean: [0, 0, 0], std: [1, 1, 1] } as const
const still: ImageRecipe = {
  crop: { scale: [1, 1], ratio: [1, 1] },
  flip: 0,
  jitter: { probability: 0, brightness: 0, contrast: 0, saturation: 0, hue: 0 },
  gray: 0,
  normalize: unit,
}
/** Channel `c` of pixel `[n, y, x]` of the images, in [0, 1]. */
const original = (n: number, c: number, y: number, x: number): number =>
  photos[((n * SIZE + y) * SIZE + x) * 3 + c]! / 255
function each(data: ArrayLike<number>, check: (value: number, at: [number, number, number, number]) => void): void {
  for (let i = 0; i < data.length; i++) {
    const x = i % SIZE
    const y = Math.floor(i / SIZE) % SIZE
    const c = Math.floor(i / (SIZE * SIZE)) % 3
    check(data[i]!, [Math.floor(i / (3 * SIZE * SIZE)), c, y, x])
  }
}

test('a recipe that changes nothing gives the images, channels first, in [0, 1]', () => {
  const { data, shape } = run(images => imageView(images, still))
  assert.equal([...shape], [COUNT, 3, SIZE, SIZE])
  each(data, (value, at) => assert.ok(Math.abs(value - original(...at)) < 1e-6))
  each(run(images => plainImage(images, still)).data, (value, at) =>
    assert.ok(Math.abs(value - original(...at)) < 1e-12),
  )
})

/** What PIL's `BICUBIC` makes of a row of pixels: `Resample.c`, in float64 and without rounding. */
function bicubic(row: readonly number[], out: number): number[] {
  const cubic = (x: number): number => {
    const d = Math.abs(x)
    if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1
    return d < 2 ? -0.5 * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0
  }
  const scale = row.length / out
  const wide = Math.max(scale, 1)
  return Array.from({ length: out }, (_, i) => {
    const centre = (i + 0.5) * scale
    const weights = row.map((_, j) => cubic((j + 0.5 - centre) / wide))
    const total = weights.reduce((sum, w) => sum + w)
    return row.reduce((sum, pixel, j) => sum + pixel * weights[j]!, 0) / total
  })
}

test('bicubic resizing of a crop is that of PIL, larger and smaller', () => {
  const box = { top: 2, left: 1, height: 6, width: 9 }
  const pixels = Array.from({ length: 12 }, () => Array.from({ length: 12 }, () => random()))
  for (const [height, width] of [
    [15, 11],
    [4, 3],
    [6, 9],
  ] as const) {
    const filled = Object.fromEntries(Object.entries(box).map(([name, value]) => [name, constant(value, [1])])) as any
    const image = reshape(tensor(pixels), [1, 1, 12, 12]) as Any
    const [got] = evaluateNodes([cropResize(image, filled, [height, width], { filter: 'bicubic' }) as Any], new Map())
    const rows = pixels.slice(2, 8).map(row => bicubic(row.slice(1, 10), width))
    const expected = rows[0]!.map((_, j) =>
      bicubic(
        rows.map(row => row[j]!),
        height,
      ),
    )
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const value = got!.data[i * width + j]!
        assert.ok(Math.abs(value - expected[j]![i]!) < 1e-6, `${height} x ${width}, ${i} ${j}: ${value}`)
      }
  }
})

test('neutral jitter changes nothing', () => {
  const jitter = { probability: 1, brightness: 1e-9, contrast: 1e-9, saturation: 1e-9, hue: 1e-9 }
  each(run(images => imageView(images, { ...still, jitter })).data, (value, at) =>
    assert.ok(Math.abs(value - original(...at)) < 1e-6),
  )
})

test('normalisation is by channel', () => {
  each(run(images => plainImage(images, { ...still, normalize: cifarStatistics })).data, (value, [n, c, y, x]) => {
    const expected = (original(n, c, y, x) - cifarStatistics.mean[c]!) / cifarStatistics.std[c]!
    assert.ok(Math.abs(value - expected) < 1e-9)
  })
})

/** The share of images for which `holds`. */
function share(data: Float64Array, holds: (image: Float64Array, n: number) => boolean): number {
  const bytes = data.length / COUNT
  return (
    Array.from({ length: COUNT }, (_, n) => +holds(data.subarray(n * bytes, (n + 1) * bytes), n)).reduce(
      (a, b) => a + b,
    ) / COUNT
  )
}
/** Of `rounds` runs of `COUNT` images. */
const shareOver = (rounds: number, recipe: ImageRecipe, holds: (image: Float64Array, n: number) => boolean): number =>
  Array.from({ length: rounds }, (_, step) =>
    share(run(images => imageView(images, recipe), { step }).data, holds),
  ).reduce((a, b) => a + b) / rounds

test('images are mirrored, greyed and jittered as often as the recipe says', () => {
  const first = (image: Float64Array, n: number) => Math.abs(image[0]! - original(n, 0, 0, SIZE - 1)) < 1e-6
  const mirrored = shareOver(12, { ...still, flip: 0.3 }, first)
  assert.ok(Math.abs(mirrored - 0.3) < 0.06, `mirrored: ${mirrored}`)

  const plane = SIZE * SIZE
  const equalChannels = (image: Float64Array) =>
    image.subarray(0, plane).every((value, i) => Math.abs(value - image[i + plane]!) < 1e-9)
  const grey = shareOver(12, { ...still, gray: 0.2 }, equalChannels)
  assert.ok(Math.abs(grey - 0.2) < 0.06, `grey: ${grey}`)

  const jitter = { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }
  const untouched = (image: Float64Array, n: number) => Math.abs(image[5]! - original(n, 0, 0, 5)) < 1e-6
  const jittered = 1 - shareOver(12, { ...still, jitter }, untouched)
  assert.ok(Math.abs(jittered - 0.8) < 0.06, `jittered: ${jittered}`)
})

test('brightness factors fill their range', () => {
  const jitter = { probability: 1, brightness: 0.4, contrast: 0, saturation: 0, hue: 0 }
  const dim = photos.map(value => Math.floor(value / 2) + 20)
  const { data } = run(images => imageView(images, { ...still, jitter }), { data: dim })
  const factors = Array.from({ length: COUNT }, (_, n) => {
    const i = n * 3 * SIZE * SIZE
    return data[i]! / (dim[n * 3 * SIZE * SIZE]! / 255)
  })
  assert.ok(factors.every(factor => factor > 0.6 - 1e-9 && factor < 1.4 + 1e-9))
  assert.ok(Math.min(...factors) < 0.7 && Math.max(...factors) > 1.3)
  const mean = factors.reduce((a, b) => a + b) / COUNT
  assert.ok(Math.abs(mean - 1) < 0.12, `${mean}`)
})

test('crops lie in the image, with area and aspect from the recipe', () => {
  // A ramp in x (red) and y (green) shows where each view's corners came from.
  const size = 32
  const ramp = Float64Array.from({ length: 64 * size * size * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / (3 * size)) % size]
    return [x * 8, y * 8, 0][i % 3]!
  })
  const recipe: ImageRecipe = { ...still, crop: { scale: [0.2, 1], ratio: [3 / 4, 4 / 3] } }
  const { data } = run(images => imageView(images, recipe), { data: ramp, size })
  const areas: number[] = []
  for (let n = 0; n < 64; n++) {
    const red = (x: number) => (data[n * 3 * size * size + 16 * size + x]! * 255) / 8
    const green = (y: number) => (data[(n * 3 + 1) * size * size + y * size + 16]! * 255) / 8
    assert.ok(red(0) >= -1e-6 && red(31) <= 31 + 1e-6 && green(0) >= -1e-6 && green(31) <= 31 + 1e-6)
    // Away from the edge of the crop the map is linear.
    const [width, height] = [((red(24) - red(8)) / 16) * size, ((green(24) - green(8)) / 16) * size]
    areas.push((width * height) / (size * size))
    assert.ok(width / height > 0.74 && width / height < 1.35, `aspect ${width / height}`)
  }
  assert.ok(Math.min(...areas) > 0.19 && Math.max(...areas) < 1.01, `${Math.min(...areas)} ${Math.max(...areas)}`)
  const mean = areas.reduce((a, b) => a + b) / areas.length
  assert.ok(Math.abs(mean - 0.6) < 0.1, `mean area ${mean}`)
})

test('views draw anew at each call, and repeat for the same seed and step', () => {
  const seen = run(images => imageView(images, 'simsiam-cifar')).data
  assert.equal(run(images => imageView(images, 'simsiam-cifar')).data, seen)
  assert.not.equal(run(images => imageView(images, 'simsiam-cifar'), { step: 1 }).data, seen)
  assert.not.equal(run(images => imageView(images, 'simsiam-cifar'), { seed: 2 }).data, seen)
  const second = run(images => {
    imageView(images, 'simsiam-cifar')
    return imageView(images, 'simsiam-cifar')
  }).data
  assert.not.equal(second, seen)
  assert.ok(seen.every(Number.isFinite))
})

test('sizes: views can be smaller, and what cannot be guessed is asked for', () => {
  assert.equal([...run(images => imageView(images, 'weak', { size: 8 })).shape], [COUNT, 3, 8, 8])
  assert.equal([...run(images => plainImage(images, 'weak', { size: 16 })).shape], [COUNT, 3, 16, 16])
  const grey = photos.map((_, i) => photos[i - (i % 3)]!)
  assert.throws(
    () =>
      trace(
        'test',
        entry({ images: u8([2, 8, 10, 3]) }, ({ images }) => ({ y: imageView(images, 'weak') })),
      ),
    /images are 8 x 10: say which square size/,
  )
  assert.throws(
    () =>
      trace(
        'test',
        entry({ images: u8([2, 8, 8, 1]) }, ({ images }) => ({ y: imageView(images as Untyped, 'weak') })),
      ),
    /images must be \[batch, height, width, 3\], got \[2, 8, 8, 1\]/,
  )
  const flat = run(images => gray3(plainImage(images, still) as Any), { data: grey }).data
  assert.ok(flat.every((value, i) => Math.abs(value - (grey[i * 3]! / 255) * 0.9999) < 1e-9))
})

test.run()
