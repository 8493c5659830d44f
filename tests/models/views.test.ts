/** Views as parameters and what is made of them: replay, orders, statistics of the draws, recipes and multi-crop. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { portable, targetFor } from '../../compiler/kernels/target.js'
import { entry, seedVariable, stepVariable, trace, u8 } from '../../compiler/language/entry.js'
import { reshape } from '../../compiler/ops/index.js'
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, jittered } from '../../models/augment/colour.js'
import { applyView, drawView, imageView, imageViews } from '../../models/augment/image.js'
import { prefixed, unprefixed, type ViewParameters, viewInputs } from '../../models/augment/parameters.js'
import {
  type ImageRecipe,
  imageRecipes,
  ladder,
  type ViewRecipe,
  viewsRecipeNames,
  viewsRecipes,
} from '../../models/augment/recipes.js'
import { generator } from '../../models/data/random.js'
import { type Device, load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'

const random = generator(17)
const images = u8(['batch', 12, 12, 3])
const photos = (count: number): Uint8Array =>
  Uint8Array.from({ length: count * 12 * 12 * 3 }, () => Math.floor(random() * 256))

/** Every effect in most images. */
const busy: ImageRecipe = { ...imageRecipes['byol-2'], gray: 0.3, blur: { probability: 0.6 }, solarize: 0.5 }

async function session<E extends Parameters<typeof compile>[0]>(device: Device, entries: E, batch: number) {
  return load(device, compile(entries, { batch } as never, { target: targetFor(device) }), { seed: 5 })
}

test('a recorded view is made again to the bit, on the device; the float64 reference makes the same', async () => {
  const record = entry({ images }, ({ images }) => {
    const [one, two] = [drawView(images, busy), drawView(images, 'byol-1')]
    return {
      one: applyView(images, one, busy),
      two: applyView(images, two, 'byol-1', { size: 9 }),
      ...prefixed('1', one),
      ...prefixed('2', two),
    }
  })
  const inputs = { images, ...prefixed('1', viewInputs('batch')), ...prefixed('2', viewInputs('batch')) }
  const replay = entry(inputs, ({ images, ...records }) => ({
    one: applyView(images, unprefixed('1', records), busy),
    two: applyView(images, unprefixed('2', records), 'byol-1', { size: 9 }),
  }))
  const device = await testDevice()
  const loaded = await session(device, { record, replay }, 16)
  const bytes = photos(16)
  const { one, two, ...records } = await loaded.call('record', { images: bytes })
  assert.is(Object.keys(records).length, 26)
  const again = await loaded.call('replay', { images: bytes, ...records } as never)
  assert.equal(again.one, one)
  assert.equal(again.two, two)

  // Another record makes another view.
  const other = { ...records, '1.brightness': (records['1.brightness'] as Float32Array).map(x => x * 0.9) }
  assert.not.equal((await loaded.call('replay', { images: bytes, ...other } as never)).one, one)
  loaded.destroy()

  const graph = trace('replay', replay, { batch: 16 })
  const given = new Map<Tensor, ArrayLike<number>>(
    graph.inputs.map(leaf => {
      const { name } = leaf.attributes as { name: keyof typeof records }
      return [leaf, Float64Array.from((name as string) === 'images' ? bytes : (records[name] as Float32Array))]
    }),
  )
  const reference = evaluateNodes([graph.outputs.one!, graph.outputs.two!], given as Map<Tensor, Float64Array>)
  for (const [i, got] of [one, two].entries())
    for (const [k, value] of reference[i]!.data.entries())
      assert.ok(Math.abs(value - got[k]!) < 2e-4, `view ${i + 1}, element ${k}: ${got[k]}, reference ${value}`)
})

const permutations = (of: readonly number[]): number[][] =>
  of.length === 0 ? [[]] : of.flatMap(first => permutations(of.filter(x => x !== first)).map(rest => [first, ...rest]))

