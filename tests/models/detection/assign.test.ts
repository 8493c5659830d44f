/** Assignment and losses against plain code that goes through locations and boxes one by one, and gradients by differences. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { constant } from '../../../compiler/ops/index.js'
import { generator } from '../../../models/data/random.js'
import { assign, locationsOf } from '../../../models/detection/assign.js'
import { type Box, generalizedIou, overlap, sidesOf } from '../../../models/detection/boxes.js'
import { detectionLoss } from '../../../models/detection/losses.js'
import { closeTestDevice, compareOnDevice, input } from '../../device.js'

const maps = [
  { height: 8, width: 10, stride: 4 },
  { height: 4, width: 5, stride: 8 },
  { height: 2, width: 3, stride: 16 },
]
const places = maps.flatMap(({ height, width, stride }, level) =>
  Array.from({ length: height * width }, (_, i) => ({
    x: ((i % width) + 0.5) * stride,
    y: (Math.floor(i / width) + 0.5) * stride,
    stride,
    low: level === 0 ? 0 : 8 * maps[level - 1]!.stride,
    high: level === maps.length - 1 ? Number.POSITIVE_INFINITY : 8 * stride,
  })),
)
const [IMAGES, MOST, CLASSES, PLACES] = [3, 5, 2, places.length]

interface Wanted {
  readonly label: number
  readonly distances: readonly number[]
  readonly centreness: number
}
/** Section 3.2 of the paper, with centre sampling of 1.5 strides. */
function wantedAt(
  { x, y, stride, low, high }: (typeof places)[number],
  boxes: readonly Box[],
  labels: readonly number[],
) {
  let best: (Wanted & { area: number }) | undefined
  for (const [m, [left, top, right, bottom]] of boxes.entries()) {
    const distances = [x - left, y - top, right - x, bottom - y]
    const longest = Math.max(...distances)
    const [cx, cy] = [(left + right) / 2, (top + bottom) / 2]
    const central = Math.abs(x - cx) < 1.5 * stride && Math.abs(y - cy) < 1.5 * stride
    const area = (right - left) * (bottom - top)
    if (labels[m] === 0 || Math.min(...distances) <= 0 || !central || longest < low || longest > high) continue
    if (best && best.area <= area) continue
    const [l, t, r, b] = distances as [number, number, number, number]
    const even = (Math.min(l, r) / Math.max(l, r)) * (Math.min(t, b) / Math.max(t, b))
    best = { area, label: labels[m]! - 1, distances, centreness: Math.sqrt(even) }
  }
  return best
}

const random = generator(11)
const rows = Array.from({ length: IMAGES }, () =>
  Array.from({ length: MOST }, (): { box: Box; label: number } => {
    const [left, top] = [random() * 30, random() * 24]
    return {
      box: [left, top, left + 3 + random() * 50, top + 3 + random() * 40].map(Math.fround) as unknown as Box,
      label: Math.floor(random() * (CLASSES + 1)),
    }
  }),
)
const wanted = rows.flatMap(boxes =>
  places.map(place =>
    wantedAt(
      place,
      boxes.map(({ box }) => box),
      boxes.map(({ label }) => label),
    ),
  ),
)
const boxes = input('boxes', [IMAGES, MOST, 4])
const labels = input('labels', [IMAGES, MOST], 'i32')
const given = new Map<Tensor, Float64Array>([
  [boxes, Float64Array.from(rows.flat().flatMap(({ box }) => box))],
  [labels, Float64Array.from(rows.flat().map(({ label }) => label))],
])
const targets = assign(locationsOf(maps), boxes as Untyped, labels as Untyped)

test('every location gets the box that plain code gives it', () => {
  const { positive, label, distances, centreness } = targets
  const { left, top, right, bottom } = distances
  const [p, c, l, t, r, b, even] = evaluateNodes([positive, label, left, top, right, bottom, centreness], given).map(
    ({ data }) => data,
  )
  const count = wanted.filter(Boolean).length
  assert.ok(count > 30 && count < wanted.length / 2, `the draw decides little: ${count} of ${wanted.length}`)
  for (const [i, want] of wanted.entries()) {
    assert.is(p![i], want ? 1 : 0, `location ${i}`)
    if (!want) {
      assert.is(even![i], 0)
      continue
    }
    assert.is(c![i], want.label, `class of location ${i}`)
    for (const [k, side] of [l, t, r, b].entries()) assert.ok(Math.abs(side![i]! - want.distances[k]!) < 1e-9)
    assert.ok(Math.abs(even![i]! - want.centreness) < 1e-9)
  }
})

test('an image without boxes has no positive location', () => {
  const none = new Map(given).set(labels, new Float64Array(IMAGES * MOST))
  assert.ok(evaluateNodes([targets.positive], none)[0]!.data.every(x => x === 0))
})

test('generalized IoU of cases worked out by hand', () => {
  const [a, b] = [input('a', [4, 4]), input('b', [4, 4])]
  const first = [
    [0, 0, 2, 2],
    [0, 0, 2, 2],
    [0, 0, 1, 1],
    [0, 0, 4, 4],
  ] // prettier-ignore
  const second = [
    [0, 0, 2, 2],
    [1, 1, 3, 3],
    [2, 0, 3, 1],
    [1, 1, 3, 3],
  ] // prettier-ignore
  const values = new Map([
    [a, Float64Array.from(first.flat())],
    [b, Float64Array.from(second.flat())],
  ])
  const [found] = evaluateNodes([generalizedIou(sidesOf(a as Untyped), sidesOf(b as Untyped))], values)
  // Equal; 1/7 - 2/9; apart, 0 - 1/3; one inside of the other, 4/16.
  const expected = [1, 1 / 7 - 2 / 9, -1 / 3, 1 / 4]
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(found!.data[i]! - value) < 1e-12, `case ${i}`)
})

