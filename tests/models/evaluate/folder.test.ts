/** Folders of JPEG and PNG files: what is read, and the sentences where nothing can be. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DataError } from '../../../models/data/examples.js'
import { readImageFolder } from '../../../models/data/folder.js'
import type { ImageSet } from '../../../models/data/images.js'
import { readImageSet, readSet } from '../../../models/data/read.js'

const root = mkdtempSync(join(tmpdir(), 'facet-folder-'))
test.after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
/** A folder with these files, by their paths. */
function folder(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(root, `set${folders++}`)
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}
type Colour = { r: number; g: number; b: number; alpha?: number }
const flat = (background: Colour, width = 6, height = 6) =>
  sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } })
const [red, green, blue] = [
  { r: 250, g: 10, b: 20 },
  { r: 5, g: 240, b: 30 },
  { r: 0, g: 0, b: 255 },
]
const png = await flat(red).png().toBuffer()

async function refused(path: string, what: RegExp): Promise<void> {
  try {
    await readImageFolder(path, { size: 4 })
  } catch (error) {
    assert.instance(error, DataError)
    assert.match((error as Error).message, what)
    return
  }
  assert.unreachable(`${path} was read`)
}

test('PNG files of every kind come as RGB bytes, classes in alphabetical order', async () => {
  const gray = sharp(Buffer.alloc(36, 90), { raw: { width: 6, height: 6, channels: 1 } })
  const path = folder({
    'train/b/2.png': await flat({ ...green, alpha: 0.5 })
      .png()
      .toBuffer(),
    'train/a/1.PNG': png,
    'train/a/0.png': await gray.toColourspace('b-w').png().toBuffer(),
    'train/a/notes.txt': 'not an image',
    'train/.hidden/x.png': png,
    'test/b/3.png': await flat(blue).toColourspace('rgb16').png().toBuffer(),
  })
  const set = (await readImageFolder(path, { size: 4 })) as ImageSet
  assert.equal([set.height, set.width, set.channels, set.classes], [4, 4, 3, ['a', 'b']])
  assert.equal([...set.train.labels, ...set.test.labels], [0, 1, 0, 1], 'of each class in turn')
  const pixel = (images: Uint8Array, n: number): number[] => [...images.subarray(n * 48, n * 48 + 3)]
  assert.equal(pixel(set.train.images, 0), [90, 90, 90])
  assert.equal(pixel(set.train.images, 2), [250, 10, 20])
  // Resizing rounds colours that were multiplied by their opacity.
  for (const [i, value] of pixel(set.train.images, 1).entries())
    assert.ok(Math.abs(value - [5, 240, 30][i]!) <= 2, `transparency is dropped: ${value}`)
  assert.equal(pixel(set.test.images, 0), [0, 0, 255])
  assert.is(set.train.images.length, 3 * 48)
})

test('JPEG files are read to within their losses, long sides cut to the middle', async () => {
  // Left third red, the middle green, right third blue: the middle stays.
  const parts = [red, green, blue].map(async (colour, i) => ({
    input: await flat(colour, 16, 16).png().toBuffer(),
    left: 16 * i,
    top: 0,
  }))
  const wide = await flat(red, 48, 16)
    .composite(await Promise.all(parts))
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const set = (await readImageFolder(folder({ 'train/x/1.jpg': wide, 'val/x/2.jpeg': wide }), { size: 16 })) as ImageSet
  const middle = set.train.images.subarray((8 * 16 + 8) * 3, (8 * 16 + 8) * 3 + 3)
  for (const [i, value] of [5, 240, 30].entries()) assert.ok(Math.abs(middle[i]! - value) <= 4, `${middle}`)
  assert.equal(set.test.images, set.train.images)
})

test('rotation by EXIF is applied', async () => {
  const image = sharp(Buffer.from([...Array(8).fill([255, 0, 0]).flat(), ...Array(8).fill([0, 0, 255]).flat()]), {
    raw: { width: 4, height: 4, channels: 3 },
  }) // red above blue
  const turned = await image
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation: 3 })
    .toBuffer()
  const { train } = (await readImageFolder(folder({ 'train/x/1.jpg': turned, 'test/x/1.jpg': turned }), {
    size: 4,
  })) as ImageSet
  assert.ok(train.images[2]! > 200 && train.images[0]! < 60, 'blue above red, after half a turn')
})

test('the folder that a command is given may be of this kind', async () => {
  const set = await readSet(folder({ 'train/x/1.png': png, 'test/x/2.png': png }), { size: 5 })
  assert.ok('height' in set && set.height === 5)
  assert.is((await readImageSet(folder({ 'train/x/1.png': png, 'test/x/2.png': png }))).height, 64)
  // Pictures in other places have no labels; what holds none is refused.
  const { train, classes } = (await readSet(folder({ 'x/1.png': png, '2.png': png }))) as ImageSet
  assert.equal([train.count, classes], [1, []])
  try {
    await readSet(folder({ 'x/1.txt': png }))
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /holds no image set that is known: .*train\/CLASS and test\/CLASS/)
  }
})

test('a link to nothing, or back to itself, is said in a sentence with its name, wherever it is', async () => {
  const files = { 'train/a/0.png': png, 'test/a/0.png': png }
  for (const link of ['train/b', 'test/b', 'train/a/1.png', 'train/notes']) {
    const path = folder(files)
    symlinkSync('nowhere', join(path, link))
    await refused(path, new RegExp(`${link} cannot be read.*: it is a link to nothing$`))
  }
  const path = folder(files)
  symlinkSync('loop', join(path, 'train/loop'))
  await refused(path, /train\/loop cannot be read: it is a link that leads back to itself$/)
  // One that leads somewhere is what it leads to.
  const whole = folder(files)
  symlinkSync('a', join(whole, 'train/b'))
  symlinkSync('a', join(whole, 'test/b'))
  assert.equal((await readImageFolder(whole, { size: 4 })).classes, ['a', 'b'])
})

test('what is missing, empty or damaged is said in a sentence with its name', async () => {
  await refused(folder({ 'train/a/1.png': png }), /set\d+ is no image folder: it should hold train and test \(or val\)/)
  await refused(
    folder({ 'train/1.png': png, 'test/a/1.png': png }),
    /train has no class folders: images belong into train\/CLASS\//,
  )
  await refused(
    folder({ 'train/a/1.txt': '', 'test/a/1.png': png }),
    /train.a holds no images: \.jpg, \.jpeg and \.png/,
  )
  await refused(
    folder({ 'train/a/1.png': png, 'test/b/1.png': png }),
    /test has the class b, which .*train does not have/,
  )
  await refused(folder({ 'train/a/1.png': png, 'test/1.png': png }), /test has no class folders/)
  const cut = png.subarray(0, png.length - 30)
  await refused(folder({ 'train/a/1.png': png, 'test/a/broken.png': cut }), /broken\.png cannot be read as an image: /)
  await refused(folder({ 'train/a/fake.jpg': 'hello', 'test/a/1.png': png }), /fake\.jpg cannot be read as an image: /)
  const drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  await refused(
    folder({ 'train/a/drawn.png': drawn, 'test/a/1.png': png }),
    /drawn\.png cannot be read as an image: it is neither JPEG nor PNG, but svg/,
  )
  const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`train/c${i}/1.png`, png]))
  await refused(folder({ ...many, 'test/c0/1.png': png }), /has 257 classes: labels are bytes, 256 are the most/)
})

test.run()