test('each of the 24 orders does what the four operations do one after the other', () => {
  const orders = permutations([0, 1, 2, 3])
  const x = input('x', [24, 3, 6, 6]) as Untyped
  const one = (name: string): Untyped => input(name, [24]) as Untyped
  const parameters = {
    brightness: one('brightness'),
    contrast: one('contrast'),
    saturation: one('saturation'),
    hue: one('hue'),
    order: input('order', [24, 4], 'i32') as Untyped,
  }
  const factors = (low: number, high: number): Float64Array =>
    Float64Array.from({ length: 24 }, () => low + (high - low) * random())
  const values = {
    brightness: factors(0.5, 1.6),
    contrast: factors(0.5, 1.6),
    saturation: factors(0.2, 1.8),
    hue: factors(-0.4, 0.4),
    order: Float64Array.from(orders.flat()),
  }
  const pixels = Float64Array.from({ length: 24 * 3 * 36 }, () => random())
  const jitter = { brightness: 0.6, contrast: 0.6, saturation: 0.8, hue: 0.4 }
  const [got] = evaluateNodes(
    [jittered(x, parameters, jitter)],
    new Map<Tensor, Float64Array>([
      [x, pixels],
      ...Object.entries(parameters).map(([name, leaf]) => [leaf, values[name as keyof typeof values]] as const),
    ]),
  )
  const operations = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue]
  const names = ['brightness', 'contrast', 'saturation', 'hue'] as const
  const alone = input('alone', [1, 3, 6, 6]) as Untyped
  for (const [n, order] of orders.entries()) {
    const each = new Map<Tensor, Float64Array>([[alone, pixels.subarray(n * 108, (n + 1) * 108)]])
    const expected = order.reduce((image, operation) => {
      const factor = input('factor', [1]) as Untyped
      each.set(factor, Float64Array.of(values[names[operation]!][n]!))
      return operations[operation]!(image, reshape(factor, [1, 1, 1, 1]) as Untyped)
    }, alone)
    for (const [k, value] of evaluateNodes([expected], each)[0]!.data.entries())
      assert.ok(Math.abs(value - got!.data[n * 108 + k]!) < 1e-9, `order ${order}, element ${k}`)
  }
})

/** Parameters that `recipe` draws for 2400 images. */
function drawn(recipe: ViewRecipe, seed = 1, [height, width] = [12, 12]): Record<keyof ViewParameters, number[]> {
  const record = entry({ images: u8(['batch', height!, width!, 3]) }, ({ images }) => ({ ...drawView(images, recipe) }))
  const graph = trace('draw', record, { batch: 2400 })
  const given = new Map<Tensor, number>([
    [seedVariable.tensor, seed],
    [stepVariable.tensor, 3],
  ])
  const values = evaluateNodes(Object.values(graph.outputs), given)
  return Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, [...values[i]!.data]])) as never
}
const share = (values: readonly number[], holds: (x: number) => boolean): number =>
  values.filter(holds).length / values.length
const near = (value: number, expected: number, by: number, what: string): void =>
  assert.ok(Math.abs(value - expected) < by, `${what}: ${value}, expected ${expected}`)

test('what is drawn has the ranges and the probabilities of the recipe', () => {
  const { flip, gray, sigma, threshold, ...rest } = drawn(busy)
  near(
    share(flip, x => x === 1),
    0.5,
    0.04,
    'mirrored',
  )
  near(
    share(gray, x => x === 1),
    0.3,
    0.04,
    'grey',
  )
  assert.ok([...flip, ...gray].every(x => x === 0 || x === 1))
  near(
    share(threshold, x => x === 0.5),
    0.5,
    0.04,
    'solarized',
  )
  assert.ok(threshold.every(x => x === 0.5 || x === 2))
  near(
    share(sigma, x => x > 0),
    0.6,
    0.04,
    'blurred',
  )
  const blurred = sigma.filter(x => x > 0)
  assert.ok(blurred.every(x => x >= 0.1 && x < 2))
  near(blurred.reduce((a, b) => a + b) / blurred.length, 1.05, 0.06, 'mean deviation')

  for (const [name, neutral, half] of [
    ['brightness', 1, 0.4],
    ['contrast', 1, 0.4],
    ['saturation', 1, 0.2],
    ['hue', 0, 0.1],
  ] as const) {
    const values = rest[name]
    assert.ok(values.every(x => x >= neutral - half - 1e-9 && x <= neutral + half + 1e-9))
    const moved = values.filter(x => x !== neutral)
    near(moved.length / 2400, 0.8, 0.03, `${name} jittered`)
    // Uniform: mean and deviation of the interval.
    near(moved.reduce((a, b) => a + b) / moved.length, neutral, half / 15, `mean ${name}`)
    const variance = moved.reduce((sum, x) => sum + (x - neutral) ** 2, 0) / moved.length
    near(Math.sqrt(variance), half / Math.sqrt(3), half / 20, `deviation of ${name}`)
  }
  // The same images are spared all four.
  assert.ok(rest.brightness.every((x, n) => (x === 1) === (rest.hue[n] === 0)))

  const { top, left, height, width } = rest
  for (let n = 0; n < 2400; n++) {
    assert.ok(top[n]! >= 0 && left[n]! >= 0 && top[n]! + height[n]! <= 12 + 1e-9 && left[n]! + width[n]! <= 12 + 1e-9)
    assert.ok(height[n]! * width[n]! >= 0.08 * 144 * 0.7 && height[n]! >= 1 && width[n]! >= 1)
  }
})

