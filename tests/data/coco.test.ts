/** COCO's layout: boxes, crowds, categories, and what is wrong in a file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePng } from '../../cli/png.js'
import { readCoco } from '../../models/data/coco.js'
import { truthsOf } from '../../models/data/detection.js'

const root = mkdtempSync(join(tmpdir(), 'facet-coco-'))
test.after(() => rmSync(root, { recursive: true }))

const image = { id: 7, file_name: 'a.png', width: 40, height: 20 }
const box = (bbox: unknown, category_id = 3, more: object = {}) => ({
  image_id: 7,
  category_id,
  bbox,
  iscrowd: 0,
  ...more,
})
const instances = (annotations: object[], more: object = {}) => ({
  images: [image],
  categories: [
    { id: 18, name: 'dog' },
    { id: 3, name: 'car' },
  ],
  annotations,
  ...more,
})
function set(train: object | string, val: object = instances([box([0, 0, 10, 10])])): string {
  const path = mkdtempSync(join(root, 'set-'))
  for (const folder of ['annotations', 'train2017', 'val2017']) mkdirSync(join(path, folder))
  for (const [split, content] of Object.entries({ train2017: train, val2017: val })) {
    writeFileSync(
      join(path, 'annotations', `instances_${split}.json`),
      typeof content === 'string' ? content : JSON.stringify(content),
    )
    writeFileSync(join(path, split, 'a.png'), encodePng({ width: 40, height: 20, pixels: new Uint8Array(2400) }))
  }
  return path
}

test('boxes are stretched with their images; crowds are tested with and not trained on', async () => {
  const annotations = [
    box([10, 5, 20, 10]),
    box([0, 0, 40, 20], 18, { iscrowd: 1 }),
    box([5, 5, 0, 3]),
    box([38.5, 0, 2, 4], 18),
  ]
  const { classes, train, test, warnings } = await readCoco(set(instances(annotations), instances(annotations)), {
    width: 80,
    height: 60,
  })
  assert.equal([classes, train.count, test.count, warnings.length], [['car', 'dog'], 1, 1, 2])
  assert.match(
    warnings[0]!,
    /instances_train2017\.json: the box 5, 5, 0, 3 of annotation 2 has no area and is left out/,
  )
  const kept = [
    { image: 0, label: 0, box: [20, 15, 60, 45], ignore: false },
    { image: 0, label: 1, box: [77, 0, 80, 12], ignore: false },
  ]
  assert.equal(truthsOf(train), kept)
  const crowd = { image: 0, label: 1, box: [0, 0, 80, 60], ignore: false, crowd: true }
  assert.equal(truthsOf(test), [kept[0], crowd, kept[1]])
})

test('what is wrong is named', async () => {
  const refused = async (train: object | string, message: RegExp, val?: object) => {
    const error = await readCoco(set(train, val)).then(
      () => new Error('nothing was refused'),
      (error: Error) => error,
    )
    assert.is(error.name, 'DataError')
    assert.match(error.message, message)
  }
  await refused('{"images": [', /instances_train2017\.json: it is no JSON/)
  await refused({}, /it has no list of categories/)
  await refused(instances([box([0, 0, 10])]), /annotation 0 has bbox \[0,0,10\], expected four numbers/)
  await refused(
    instances([box([0, 0, 50, 10])]),
    /annotation 0 has the box 0, 0, 50, 10, outside of its image, 40 x 20/,
  )
  await refused(instances([box([0, 0, 5, 5], 4)]), /annotation 0 has category 4, which is not listed/)
  await refused(instances([box([0, 0, 5, 5], 3, { image_id: 8 })]), /annotation 0 is of image 8, which is not listed/)
  await refused(instances([], { images: [{ ...image, file_name: '../../x.png' }] }), /which is no name of an image/)
  await refused(instances([box([0, 0, 9, 9], 3, { iscrowd: 1 })]), /has no box in its split train2017/)
  await refused(
    instances([box([0, 0, 9, 9])]),
    /have different categories/,
    instances([], { categories: [{ id: 3, name: 'cat' }] }),
  )
  await refused(
    instances([box([0, 0, 9, 9])], { images: [{ ...image, width: 41 }] }),
    /it is 40 x 20, its annotation says 41 x 20/,
  )
})

test.run()
