/** Pictures of what is learned: some test images, their views as training draws them, and the training images nearest to them. */
import { type Features, type ImageSet, nearestExamples, type Split } from 'facet-tensor/models'
import type { Nearest, Picture, Seen } from './messages.js'

/** Test images that are shown, and neighbours of each. */
const [SHOWN, NEIGHBOURS] = [5, 6]
export const shownOf = ({ test }: ImageSet): number => Math.min(SHOWN, test.count)

/** For each image that is shown, the numbers of its nearest training images, nearest first. */
export const neighboursOf = (train: Features, test: Features): number[][] =>
  nearestExamples(train, test, SHOWN, NEIGHBOURS)

/** `views`: the first and the second of each image, planes of 0 to 1, `[shown, 3, size, size]`. */
export function seenOf(
  set: ImageSet,
  views: readonly Float32Array[],
  size: number,
  before: readonly (readonly number[])[],
  now: readonly (readonly number[])[],
): Seen[] {
  const { train, test, classes } = set
  return now.map((_, n) => {
    const nearest = (numbers: readonly number[]): Nearest => ({
      picture: row(set, train, numbers),
      count: numbers.length,
      ...(classes.length > 1 && { same: numbers.filter(i => train.labels[i] === test.labels[n]).length }),
    })
    return {
      image: row(set, test, [n]),
      ...(classes.length > 1 && { class: classes[test.labels[n]!]! }),
      views: picture(views.length * size, size, (y, x, channel) => {
        const plane = (3 * n + channel) * size + y
        return 255 * views[Math.floor(x / size)]![plane * size + (x % size)]!
      }),
      before: nearest(before[n]!),
      now: nearest(now[n]!),
    }
  })
}

/** Images of a split, side by side. */
const row = ({ height, width }: ImageSet, { images }: Split, numbers: readonly number[]): Picture =>
  picture(numbers.length * width, height, (y, x, channel) => {
    const image = numbers[Math.floor(x / width)]! * height
    return images[((image + y) * width + (x % width)) * 3 + channel]!
  })

/** `value`: 0 to 255; what is beyond, or between, the array rounds. */
function picture(width: number, height: number, value: (y: number, x: number, channel: number) => number): Picture {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) pixels[(y * width + x) * 4 + channel] = value(y, x, channel)
  return { width, height, pixels }
}