/** The boxes of torchvision's `RandomResizedCrop.get_params`, from an ordinary generator. */
function torchBox(height: number, width: number, [least, most]: readonly [number, number], next: () => number) {
  for (let i = 0; i < 10; i++) {
    const area = height * width * (least + (most - least) * next())
    const ratio = Math.exp(Math.log(3 / 4) + (Math.log(4 / 3) - Math.log(3 / 4)) * next())
    const [w, h] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))]
    if (w > 0 && w <= width && h > 0 && h <= height)
      return [h, w, Math.floor(next() * (height - h + 1)), Math.floor(next() * (width - w + 1))] as const
  }
  const [w, h] =
    width / height < 3 / 4
      ? [width, Math.round(width / (3 / 4))]
      : width / height > 4 / 3
        ? [Math.round(height * (4 / 3)), height]
        : [width, height]
  return [h, w, Math.floor((height - h) / 2), Math.floor((width - w) / 2)] as const
}

test('boxes are those of torchvision: whole pixels, drawn again where they do not fit, the middle where none does', () => {
  const draws = 2400
  for (const [height, width, scale] of [
    [32, 32, [0.08, 1]],
    [12, 12, [0.2, 1]],
    [9, 40, [0.5, 1]],
    [40, 9, [0.9, 1]],
  ] as const) {
    const recipe: ImageRecipe = { ...imageRecipes['moco-cifar'], crop: { scale, ratio: [3 / 4, 4 / 3] } }
    const box = drawn(recipe, 1, [height, width])
    const next = generator(5)
    const torch = Array.from({ length: 40_000 }, () => torchBox(height, width, scale, next))
    const what = `${height} x ${width}`
    const columns = ['height', 'width', 'top', 'left'] as const
    for (const [i, name] of columns.entries()) {
      assert.ok(box[name].every(Number.isInteger), `${name} of ${what}`)
      const expected = torch.reduce((sum, each) => sum + each[i]!, 0) / torch.length
      const spread = Math.sqrt(torch.reduce((sum, each) => sum + (each[i]! - expected) ** 2, 0) / torch.length)
      const mean = box[name].reduce((a, b) => a + b) / draws
      // Five standard errors.
      near(mean, expected, (5 * spread) / Math.sqrt(draws) + 1e-9, `mean ${name} of ${what}`)
    }
    const share = (of: (n: number) => number, count: number) =>
      Array.from({ length: count }, (_, n) => of(n)).reduce((a, b) => a + b) / count / (height * width)
    const areas = share(n => box.height[n]! * box.width[n]!, draws)
    near(
      areas,
      share(n => torch[n]![0] * torch[n]![1], torch.length),
      0.03,
      `mean area of ${what}`,
    )
    if (height === 32) near(areas, 0.49, 0.03, 'mean area')
    assert.ok(box.top.every((top, n) => top >= 0 && top + box.height[n]! <= height))
    assert.ok(box.left.every((left, n) => left >= 0 && left + box.width[n]! <= width))
  }
})

test('all 24 orders occur, equally often', () => {
  const { order } = drawn('simclr')
  const counts = new Map<string, number>()
  for (let n = 0; n < 2400; n++) {
    const key = order.slice(4 * n, 4 * n + 4).join('')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  assert.equal(
    [...counts.keys()].sort(),
    permutations([0, 1, 2, 3])
      .map(each => each.join(''))
      .sort(),
  )
  // 23 degrees of freedom: 49.7 is exceeded once in a thousand seeds.
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)
  assert.ok(chi < 49.7, `chi square ${chi}`)
})

test('effects that a recipe does not have are drawn as what changes nothing', () => {
  const { brightness, hue, gray, sigma, threshold, order, flip } = drawn('ladder-crop')
  assert.ok([...brightness].every(x => x === 1))
  assert.ok([...hue, ...gray, ...sigma, ...flip].every(x => x === 0))
  assert.ok(threshold.every(x => x === 2))
  assert.equal(order.slice(0, 8), [0, 1, 2, 3, 0, 1, 2, 3])
})

