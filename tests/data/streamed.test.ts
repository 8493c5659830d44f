/** Sets that are read from disk as they are trained on: folders, tar shards and Parquet files; bounds, orders, broken images. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePng } from '../../cli/png.js'
import { batches } from '../../models/data/batches.js'
import { DataError, gathered, isStreamed, pickExamples, take } from '../../models/data/examples.js'
import { readSet } from '../../models/data/read.js'
import type { AnyImageSet, ReadOptions } from '../../models/data/source.js'
import { judged } from '../../models/evaluate/features.js'
import { pretrain } from '../../models/pretrain.js'
import { small } from '../../models/recipes.js'
import { checkpointsInMemory } from '../../runtime/restore.js'
import { closeTestDevice, testDevice } from '../device.js'

const root = mkdtempSync(join(tmpdir(), 'facet-streamed-'))
test.after(() => rmSync(root, { recursive: true }))
test.after(closeTestDevice)

/** A picture of one colour: its red is ten times its number. */
const picture = (n: number): Uint8Array =>
  encodePng({ width: 8, height: 8, pixels: new Uint8Array(192).map((_, i) => [10 * n, 100, 255 - 10 * n][i % 3]!) })
function folder(name: string, files: Record<string, string | Uint8Array>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, file)), { recursive: true })
    writeFileSync(join(root, name, file), content)
  }
  return join(root, name)
}
const read = async (path: string, options: ReadOptions & { labels?: 'none' } = {}): Promise<AnyImageSet> =>
  (await readSet(path, { size: 8, ...options })) as AnyImageSet
/** So that nothing fits. */
const NOTHING = { memory: 0 }

/** The number in each picture of a split. */
const numbersIn = async (split: AnyImageSet['train'], count = split.count): Promise<number[]> => {
  const { images } = await gathered(split, [...Array(count).keys()])
  return Array.from({ length: count }, (_, n) => images[n * 192]! / 10)
}
/** Labels and numbers of every picture in an order of training. */
async function epochOf(set: AnyImageSet, options: { seed: number; first?: number; batches: number }) {
  const seen: (readonly [label: number, number: number])[][] = []
  for await (const { images, labels } of batches(set, { batch: 4, ...options })) {
    seen.push([...labels].map((label, i) => [label, images[i * 192]! / 10] as const))
    if (seen.length === options.batches) break
  }
  return seen
}
async function refused(body: () => Promise<unknown>, message: RegExp): Promise<void> {
  const error = await body().then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  )
  assert.instance(error, DataError)
  assert.match(error.message, message)
}

const labelled = folder(
  'labelled',
  Object.fromEntries(
    Array.from({ length: 24 }, (_, n) => [
      `${n < 20 ? 'train' : 'test'}/${n % 2 ? 'odd' : 'even'}/${n}.png`,
      picture(n),
    ]),
  ),
)
/** Shards by the system's tar, in one of its formats. */
function shards(name: string, format: string, ofShard: (n: number) => string): string {
  const files = folder(
    `${name}-files`,
    Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [
        [`${'deep/'.repeat(format === 'ustar' ? 20 : 40)}${n}.png`, picture(n)],
        [`${'deep/'.repeat(format === 'ustar' ? 20 : 40)}${n}.cls`, `${n % 2}`],
      ]).flat(),
    ),
  )
  const path = folder(name, {})
  mkdirSync(path, { recursive: true })
  const of = new Map<string, string[]>()
  for (let n = 0; n < 20; n++)
    of.set(ofShard(n), [
      ...(of.get(ofShard(n)) ?? []),
      ...['png', 'cls'].map(ending => `${'deep/'.repeat(format === 'ustar' ? 20 : 40)}${n}.${ending}`),
    ])
  for (const [shard, members] of of)
    execFileSync('tar', [`--format=${format}`, '-cf', join(path, shard), '-C', files, ...members])
  return path
}
const parquet = join(root, 'parquet')
mkdirSync(parquet)
// pyarrow 25 wrote it: 20 pictures with labels in groups of six rows, snappy, with the metadata of Hugging Face's datasets.
copyFileSync(new URL('images.parquet', import.meta.url), join(parquet, 'images.parquet'))

test('a folder gives the same examples in the same order, whether it is in memory or not', async () => {
  const [memory, disk] = [await read(labelled), await read(labelled, NOTHING)]
  assert.equal([isStreamed(memory.train.images), isStreamed(disk.train.images)], [false, true])
  for (const split of ['train', 'test'] as const) {
    assert.equal(await numbersIn(disk[split]), await numbersIn(memory[split]))
    assert.equal(disk[split].labels, memory[split].labels)
  }
  const whole = { seed: 3, batches: 12 }
  assert.equal(await epochOf(disk, whole), await epochOf(memory, whole))
  const [some, picked] = [take(disk, 5, 2), pickExamples(disk.train, [7, 2])]
  assert.equal(await numbersIn(some.train), (await numbersIn(memory.train)).slice(0, 5))
  const numbers = await numbersIn(memory.train)
  assert.equal(await numbersIn(picked), [numbers[7], numbers[2]])
  assert.equal(
    await numbersIn(judged(disk, 4).train),
    [0, 5, 10, 15].map(n => numbers[n]),
  )
  assert.is(judged(memory, 4), memory)
})