const draw = (count: number, low: number, high: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(low + random() * (high - low)))
const leaves = {
  logits: input('logits', [IMAGES, PLACES, CLASSES]),
  distances: input('distances', [IMAGES, PLACES, 4]),
  centreness: input('centreness', [IMAGES, PLACES]),
}
const predicted = new Map<Tensor, Float64Array>([
  ...given,
  [leaves.logits, draw(IMAGES * PLACES * CLASSES, -3, 3)],
  [leaves.distances, draw(IMAGES * PLACES * 4, 1, 30)],
  [leaves.centreness, draw(IMAGES * PLACES, -3, 3)],
])
const lossOf = (logits: Untyped, distances: Untyped, centreness: Untyped, to = targets) =>
  detectionLoss({ logits, distances: sidesOf(distances), centreness, locations: locationsOf(maps) }, to)
const losses = lossOf(leaves.logits as Untyped, leaves.distances as Untyped, leaves.centreness as Untyped)

test('the three losses are those of plain code', () => {
  const [scores, sides, middles] = Object.values(leaves).map(leaf => predicted.get(leaf)!)
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
  let [focal, boxLoss, entropy, count] = [0, 0, 0, 0]
  for (const [i, want] of wanted.entries()) {
    for (let c = 0; c < CLASSES; c++) {
      const p = sigmoid(scores![i * CLASSES + c]!)
      focal += want?.label === c ? -0.25 * (1 - p) ** 2 * Math.log(p) : -0.75 * p ** 2 * Math.log(1 - p)
    }
    if (!want) continue
    count++
    const around = (d: ArrayLike<number>): Box => [-d[0]!, -d[1]!, d[2]!, d[3]!]
    const [own, other] = [around(sides!.subarray(4 * i, 4 * i + 4)), around(want.distances)]
    const area = ([l, t, r, b]: Box): number => (r - l) * (b - t)
    const hull = own.map((side, k) => (k < 2 ? Math.min(side, other[k]!) : Math.max(side, other[k]!))) as unknown as Box
    const iou = overlap(own, other)
    const union = (area(own) + area(other)) / (1 + iou)
    boxLoss += 1 - (iou - (area(hull) - union) / area(hull))
    const p = sigmoid(middles![i]!)
    entropy -= want.centreness * Math.log(p) + (1 - want.centreness) * Math.log(1 - p)
  }
  const { classLoss, boxLoss: boxes, centrenessLoss, loss } = losses
  const found = evaluateNodes([classLoss, boxes, centrenessLoss, loss], predicted).map(({ data }) => data[0]!)
  const expected = [focal, boxLoss, entropy, focal + boxLoss + entropy].map(x => x / count)
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(found[i]! - value) < 1e-9 * Math.abs(value), `${i}: ${found[i]} is not ${value}`)
})

test('gradients are those of finite differences, and zero where there is no box', () => {
  const wrt = Object.values(leaves)
  const gradients = evaluateNodes(backward([[losses.loss, constant(1, [])]], wrt), predicted).map(({ data }) => data)
  const at = (leaf: Tensor, i: number, by: number): number => {
    const moved = predicted.get(leaf)!.slice()
    moved[i]! += by
    return evaluateNodes([losses.loss], new Map(predicted).set(leaf, moved))[0]!.data[0]!
  }
  for (const [n, leaf] of wrt.entries()) {
    const values = predicted.get(leaf)!.length / wanted.length
    for (let k = 0; k < 12; k++) {
      const i = Math.floor(random() * wanted.length * values)
      const difference = (at(leaf, i, 1e-5) - at(leaf, i, -1e-5)) / 2e-5
      assert.ok(Math.abs(gradients[n]![i]! - difference) < 1e-7, `${n}[${i}]: ${gradients[n]![i]}, ${difference}`)
    }
    // Only the classes learn from places without a box.
    if (n > 0)
      for (const [i, want] of wanted.entries())
        assert.is(
          gradients[n]!.subarray(i * values, (i + 1) * values).some(x => x !== 0),
          want !== undefined,
          `location ${i}`,
        )
  }
})

test('without any box the loss is finite and boxes learn nothing', () => {
  const none = new Map(predicted).set(labels, new Float64Array(IMAGES * MOST))
  const [loss, gradient] = evaluateNodes(
    [losses.loss, ...backward([[losses.loss, constant(1, [])]], [leaves.distances])],
    none,
  )
  assert.ok(Number.isFinite(loss!.data[0]!) && gradient!.data.every(x => x === 0))
})

test('on the device the same', async () => {
  const flat = (leaf: Tensor): { shape: readonly number[]; dtype: Tensor['dtype']; values: Float64Array } => ({
    shape: leaf.shape,
    dtype: leaf.dtype,
    values: predicted.get(leaf)!,
  })
  const inputs = [boxes, labels, ...Object.values(leaves)].map(flat)
  const build = (b: Untyped, l: Untyped, ...predictions: [Untyped, Untyped, Untyped]) =>
    lossOf(...predictions, assign(locationsOf(maps), b, l)).loss
  assert.equal(await compareOnDevice([{ name: 'loss', inputs, build }]), [])
})
test.after(closeTestDevice)

test.run()