test('views: a pair has its two recipes, a multi-crop its sizes, and the types say so', () => {
  const made: Record<string, readonly number[]> = {}
  const all = entry({ images }, ({ images }) => {
    const [one, two] = imageViews(images, 'byol')
    const both: readonly [Stopped<['batch', 3, 8, 8]>, Stopped<['batch', 3, 8, 8]>] = imageViews(
      images,
      ['simclr', imageRecipes['moco-v2']],
      { size: 8 },
    )
    const [global, , small, ...others] = imageViews(images, 'swav', { local: 5 })
    const least: Stopped<['batch', 3, 5, 5]> | undefined = small
    const exactly: 2 = both.length
    assert.is(exactly, 2)
    assert.is(others.length, 5)
    for (const [name, each] of Object.entries({ one, two, both: both[1], global, small: least! }))
      made[name] = each.shape as unknown as number[]
    made.dino = imageViews(images, 'dino').at(-1)!.shape as unknown as number[]
    return { one, two }
  })
  const graph = trace('views', all, { batch: 2 })
  assert.equal(made, {
    one: [2, 3, 12, 12],
    two: [2, 3, 12, 12],
    both: [2, 3, 8, 8],
    global: [2, 3, 12, 12],
    small: [2, 3, 5, 5],
    dino: [2, 3, 5, 5],
  })
  assert.not.equal(graph.outputs.one, graph.outputs.two)
})

test('every recipe makes finite views of every image; probabilities and ranges are what they are called', () => {
  for (const name of viewsRecipeNames) {
    const graph = trace(
      'views',
      entry({ images }, ({ images }) =>
        Object.fromEntries(imageViews(images, name).map((each, i) => [`view${i}`, each as Tensor])),
      ),
      { batch: 3 },
    )
    const values = evaluateNodes(
      Object.values(graph.outputs),
      new Map<Tensor, number | Float64Array>([
        [graph.inputs[0]!, Float64Array.from(photos(3))],
        [seedVariable.tensor, 2],
        [stepVariable.tensor, 0],
      ]),
    )
    for (const { data } of values) assert.ok(data.every(Number.isFinite), name)
  }
  for (const [name, recipe] of Object.entries<ImageRecipe>(imageRecipes)) {
    const { scale } = recipe.crop
    const probabilities = [
      recipe.flip,
      recipe.gray,
      recipe.jitter.probability,
      recipe.blur?.probability ?? 0,
      recipe.solarize ?? 0,
    ]
    assert.ok(scale[0] > 0 && scale[0] < scale[1] && scale[1] <= 1 && probabilities.every(p => p >= 0 && p <= 1), name)
  }
  assert.is(new Set(viewsRecipeNames).size, Object.keys(imageRecipes).length + Object.keys(viewsRecipes).length)
  // Each rung of the ladder is the one before and one thing more.
  const rungs = ladder.map(name => imageRecipes[name] as ImageRecipe)
  for (const [i, part] of (['gray', 'jitter', 'flip'] as const).entries()) {
    assert.equal({ ...rungs[i + 1], [part]: 0 }, { ...rungs[i], [part]: 0 })
    assert.not.equal(rungs[i + 1]![part], rungs[i]![part])
  }
})

test('a name that is not known is refused with the nearest and all that are', () => {
  const tracing = (body: (images: Untyped) => unknown) => () =>
    trace(
      'test',
      entry({ images }, ({ images }) => ({ y: body(images as Untyped) as Tensor })),
      { batch: 2 },
    )
  assert.throws(
    tracing(x => imageView(x, 'simclr-cifra' as ViewRecipe)),
    /^there is no image recipe "simclr-cifra": did you mean one of simclr-cifar, .*\? Known are simclr, .*ladder-colour$/,
  )
  assert.throws(
    tracing(x => imageViews(x, 'byool' as ViewRecipe)[0]),
    /did you mean one of byol, .*Known are byol, .*dino-local/,
  )
})

test('a view is few kernels: parameters in small ones, pixels in a handful', () => {
  const step = entry({ images }, ({ images }) => ({ view: imageView(images, 'byol-2') }))
  const program = compile({ step }, { batch: 64 }, { target: { ...portable, storageBuffers: 16 } })
  const { dispatches } = program.entries.step!
  assert.ok(dispatches.length <= 28, `${dispatches.length} dispatches`)
})

test.after(closeTestDevice)
test.run()
