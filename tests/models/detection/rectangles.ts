/** A set made here: one to three rectangles per image on a noisy ground, red ones of class 0 and green ones of class 1. */
import { type Annotated, type DetectionSet, detectionSplit } from '../../../models/data/detection.js'
import { generator } from '../../../models/data/random.js'
import { type Box, overlap } from '../../../models/detection/boxes.js'

export function rectangles({
  size,
  train,
  test,
  seed,
}: {
  readonly size: number
  readonly train: number
  readonly test: number
  readonly seed: number
}): DetectionSet {
  const random = generator(seed)
  const whole = (below: number): number => Math.floor(random() * below)
  const draw = (): Annotated => {
    const pixels = Uint8Array.from({ length: size * size * 3 }, () => 60 + whole(40))
    const objects: { label: number; box: Box }[] = []
    for (let tries = 1 + whole(3); tries > 0; tries--) {
      const [width, height] = [8 + whole(size / 3), 8 + whole(size / 3)]
      const [left, top, label] = [whole(size - width), whole(size - height), whole(2)]
      const box: Box = [left, top, left + width, top + height]
      if (objects.some(object => overlap(object.box, box) > 0)) continue
      objects.push({ label, box })
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) pixels[(y * size + x) * 3 + label] = 200 + whole(40)
    }
    return { pixels, objects }
  }
  const split = (count: number) => detectionSplit(Array.from({ length: count }, draw), 3)
  return {
    name: 'rectangles',
    train: split(train),
    test: split(test),
    height: size,
    width: size,
    classes: ['red', 'green'],
    warnings: [],
  }
}
