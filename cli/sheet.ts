/** Contact sheets: images, and beside each its views as training draws them. For `facet preview` and the reports of runs. */
import { compile } from '../compiler/compile.js'
import { targetFor } from '../compiler/kernels/target.js'
import { entry, u8 } from '../compiler/language/entry.js'
import { imageView } from '../models/augment/image.js'
import { type ImageRecipe, recipesOfViews, unnormalized, type ViewsRecipe } from '../models/augment/recipes.js'
import { gathered } from '../models/data/examples.js'
import type { AnyImageSet } from '../models/data/source.js'
import type { Device } from '../runtime/device.js'
import { load } from '../runtime/load.js'
import type { Picture } from './png.js'

/** A kind of view: its recipe, without normalisation, and its side over that of the image. */
export interface Kind {
  readonly recipe: ImageRecipe
  readonly share: number
}
export function kindsOf(recipe: ViewsRecipe): Kind[] {
  const { global, local } = recipesOfViews(recipe)
  const kind = (each: ImageRecipe, share: number): Kind => ({ recipe: unnormalized(each), share })
  return [
    ...(global[0] === global[1] && !local ? [kind(global[0], 1)] : global.map(each => kind(each, 1))),
    ...Array.from({ length: local?.count ?? 0 }, () => kind(local!.recipe, local!.share)),
  ]
}

/** Pixels between the pictures, and the least width that small images are enlarged to. */
const [GAP, WIDE] = [4, 96]

/**
 * The first `count` training images, a row for each: the image itself, and its views to the right, as the device draws them in
 * training, before normalisation. `size`: pixels of a view (default: those of the images), which is shown as large as the image.
 */
export async function contactSheet(
  device: Device,
  set: AnyImageSet,
  count: number,
  columns: readonly Kind[],
  { seed, size: wanted = set.height }: { readonly seed: number; readonly size?: number },
): Promise<Picture> {
  const side = set.height
  const { images: bytes } = await gathered(set.train, [...Array(count).keys()])
  const sizes = columns.map(({ share }) => Math.max(1, Math.round(share * wanted)))
  const views = entry({ images: u8(['batch', side, side, 3]) }, ({ images }) =>
    Object.fromEntries(columns.map(({ recipe }, i) => [`view${i}`, imageView(images, recipe, { size: sizes[i]! })])),
  )
  const session = await load(device, compile({ views }, { batch: count }, { target: targetFor(device) }), { seed })
  const drawn = await session.call('views', { images: bytes })
  session.destroy()
  const zoom = Math.max(1, Math.ceil(WIDE / side))
  const step = side * zoom + GAP
  const [width, height] = [GAP + step * (columns.length + 1), GAP + step * count]
  const pixels = new Uint8Array(width * height * 3).fill(255)
  /** Puts a picture of `size` by `size` pixels in a cell, `share` of it wide; `at` gives its bytes. */
  const put = (
    [row, column]: readonly [number, number],
    [size, share]: readonly [number, number],
    at: (y: number, x: number, c: number) => number,
  ): void => {
    const shown = Math.round(side * zoom * share)
    const from = (pixel: number): number => Math.floor((pixel * size) / shown)
    for (let y = 0; y < shown; y++)
      for (let x = 0; x < shown; x++)
        for (let c = 0; c < 3; c++)
          pixels[((GAP + row * step + y) * width + GAP + column * step + x) * 3 + c] = at(from(y), from(x), c)
  }
  for (let n = 0; n < count; n++) {
    put([n, 0], [side, 1], (y, x, c) => bytes[((n * side + y) * side + x) * 3 + c]!)
    for (const [i, size] of sizes.entries()) {
      const values = drawn[`view${i}`] as Float32Array
      put([n, i + 1], [size, columns[i]!.share], (y, x, c) =>
        Math.round(255 * clamp(values[((n * 3 + c) * size + y) * size + x]!)),
      )
    }
  }
  return { width, height, pixels }
}
const clamp = (x: number): number => Math.min(1, Math.max(0, x))
