/** From image files with boxes in pixels of their own to a set of images of one size, for the readers of VOC and COCO. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Box } from '../detection/boxes.js'
import { decodeImage, type Pixels } from './decode.js'
import { type DetectionSet, detectionSplit } from './detection.js'
import { DataError } from './examples.js'

export interface AnnotatedFile extends Pixels {
  /** The file. */
  readonly image: string
  readonly objects: readonly {
    readonly name: string
    readonly box: Box
    readonly difficult?: boolean
    readonly crowd?: boolean
  }[]
  /** Boxes left out, in sentences. */
  readonly warnings: readonly string[]
}

/** Every image and its boxes stretched to one size. Throws `DataError` with the name of an image that is not as it is annotated. */
export async function annotatedSet(
  path: string,
  {
    training,
    testing,
    classes,
  }: {
    readonly training: readonly AnnotatedFile[]
    readonly testing: readonly AnnotatedFile[]
    readonly classes: readonly string[]
  },
  { width, height }: Pixels,
): Promise<DetectionSet> {
  const most = Math.max(...[...training, ...testing].map(({ objects }) => objects.length))
  const split = async (rows: readonly AnnotatedFile[]) =>
    detectionSplit(
      await Promise.all(
        rows.map(async ({ image, objects, ...from }) => ({
          pixels: await pixelsOf(image, from, { width, height }),
          objects: objects.map(({ name, box, ...more }) => ({
            label: classes.indexOf(name),
            box: stretched(box, width / from.width, height / from.height),
            ...more,
          })),
        })),
      ),
      most,
    )
  return {
    name: basename(resolve(path)),
    train: await split(training),
    test: await split(testing),
    height,
    width,
    classes,
    warnings: [...training, ...testing].flatMap(({ warnings }) => warnings),
  }
}

const stretched = ([left, top, right, bottom]: Box, x: number, y: number): Box => [
  left * x,
  top * y,
  right * x,
  bottom * y,
]

/** A file as u8 `[height, width, 3]`, stretched with a Lanczos kernel. */
async function pixelsOf(file: string, annotated: Pixels, { width, height }: Pixels): Promise<Uint8Array> {
  if (!existsSync(file)) throw new DataError(`there is no image ${file}, which a list names`)
  return decodeImage(
    () => readFile(file),
    file,
    (image, found) => {
      if (found.width === annotated.width && found.height === annotated.height)
        return image.resize(width, height, { fit: 'fill' })
      throw new Error(
        `it is ${found.width} x ${found.height}, its annotation says ${annotated.width} x ${annotated.height}`,
      )
    },
  )
}
