/**
 * Shuffled, seeded batches: each epoch is one permutation of the split, keyed by seed and epoch, cut into whole batches
 * (the rest of an epoch is dropped). The next batches are gathered while the device works on the current one.
 */
import { DataError, type ImageSet, type Split } from './images.js'
import { generator, permutation } from './random.js'

export interface Batch {
  /** u8 `[batch, height, width, 3]`. */
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly epoch: number
}
export interface BatchOptions {
  readonly batch: number
  readonly seed: number
  /** How often the split is gone through. Default: without end. */
  readonly epochs?: number
  /** How many batches lie ready ahead of the one in use. Default 1. */
  readonly prefetch?: number
}

/** The number of whole batches in one epoch. Throws `DataError` if there is none. */
export function batchesPerEpoch(split: Split, batch: number): number {
  if (batch > split.count)
    throw new DataError(
      `a batch of ${batch} images is larger than the training set of ${split.count}: choose a smaller batch`,
    )
  return Math.floor(split.count / batch)
}

/**
 * Batches of the training split. The arrays of a batch are valid until the next one is asked for; then they are filled
 * again. Throws `DataError` at once if the batch is larger than the set.
 */
export function batches(set: ImageSet, options: BatchOptions): AsyncGenerator<Batch, void, void> {
  batchesPerEpoch(set.train, options.batch)
  return generate(set, options)
}

async function* generate(
  set: ImageSet,
  { batch, seed, epochs = Number.POSITIVE_INFINITY, prefetch = 1 }: BatchOptions,
): AsyncGenerator<Batch, void, void> {
  const bytes = set.height * set.width * set.channels
  const perEpoch = batchesPerEpoch(set.train, batch)
  const buffers = Array.from({ length: prefetch + 1 }, () => ({
    images: new Uint8Array(batch * bytes),
    labels: new Uint8Array(batch),
  }))
  let order: Uint32Array
  const gather = (index: number): Batch => {
    const epoch = Math.floor(index / perEpoch)
    const first = (index % perEpoch) * batch
    if (first === 0) order = permutation(set.train.count, generator(seed, epoch))
    const { images, labels } = buffers[index % buffers.length]!
    for (let i = 0; i < batch; i++) {
      const from = order[first + i]!
      images.set(set.train.images.subarray(from * bytes, (from + 1) * bytes), i * bytes)
      labels[i] = set.train.labels[from]!
    }
    return { images, labels, epoch }
  }
  // Gathering waits for the event loop, so that it runs after the consumer has enqueued its step.
  const ahead = (index: number): Promise<Batch> => new Promise(resolve => setImmediate(() => resolve(gather(index))))
  const total = epochs * perEpoch
  const ready: Promise<Batch>[] = []
  let next = 0
  while (next < Math.min(prefetch, total)) ready.push(ahead(next++))
  for (let index = 0; index < total; index++) {
    if (next < total) ready.push(ahead(next++))
    yield await ready.shift()!
  }
}