for (const format of ['ustar', 'gnu', 'pax'])
  test(`tar shards, ${format}: pictures and classes, long names too, with shards for testing or without`, async () => {
    const given = await read(
      shards(`${format}-split`, format, n => (n < 16 ? `train-${n % 2}.tar` : 'val-0.tar')),
      NOTHING,
    )
    assert.equal([given.train.count, given.test.count, given.classes], [16, 4, ['0', '1']])
    const numbers = await numbersIn(given.train)
    assert.equal(numbers, [0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15])
    assert.equal(
      [...given.train.labels],
      numbers.map(n => n % 2),
    )
    assert.equal(await numbersIn(given.test), [16, 17, 18, 19])
    const held = await read(
      shards(`${format}-all`, format, () => 'all.tar'),
      { labels: 'none' },
    )
    assert.equal([held.train.count, held.classes, await numbersIn(held.test)], [18, [], [9, 19]])
  })

test('a Parquet file: pictures, labels, names of classes; groups in a drawn order', async () => {
  const set = await read(parquet, NOTHING)
  assert.equal([set.train.count, set.test.count, set.classes], [18, 2, ['even', 'odd']])
  const numbers = await numbersIn(set.train)
  assert.equal(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18])
  assert.equal(
    [...set.train.labels],
    numbers.map(n => n % 2),
  )
  const orderOf = async (seed: number) => (await epochOf(set, { seed, batches: 4 })).flat().map(([, number]) => number)
  const one = await orderOf(1)
  assert.is(new Set(one).size, 16, 'no example twice in an epoch')
  assert.not.equal(one, await orderOf(2))
  // No window holds two groups: their rows follow each other group by group.
  const groups = one.map(n => Math.floor(n / 6)).filter((group, i, all) => group !== all[i - 1])
  assert.is(new Set(groups).size, groups.length)
  // With room for all, a batch has examples of several groups.
  const mixed = (await epochOf(await read(parquet, { memory: 8 * 2 ** 20 }), { seed: 1, batches: 4 })).flat()
  assert.not.equal(
    mixed.map(([, n]) => n),
    one,
  )
})

for (const codec of ['zstd', 'gzip', 'brotli'])
  test(`a Parquet file compressed by ${codec}`, async () => {
    // pyarrow 25 wrote it: the first 12 pictures of the other in groups of six rows.
    const path = folder(codec, {
      'images.parquet': readFileSync(new URL(`images-${codec}.parquet`, import.meta.url)),
    })
    const set = await read(path, NOTHING)
    assert.equal(await numbersIn(set.train), [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11])
    assert.equal([...set.train.labels], [0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1])
  })

test('a Parquet file of a codec that is not read is refused with those that are', () =>
  refused(
    () => read(folder('lz4', { 'images.parquet': readFileSync(new URL('images-lz4.parquet', import.meta.url)) })),
    /images\.parquet is compressed by LZ4(_RAW)?, which is not read: write it with zstd, gzip, brotli or snappy/,
  ))

test('an order is the same where a run goes on', async () => {
  for (const path of [labelled, parquet]) {
    const set = await read(path, NOTHING)
    const all = await epochOf(set, { seed: 5, batches: 12 })
    for (const first of [1, 4, 7])
      assert.equal(await epochOf(set, { seed: 5, first, batches: 12 - first }), all.slice(first))
  }
})

test('training on a set of many times the memory stays within it, and gives the numbers of one in memory', async () => {
  const path = folder(
    'large',
    Object.fromEntries(Array.from({ length: 1200 }, (_, n) => [`${n}.png`, picture(n % 26)])),
  )
  const size = 64
  const row = size * size * 3
  const memory = 2 ** 20
  const set = await read(path, { size, memory })
  assert.ok(set.train.count * row > 12 * memory)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const bytes = (): number => {
    collect()
    return process.memoryUsage().arrayBuffers
  }
  const start = bytes()
  let most = 0
  for await (const { epoch } of batches(set, { batch: 60, seed: 1, epochs: 2 })) {
    assert.ok(epoch < 2)
    most = Math.max(most, bytes() - start)
  }
  // Beside what is kept: four batches, and images that are being decoded.
  assert.ok(most > memory / 2 && most < memory + (4 * 60 + 32) * row, `${most} bytes`)
})

