/** Pictures of a report: test images with the training images nearest to them, and views. */
import type { ViewsRecipe } from '../models/augment/recipes.js'
import { gathered } from '../models/data/examples.js'
import type { AnyImageSet } from '../models/data/source.js'
import type { DataSet } from '../models/domains.js'
import { nearestExamples } from '../models/evaluate/neighbours.js'
import type { Evaluation } from '../models/pretrain.js'
import type { Recipe } from '../models/recipes.js'
import type { Device } from '../runtime/device.js'
import { dataUri, encodePng } from './png.js'
import type { Neighbours, ReportData } from './results.js'
import { contactSheet, kindsOf } from './sheet.js'

/** Test images, and neighbours of each. */
const [QUERIES, NEIGHBOURS] = [6, 6]
export async function neighboursOf(
  { train, test, height, width }: AnyImageSet,
  before: Evaluation,
  after: Evaluation,
): Promise<Neighbours[]> {
  const size = height * width * 3
  const strip = async (split: AnyImageSet['train'], numbers: readonly number[]): Promise<string> => {
    const { images } = await gathered(split, numbers)
    const pixels = new Uint8Array(size * numbers.length)
    for (let i = 0; i < numbers.length; i++)
      for (let y = 0; y < height; y++)
        pixels.set(
          images.subarray(i * size + y * width * 3, i * size + (y + 1) * width * 3),
          (y * numbers.length + i) * width * 3,
        )
    return dataUri(encodePng({ width: width * numbers.length, height, pixels }))
  }
  const nearest = (of: Evaluation) => nearestExamples(of.train, of.test, QUERIES, NEIGHBOURS)
  const [first, last] = [nearest(before), nearest(after)]
  return Promise.all(
    first.map(async (numbers, n) => ({
      query: await strip(test, [n]),
      before: await strip(train, numbers),
      after: await strip(train, last[n]!),
    })),
  )
}

/** Training images and views of each, for the report: of square images, six views or those of a multi-crop. */
const [SHEET_ROWS, SHEET_COLUMNS] = [4, 6]
export async function viewsOf(
  device: Device,
  set: DataSet,
  { views }: Pick<Recipe, 'views'>,
  options: { readonly seed: number; readonly size?: number },
): Promise<Pick<ReportData, 'views'>> {
  if (!('height' in set) || set.height !== set.width || views === 'speech') return {}
  const kinds = kindsOf(views as ViewsRecipe)
  const columns = Array.from({ length: Math.max(kinds.length, SHEET_COLUMNS) }, (_, i) => kinds[i % kinds.length]!)
  const rows = Math.min(SHEET_ROWS, set.train.count)
  return { views: dataUri(encodePng(await contactSheet(device, set, rows, columns, options))) }
}
