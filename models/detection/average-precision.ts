/**
 * Average precision as the COCO evaluation defines it (pycocotools, `COCOeval` of bounding boxes): detections of a
 * class, best first, take the annotated box they overlap most; precision is read off at 101 recalls and averaged over
 * ten thresholds of overlap; AR is the recall reached, over the same. Source: Lin et al., arXiv 1405.0312; https://cocodataset.org/#detection-eval
 */
import { BadInput } from '../../runtime/errors.js'
import { area, type Box, overlap } from './boxes.js'

/** An annotated box. */
export interface Truth {
  readonly image: number
  readonly label: number
  readonly box: Box
  /** Need not be found, and is no mistake if it is: an object marked difficult. Default false. */
  readonly ignore?: boolean
  /** A box around many objects: ignored too, taken by any number of detections, and overlapped as a share of each. Default false. */
  readonly crowd?: boolean
  /** By which it is small, medium or large, in pixels: of an object with a mask, the mask's. Default: of the box. */
  readonly area?: number
}
export interface Detection {
  readonly image: number
  readonly label: number
  readonly box: Box
  readonly score: number
}
export interface Scores {
  /** Mean over the overlaps .50, .55, ..., .95. */
  readonly ap: number
  readonly ap50: number
  readonly ap75: number
}
export interface AveragePrecision extends Scores {
  /** By label, of the classes with a box to find. The figures above are their means. */
  readonly classes: readonly (Scores & { readonly label: number; readonly boxes: number })[]
  /** AP of the boxes up to 32 x 32 pixels, up to 96 x 96, and above; NaN where there are none. */
  readonly sizes: BySize
  /** Average recall of the 1, 10 and 100 best detections per image and class, and of the 100 best by size. */
  readonly recall: BySize & { readonly best1: number; readonly best10: number; readonly best100: number }
  /** What was left out, in sentences. */
  readonly warnings: readonly string[]
}
/** Figures by the area of boxes. */
export interface BySize {
  readonly small: number
  readonly medium: number
  readonly large: number
}

/** NumPy's `linspace`, so that thresholds are COCO's to the last bit. */
const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from + i * ((to - from) / (count - 1))))
const OVERLAPS = spaced(0.5, 0.95, 10)
const RECALLS = spaced(0, 1, 101)
/** Areas from and to, both included, as pycocotools has them. */
type Range = readonly [from: number, to: number]
const ALL: Range = [0, 1e10]
const SIZES = { small: [0, 32 ** 2], medium: [32 ** 2, 96 ** 2], large: [96 ** 2, 1e10] } as const satisfies Record<
  keyof BySize,
  Range
>

/**
 * COCO's AP, AP50 and AP75 as shares, NaN where there is no box to find. Per image and class the `largest` best detections
 * count (default 100); equal scores keep their order. Boxes without area are left out with a warning. Throws `BadInput`
 * for a score that is not finite.
 */
export function averagePrecision(
  truths: readonly Truth[],
  detections: readonly Detection[],
  { largest = 100 }: { readonly largest?: number } = {},
): AveragePrecision {
  const lost = detections.find(({ score }) => !Number.isFinite(score))
  if (lost)
    throw new BadInput(
      `a detection in image ${lost.image} has score ${lost.score}: scores must be finite to be ranked.`,
    )
  const [empty, kept] = parted(truths, ({ box }) => area(box) === 0)
  const warnings = empty.map(
    ({ image, box }) => `the box ${box.join(', ')} in image ${image} has no area and is left out`,
  )
  const [of, found] = [groups(kept), groups(detections)]
  const judged = (most: number, range: Range) => byClass(of, found, most, range)
  const classes = judged(largest, ALL).map(({ label, boxes, precisions }) => ({
    ...{ label, boxes, ap: mean(precisions), ap50: precisions[0]!, ap75: precisions[5]! },
  }))
  const over = (name: keyof Scores): number => mean(classes.map(scores => scores[name]))
  const [small, medium, large] = (['small', 'medium', 'large'] as const).map(size => judged(largest, SIZES[size]))
  const precision = (of: readonly Judged[]): number => mean(of.map(({ precisions }) => mean(precisions)))
  const recall = (of: readonly Judged[]): number => mean(of.map(({ recalls }) => mean(recalls)))
  return {
    ...{ ap: over('ap'), ap50: over('ap50'), ap75: over('ap75'), classes, warnings },
    sizes: { small: precision(small!), medium: precision(medium!), large: precision(large!) },
    recall: {
      ...{ best1: recall(judged(1, ALL)), best10: recall(judged(10, ALL)), best100: recall(judged(100, ALL)) },
      ...{ small: recall(small!), medium: recall(medium!), large: recall(large!) },
    },
  }
}