test('a run on streamed images goes on to the numbers of one that never stopped, and of one in memory', async () => {
  const device = await testDevice()
  const recipe = { ...small('simclr', { width: 2 }), batch: 8 }
  const whole = async (options: ReadOptions) => {
    const set = await read(labelled, { size: 16, ...options })
    const { session, losses } = await pretrain(device, { set, recipe, steps: 4, seed: 1, evaluate: false })
    session.destroy()
    return losses
  }
  const losses = await whole(NOTHING)
  assert.equal(losses, await whole({}))
  const store = checkpointsInMemory()
  const set = await read(labelled, { size: 16, ...NOTHING })
  const part = async (resume: boolean, until: number) => {
    const stop = new AbortController()
    const options = { set, recipe, steps: 4, seed: 1, evaluate: false, checkpoint: { store, resume } }
    const step = (at: number) => at >= until && stop.abort()
    const { session, losses } = await pretrain(device, options, { step, signal: stop.signal })
    session.destroy()
    return losses
  }
  assert.ok((await part(false, 1)).length < 4)
  assert.equal(await part(true, 4), losses)
  // Other pictures are another run.
  const other = await read(parquet, { size: 16, ...NOTHING })
  const error = await pretrain(device, {
    set: other,
    recipe,
    steps: 4,
    seed: 1,
    checkpoint: { store, resume: true },
  }).catch(error => error)
  assert.match(error.message, /resume with the data, options and version of that run/)
})

test('a broken image is a sentence with its name, and the next of its class takes its place; or the run stops', async () => {
  const path = folder('broken', {
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        `${n < 8 ? 'train' : 'test'}/${n % 2 ? 'odd' : 'even'}/${n}.png`,
        picture(n),
      ]),
    ),
    'train/odd/3.png': 'no picture',
  })
  const told: string[] = []
  const set = await read(path, { ...NOTHING, warn: sentence => void told.push(sentence) })
  for (let again = 0; again < 2; again++)
    assert.equal(await numbersIn(set.train), [0, 1, 2, 5, 4, 5, 6, 7], 'the next odd one in place of 3')
  assert.is(told.length, 1, 'it is told once')
  assert.match(told[0]!, /^\S*train\/odd\/3\.png cannot be read as an image: .*; the next image takes its place$/)
  await refused(
    async () => numbersIn((await read(path, { ...NOTHING, broken: 'stop' })).train),
    /odd\/3\.png cannot be read/,
  )
  await refused(() => read(path), /odd\/3\.png cannot be read/)
  const left = await read(path, { broken: 'skip' })
  assert.equal([left.train.count, left.skipped], [7, ['train/odd/3.png']])
  const none = folder('none', Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n}.png`, 'no picture'])))
  await refused(
    async () => numbersIn((await read(none, NOTHING)).train),
    /cannot be read as an image, and neither can the next 10 of its class/,
  )
})

test('archives and files that are damaged, and what they should hold, are said in a sentence', async () => {
  const good = shards('good', 'gnu', () => 'a.tar')
  const bytes = readFileSync(join(good, 'a.tar'))
  await refused(
    () => read(folder('cut', { 'a.tar': bytes.subarray(0, 5700) })),
    /a\.tar is no whole tar archive: at byte \d+ /,
  )
  await refused(
    () => read(folder('noise', { 'a.tar': Buffer.alloc(2048, 7) })),
    /a\.tar is no whole tar archive: at byte 0 there is no header/,
  )
  await refused(() => read(folder('empty', { 'a.tar': Buffer.alloc(1024) })), /a\.tar holds no images: members \.jpg/)
  // Records of pax that would lead back, or nowhere: a size below zero, lengths that are no lengths.
  const block = (type: string, content: string): Buffer => {
    const header = Buffer.alloc(512)
    header.write('pax', 0)
    header.write(content.length.toString(8).padStart(11, '0'), 124)
    header.write(type, 156)
    const sum = header.reduce((total, byte) => total + byte, 8 * 32)
    header.write(sum.toString(8).padStart(6, '0'), 148)
    return Buffer.concat([header, Buffer.from(content.padEnd(512, '\0'))])
  }
  await refused(
    () => read(folder('back', { 'a.tar': Buffer.concat([block('x', '14 size=-1536\n'), block('0', 'x')]) })),
    /a\.tar is no whole tar archive: at byte 1024 a member of -1536 bytes begins/,
  )
  await refused(
    () => read(folder('nowhere', { 'a.tar': Buffer.concat([block('x', '1e-300 path=a.png\n'), block('0', 'x')]) })),
    /a\.tar holds no images/,
  )
  await refused(() => read(folder('pq', { 'a.parquet': 'PAR1 and nothing' })), /a\.parquet cannot be read as Parquet: /)
})

test.run()
