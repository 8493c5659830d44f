/** What the example page makes of runs and images, without a browser. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Compared } from '../../examples/browser/compared.js'
import type { Settings } from '../../examples/browser/messages.js'
import { seenOf } from '../../examples/browser/pictures.js'

const settings: Settings = {
  ...{ method: 'simsiam', augment: 'none', steps: 10, batch: 4, width: 4, size: 2, images: 8, seed: 1, adapter: 'cpu' },
}
const of = (compared: Compared): string[] =>
  compared.lines('losses', augment => augment).map(({ label, look }) => `${label} ${look}`)
const trained = (compared: Compared, more: Partial<Settings>): void =>
  compared.begin({ ...settings, ...more }).losses.push(1, 0)

test('runs that differ in their feature augmentation alone are compared, each with a look of its own', () => {
  const compared = new Compared()
  compared.begin(settings)
  assert.equal(of(compared), [], 'one that has not begun to train')
  trained(compared, { next: 'a' })
  trained(compared, { augment: 'a', adapter: 'gpu' })
  trained(compared, { augment: 'b' })
  trained(compared, { augment: 'c' })
  assert.equal(of(compared), ['none 0', 'a 1', 'b 2', 'c 3'])
  trained(compared, { augment: 'b' })
  assert.equal(of(compared), ['none 0', 'a 1', 'b 2', 'c 3'], 'again is in the place of before')
  trained(compared, { augment: 'd' })
  assert.equal(of(compared), ['none 0', 'd 1', 'b 2', 'c 3'], 'the oldest goes, never the one without')
  trained(compared, { augment: 'd', seed: 2 })
  assert.equal(of(compared), ['d 1'])
  compared.forget()
  assert.equal(of(compared), [])
})

test('pictures have the pixels of the images, the views and the neighbours, in their order', () => {
  const images = Uint8Array.from({ length: 3 * 2 * 2 * 3 }, (_, i) => i)
  const split = { images, labels: Uint8Array.of(0, 1, 1), count: 3 }
  const set = {
    name: 'few',
    train: split,
    test: split,
    height: 2,
    width: 2,
    channels: 3 as const,
    classes: ['cat', 'dog'],
  }
  const view = Float32Array.from({ length: 2 * 3 }, (_, i) => i / 255)
  const [first, second] = seenOf(set, [view, view.map(x => 2 * x)], 1, [[0], [0, 1]], [[1], [2, 0]])
  const rgb = ({ pixels }: { pixels: Uint8ClampedArray }): number[] => [...pixels].filter((_, i) => i % 4 < 3)
  assert.equal(rgb(first!.image), [...images.subarray(0, 12)])
  assert.equal(rgb(second!.views), [3, 4, 5, 6, 8, 10])
  const { picture, count, same } = second!.now
  assert.equal([picture.width, picture.height, count, same], [4, 2, 2, 1])
  // The upper row of the third image, then that of the first.
  assert.equal(rgb(picture).slice(0, 12), [24, 25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5])
  assert.equal([first!.class, first!.before.same, first!.now.same], ['cat', 1, 0])
})

test.run()
