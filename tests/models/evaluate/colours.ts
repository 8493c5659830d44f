/** Images of one colour per class, noisy: what any encoder can tell apart. */

import type { ImageSet, Split } from '../../../models/data/images.js'
import { generator } from '../../../models/data/random.js'
import { convnet } from '../../../models/encoders/convnet.js'
import type { Subject } from '../../../models/evaluate.js'

export const SIDE = 8
const colours = [
  [220, 40, 40],
  [40, 220, 40],
  [40, 40, 220],
] as const

function split(count: number, seed: number, shuffled: boolean): Split {
  const random = generator(seed)
  const images = new Uint8Array(count * SIDE * SIDE * 3)
  const seen = Uint8Array.from({ length: count }, (_, n) => n % 3)
  for (let i = 0; i < images.length; i++)
    images[i] = colours[seen[Math.floor(i / (SIDE * SIDE * 3))]!]![i % 3]! + 60 * (random() - 0.5)
  const labels = shuffled ? seen.map(() => Math.floor(3 * random())) : seen
  return { images, labels, count }
}

/** With `shuffled` labels that have nothing to do with the images. */
export const colourSet = ({ train = 90, test = 60, seed = 1, shuffled = false } = {}): ImageSet => ({
  name: 'colours',
  train: split(train, seed, shuffled),
  test: split(test, seed + 100, shuffled),
  ...{ height: SIDE, width: SIDE, channels: 3 as const, classes: ['red', 'green', 'blue'] },
})

/** An untrained encoder of 8 features. */
export const tiny: Subject = { encoder: () => convnet({ width: 4, stages: 2 }), views: 'weak' }
