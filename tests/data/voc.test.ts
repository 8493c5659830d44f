/** Annotations in Pascal VOC's layout: boxes, what is left out, and the sentences where a file is damaged. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { truthsOf } from '../../models/data/detection.js'
import { DataError } from '../../models/data/examples.js'
import { parseVoc, readVoc } from '../../models/data/voc.js'
import { averagePrecision } from '../../models/detection/average-precision.js'

type Corners = readonly [xmin: number, ymin: number, xmax: number, ymax: number]
const object = (name: string, [xmin, ymin, xmax, ymax]: Corners, more = ''): string =>
  `<object><name>${name}</name>${more}<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox></object>`
const annotation = (...objects: string[]): string =>
  `<?xml version="1.0"?>\n<annotation>\n<filename>x.jpg</filename>\n<size><width>40</width><height>20</height><depth>3</depth></size>\n${objects.join('\n')}\n</annotation>\n`

test('corners count pixels from 1 and include both', () => {
  const { objects, width, height, filename } = parseVoc(
    annotation(object('cell', [1, 1, 40, 20]), object('a &amp; b', [3, 4, 3.5, 9], '<difficult>1</difficult>')),
    'x.xml',
  )
  assert.equal([width, height, filename], [40, 20, 'x.jpg'])
  assert.equal(objects, [
    { name: 'cell', box: [0, 0, 40, 20], difficult: false },
    { name: 'a & b', box: [2, 3, 3.5, 9], difficult: true },
  ])
})

test('boxes without area are left out with a warning that names file and line', () => {
  const { objects, warnings } = parseVoc(
    annotation(object('a', [5, 5, 5, 9]), object('b', [9, 9, 5, 12]), object('c', [5, 5, 9, 9])),
    'x.xml',
  )
  assert.equal(
    objects.map(({ name }) => name),
    ['c'],
  )
  assert.equal(warnings, [
    'x.xml, line 5: the box 5,5,5,9 has no area and is left out',
    'x.xml, line 6: the box 9,9,5,12 has no area and is left out',
  ])
})

test('what is damaged is said with file and line', () => {
  const good = annotation(object('a', [1, 1, 9, 9]))
  const refused: [string, RegExp][] = [
    ['<html></html>', /^x\.xml, line 1: expected <annotation>, found <html>$/],
    [good.slice(0, 150), /^x\.xml, line \d+: /],
    [good.replace('<xmax>9', '<xmax>nine'), /^x\.xml, line 5: <xmax> should be a number, and is "nine"$/],
    [good.replace('<xmax>9', '<xmax>NaN'), /line 5: <xmax> should be a number/],
    [good.replace('<xmax>9', '<xmax>1e9'), /line 5: the box 1,1,1000000000,9 is outside of the image, 40 x 20$/],
    [good.replace('<name>a</name>', ''), /line 5: <object> has no <name>$/],
    [good.replace('<width>40', '<width>0'), /line 4: the image is said to be 0 x 20$/],
    [good.replace('</bndbox>', ''), /<\/object> closes <bndbox> of line 5$/],
  ]
  for (const [text, what] of refused)
    try {
      parseVoc(text, 'x.xml')
      assert.unreachable(`${what}`)
    } catch (error) {
      assert.instance(error, DataError, `${error}`)
      assert.match((error as Error).message, what)
    }
})

test('a set: images and boxes are stretched together, difficult boxes need not be found', async () => {
  const root = mkdtempSync(join(tmpdir(), 'facet-voc-'))
  try {
    for (const folder of ['Annotations', 'JPEGImages', 'ImageSets/Main'])
      mkdirSync(join(root, folder), { recursive: true })
    const image = await sharp({ create: { width: 40, height: 20, channels: 3, background: { r: 200, g: 30, b: 40 } } })
      .jpeg({ quality: 100 })
      .toBuffer()
    const texts = {
      one: annotation(object('b', [1, 1, 20, 10]), object('a', [21, 11, 40, 20], '<difficult>1</difficult>')),
      two: annotation(object('a', [5, 5, 5, 9]), object('b', [11, 1, 20, 20])),
    }
    for (const [id, text] of Object.entries(texts)) {
      writeFileSync(join(root, 'Annotations', `${id}.xml`), text)
      writeFileSync(join(root, 'JPEGImages', `${id}.jpg`), image)
    }
    writeFileSync(join(root, 'ImageSets/Main/trainval.txt'), 'one  1\n')
    writeFileSync(join(root, 'ImageSets/Main/test.txt'), 'two\r\n')
    const set = await readVoc(root, { width: 80, height: 60 })
    assert.equal([set.classes, set.train.count, set.test.count, set.warnings.length], [['a', 'b'], 1, 1, 1])
    assert.equal(set.train.images.length, 80 * 60 * 3)
    assert.equal(truthsOf(set.train), [
      { image: 0, label: 1, box: [0, 0, 40, 30], ignore: false },
      { image: 0, label: 0, box: [40, 30, 80, 60], ignore: true },
    ])
    assert.equal(truthsOf(set.test), [{ image: 0, label: 1, box: [20, 0, 40, 60], ignore: false }])
    writeFileSync(join(root, 'ImageSets/Main/way.txt'), 'one\n../../etc/passwd\n')
    try {
      await readVoc(root, { test: 'way' })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /way\.txt, line 2: "\.\.\/\.\.\/etc\/passwd" is no id of an image$/)
    }
    writeFileSync(join(root, 'JPEGImages/two.jpg'), await sharp(image).resize(39, 20).jpeg().toBuffer())
    try {
      await readVoc(root)
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /two\.jpg .*: it is 39 x 20, its annotation says 40 x 20$/)
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

const bccd = new URL('../../../shared/data/bccd', import.meta.url).pathname
if (existsSync(bccd))
  test('BCCD: counts of its description, two boxes without area', async () => {
    const set = await readVoc(bccd, { width: 32, height: 24 })
    assert.equal([set.train.count, set.test.count, set.classes], [292, 72, ['Platelets', 'RBC', 'WBC']])
    const truths = truthsOf(set.test)
    assert.equal(
      [0, 1, 2].map(c => truths.filter(({ label }) => label === c).length),
      [69, 805, 71],
    )
    assert.equal(
      set.warnings.map(text => /BloodImage_\d+/.exec(text)![0]),
      ['BloodImage_00338', 'BloodImage_00343'],
    )
    // Boxes of the test split as detections of themselves.
    const { ap } = averagePrecision(
      truths,
      truths.map((truth, i) => ({ ...truth, score: 1 - i / 1e4 })),
    )
    assert.is(ap > 1 - 1e-9, true, `${ap}`)
  })
else console.log('skipped: BCCD is not there')

test.run()
