/** `facet preview`: the sheet it writes, read again, and how bad input ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, inflateSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePng, type Picture } from '../../cli/png.js'
import { synthetic } from '../../models/data/synthetic.js'
import { adapter, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-preview-'))
const preview = (...args: string[]) => run(['cli/facet.mjs', 'preview', ...args], adapter)

/** Reads what `encodePng` writes: checks signature, chunks and check sums. */
function decodePng(file: Uint8Array): Picture {
  const bytes = Buffer.from(file)
  assert.is(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n')
  const chunks = new Map<string, Buffer>()
  let at = 8
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at)
    const body = bytes.subarray(at + 4, at + 8 + length)
    assert.is(bytes.readUInt32BE(at + 8 + length), crc32(body))
    chunks.set(body.subarray(0, 4).toString('latin1'), body.subarray(4))
    at += 12 + length
  }
  assert.equal([...chunks.keys()], ['IHDR', 'IDAT', 'IEND'])
  const header = chunks.get('IHDR')!
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  assert.equal([...header.subarray(8)], [8, 2, 0, 0, 0])
  const rows = inflateSync(chunks.get('IDAT')!)
  assert.is(rows.length, height * (1 + 3 * width))
  const pixels = new Uint8Array(height * width * 3)
  for (let y = 0; y < height; y++) {
    assert.is(rows[y * (1 + 3 * width)], 0)
    pixels.set(rows.subarray(y * (1 + 3 * width) + 1, (y + 1) * (1 + 3 * width)), y * 3 * width)
  }
  return { width, height, pixels }
}

test('a PNG holds the bytes it was made of', () => {
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256)
  assert.equal(decodePng(encodePng({ width: 5, height: 3, pixels })), { width: 5, height: 3, pixels })
})

test('the sheet has the images in the first column and views beside them; the same seed writes the same file', async () => {
  const [one, again, other] = ['one.png', 'again.png', 'deep/other.png'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const args = ['--images', '3', '--views', '2', '--recipe', 'byol']
  const { code, stdout, stderr } = await preview(...args, '-o', one)
  assert.is(stderr, '')
  assert.is(code, 0)
  assert.match(stdout, /one\.png written: 3 images of textured shapes, 2 views of each by byol, 304 x 304 pixels$/m)
  await preview(...args, '-o', again)
  await preview(...args, '--seed', '2', '-o', other)
  assert.equal(readFileSync(again), readFileSync(one))
  assert.not.equal(readFileSync(other), readFileSync(one))

  const { width, height, pixels } = decodePng(readFileSync(one))
  assert.equal([width, height], [304, 304])
  const { images } = synthetic({ size: 32, train: 3, test: 1 }).train
  /** The pixel `[y, x]` of a cell of 32 x 32 pixels, each three wide. */
  const pixel = (row: number, column: number, y: number, x: number): number[] => {
    const start = ((4 + row * 100 + 3 * y + 1) * width + 4 + column * 100 + 3 * x + 1) * 3
    return [...pixels.subarray(start, start + 3)]
  }
  for (let n = 0; n < 3; n++) {
    let [changed, range] = [0, [255, 0]]
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) {
        const start = ((n * 32 + y) * 32 + x) * 3
        const original = [...images.subarray(start, start + 3)]
        assert.equal(pixel(n, 0, y, x), original)
        const seen = pixel(n, 1, y, x)
        changed += +(seen.join() !== original.join())
        range = [Math.min(range[0]!, ...seen), Math.max(range[1]!, ...seen)]
      }
    assert.ok(changed > 512 && range[1]! - range[0]! > 30, `${changed} pixels changed, values ${range}`)
  }
  // White between the cells.
  assert.ok([...pixels.subarray(0, width * 3)].every(value => value === 255))
})

test('bad input is one sentence and exit code 2, and writes nothing', async () => {
  const out = join(folder, 'none.png')
  for (const [args, sentence] of [
    [
      ['--recipe', 'simclar'],
      /^facet: there is no image recipe "simclar": did you mean one of simclr, .*Known are byol, /,
    ],
    [
      ['--data', 'tests/nowhere'],
      /^facet: there is no folder tests\/nowhere: give the folder that holds the image set$/,
    ],
    [['--images', '0'], /^facet: --images takes a whole number from 1 on, got "0"$/],
    [['--images', '257'], /^facet: --images takes at most 256, got 257$/],
    [['--views', '65'], /^facet: --views takes at most 64, got 65$/],
    [['--out', 'sheet.jpg'], /^facet: --out takes the name of a PNG file, got "sheet\.jpg": end it with \.png$/],
    [['--out', 'package.json/a.png'], /^facet: --out package\.json cannot be used: it is a file, give a folder$/],
  ] as const) {
    const { code, stderr, stdout } = await inProcess('preview', '-o', out, ...args)
    assert.is(code, 2)
    assert.match(stderr.trim(), sentence)
    assert.is(stdout, '')
  }
  assert.not.ok(existsSync(out))
})

test.after(() => rmSync(folder, { recursive: true }))
test.run()
