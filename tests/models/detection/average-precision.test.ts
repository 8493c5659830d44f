/** AP against cases worked out by hand, and the rules of COCO's evaluation for crowds, ties and boxes without area. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { averagePrecision, type Detection, type Truth } from '../../../models/detection/average-precision.js'
import { type Box, overlap } from '../../../models/detection/boxes.js'
import { suppress } from '../../../models/detection/nms.js'
import { vocPrecision } from '../../../models/detection/voc-precision.js'

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`)
/** Boxes of 10 by 10 at multiples of 20: they do not touch. */
const at = (place: number): Box => [20 * place, 0, 20 * place + 10, 10]
const truth = (place: number, more: Partial<Truth> = {}): Truth => ({ image: 0, label: 0, box: at(place), ...more })
const found = (box: Box, score: number, more: Partial<Detection> = {}): Detection => ({
  image: 0,
  label: 0,
  box,
  score,
  ...more,
})

test('overlap', () => {
  near(overlap([0, 0, 10, 10], [5, 0, 15, 10]), 50 / 150)
  near(overlap([0, 0, 10, 10], [5, 0, 15, 10], 'first'), 0.5)
  assert.is(overlap([0, 0, 10, 10], [10, 0, 20, 10]), 0)
  assert.is(overlap([5, 5, 5, 5], [5, 5, 5, 5]), 0)
})

test('all found is 1, nothing found is 0, nothing to find is no number', () => {
  const { ap, ap50, ap75 } = averagePrecision([truth(0), truth(1)], [found(at(0), 0.9), found(at(1), 0.8)])
  for (const score of [ap, ap50, ap75]) near(score, 1)
  assert.is(averagePrecision([truth(0)], []).ap, 0)
  assert.ok(Number.isNaN(averagePrecision([], [found(at(0), 0.9)]).ap))
})

test('right, wrong, right of two boxes: recall .5 at precision 1, then 1 at 2/3', () => {
  const scores = averagePrecision([truth(0), truth(1)], [found(at(0), 0.9), found(at(5), 0.8), found(at(1), 0.7)])
  // Recalls 0, .01, ..., .50 are 51 points at precision 1, the other 50 are at 2/3.
  near(scores.ap, (51 + 50 * (2 / 3)) / 101)
})

test('a box found with an overlap of 0.6 counts at .50, .55 and .60 alone', () => {
  // 10 x 10 against 10 x 6 inside of it.
  const scores = averagePrecision([truth(0)], [found([0, 0, 10, 6], 0.9)])
  near(scores.ap50, 1)
  assert.is(scores.ap75, 0)
  near(scores.ap, 3 / 10)
})

test('a second detection of a box is wrong', () => {
  const scores = averagePrecision([truth(0), truth(1)], [found(at(0), 0.9), found(at(0), 0.8), found(at(1), 0.7)])
  near(scores.ap, (51 + 50 * (2 / 3)) / 101)
})

test('a detection takes the box it overlaps most, not the first', () => {
  const truths = [truth(0, { box: [0, 0, 10, 10] }), truth(0, { box: [1, 0, 11, 10] })]
  // The better one fits the second box, the other the first.
  const scores = averagePrecision(truths, [found([1, 0, 11, 10], 0.9), found([0, 0, 10, 10], 0.8)])
  near(scores.ap, 1)
})

test('a crowd takes any number of detections, by the share of each that lies in it, and counts for nothing', () => {
  const crowd = truth(0, { box: [0, 0, 100, 100], crowd: true })
  const inside = [0, 1, 2].map(i => found([30 * i, 0, 30 * i + 20, 20], 0.9))
  near(averagePrecision([truth(9), crowd], [...inside, found(at(9), 0.5)]).ap, 1)
  // Without the crowd these are three mistakes before the box.
  near(averagePrecision([truth(9)], [...inside, found(at(9), 0.5)]).ap, 1 / 4)
})

test('an ignored box is taken once, and only by what overlaps no box to be found', () => {
  const ignored = truth(1, { ignore: true })
  near(averagePrecision([truth(0), ignored], [found(at(1), 0.9), found(at(0), 0.8)]).ap, 1)
  near(averagePrecision([truth(0), ignored], [found(at(1), 0.9), found(at(1), 0.85), found(at(0), 0.8)]).ap, 1 / 2)
  // An exact fit of the ignored box, 0.6 of the one to be found: at .50, .55 and .60 it finds it, above it is ignored.
  const over = averagePrecision([truth(0), truth(0, { box: [0, 0, 10, 6], ignore: true })], [found([0, 0, 10, 6], 0.9)])
  near(over.ap, 3 / 10)
  // A class with ignored boxes alone has nothing to find.
  assert.equal(averagePrecision([truth(0), truth(1, { label: 1, ignore: true })], []).classes.length, 1)
})

test('equal scores keep their order, by image and within an image', () => {
  const right = found(at(0), 0.5)
  const wrong = found(at(5), 0.5)
  near(averagePrecision([truth(0)], [right, wrong]).ap, 1)
  near(averagePrecision([truth(0)], [wrong, right]).ap, 1 / 2)
  // Across images the order is that of the images, whatever the order they are given in.
  const later = { ...wrong, image: 1 }
  near(averagePrecision([truth(0)], [later, right]).ap, 1)
})

test('at most so many detections per image and class', () => {
  const wrong = Array.from({ length: 100 }, (_, i) => found(at(5 + i), 0.9))
  assert.is(averagePrecision([truth(0)], [...wrong, found(at(0), 0.5)]).ap, 0)
  near(averagePrecision([truth(0)], [...wrong, found(at(0), 0.5)], { largest: 101 }).ap, 1 / 101)
})

