/** Batches: every image at most once per epoch, seeded, buffers reused only after they were given back. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { batches, batchesPerEpoch } from '../../models/data/batches.js'
import { DataError, type ImageSet } from '../../models/data/images.js'
import { generator, permutation, xoshiro } from '../../models/data/random.js'

/** Image `n` is filled with `n`, its label is `n % 7`. */
const set = (count: number): ImageSet => {
  const images = new Uint8Array(count * 12).map((_, i) => Math.floor(i / 12))
  const train = { images, labels: new Uint8Array(count).map((_, n) => n % 7), count }
  return { name: 'numbers', train, test: train, height: 2, width: 2, channels: 3, classes: [] }
}
async function collect(options: Parameters<typeof batches>[1], count = 50): Promise<number[][]> {
  const seen: number[][] = []
  for await (const { images, labels, epoch } of batches(set(count), options)) {
    const numbers = Array.from({ length: options.batch }, (_, i) => images[i * 12]!)
    numbers.forEach((n, i) => {
      assert.equal([...images.subarray(i * 12, (i + 1) * 12)], new Array(12).fill(n))
      assert.is(labels[i], n % 7)
    })
    assert.is(epoch, Math.floor((seen.length * options.batch) / (count - (count % options.batch))))
    seen.push(numbers)
  }
  return seen
}

test('an epoch has every image once, or all but the dropped rest', async () => {
  const whole = await collect({ batch: 10, seed: 1, epochs: 1 })
  assert.equal(
    whole.flat().sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, n) => n),
  )
  const dropped = await collect({ batch: 16, seed: 1, epochs: 2 })
  assert.is(dropped.length, 6)
  assert.is(new Set(dropped.slice(0, 3).flat()).size, 48)
  assert.is(new Set(dropped.slice(3).flat()).size, 48)
})

test('the seed decides the order; epochs differ', async () => {
  const options = { batch: 25, seed: 5, epochs: 2 }
  const a = await collect(options)
  assert.equal(await collect(options), a)
  assert.not.equal(await collect({ ...options, seed: 6 }), a)
  assert.not.equal(a.slice(0, 2).flat(), a.slice(2).flat())
})

test('prefetching changes no batch, and a batch stays intact until the next is asked for', async () => {
  const plain = await collect({ batch: 10, seed: 2, epochs: 3, prefetch: 0 })
  assert.equal(await collect({ batch: 10, seed: 2, epochs: 3, prefetch: 4 }), plain)
  let i = 0
  for await (const { images } of batches(set(50), { batch: 10, seed: 2, epochs: 2, prefetch: 3 })) {
    await new Promise(resolve => setTimeout(resolve, 2)) // time for the next batches to be gathered
    assert.is(images[0], plain[i++]![0])
  }
})

test('a batch larger than the set is refused at once', () => {
  assert.throws(
    () => batches(set(50), { batch: 51, seed: 0 }),
    (error: Error) => error instanceof DataError && /batch of 51 .* training set of 50/.test(error.message),
  )
  assert.is(batchesPerEpoch(set(50).train, 16), 3)
})

test('the generator is xoshiro128** and permutations are uniform', () => {
  const reference = xoshiro([1, 2, 3, 4])
  assert.equal(
    Array.from({ length: 6 }, () => reference() * 2 ** 32),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492],
  )
  const random = generator(7, 1)
  assert.not.equal(random(), generator(7, 2)())
  const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0])
  for (let i = 0; i < 4000; i++) for (const [at, value] of permutation(4, random).entries()) counts[at]![value]!++
  for (const count of counts.flat()) assert.ok(Math.abs(count - 1000) < 130, `${counts}`)
})

test.run()
