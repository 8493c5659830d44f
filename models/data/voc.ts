/**
 * Sets in the layout of Pascal VOC: `JPEGImages/ID.jpg`, `Annotations/ID.xml`, and lists of ids, one per line, in
 * `ImageSets/Main/SPLIT.txt`. Source: Everingham et al., the VOC development kit, section 5.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Box } from '../detection/boxes.js'
import { annotatedSet } from './annotated.js'
import type { DetectionSet } from './detection.js'
import { DataError } from './examples.js'
import { textOf } from './files.js'
import { type Element, parseXml } from './xml.js'

export interface VocObject {
  readonly name: string
  /** In pixels from the left and upper edge: the file's corners count pixels from 1 and include both, so `xmin - 1` to `xmax`. */
  readonly box: Box
  readonly difficult: boolean
}
export interface VocAnnotation {
  readonly filename: string
  readonly width: number
  readonly height: number
  readonly objects: readonly VocObject[]
  /** Boxes left out, in sentences. */
  readonly warnings: readonly string[]
}

/**
 * What an annotation file says. Boxes without area (`xmax <= xmin` or `ymax <= ymin`) are left out with a warning. Throws
 * `DataError` with file and line for what is missing, no number, or outside of the image by more than a pixel.
 */
export function parseVoc(text: string, file: string): VocAnnotation {
  const root = parseXml(text, file)
  if (root.name !== 'annotation')
    throw new DataError(`${file}, line ${root.line}: expected <annotation>, found <${root.name}>`)
  const child = (element: Element, name: string): Element => {
    const found = element.children.find(child => child.name === name)
    if (!found) throw new DataError(`${file}, line ${element.line}: <${element.name}> has no <${name}>`)
    return found
  }
  const number = (element: Element, name: string): number => {
    const { text, line } = child(element, name)
    const value = Number(text)
    if (text === '' || !Number.isFinite(value))
      throw new DataError(`${file}, line ${line}: <${name}> should be a number, and is "${text.slice(0, 60)}"`)
    return value
  }
  const size = child(root, 'size')
  const [width, height] = [number(size, 'width'), number(size, 'height')]
  if (!(width >= 1 && height >= 1))
    throw new DataError(`${file}, line ${size.line}: the image is said to be ${width} x ${height}`)

  const warnings: string[] = []
  const objects = root.children
    .filter(({ name }) => name === 'object')
    .flatMap((object): VocObject[] => {
      const bounds = child(object, 'bndbox')
      const [xmin, ymin, xmax, ymax] = (['xmin', 'ymin', 'xmax', 'ymax'] as const).map(name =>
        number(bounds, name),
      ) as [number, number, number, number]
      const corners = `${xmin},${ymin},${xmax},${ymax}`
      if (Math.min(xmin, ymin) < 0 || xmax > width + 1 || ymax > height + 1)
        throw new DataError(
          `${file}, line ${bounds.line}: the box ${corners} is outside of the image, ${width} x ${height}`,
        )
      if (xmax <= xmin || ymax <= ymin) {
        warnings.push(`${file}, line ${bounds.line}: the box ${corners} has no area and is left out`)
        return []
      }
      const { text: name, line } = child(object, 'name')
      if (name === '') throw new DataError(`${file}, line ${line}: the object has no name`)
      const box = [Math.max(xmin - 1, 0), Math.max(ymin - 1, 0), Math.min(xmax, width), Math.min(ymax, height)] as const
      const difficult = object.children.find(child => child.name === 'difficult')?.text === '1'
      return [{ name, box, difficult }]
    })
  return { filename: child(root, 'filename').text, width, height, objects, warnings }
}

export interface VocOptions {
  /** Every image is stretched to this size, its boxes with it. Default 160 x 120. */
  readonly width?: number
  readonly height?: number
  /** Lists in `ImageSets/Main`. Default `trainval` and `test`. */
  readonly train?: string
  readonly test?: string
}

/**
 * Reads both splits; classes are the names in the training split in order of the alphabet. Throws `DataError` with file and line for
 * what is missing or damaged, and for a class that the training split does not have.
 */
export async function readVoc(
  path: string,
  { width = 160, height = 120, train = 'trainval', test = 'test' }: VocOptions = {},
): Promise<DetectionSet> {
  if (!existsSync(join(path, 'Annotations')))
    throw new DataError(`${path} has no folder Annotations: give a folder in the layout of Pascal VOC`)
  const read = (split: string) => idsOf(path, split).map(id => annotationOf(path, id))
  const [training, testing] = [read(train), read(test)]
  const names = (rows: typeof training) => new Set(rows.flatMap(({ objects }) => objects.map(({ name }) => name)))
  const classes = [...names(training)].sort()
  if (classes.length === 0) throw new DataError(`${path} has no box in its split ${train}`)
  if (classes.length > 254) throw new DataError(`${path} has ${classes.length} classes, at most 254 are supported`)
  const unknown = [...names(testing)].find(name => !classes.includes(name))
  if (unknown)
    throw new DataError(
      `the split ${test} of ${path} has the class ${unknown.slice(0, 60)}, which the split ${train} has not`,
    )

  return annotatedSet(path, { training, testing, classes }, { width, height })
}

/** The ids of a split; further columns, which some lists have, are passed over. */
function idsOf(path: string, split: string): string[] {
  const file = join(path, 'ImageSets', 'Main', `${split}.txt`)
  if (!existsSync(file)) throw new DataError(`there is no list ${file}`)
  const ids = textOf(file)
    .split('\n')
    .flatMap((text, i) => {
      const id = text.trim().split(/\s+/)[0]!
      // An id names files in the folders of the set, and nothing outside of them.
      if (id && !/^\w[\w.-]{0,199}$/.test(id))
        throw new DataError(`${file}, line ${i + 1}: ${JSON.stringify(id.slice(0, 60))} is no id of an image`)
      return id ? [id] : []
    })
  if (ids.length === 0) throw new DataError(`the list ${file} is empty`)
  return ids
}

function annotationOf(path: string, id: string): VocAnnotation & { readonly image: string } {
  const file = join(path, 'Annotations', `${id}.xml`)
  if (!existsSync(file)) throw new DataError(`there is no annotation ${file}, which a list names`)
  const annotation = parseVoc(textOf(file), file)
  return { ...annotation, image: join(path, 'JPEGImages', `${id}.jpg`) }
}
