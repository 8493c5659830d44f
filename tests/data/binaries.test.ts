/** The binary versions of CIFAR-100 and STL-10: layouts, labels, images without labels that stay on disk, damage. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { gathered, isStreamed } from '../../models/data/examples.js'
import type { ImageSet } from '../../models/data/images.js'
import { readSet } from '../../models/data/read.js'

const root = mkdtempSync(join(tmpdir(), 'facet-binaries-'))
test.after(() => rmSync(root, { recursive: true }))
function folder(files: Record<string, Uint8Array | string>): string {
  const path = mkdtempSync(join(root, 'set-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}
async function refused(body: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await body.then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  )
  assert.match(error.message, message)
}

/** Records with these superclasses and classes; pixel `i` of record `n` is `(7 i + n) % 251`. */
const cifar = (labels: readonly (readonly [coarse: number, fine: number])[]): Uint8Array =>
  Uint8Array.from(
    labels.flatMap(([coarse, fine], n) => [coarse, fine, ...Array.from({ length: 3072 }, (_, i) => (7 * i + n) % 251)]),
  )

test('CIFAR-100: classes, superclasses, pixels', async () => {
  const files = {
    'train.bin': cifar([
      [4, 72],
      [19, 0],
    ]),
    'test.bin': cifar([[0, 99]]),
  }
  const set = (await readSet(folder(files))) as ImageSet
  assert.equal(
    [[...set.train.labels], [...set.test.labels], set.classes.length, set.name],
    [[72, 0], [99], 100, 'CIFAR-100'],
  )
  // Record 1, row 4, column 7, blue.
  assert.is(set.train.images[3072 + (4 * 32 + 7) * 3 + 2], (7 * (2048 + 4 * 32 + 7) + 1) % 251)
  const names = Array.from({ length: 20 }, (_, n) => `super ${n}`)
  const named = folder({
    ...files,
    'coarse_label_names.txt': `${names.join('\n')}\n\n`,
    'fine_label_names.txt': 'one\n',
  })
  const coarse = (await readSet(named, { labels: 'coarse' })) as ImageSet
  assert.equal([[...coarse.train.labels], [...coarse.test.labels], coarse.classes], [[4, 19], [0], names])
  const bare = (await readSet(named, { labels: 'none' })) as ImageSet
  assert.equal([[...bare.train.labels], bare.classes], [[0, 0], []])
})

test('CIFAR-100: damage, and sets that have no superclasses', async () => {
  const good = { 'train.bin': cifar([[1, 2]]), 'test.bin': cifar([[1, 2]]) }
  await refused(
    readSet(folder({ ...good, 'test.bin': cifar([[1, 2]]).subarray(1) })),
    /test\.bin is truncated: .* 3073 bytes, expected a multiple of 3074/,
  )
  await refused(
    readSet(folder({ ...good, 'train.bin': cifar([[1, 100]]) })),
    /record 0 of .*train\.bin has label 100, expected 0 to 99: this is no CIFAR-100/,
  )
  await refused(
    readSet(folder({ ...good, 'train.bin': cifar([[20, 1]]) }), { labels: 'coarse' }),
    /label 20, expected 0 to 19/,
  )
  await refused(readSet(folder({ 'train.bin': cifar([[1, 2]]) })), /test\.bin is missing in /)
  const ten = folder({ 'data_batch_1.bin': new Uint8Array(3073), 'test_batch.bin': new Uint8Array(3073) })
  await refused(readSet(ten, { labels: 'coarse' }), /is not CIFAR-100, which alone has coarse labels/)
})

const IMAGE = 3 * 96 * 96
/** Images as the set has them: plane by plane, column by column. Red tells the column, green the row, blue the image. */
const stl = (count: number): Uint8Array =>
  new Uint8Array(count * IMAGE).map((_, i) => {
    const [n, channel, x, y] = [Math.floor(i / IMAGE), Math.floor(i / 9216) % 3, Math.floor(i / 96) % 96, i % 96]
    return [x, y, n][channel]!
  })
const files = {
  'train_X.bin': stl(3),
  'train_y.bin': Uint8Array.of(1, 10, 4),
  'test_X.bin': stl(2),
  'test_y.bin': Uint8Array.of(2, 2),
  'unlabeled_X.bin': stl(5),
}

test('STL-10: images stand upright, labels count from 1', async () => {
  const set = (await readSet(folder(files))) as ImageSet
  assert.equal([[...set.train.labels], set.classes[9], set.height], [[0, 9, 3], 'truck', 96])
  // Image 2, row 5, column 40.
  assert.equal(
    [...set.train.images.subarray(2 * IMAGE + (5 * 96 + 40) * 3, 2 * IMAGE + (5 * 96 + 40) * 3 + 3)],
    [40, 5, 2],
  )
})

test('STL-10: the images without labels are trained on, from disk where they are more than the memory', async () => {
  const path = folder(files)
  const memory = (await readSet(path, { labels: 'none' })) as ImageSet
  const disk = await readSet(path, { labels: 'none', memory: 2 * IMAGE })
  assert.equal([memory.train.count, memory.test.count, memory.classes], [5, 2, []])
  assert.ok('height' in disk && isStreamed(disk.train.images))
  const { images } = await gathered((disk as ImageSet).train, [4, 0])
  assert.equal([...images.subarray(0, IMAGE)], [...memory.train.images.subarray(4 * IMAGE)])
  assert.equal([...images.subarray(IMAGE)], [...memory.train.images.subarray(0, IMAGE)])
})

test('STL-10: damage is named', async () => {
  await refused(
    readSet(folder({ ...files, 'train_X.bin': stl(1).subarray(1) })),
    /train_X\.bin is truncated: it has 27647 bytes/,
  )
  await refused(
    readSet(folder({ ...files, 'train_y.bin': Uint8Array.of(1) })),
    /has 3 images, .*train_y\.bin has 1 labels/,
  )
  await refused(
    readSet(folder({ ...files, 'test_y.bin': Uint8Array.of(2, 0) })),
    /label 1 of .*test_y\.bin is 0, expected 1 to 10/,
  )
  const { 'unlabeled_X.bin': _, ...rest } = files
  await refused(readSet(folder(rest), { labels: 'none' }), /unlabeled_X\.bin is missing in /)
})

test.run()
