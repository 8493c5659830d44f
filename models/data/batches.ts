/**
 * Shuffled, seeded batches: each epoch is one permutation of the split, keyed by seed and epoch, cut into whole batches
 * (the rest of an epoch is dropped). The next batches are gathered while the device works on the current one.
 */
import { type Arrays, DataError, type Examples, emptyRows, isStreamed, readExamples, rowsOf } from './examples.js'
import type { Split } from './images.js'
import { generator, permutation } from './random.js'

/** `batch` rows of every array of a split: `images` u8 `[batch, height, width, 3]` and `labels` of images. */
export type Batch<S extends Examples = Split> = Arrays<S> & { readonly epoch: number }
/** How a split is gone through. */
export interface BatchOptions {
  /** Rows of a batch; what is left at the end of an epoch is left out. */
  readonly batch: number
  /** Of the order, which every epoch has anew. */
  readonly seed: number
  /** How often the split is gone through. Default: without end. */
  readonly epochs?: number
  /** How many batches lie ready ahead of the one in use. Default 1; 3 of sets that are read from disk. */
  readonly prefetch?: number
  /** How many batches were taken before: a run that goes on from a checkpoint begins after them. Default 0. */
  readonly first?: number
}

/** The number of whole batches in one epoch. Throws `DataError` if there is none. */
export function batchesPerEpoch(split: Examples, batch: number): number {
  if (batch > split.count)
    throw new DataError(
      `a batch of ${batch} examples is larger than the training set of ${split.count}: choose a smaller batch`,
    )
  return Math.floor(split.count / batch)
}

/**
 * Batches of the training split of images, recordings or rows: the arrays of the split, by their names. The arrays of a batch are valid until the next one is asked for; then they are filled
 * again. Throws `DataError` at once if the batch is larger than the set.
 */
export function batches<S extends Examples>(
  { train }: { readonly train: S },
  options: BatchOptions,
): AsyncGenerator<Batch<S>, void, void> {
  batchesPerEpoch(train, options.batch)
  return generate(train, options)
}

async function* generate<S extends Examples>(
  split: S,
  { batch, seed, epochs = Number.POSITIVE_INFINITY, first: begin = 0, ...options }: BatchOptions,
): AsyncGenerator<Batch<S>, void, void> {
  const perEpoch = batchesPerEpoch(split, batch)
  const streamed = rowsOf(split)
    .map(([, rows]) => rows)
    .filter(isStreamed)
  const { prefetch = streamed.length > 0 ? 3 : 1 } = options
  const orderOf = streamed.find(({ order }) => order)?.order ?? permutation
  const buffers = Array.from({ length: prefetch + 1 }, () => emptyRows(split, batch))
  let order: Uint32Array | undefined
  const gather = async (index: number): Promise<Batch<S>> => {
    const epoch = Math.floor(index / perEpoch)
    const first = (index % perEpoch) * batch
    if (first === 0 || !order) order = orderOf(split.count, generator(seed, epoch))
    const arrays = buffers[index % buffers.length]!
    await readExamples(split, order.subarray(first, first + batch), arrays)
    return { ...arrays, epoch }
  }
  // Gathering waits for the event loop, so that it runs after the consumer has enqueued its step.
  const ahead = (index: number): Promise<Batch<S>> => {
    const found = new Promise<Batch<S>>(resolve => soon(() => resolve(gather(index))))
    // It is awaited in its turn, but may fail before.
    found.catch(() => {})
    return found
  }
  const total = epochs * perEpoch
  const ready: Promise<Batch<S>>[] = []
  let next = begin
  while (next < Math.min(begin + prefetch, total)) ready.push(ahead(next++))
  for (let index = begin; index < total; index++) {
    if (next < total) ready.push(ahead(next++))
    yield await ready.shift()!
  }
}

/** In the next turn of the event loop. Browsers have no `setImmediate`. */
const soon: (act: () => void) => unknown = globalThis.setImmediate ?? (act => setTimeout(act))
