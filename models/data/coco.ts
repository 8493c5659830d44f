/**
 * Sets in the layout of COCO: `annotations/instances_SPLIT.json`, the images in `SPLIT`. A box is left, top, width and height in pixels
 * from the left and upper edge. Source: https://cocodataset.org/#format-data
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type AnnotatedFile, annotatedSet } from './annotated.js'
import type { DetectionSet } from './detection.js'
import { DataError } from './examples.js'
import { textOf } from './files.js'

export interface CocoOptions {
  /** Every image is stretched to this size, its boxes with it. Default 160 x 120. */
  readonly width?: number
  readonly height?: number
  /** Splits. Default `train2017` and `val2017`. */
  readonly train?: string
  readonly test?: string
}
export const isCoco = (path: string): boolean => existsSync(join(path, 'annotations'))

/**
 * Reads both splits; classes are the categories by their ids. Boxes around crowds are evaluated as COCO has it, and not trained on; boxes
 * without area are left out with a warning. Throws `DataError` with the file for what is missing or damaged, and for splits whose
 * categories differ.
 */
export async function readCoco(
  path: string,
  { width = 160, height = 120, train = 'train2017', test = 'val2017' }: CocoOptions = {},
): Promise<DetectionSet> {
  const [trained, tested] = [instancesOf(path, train), instancesOf(path, test)]
  if (trained.classes.join('\n') !== tested.classes.join('\n'))
    throw new DataError(`the splits ${train} and ${test} of ${path} have different categories`)
  const training = trained.files.map(file => ({ ...file, objects: file.objects.filter(({ crowd }) => !crowd) }))
  if (!training.some(({ objects }) => objects.length > 0))
    throw new DataError(`${path} has no box in its split ${train}`)
  return annotatedSet(path, { training, testing: tested.files, classes: trained.classes }, { width, height })
}

function instancesOf(path: string, split: string): { readonly files: AnnotatedFile[]; readonly classes: string[] } {
  const file = join(path, 'annotations', `instances_${split}.json`)
  if (!existsSync(file)) throw new DataError(`there is no file ${file}: say which splits there are`)
  const wrong = (what: string): never => {
    throw new DataError(`${file}: ${what}`)
  }
  const found = parsed(file, wrong)
  const list = (name: string): Readonly<Record<string, unknown>>[] => {
    const rows = found[name]
    return Array.isArray(rows) && rows.every(row => typeof row === 'object' && row !== null)
      ? rows
      : wrong(`it has no list of ${name}`)
  }
  const number = (row: Readonly<Record<string, unknown>>, name: string, of: string): number => {
    const value = row[name]
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : wrong(`${of} has ${name} ${JSON.stringify(value)?.slice(0, 60)}, expected a number`)
  }
  const categories = list('categories')
    .map((row, i) => [number(row, 'id', `category ${i}`), String(row.name)] as const)
    .sort(([a], [b]) => a - b)
  if (categories.length > 254) wrong(`it has ${categories.length} categories, at most 254 are supported`)
  const nameOf = new Map(categories)
  const files = new Map<number, AnnotatedFile & { objects: AnnotatedFile['objects'][number][]; warnings: string[] }>()
  for (const [i, row] of list('images').entries()) {
    const name = String(row.file_name)
    // A name is that of a file in the folder of the split, and of nothing outside of it.
    if (!/^\w[\w./-]{0,199}$/.test(name) || name.includes('..'))
      wrong(`image ${i} has file_name ${JSON.stringify(name.slice(0, 60))}, which is no name of an image`)
    const [width, height] = [number(row, 'width', name), number(row, 'height', name)]
    if (!(width >= 1 && height >= 1)) wrong(`${name} is said to be ${width} x ${height}`)
    files.set(number(row, 'id', name), { image: join(path, split, name), width, height, objects: [], warnings: [] })
  }
  if (files.size === 0) wrong('it has no images')
  for (const [i, row] of list('annotations').entries()) {
    const of = `annotation ${i}`
    const image =
      files.get(number(row, 'image_id', of)) ?? wrong(`${of} is of image ${row.image_id}, which is not listed`)
    const name =
      nameOf.get(number(row, 'category_id', of)) ?? wrong(`${of} has category ${row.category_id}, which is not listed`)
    const bbox = row.bbox
    if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(side => Number.isFinite(side)))
      return wrong(`${of} has bbox ${JSON.stringify(bbox)?.slice(0, 60)}, expected four numbers`)
    const [x, y, w, h] = bbox as [number, number, number, number]
    if (x < -1 || y < -1 || x + w > image.width + 1 || y + h > image.height + 1)
      wrong(`${of} has the box ${bbox.join(', ')}, outside of its image, ${image.width} x ${image.height}`)
    const box = [Math.max(x, 0), Math.max(y, 0), Math.min(x + w, image.width), Math.min(y + h, image.height)] as const
    if (box[2] <= box[0] || box[3] <= box[1])
      image.warnings.push(`${file}: the box ${bbox.join(', ')} of ${of} has no area and is left out`)
    else image.objects.push({ name, box, ...(row.iscrowd === 1 && { crowd: true }) })
  }
  return { files: [...files.values()], classes: categories.map(([, name]) => name) }
}

function parsed(file: string, wrong: (what: string) => never): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(textOf(file))
    if (typeof found === 'object' && found !== null) return found as Record<string, unknown>
  } catch (error) {
    if (error instanceof DataError) throw error
    return wrong(`it is no JSON (${(error as Error).message.slice(0, 100)})`)
  }
  return wrong('it is no object')
}
