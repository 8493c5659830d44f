/** Pictures without labels: what is read of a folder, what is left out, and what a run on them says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePng } from '../../cli/png.js'
import type { ImageSet } from '../../models/data/images.js'
import { readSet } from '../../models/data/read.js'
import { nearestExamples } from '../../models/evaluate/neighbours.js'
import { refusalOf } from '../../models/evaluate/protocols.js'
import { pretrain } from '../../models/pretrain.js'
import { small } from '../../models/recipes.js'
import { closeTestDevice, testDevice } from '../device.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-pictures-'))
test.after(() => rmSync(folder, { recursive: true }))
test.after(closeTestDevice)

/** A picture of one colour, whose number is in it. */
const picture = (n: number): Uint8Array =>
  encodePng({ width: 10, height: 8, pixels: new Uint8Array(240).map((_, i) => (i % 3 === 0 ? 10 * n : 100)) })

mkdirSync(join(folder, 'holiday', 'more'), { recursive: true })
mkdirSync(join(folder, '.hidden'))
for (let n = 0; n < 12; n++) writeFileSync(join(folder, `${String(n).padStart(2, '0')}.png`), picture(n))
for (let n = 12; n < 22; n++)
  writeFileSync(join(folder, n % 2 ? 'holiday' : join('holiday', 'more'), `${n}.png`), picture(n))
writeFileSync(join(folder, 'broken.jpg'), 'no picture')
writeFileSync(join(folder, 'notes.txt'), 'no picture either')
writeFileSync(join(folder, '.hidden', 'thumbnail.png'), picture(25))

test('all pictures of a folder and below, every tenth for tests, without labels; what cannot be read is named', async () => {
  const set = (await readSet(folder, { size: 8 })) as ImageSet
  assert.equal([set.train.count, set.test.count, set.classes], [20, 2, []])
  assert.equal([...(set.skipped ?? [])], ['broken.jpg'])
  const reds = [...set.train.images]
    .filter((_, i) => i % 192 === 0)
    .concat([...set.test.images].filter((_, i) => i % 192 === 0))
  assert.equal(
    reds.sort((a, b) => a - b),
    Array.from({ length: 22 }, (_, n) => 10 * n),
  )
})

test('a folder without pictures, or with one, is refused in a sentence', async () => {
  const refused = async (path: string, message: RegExp) => {
    const error = await readSet(path).catch(error => error)
    assert.is(error.name, 'DataError')
    assert.match(error.message, message)
  }
  const [empty, one] = ['empty', 'one'].map(name => join(folder, '.hidden', name))
  mkdirSync(empty!)
  mkdirSync(one!)
  await refused(empty!, /is empty/)
  writeFileSync(join(one!, 'a.png'), picture(1))
  writeFileSync(join(one!, 'b.png'), 'broken')
  await refused(one!, /holds 1 image that can be read, of 2 files/)
})

test('a run on them has features and no scores; what needs labels is refused', async () => {
  const set = (await readSet(folder, { size: 16 })) as ImageSet
  const device = await testDevice()
  const recipe = { ...small('simclr', { width: 2 }), batch: 10 }
  const { session, before, after } = await pretrain(device, { set, recipe, steps: 2, seed: 1 })
  session.destroy()
  assert.is(before!.scores, undefined)
  assert.equal([after!.train.count, after!.test.count], [20, 2])
  const near = nearestExamples(after!.train, after!.test, 6, 3)
  assert.equal(
    near.map(row => row.length),
    [3, 3],
  )
  const error = await pretrain(device, { set, recipe: { ...small('supcon', { width: 2 }), batch: 10 }, seed: 1 }).catch(
    error => error,
  )
  assert.match(error.message, /^supcon learns from labels, and .* has none/)
  assert.match(refusalOf('knn', { set })!, /^knn counts labels, and .* has none: quality needs none$/)
  assert.is(refusalOf('quality', { set }), undefined)
  assert.is(refusalOf('transfer', { set, transferTo: { ...set, classes: ['one', 'two'] } }), undefined)
  assert.match(refusalOf('transfer', { set, transferTo: set })!, /^transfer counts labels, and .* has none$/)
})

test('nearest examples are those of the largest cosine, nearest first', () => {
  const features = (rows: number[][]) => ({
    values: Float32Array.from(rows.flat()),
    count: rows.length,
    width: 2,
    labels: new Uint8Array(rows.length),
  })
  const train = features([
    [1, 0],
    [10, 10],
    [0, 3],
    [-1, 0],
  ])
  assert.equal(
    nearestExamples(
      train as never,
      features([
        [2, 1],
        [0, -1],
      ]) as never,
      5,
      3,
    ),
    [
      [1, 0, 2],
      [0, 3, 1],
    ],
  )
})

test.run()
