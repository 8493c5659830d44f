/** Images with boxes around the objects in them. `voc.ts` and `coco.ts` read them from disk. */
import type { Truth } from '../detection/average-precision.js'
import type { Box } from '../detection/boxes.js'
import { DataError, type Examples } from './examples.js'

/** One split; every image has room for `most` boxes. */
export interface DetectionSplit extends Examples {
  /** u8 `[count, height, width, 3]`. */
  readonly images: Uint8Array
  /** f32 `[count, most, 4]`: left, top, right, bottom in pixels of `images`, from the left and upper edge. */
  readonly boxes: Float32Array
  /** u8 `[count, most]`: 1 + the class, 0 for no box. */
  readonly labels: Uint8Array
  /** u8 `[count, most]`: 1 for a box that evaluation ignores, 2 for one around a crowd. */
  readonly difficult: Uint8Array
}
export interface DetectionSet {
  readonly name: string
  readonly train: DetectionSplit
  readonly test: DetectionSplit
  readonly height: number
  readonly width: number
  readonly classes: readonly string[]
  /** What was left out, in sentences. */
  readonly warnings: readonly string[]
}

/** An annotated image: `pixels` u8 `[height, width, 3]`. */
export interface Annotated {
  readonly pixels: Uint8Array
  /** `label` is the class, from 0. */
  readonly objects: readonly {
    readonly label: number
    readonly box: Box
    readonly difficult?: boolean
    readonly crowd?: boolean
  }[]
}

/** A split of images of one size with room for `most` boxes each. Throws `DataError` if an image has more. */
export function detectionSplit(annotated: readonly Annotated[], most: number): DetectionSplit {
  const count = annotated.length
  const size = annotated[0]?.pixels.length ?? 0
  const images = new Uint8Array(count * size)
  const boxes = new Float32Array(count * most * 4)
  const labels = new Uint8Array(count * most)
  const difficult = new Uint8Array(count * most)
  for (const [n, { pixels, objects }] of annotated.entries()) {
    if (objects.length > most)
      throw new DataError(`image ${n} has ${objects.length} boxes, there is room for ${most} per image`)
    images.set(pixels, n * size)
    for (const [m, object] of objects.entries()) {
      boxes.set(object.box, (n * most + m) * 4)
      labels[n * most + m] = 1 + object.label
      difficult[n * most + m] = object.crowd ? 2 : object.difficult ? 1 : 0
    }
  }
  return { images, boxes, labels, difficult, count }
}

/** The boxes of a split, for evaluation; images by their place in it. */
export function truthsOf({ boxes, labels, difficult, count }: DetectionSplit): Truth[] {
  const most = labels.length / count
  return [...labels].flatMap((label, at) => {
    if (label === 0) return []
    const [left, top, right, bottom] = boxes.subarray(4 * at, 4 * at + 4) as unknown as [number, number, number, number]
    const box = [left, top, right, bottom] as const
    return [
      {
        image: Math.floor(at / most),
        label: label - 1,
        box,
        ignore: difficult[at] === 1,
        ...(difficult[at] === 2 && { crowd: true }),
      },
    ]
  })
}