/** A class that has boxes to find in a range of areas, at each threshold of overlap. */
interface Judged {
  readonly label: number
  readonly boxes: number
  readonly precisions: readonly number[]
  readonly recalls: readonly number[]
}
function byClass(
  truths: ReadonlyMap<number, Map<number, Truth[]>>,
  found: ReadonlyMap<number, Map<number, Detection[]>>,
  most: number,
  range: Range,
): Judged[] {
  return [...truths]
    .sort(([a], [b]) => a - b)
    .flatMap(([label, images]) => {
      const boxes = [...images.values()].flat().filter(truth => !isIgnored(truth, range)).length
      if (boxes === 0) return []
      const here = found.get(label) ?? new Map<number, Detection[]>()
      const matched = [...new Set([...images.keys(), ...here.keys()])]
        .sort((a, b) => a - b)
        .flatMap(image => matches(images.get(image) ?? [], here.get(image) ?? [], most, range))
      const recalls = OVERLAPS.map((_, t) => matched.filter(({ outcomes }) => outcomes[t] === 'right').length / boxes)
      return [{ label, boxes, precisions: precisionsOf(byScore(matched), boxes), recalls }]
    })
}

const isOutside = (size: number, [from, to]: Range): boolean => size < from || size > to
const isIgnored = ({ ignore = false, crowd = false, ...truth }: Truth, range: Range): boolean =>
  ignore || crowd || isOutside(truth.area ?? area(truth.box), range)

/** What became of a detection at each threshold of overlap. */
interface Match {
  readonly score: number
  readonly outcomes: readonly ('right' | 'wrong' | 'ignored')[]
}

/** The detections of a class in one image, best first, each with the box it takes. */
function matches(truths: readonly Truth[], detections: readonly Detection[], largest: number, range: Range): Match[] {
  const skips = (truth: Truth): boolean => isIgnored(truth, range)
  // Boxes to find come first: an ignored one is taken only by what overlaps none of them.
  const boxes = parted(truths, skips).reverse().flat()
  const best = byScore(detections).slice(0, largest)
  const overlaps = best.map(({ box }) => boxes.map(truth => overlap(box, truth.box, truth.crowd ? 'first' : 'union')))
  const outcomes = OVERLAPS.map(threshold => {
    const taken = new Set<number>()
    return best.map(({ box }, d) => {
      let [most, match] = [Math.min(threshold, 1 - 1e-10), -1]
      for (const [g, truth] of boxes.entries()) {
        if (taken.has(g) && !truth.crowd) continue
        if (match >= 0 && !skips(boxes[match]!) && skips(truth)) break
        if (overlaps[d]![g]! < most) continue
        ;[most, match] = [overlaps[d]![g]!, g]
      }
      if (match < 0) return isOutside(area(box), range) ? 'ignored' : 'wrong'
      taken.add(match)
      return skips(boxes[match]!) ? 'ignored' : 'right'
    })
  })
  return best.map(({ score }, d) => ({ score, outcomes: outcomes.map(row => row[d]!) }))
}

/** For each threshold, the mean over 101 recalls of the best precision at that recall or more; 0 where it is not reached. */
function precisionsOf(ranked: readonly Match[], boxes: number): number[] {
  return OVERLAPS.map((_, t) => {
    let [right, wrong] = [0, 0]
    const points = ranked.map(({ outcomes }) => {
      if (outcomes[t] === 'right') right++
      if (outcomes[t] === 'wrong') wrong++
      return { recall: right / boxes, precision: right / (right + wrong + Number.EPSILON) }
    })
    const best = points.map(({ precision }) => precision)
    for (let i = best.length - 2; i >= 0; i--) best[i] = Math.max(best[i]!, best[i + 1]!)
    let at = 0
    return mean(
      RECALLS.map(recall => {
        while (at < points.length && points[at]!.recall < recall) at++
        return best[at] ?? 0
      }),
    )
  })
}

/** Best first; equal scores stay in order. */
export const byScore = <T extends { readonly score: number }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => b.score - a.score)

/** By label, then by image. */
export function groups<T extends { readonly label: number; readonly image: number }>(
  rows: readonly T[],
): Map<number, Map<number, T[]>> {
  const all = new Map<number, Map<number, T[]>>()
  for (const row of rows) {
    const images = all.get(row.label) ?? new Map<number, T[]>()
    images.set(row.image, [...(images.get(row.image) ?? []), row])
    all.set(row.label, images)
  }
  return all
}
const parted = <T>(rows: readonly T[], holds: (row: T) => boolean): [T[], T[]] => [
  rows.filter(holds),
  rows.filter(row => !holds(row)),
]
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
