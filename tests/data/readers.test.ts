/** Readers of image sets, on files written here: good ones, and every kind of damage with the sentence it gives. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCifar10 } from '../../models/data/cifar10.js'
import { readIdx } from '../../models/data/idx.js'
import { DataError, type ImageSet, take } from '../../models/data/images.js'
import { generator } from '../../models/data/random.js'
import { readImages } from '../../models/data/read.js'

const root = mkdtempSync(join(tmpdir(), 'facet-readers-'))
test.after(() => rmSync(root, { recursive: true }))

let made = 0
function folder(files: Record<string, Uint8Array | string>): string {
  const path = join(root, `${made++}`)
  mkdirSync(path)
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(path, name), contents)
  return path
}
function rejects(read: () => unknown, ...words: string[]): void {
  try {
    read()
  } catch (error) {
    assert.instance(error, DataError)
    for (const word of words)
      assert.ok((error as Error).message.includes(word), `"${(error as Error).message}" does not say "${word}"`)
    assert.not.match((error as Error).message, '\n')
    return
  }
  assert.unreachable(`accepted, expected an error with: ${words.join(', ')}`)
}

const random = generator(1)
const byte = (): number => Math.floor(random() * 256)
const records = (labels: readonly number[]): Uint8Array =>
  Uint8Array.from(labels.flatMap(label => [label, ...Array.from({ length: 3072 }, byte)]))
const idxHeader = (magic: number, ...sizes: number[]): Buffer => {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  for (const [i, value] of [magic, ...sizes].entries()) header.writeUInt32BE(value, 4 * i)
  return header
}
const idxImages = (count: number, size = 28): Buffer =>
  Buffer.concat([idxHeader(2051, count, size, size), Buffer.from(Array.from({ length: count * size * size }, byte))])
const idxLabels = (labels: readonly number[]): Buffer =>
  Buffer.concat([idxHeader(2049, labels.length), Buffer.from(labels)])
const idx = (): Record<string, Buffer> => ({
  'train-images-idx3-ubyte': idxImages(3),
  'train-labels-idx1-ubyte': idxLabels([2, 0, 1]),
  't10k-images-idx3-ubyte': idxImages(2),
  't10k-labels-idx1-ubyte': idxLabels([1, 2]),
})

test('CIFAR-10: planes become interleaved channels, files are joined in order of number', () => {
  const [first, tenth] = [records([3, 9]), records([0])]
  const numbered = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`data_batch_${i + 2}.bin`, records([i])]))
  const set = readImages(
    folder({ 'data_batch_1.bin': first, ...numbered, 'data_batch_10.bin': tenth, 'test_batch.bin': records([5]) }),
  )
  assert.is(set.train.count, 11)
  assert.is(set.test.count, 1)
  assert.equal([...set.train.labels], [3, 9, 0, 1, 2, 3, 4, 5, 6, 7, 0])
  assert.equal([set.height, set.width, set.classes.length, set.classes[9]], [32, 32, 10, 'truck'])
  // Record 1, row 4, column 7, green.
  assert.is(set.train.images[3072 + (4 * 32 + 7) * 3 + 1], first[3073 + 1 + 1024 + 4 * 32 + 7])
  assert.is(set.train.images.at(-1), tenth.at(-1))
})

test('CIFAR-10: class names come from batches.meta.txt', () => {
  const names = 'abcdefghij'.split('')
  const set = readCifar10(
    folder({
      'data_batch_1.bin': records([1]),
      'test_batch.bin': records([1]),
      'batches.meta.txt': `${names.join('\n')}\n\n`,
    }),
  )
  assert.equal(set.classes, names)
})

test('CIFAR-10: damage is named', () => {
  const good = { 'data_batch_1.bin': records([1, 2]), 'test_batch.bin': records([1]) }
  rejects(
    () => readImages(folder({ ...good, 'data_batch_1.bin': records([1, 2]).subarray(0, 5000) })),
    'data_batch_1.bin',
    'truncated',
    '5000 bytes',
    '3073',
  )
  rejects(() => readImages(folder({ ...good, 'data_batch_1.bin': '' })), 'data_batch_1.bin', 'truncated', '0 bytes')
  rejects(
    () => readImages(folder({ ...good, 'test_batch.bin': records([1]).subarray(1) })),
    'test_batch.bin',
    '3072 bytes',
  )
  rejects(() => readImages(folder({ ...good, 'data_batch_1.bin': records([1, 10]) })), 'record 1', 'label 10', '0 to 9')
  rejects(() => readImages(folder({ 'data_batch_1.bin': records([1]) })), 'test_batch.bin is missing')
  rejects(() => readImages(folder({ 'test_batch.bin': records([1]) })), 'data_batch_1.bin is missing')
  rejects(() => readImages(folder({ ...good, 'data_batch_3.bin': records([1]) })), 'data_batch_2.bin is missing')
})

test('IDX: grey becomes three channels, plain and gzipped alike', () => {
  const files = idx()
  const plain = readIdx(folder(files))
  const zipped = readIdx(
    folder(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))),
  )
  assert.equal([plain.height, plain.width, plain.train.count, plain.test.count], [28, 28, 3, 2])
  assert.equal([...plain.train.labels], [2, 0, 1])
  assert.equal(plain.classes, ['0', '1', '2'])
  assert.equal(zipped.train, plain.train)
  assert.equal(zipped.test, plain.test)
  const source = files['train-images-idx3-ubyte']!
  for (let channel = 0; channel < 3; channel++)
    assert.is(plain.train.images[(2 * 784 + 5 * 28 + 3) * 3 + channel], source[16 + 2 * 784 + 5 * 28 + 3])
})

test('IDX: padding centres the image on black; readImages pads to 32', () => {
  const files = { ...idx(), 'classes.txt': 'top\nbag\nshoe\n' }
  const path = folder(files)
  const [bare, padded] = [readIdx(path), readImages(path)]
  assert.equal([padded.height, padded.width, padded.classes], [32, 32, ['top', 'bag', 'shoe']])
  for (const [y, x] of [
    [0, 0],
    [27, 27],
    [13, 9],
  ] as const)
    assert.is(padded.train.images[(1024 + (y + 2) * 32 + x + 2) * 3], bare.train.images[(784 + y * 28 + x) * 3])
  assert.is(padded.train.images[(1024 + 1 * 32 + 8) * 3], 0)
  assert.is(padded.train.images[(1024 + 8 * 32 + 30) * 3], 0)
})

test('IDX: damage is named', () => {
  const good = idx()
  const images = 'train-images-idx3-ubyte'
  rejects(
    () => readImages(folder({ ...good, [images]: idxLabels([1, 2, 3]) })),
    images,
    'magic number 2049',
    'expected 2051',
  )
  rejects(
    () => readImages(folder({ ...good, 't10k-labels-idx1-ubyte': idxImages(2) })),
    't10k-labels',
    'magic number 2051',
    'expected 2049',
  )
  rejects(() => readImages(folder({ ...good, [images]: 'not an image file' })), images, 'magic number')
  rejects(
    () => readImages(folder({ ...good, [images]: good[images]!.subarray(0, 1000) })),
    images,
    'truncated',
    '1000 bytes',
    `${16 + 3 * 784}`,
  )
  rejects(
    () => readImages(folder({ ...good, [images]: good[images]!.subarray(0, 10) })),
    images,
    'truncated',
    '10 bytes',
  )
  rejects(
    () => readImages(folder({ ...good, [images]: Buffer.concat([good[images]!, Buffer.alloc(1)]) })),
    images,
    'too long',
  )
  rejects(
    () => readImages(folder({ ...good, [images]: gzipSync(good[images]!).subarray(0, 400) })),
    images,
    'cannot be unpacked',
  )
  rejects(() => readImages(folder({ ...good, 'train-labels-idx1-ubyte': idxLabels([1]) })), '3 images', '1 labels')
  rejects(
    () => readImages(folder({ ...good, [images]: idxImages(0), 'train-labels-idx1-ubyte': idxLabels([]) })),
    'holds no images',
  )
  const { 't10k-images-idx3-ubyte': _, ...rest } = good
  rejects(() => readImages(folder(rest)), 't10k-images-idx3-ubyte', 'missing')
})

test('a path without an image set is named', () => {
  rejects(() => readImages(join(root, 'nowhere')), 'there is no folder', 'nowhere')
  rejects(() => readImages(folder({})), 'is empty')
  rejects(() => readImages(folder({ 'notes.txt': 'hello' })), 'no image set that is known', 'data_batch_1.bin')
  const path = folder({ 'train-images-idx3-ubyte': idxImages(1) })
  rejects(() => readImages(join(path, 'train-images-idx3-ubyte')), 'is a file')
})

test('files that cannot be read are named: links to nothing, folders in their place', () => {
  const { 't10k-images-idx3-ubyte': images, ...rest } = idx()
  assert.ok(images)
  const linked = folder(rest)
  symlinkSync('nowhere', join(linked, 't10k-images-idx3-ubyte'))
  rejects(() => readImages(linked), 't10k-images-idx3-ubyte cannot be read: it is a link to nothing')
  const held = folder(rest)
  mkdirSync(join(held, 't10k-images-idx3-ubyte'))
  rejects(() => readImages(held), 't10k-images-idx3-ubyte cannot be read: a folder is in the place of a file')
  const cifar = folder({ 'data_batch_1.bin': records([3]) })
  symlinkSync('nowhere', join(cifar, 'test_batch.bin'))
  rejects(() => readImages(cifar), 'test_batch.bin cannot be read: it is a link to nothing')
})

test('take keeps the first images', () => {
  const set: ImageSet = {
    name: 'ramp',
    train: { images: new Uint8Array(96).map((_, i) => i), labels: Uint8Array.of(1, 0), count: 2 },
    test: { images: new Uint8Array(48), labels: Uint8Array.of(1), count: 1 },
    height: 4,
    width: 4,
    channels: 3,
    classes: ['a', 'b'],
  }
  const first = take(set, 1, 10)
  assert.equal(
    [first.train.count, [...first.train.images], [...first.train.labels], first.test.count],
    [1, Array.from({ length: 48 }, (_, i) => i), [1], 1],
  )
})

test('the real sets', () => {
  const data = new URL('../../../shared/data/', import.meta.url).pathname
  if (!existsSync(data)) return console.log('skipped: no shared data here')
  const cifar = readImages(join(data, 'cifar10'))
  assert.equal([cifar.train.count, cifar.test.count, cifar.classes[0]], [20000, 4000, 'airplane'])
  const mean = [0, 0, 0]
  for (let i = 0; i < cifar.train.images.length; i++) mean[i % 3]! += cifar.train.images[i]!
  assert.equal(
    mean.map(total => Number((total / 255 / 20000 / 1024).toFixed(5))),
    [0.49072, 0.48168, 0.44553],
  )
  const fashion = readImages(join(data, 'fashion-mnist'))
  assert.equal(
    [fashion.train.count, fashion.test.count, fashion.height, fashion.classes.length],
    [60000, 10000, 32, 10],
  )
  assert.is(fashion.train.labels.filter(label => label === 7).length, 6000)
})

test.run()