test('classes count equally, and a wrong class is a mistake', () => {
  const scores = averagePrecision(
    [truth(0), truth(1), truth(2, { label: 1 })],
    [found(at(0), 0.9), found(at(1), 0.8), found(at(2), 0.7)],
  )
  near(scores.ap, 1 / 2)
  assert.equal(
    scores.classes.map(({ label, boxes, ap }) => [label, boxes, Math.round(ap)]),
    [
      [0, 2, 1],
      [1, 1, 0],
    ],
  )
})

test('boxes without area are left out, with a warning', () => {
  const scores = averagePrecision([truth(0), truth(1, { box: [30, 5, 30, 9], image: 3 })], [found(at(0), 0.9)])
  near(scores.ap, 1)
  assert.equal(scores.warnings, ['the box 30, 5, 30, 9 in image 3 has no area and is left out'])
})

test('scores must be numbers', () => {
  assert.throws(() => averagePrecision([truth(0)], [found(at(0), Number.NaN)]), /in image 0 has score NaN/)
})

test('suppression is greedy, by class, and stable', () => {
  const box = (left: number): Box => [left, 0, left + 10, 10]
  const rows = [
    { label: 0, box: box(0), score: 0.9 },
    { label: 0, box: box(2), score: 0.8 }, // overlaps the first by 2/3
    { label: 0, box: box(4), score: 0.7 }, // the first by 3/7; it stays, as the second is gone
    { label: 1, box: box(0), score: 0.6 },
    { label: 1, box: box(0), score: 0.6 },
  ]
  assert.equal(suppress(rows), [rows[0], rows[2], rows[3]])
  assert.is(suppress(rows)[2], rows[3])
  assert.equal(suppress(rows, { overlap: 0.7 }), rows.slice(0, 4))
  assert.equal(suppress(rows, { largest: 1 }), [rows[0]])
  assert.equal(suppress(rows, { candidates: 2 }), [rows[0]])
})

/** What pycocotools and the rules of VOC's kit give for 12 images (`reference.py`); corners count pixels from 1, both inside. */
const reference = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8'))
const boxOf = ([x0, y0, x1, y1]: readonly [number, number, number, number]): Box => [x0 - 1, y0 - 1, x1, y1]
const boxed = <T extends { corners: [number, number, number, number] }>(rows: readonly T[]) =>
  rows.map(({ corners, ...rest }) => ({ ...rest, box: boxOf(corners) }))

test("COCO's twelve figures are those of pycocotools", () => {
  const truths = boxed<any>(reference.truths).filter(({ difficult }) => !difficult) as Truth[]
  const scores = averagePrecision(truths, boxed<any>(reference.found) as Detection[])
  const { sizes, recall } = scores
  const figures = [
    ...[scores.ap, scores.ap50, scores.ap75, sizes.small, sizes.medium, sizes.large],
    ...[recall.best1, recall.best10, recall.best100, recall.small, recall.medium, recall.large],
  ]
  for (const [i, figure] of figures.entries()) near(figure, reference.coco[i])
})

test('an area of its own says how large an object is', () => {
  const { sizes } = averagePrecision([truth(0, { area: 5000 }), truth(1)], [found(at(0), 0.9)])
  near(sizes.small, 0)
  near(sizes.medium, 1)
  assert.ok(Number.isNaN(sizes.large))
})

test("VOC's AP, of 11 points and of all, is that of its kit", () => {
  const truths = boxed<any>(reference.truths)
    .filter(({ crowd }) => !crowd)
    .map(({ difficult, ...rest }) => ({ ...rest, ignore: difficult })) as Truth[]
  const detections = boxed<any>(reference.found) as Detection[]
  for (const [points, expected] of [
    [11, reference.voc11],
    ['all', reference.vocAll],
  ] as const) {
    const { map, classes } = vocPrecision(truths, detections, { points })
    for (const [i, { ap }] of classes.entries()) near(ap, expected[i])
    near(map, expected.reduce((a: number, b: number) => a + b, 0) / 3)
  }
})

test('VOC: a double is wrong, a difficult box counts for nothing however often it is found', () => {
  // Recall 1/2 at precision 1, then a double, then recall 1 at 2/3: six points at 1, five at 2/3.
  const boxes = [truth(0), truth(1)]
  near(vocPrecision(boxes, [found(at(0), 0.9), found(at(0), 0.8), found(at(1), 0.7)]).map, (6 + 5 * (2 / 3)) / 11)
  const difficult = [truth(0), truth(1, { ignore: true })]
  near(vocPrecision(difficult, [found(at(1), 0.9), found(at(1), 0.8), found(at(0), 0.7)]).map, 1)
  // COCO's second find of an ignored box is a mistake.
  near(averagePrecision(difficult, [found(at(1), 0.9), found(at(1), 0.8), found(at(0), 0.7)]).ap, 1 / 2)
  // A detection that fits a box which is taken is wrong, though it fits another one too: COCO gives it that one.
  const close = [truth(0, { box: [0, 0, 10, 10] }), truth(0, { box: [2, 0, 12, 10] })]
  const twice = [found([0, 0, 10, 10], 0.9), found([0.5, 0, 10.5, 10], 0.8)]
  near(vocPrecision(close, twice, { points: 'all' }).map, 1 / 2)
  near(averagePrecision(close, twice).ap50, 1)
})

test.run()
