/**
 * `facet preview`: what an image recipe makes of images, as a contact sheet: a row for each image, the image itself in
 * the first column, its views to the right. The views are those of training, before normalisation.
 */
import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { compile } from '../compiler/compile.js'
import { targetFor } from '../compiler/kernels/target.js'
import { entry, u8 } from '../compiler/language/entry.js'
import { imageView } from '../models/augment/image.js'
import { type ImageRecipe, recipesOfViews, type ViewsRecipe, viewsRecipeNames } from '../models/augment/recipes.js'
import type { ImageSet } from '../models/data/images.js'
import { readImageSet } from '../models/data/read.js'
import { synthetic } from '../models/data/synthetic.js'
import { replaceFile } from '../runtime/checkpoint.js'
import { load, openDevice } from '../runtime/node.js'
import { UsageError } from './errors.js'
import { encodePng, type Picture } from './png.js'
import { checkFolder, whole } from './runs.js'

interface Options {
  readonly data?: string
  readonly recipe: string
  readonly images: number
  readonly views?: number
  readonly seed: number
  readonly out: string
}
/** Views of an image, where neither `--views` nor a multi-crop says how many. */
const USUAL = 6
/** The largest sheet that is of use to look at. */
const MOST = { images: 256, views: 64 }

export function register(program: Command): void {
  program
    .command('preview')
    .summary('write a contact sheet of augmented views as PNG')
    .description(
      'Draws views of the first training images by an image recipe, and writes them beside the images. Recipes of two different views take turns; those of a multi-crop end with the small views.',
    )
    .option('--data <path>', 'folder of CIFAR-10 (binary version), IDX or image files; default: embedded images')
    .option('--recipe <name>', viewsRecipeNames.join(', '), 'simsiam-cifar')
    .option('--images <n>', 'rows of the sheet', whole('--images'), 8)
    .option('--views <n>', `views of each image (default: ${USUAL}, or those of the multi-crop)`, whole('--views'))
    .option('--seed <n>', 'of the views', whole('--seed', 0), 1)
    .option('-o, --out <file>', 'the PNG file', 'preview.png')
    .action(preview)
}

async function preview({ data, recipe, images: count, seed, out, ...options }: Options): Promise<void> {
  if (!/\.png$/i.test(out)) throw new UsageError(`--out takes the name of a PNG file, got "${out}": end it with .png`)
  if (existsSync(out) && statSync(out).isDirectory())
    throw new UsageError(`--out ${out} is a folder: give the name of a file`)
  checkFolder('--out', dirname(out))
  for (const [name, asked] of [
    ['images', count],
    ['views', options.views ?? 0],
  ] as const)
    if (asked > MOST[name]) throw new UsageError(`--${name} takes at most ${MOST[name]}, got ${asked}`)
  const kinds = kindsOf(recipe as ViewsRecipe)
  const set = data === undefined ? synthetic({ size: 32, train: count, test: 1 }) : await readImageSet(data)
  if (count > set.train.count)
    throw new UsageError(`--images ${count} is more than the ${set.train.count} training images of ${set.name}`)
  if (set.height !== set.width)
    throw new UsageError(`images of ${set.name} are ${set.height} x ${set.width}: preview shows square ones`)
  const columns = Array.from(
    { length: options.views ?? Math.max(kinds.length, USUAL) },
    (_, i) => kinds[i % kinds.length]!,
  )
  const sheet = await contactSheet(set, count, columns, seed)
  await mkdir(dirname(out), { recursive: true })
  await replaceFile(out, encodePng(sheet))
  console.log(
    `${out} written: ${count} images of ${set.name}, ${columns.length} views of each by ${recipe}, ${sheet.width} x ${sheet.height} pixels`,
  )
}

/** A kind of view: its recipe, without normalisation, and its side over that of the image. */
interface Kind {
  readonly recipe: ImageRecipe
  readonly share: number
}
function kindsOf(recipe: ViewsRecipe): Kind[] {
  const { global, local } = recipesOfViews(recipe)
  const kind = (each: ImageRecipe, share: number): Kind => ({
    recipe: { ...each, normalize: { mean: [0, 0, 0], std: [1, 1, 1] } },
    share,
  })
  return [
    ...(global[0] === global[1] && !local ? [kind(global[0], 1)] : global.map(each => kind(each, 1))),
    ...Array.from({ length: local?.count ?? 0 }, () => kind(local!.recipe, local!.share)),
  ]
}

/** Pixels between the pictures, and the least width that small images are enlarged to. */
const [GAP, WIDE] = [4, 96]

async function contactSheet(set: ImageSet, count: number, columns: readonly Kind[], seed: number): Promise<Picture> {
  const side = set.height
  const bytes = set.train.images.subarray(0, count * side * side * 3)
  const sizes = columns.map(({ share }) => Math.max(1, Math.round(share * side)))
  const views = entry({ images: u8(['batch', side, side, 3]) }, ({ images }) =>
    Object.fromEntries(columns.map(({ recipe }, i) => [`view${i}`, imageView(images, recipe, { size: sizes[i]! })])),
  )
  const device = await openDevice()
  try {
    const session = await load(device, compile({ views }, { batch: count }, { target: targetFor(device) }), { seed })
    const drawn = await session.call('views', { images: bytes })
    session.destroy()
    const zoom = Math.max(1, Math.ceil(WIDE / side))
    const step = side * zoom + GAP
    const [width, height] = [GAP + step * (columns.length + 1), GAP + step * count]
    const pixels = new Uint8Array(width * height * 3).fill(255)
    /** Puts a picture of `size` by `size` pixels in a cell; `at` gives its bytes. */
    const put = (row: number, column: number, size: number, at: (y: number, x: number, c: number) => number): void => {
      for (let y = 0; y < size * zoom; y++)
        for (let x = 0; x < size * zoom; x++)
          for (let c = 0; c < 3; c++)
            pixels[((GAP + row * step + y) * width + GAP + column * step + x) * 3 + c] = at(
              Math.floor(y / zoom),
              Math.floor(x / zoom),
              c,
            )
    }
    for (let n = 0; n < count; n++) {
      put(n, 0, side, (y, x, c) => bytes[((n * side + y) * side + x) * 3 + c]!)
      for (const [i, size] of sizes.entries()) {
        const values = drawn[`view${i}`] as Float32Array
        put(n, i + 1, size, (y, x, c) => Math.round(255 * clamp(values[((n * 3 + c) * size + y) * size + x]!)))
      }
    }
    return { width, height, pixels }
  } finally {
    device.destroy()
  }
}
const clamp = (x: number): number => Math.min(1, Math.max(0, x))
