/** The embedded image set: deterministic, balanced, and not told apart by colour. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Split } from '../../models/data/images.js'
import { synthetic } from '../../models/data/synthetic.js'

test('the same seed draws the same bytes, another seed others', () => {
  const options = { size: 12, train: 30, test: 20, seed: 3 }
  const [a, b, c] = [synthetic(options), synthetic(options), synthetic({ ...options, seed: 4 })]
  assert.equal(a, b)
  assert.not.equal(a.train.images, c.train.images)
  assert.equal(a.train.labels, c.train.labels)
  let hash = 0
  for (const value of a.train.images) hash = (Math.imul(hash, 31) + value) >>> 0
  assert.is(hash, 1233070809) // changes only when the drawing is meant to change
})

test('sizes, balance and class names', () => {
  const set = synthetic({ size: 16, train: 100, test: 50 })
  assert.equal([set.height, set.width, set.train.images.length, set.test.count], [16, 16, 100 * 768, 50])
  assert.is(set.classes.length, 10)
  assert.is(new Set(set.classes).size, 10)
  for (let label = 0; label < 10; label++) assert.is(set.train.labels.filter(l => l === label).length, 10)
})

test('a longer set starts with the shorter one; test images are not training images', () => {
  const [short, long] = [synthetic({ size: 8, train: 20, test: 10 }), synthetic({ size: 8, train: 40, test: 30 })]
  assert.equal(long.train.images.subarray(0, short.train.images.length), short.train.images)
  assert.equal(long.test.images.subarray(0, short.test.images.length), short.test.images)
  assert.not.equal(short.test.images, short.train.images.subarray(0, short.test.images.length))
})

test('neither mean colour nor raw pixels tell the classes apart', () => {
  const set = synthetic({ train: 600, test: 200 })
  const colour = ({ images, count }: Split): number[][] =>
    Array.from({ length: count }, (_, n) => {
      const mean = [0, 0, 0]
      for (let i = 0; i < 768; i++) mean[i % 3]! += images[n * 768 + i]! / 256
      return mean
    })
  const pixels = ({ images, count }: Split): number[][] =>
    Array.from({ length: count }, (_, n) => [...images.subarray(n * 768, (n + 1) * 768)])
  const byColour = nearest(colour(set.train), set.train.labels, colour(set.test), set.test.labels)
  const byPixels = nearest(pixels(set.train), set.train.labels, pixels(set.test), set.test.labels)
  assert.ok(byColour < 0.2, `mean colour alone gives ${byColour}`)
  assert.ok(byPixels < 0.35, `nearest pixels give ${byPixels}`)
})

/** Accuracy of the label of the nearest training row. */
function nearest(train: number[][], trainLabels: Uint8Array, test: number[][], testLabels: Uint8Array): number {
  let right = 0
  test.forEach((row, n) => {
    let best = Number.POSITIVE_INFINITY
    let label = -1
    train.forEach((other, m) => {
      let distance = 0
      for (let i = 0; i < row.length; i++) distance += (row[i]! - other[i]!) ** 2
      if (distance < best) [best, label] = [distance, trainLabels[m]!]
    })
    if (label === testLabels[n]) right++
  })
  return right / test.length
}

test.run()
