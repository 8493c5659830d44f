/**
 * Average precision as the challenges of Pascal VOC define it, beside COCO's: one threshold of overlap; a detection is compared with the one
 * box of its class that it overlaps most, whether another has taken it (then it is wrong: a double) or not; a difficult box
 * counts for nothing. Source: Everingham et al., the PASCAL Visual Object Classes Challenge, IJCV 2010, section 4.2; the development kit, `VOCevaldet`.
 */
import { BadInput } from '../../runtime/errors.js'
import { byScore, type Detection, groups, type Truth } from './average-precision.js'
import { overlap } from './boxes.js'

export interface VocOptions {
  /**
   * What precision is averaged over: `11`, recalls 0, .1, ..., 1, as up to 2009; `'all'`, the area under the curve made
   * monotone, as from 2010 on. Default 11.
   */
  readonly points?: 11 | 'all'
  /** Intersection over union from which a box is found. Default 0.5. */
  readonly threshold?: number
}
export interface VocPrecision {
  /** Mean over the classes with a box to find; NaN where there is none. A share. */
  readonly map: number
  readonly classes: readonly { readonly label: number; readonly boxes: number; readonly ap: number }[]
}

/**
 * VOC's AP. The kit counts pixels of corners that are both in the box, so that widths are `xmax - xmin + 1`; boxes here reach from
 * `xmin - 1` to `xmax`, so that their widths are the same. `ignore` of a truth is VOC's `difficult`. Equal scores keep their order.
 * Throws `BadInput` for a score that is not finite.
 */
export function vocPrecision(
  truths: readonly Truth[],
  detections: readonly Detection[],
  { points = 11, threshold = 0.5 }: VocOptions = {},
): VocPrecision {
  const lost = detections.find(({ score }) => !Number.isFinite(score))
  if (lost)
    throw new BadInput(
      `a detection in image ${lost.image} has score ${lost.score}: scores must be finite to be ranked.`,
    )
  const found = groups(detections)
  const classes = [...groups(truths)]
    .sort(([a], [b]) => a - b)
    .flatMap(([label, images]) => {
      const boxes = [...images.values()].flat().filter(({ ignore }) => !ignore).length
      if (boxes === 0) return []
      const ranked = byScore([...(found.get(label)?.values() ?? [])].flat())
      return [{ label, boxes, ap: precisionOf(curve(images, ranked, boxes, threshold), points) }]
    })
  return { map: classes.reduce((sum, { ap }) => sum + ap, 0) / classes.length, classes }
}

interface Point {
  readonly recall: number
  readonly precision: number
}
/** Recall and precision after each detection that is right or wrong, best first. */
function curve(
  images: ReadonlyMap<number, readonly Truth[]>,
  ranked: readonly Detection[],
  boxes: number,
  threshold: number,
): Point[] {
  const taken = new Set<Truth>()
  let [right, wrong] = [0, 0]
  return ranked.flatMap(({ image, box }) => {
    let [most, best]: [number, Truth | undefined] = [-Infinity, undefined]
    for (const truth of images.get(image) ?? []) {
      const shared = overlap(box, truth.box)
      if (shared > most) [most, best] = [shared, truth]
    }
    const isFound = best !== undefined && most >= threshold
    if (isFound && best!.ignore) return []
    if (isFound && !taken.has(best!)) {
      taken.add(best!)
      right++
    } else wrong++
    return [{ recall: right / boxes, precision: right / (right + wrong) }]
  })
}

function precisionOf(points: readonly Point[], of: 11 | 'all'): number {
  const best = (least: number): number =>
    points.reduce((most, { recall, precision }) => (recall >= least ? Math.max(most, precision) : most), 0)
  if (of === 11) return Array.from({ length: 11 }, (_, i) => best(i / 10)).reduce((a, b) => a + b, 0) / 11
  let [sum, reached] = [0, 0]
  for (const { recall } of points) {
    if (recall > reached) sum += (recall - reached) * best(recall)
    reached = recall
  }
  return sum
}
