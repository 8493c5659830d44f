/**
 * Encoded images, wherever they lie (files in folders, tar shards, Parquet files), and sets of them: decoded as a whole where that
 * fits into memory, else image by image as batches ask for them. sharp decodes on threads of its own, so that the next batches are
 * made while the device works on this one. What an epoch's order is does not depend on either.
 */
import { DataError, pickExamples, type StreamedRows } from './examples.js'
import type { ImageSet, Split } from './images.js'

/** Images of one split that are not yet decoded. */
export interface ImageSource {
  readonly count: number
  /** The class of each, from 0; all 0 without labels. */
  readonly labels: Uint8Array
  /** What sentences call an image: its file, or its place in one. */
  readonly name: (n: number) => string
  /** The same in the list of what was left out. */
  readonly short: (n: number) => string
  /** RGB bytes `[size, size, 3]` of an image. Throws `DataError` with its name if it cannot be decoded. */
  readonly pixels: (n: number, size: number) => Promise<Uint8Array>
  /** See `StreamedRows`. */
  readonly order?: NonNullable<StreamedRows['order']>
  /** What says that two sources are the same, without reading the images. */
  readonly identity: () => string
}
/** How sets of image files are read. */
export interface ReadOptions {
  /** Height and width that images are brought to: the shorter side is resized, the middle of the longer one is kept. Default 64. */
  readonly size?: number
  /** Bytes of decoded images that are kept at most; a set that is larger is read from disk as it is trained on. Default 2^30. */
  readonly memory?: number
  /**
   * What becomes of files that cannot be decoded. `'stop'`: a `DataError` with the file's name. `'skip'`: they are left out and named in
   * `skipped`; of a set that is read while it is trained on, the next image of the same class takes their place, and `warn` is told.
   * Default: `'stop'` for sets with labels that fit into memory, else `'skip'`.
   */
  readonly broken?: 'stop' | 'skip'
  /** Is told of each file that is left out while a set is trained on, once, in a sentence. Default: nobody. */
  readonly warn?: (sentence: string) => void
}
/** Images in memory, or read from disk as they are asked for. */
export type AnyImageSet = ImageSet<Uint8Array | StreamedRows>

/** A gibibyte. */
export const MEMORY = 2 ** 30
/** Images of a class that are tried in place of one that is broken. */
const TRIES = 100

/** A set of the images of sources. Throws `DataError` where none can be read, and as `broken` says. */
export async function imageSetOf(
  { name, classes }: { readonly name: string; readonly classes: readonly string[] },
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  { size = 64, memory = MEMORY, ...options }: ReadOptions,
): Promise<AnyImageSet> {
  const facts = { name, classes, height: size, width: size, channels: 3 as const }
  const fits = (train.count + test.count) * size * size * 3 <= memory
  const broken = options.broken ?? (fits && classes.length > 0 ? 'stop' : 'skip')
  if (!fits) {
    const split = (source: ImageSource, kept: number): Split<StreamedRows> => ({
      images: streamed(source, { ...options, size, broken, memory: kept }),
      labels: source.labels,
      count: source.count,
    })
    // Test images are gone through twice, so that keeping them is of no use.
    return { ...facts, train: split(train, memory), test: split(test, 0) }
  }
  const parts = [await loaded(train, size, broken), await loaded(test, size, broken)] as const
  const skipped = parts.flatMap(part => part.skipped)
  const [trained, tested] = parts.map(({ split }) => split) as [Split, Split]
  const readable = trained.count + tested.count
  if (readable < 2)
    throw new DataError(
      `${name} holds ${readable === 1 ? '1 image' : 'no images'} that can be read, of ${train.count + test.count} files (${(train.count > 0 ? train : test).name(0)}): a set needs two or more`,
    )
  return {
    ...facts,
    // Where no test image can be read, or none to train on, one of the others is.
    train: trained.count > 0 ? trained : pickExamples(tested, range(1, tested.count)),
    test: tested.count > 0 ? tested : pickExamples(trained, [0]),
    ...(skipped.length > 0 && { skipped }),
  }
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** All images of a source, decoded. */
async function loaded(
  source: ImageSource,
  size: number,
  broken: 'stop' | 'skip',
): Promise<{ readonly split: Split; readonly skipped: readonly string[] }> {
  const row = size * size * 3
  const whole: Split = { images: new Uint8Array(source.count * row), labels: source.labels, count: source.count }
  const bad = new Set<number>()
  await inParallel(range(0, source.count), async n => {
    try {
      whole.images.set(await source.pixels(n, size), n * row)
    } catch (error) {
      if (!(error instanceof DataError) || broken === 'stop') throw error
      bad.add(n)
    }
  })
  if (bad.size === 0) return { split: whole, skipped: [] }
  const left = range(0, source.count).filter(n => !bad.has(n))
  return { split: pickExamples(whole, left), skipped: [...bad].sort((a, b) => a - b).map(source.short) }
}

/** Rows that are decoded when they are asked for; so many of them as `memory` has room for are kept, and not decoded again. */
export function streamed(
  source: ImageSource,
  { size = 64, memory = MEMORY, broken = 'skip', warn }: ReadOptions,
): StreamedRows {
  const row = size * size * 3
  const most = Math.floor(memory / row)
  // Every epoch asks for each image once, so that those kept first are worth as much as those seen last.
  const kept = new Map<number, Uint8Array>()
  const bad = new Set<number>()
  const decoded = async (n: number): Promise<Uint8Array> => {
    const found = kept.get(n)
    if (found) return found
    const pixels = await source.pixels(n, size)
    if (kept.size < most) kept.set(n, pixels)
    return pixels
  }
  const put = async (n: number, into: Uint8Array): Promise<void> => {
    let tries = 0
    for (let i = 0; i < source.count && tries < TRIES; i++) {
      const at = (n + i) % source.count
      if (source.labels[at] !== source.labels[n]) continue
      tries++
      if (bad.has(at)) continue
      try {
        into.set(await decoded(at))
        return
      } catch (error) {
        if (!(error instanceof DataError) || broken === 'stop') throw error
        if (bad.has(at)) continue
        bad.add(at)
        warn?.(`${error.message}; the next image takes its place`)
      }
    }
    throw new DataError(
      `${source.name(n)} cannot be read as an image, and neither can the next ${tries - 1} of its class`,
    )
  }
  let identity: string | undefined
  return {
    row,
    read: (numbers, into) =>
      inParallel(Array.from(numbers), (n, to) => put(n, into.subarray(to * row, (to + 1) * row))),
    ...(source.order && { order: source.order }),
    get identity() {
      return (identity ??= source.identity())
    },
  }
}

/** Files that are decoded at the same time. */
const AT_ONCE = 8
async function inParallel<T>(items: readonly T[], act: (item: T, n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const n = next++
      await act(items[n]!, n)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** Of all images without a split, one in so many is a test image. */
const HELD_OUT = 10
/** What is trained on, and every tenth to test with; of fewer than ten, the first. */
export function heldOut<T>(items: readonly T[]): [T[], T[]] {
  const isHeld = (i: number): boolean => (items.length < HELD_OUT ? i === 0 : i % HELD_OUT === HELD_OUT - 1)
  return [items.filter((_, i) => !isHeld(i)), items.filter((_, i) => isHeld(i))]
}
