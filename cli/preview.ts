/**
 * `facet preview`: what an image recipe makes of images, as a contact sheet: a row for each image, the image itself in
 * the first column, its views to the right. The views are those of training, before normalisation.
 */
import { existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { type ViewsRecipe, viewsRecipeNames } from '../models/augment/recipes.js'
import { readImageSet } from '../models/data/read.js'
import { synthetic } from '../models/data/synthetic.js'
import { replaceFile } from '../runtime/checkpoint.js'
import { openDevice } from '../runtime/node.js'
import { UsageError } from './errors.js'
import { encodePng } from './png.js'
import { checkFolder, whole } from './runs.js'
import { contactSheet, kindsOf } from './sheet.js'

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
  const device = await openDevice()
  const sheet = await contactSheet(device, set, count, columns, { seed }).finally(() => device.destroy())
  await mkdir(dirname(out), { recursive: true })
  await replaceFile(out, encodePng(sheet))
  console.log(
    `${out} written: ${count} images of ${set.name}, ${columns.length} views of each by ${recipe}, ${sheet.width} x ${sheet.height} pixels`,
  )
}
