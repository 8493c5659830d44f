/** WAV files and the spoken digits: good ones, every kind of damage with the sentence it gives, batches of waveforms. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fit, readSpokenDigits } from '../../models/data/audio.js'
import { batches } from '../../models/data/batches.js'
import { DataError, take } from '../../models/data/examples.js'
import { generator } from '../../models/data/random.js'
import { parseWav, readWav } from '../../models/data/wav.js'

const root = mkdtempSync(join(tmpdir(), 'facet-audio-'))
test.after(() => rmSync(root, { recursive: true }))

interface Header {
  format?: number
  channels?: number
  rate?: number
  bits?: number
}
function wav(
  samples: readonly number[],
  { format = 1, channels = 1, rate = 8000, bits = 16 }: Header = {},
  extra = '',
): Buffer {
  const fmt = Buffer.alloc(24)
  fmt.write('fmt ')
  fmt.writeUInt32LE(16, 4)
  fmt.writeUInt16LE(format, 8)
  fmt.writeUInt16LE(channels, 10)
  fmt.writeUInt32LE(rate, 12)
  fmt.writeUInt32LE(2 * rate, 16)
  fmt.writeUInt16LE(2, 20)
  fmt.writeUInt16LE(bits, 22)
  const list = Buffer.alloc(extra ? 8 + extra.length + (extra.length % 2) : 0)
  if (extra) {
    list.write('LIST')
    list.writeUInt32LE(extra.length, 4)
    list.write(extra, 8)
  }
  const data = Buffer.alloc(8 + 2 * samples.length)
  data.write('data')
  data.writeUInt32LE(2 * samples.length, 4)
  for (const [i, sample] of samples.entries()) data.writeInt16LE(sample, 8 + 2 * i)
  const head = Buffer.from('RIFF....WAVE')
  head.writeUInt32LE(4 + fmt.length + list.length + data.length, 4)
  return Buffer.concat([head, fmt, list, data])
}
function rejects(read: () => unknown, ...words: string[]): void {
  try {
    read()
  } catch (error) {
    assert.instance(error, DataError)
    for (const word of words)
      assert.ok((error as Error).message.includes(word), `"${(error as Error).message}" does not say "${word}"`)
    return
  }
  assert.unreachable(`accepted, expected an error with: ${words.join(', ')}`)
}

test('samples are read as fractions of 2^15, past chunks of odd length', () => {
  const samples = [0, 16384, -32768, 32767, -1]
  const expected = [0, 0.5, -1, 32767 / 32768, -1 / 32768]
  for (const extra of ['', 'odd'])
    assert.equal(parseWav(wav(samples, {}, extra), 'a.wav'), { samples: Float32Array.from(expected), rate: 8000 })
  // A view into a larger buffer, as Node's small files are.
  const pool = Buffer.concat([Buffer.from([1, 2, 3]), wav(samples)])
  assert.equal([...parseWav(pool.subarray(3), 'a.wav').samples], expected)
})

test('a damaged WAV file is a DataError that says where', () => {
  const good = wav([1, 2, 3])
  const changed = (at: number, value: string | number) => {
    const copy = Buffer.from(good)
    if (typeof value === 'string') copy.write(value, at)
    else copy.writeUInt32LE(value, at)
    return copy
  }
  const cases: [Buffer, ...string[]][] = [
    [good.subarray(0, 11), 'is truncated: it has 11 bytes'],
    [changed(0, 'RIFX'), 'has "RIFX" at byte 0, expected "RIFF"'],
    [changed(8, 'AVI '), 'has "AVI " at byte 8, expected "WAVE"'],
    [wav([1], { format: 3 }), 'has format 3 at byte 20, expected 1 (PCM)'],
    [wav([1], { format: 65534 }), 'has format 65534 at byte 20'],
    [wav([1], { channels: 2 }), 'has number of channels 2 at byte 22, expected 1'],
    [wav([1], { bits: 8 }), 'has bits per sample 8 at byte 34, expected 16'],
    [wav([1], { rate: 0 }), 'has 0 samples per second at byte 24'],
    [changed(16, 12), 'a chunk "fmt " of 12 bytes at byte 20'],
    [changed(12, 'junk'), 'has samples at byte 36 before the chunk "fmt "'],
    [changed(36, 'junk'), 'has no chunk "data": it ends at byte 50'],
    [changed(40, 5), 'has 5 bytes of samples at byte 44'],
    [wav([]), 'has 0 bytes of samples at byte 44'],
    [changed(40, 7), 'byte 40 says that chunk "data" has 7 bytes, but 6 follow'],
    [changed(40, 0xffffffff), 'has 4294967295 bytes, but 6 follow'],
    [good.subarray(0, 49), 'byte 40 says that chunk "data" has 6 bytes, but 5 follow'],
  ]
  for (const [bytes, ...words] of cases) rejects(() => parseWav(bytes, 'here.wav'), 'here.wav ', ...words)
  rejects(() => readWav(join(root, 'none.wav')), 'none.wav cannot be read: ENOENT')
})

test('a thousand random mutations end in samples or in DataError', () => {
  const random = generator(3)
  const good = wav([1, -2, 3, -4], {}, 'note')
  let refused = 0
  for (let i = 0; i < 1000; i++) {
    const bytes = Buffer.from(good.subarray(0, random() < 0.3 ? Math.floor(random() * good.length) : good.length))
    for (let j = 0; j < 3 && bytes.length > 0; j++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    try {
      assert.ok(parseWav(bytes, 'a.wav').samples.length > 0)
    } catch (error) {
      assert.instance(error, DataError)
      refused++
    }
  }
  assert.ok(refused > 300, `${refused} were refused`)
})

test('fit crops around the middle and pads with equal silences', () => {
  const five = Float32Array.of(1, 2, 3, 4, 5)
  assert.equal([...fit(five, 3)], [2, 3, 4])
  assert.equal([...fit(five, 2)], [2, 3])
  assert.equal([...fit(five, 5)], [1, 2, 3, 4, 5])
  assert.equal([...fit(five, 8)], [0, 1, 2, 3, 4, 5, 0, 0])
})

let made = 0
const header = 'file,digit,speaker,index,split,samples'
function folder(csv: string, recordings: Record<string, Buffer>): string {
  const path = join(root, `${made++}`)
  mkdirSync(join(path, 'recordings'), { recursive: true })
  writeFileSync(join(path, 'labels.csv'), csv)
  for (const [name, bytes] of Object.entries(recordings)) writeFileSync(join(path, 'recordings', name), bytes)
  return path
}
const lines = [header, '7_ann_0.wav,7,ann,0,test,2', '7_ann_5.wav,7,ann,5,train,3', '3_bob_6.wav,3,bob,6,train,5']
const recordings = { '7_ann_0.wav': wav([1, 2]), '7_ann_5.wav': wav([3, 4, 5]), '3_bob_6.wav': wav([6, 7, 8, 9, 10]) }

test('the spoken digits are split as labels.csv says, in a fixed mixture', () => {
  for (const end of ['\n', '\r\n']) {
    const set = readSpokenDigits(folder(lines.join(end) + end, recordings), { samples: 4 })
    assert.equal([set.samples, set.rate, set.classes.length, set.train.count, set.test.count], [4, 8000, 10, 2, 1])
    const order = [...set.train.labels]
    assert.equal([...order].sort(), [3, 7])
    assert.equal([...set.test.labels], [7])
    const counts = (x: Float32Array) => [...x].map(value => value * 2 ** 15)
    const rows = { 7: [3, 4, 5, 0], 3: [6, 7, 8, 9] } as Record<number, number[]>
    assert.equal(
      counts(set.train.waveforms),
      order.flatMap(digit => rows[digit]!),
    )
    assert.equal(counts(set.test.waveforms), [0, 1, 2, 0])
  }
})

test('a damaged set is a DataError that says where', () => {
  const read =
    (csv: string[], files: Record<string, Buffer> = recordings) =>
    () =>
      readSpokenDigits(folder(csv.join('\n'), files))
  const replaced = (line: number, text: string) => lines.map((old, i) => (i === line ? text : old))
  rejects(read(replaced(0, 'file,digit')), 'labels.csv, line 1 is "file,digit", expected file,digit,speaker')
  rejects(read(replaced(2, '7_ann_5.wav,7,ann')), 'labels.csv, line 3: 3 fields, expected 6')
  rejects(read(replaced(1, '../7.wav,7,ann,0,test,2')), 'line 2: "../7.wav" is no name of a WAV file')
  rejects(read(replaced(1, '7_ann_0.wav,12,ann,0,test,2')), 'line 2: digit is "12", expected 0 to 9')
  rejects(read(replaced(1, '7_ann_0.wav,7,ann,0,dev,2')), 'line 2: split is "dev", expected train or test')
  rejects(read(replaced(1, '7_ann_0.wav,7,ann,0,test,-2')), 'line 2: samples is "-2"')
  rejects(read(replaced(1, '7_ann_0.wav,7,ann,0,test,3')), '7_ann_0.wav has 2 samples, but labels.csv says 3')
  rejects(read(replaced(1, '')), 'line 2: 1 fields')
  rejects(read(lines.slice(0, 2)), 'lists no recording for train')
  rejects(read(lines, {}), '7_ann_5.wav cannot be read: ENOENT')
  rejects(
    read(lines, { ...recordings, '7_ann_0.wav': wav([1, 2], { rate: 16000 }) }),
    '16000 samples per second at byte 24',
  )
  rejects(() => readSpokenDigits(join(root, 'nowhere')), 'there is no file', 'labels.csv')
  rejects(() => readSpokenDigits(root, { samples: 0 }), 'waveforms of 0 samples cannot be made')
})

test('batches and take work on waveforms as on images', async () => {
  const set = readSpokenDigits(folder(lines.join('\n'), recordings), { samples: 4 })
  const seen: string[] = []
  for await (const { waveforms, labels, epoch } of batches(set, { batch: 1, seed: 1, epochs: 2 })) {
    assert.instance(waveforms, Float32Array)
    seen.push(`${epoch}: ${labels[0]} ${[...waveforms].map(x => x * 2 ** 15)}`)
  }
  assert.equal(seen.sort(), ['0: 3 6,7,8,9', '0: 7 3,4,5,0', '1: 3 6,7,8,9', '1: 7 3,4,5,0'])
  const first = take(set, 1, 9)
  assert.equal([first.train.count, first.test.count, first.samples], [1, 1, 4])
  assert.equal([first.train.waveforms.length, first.train.labels.length], [4, 1])
})

test('the real set has the counts of its description', () => {
  const path = fileURLToPath(new URL('../../../shared/data/fsdd', import.meta.url))
  if (!existsSync(path)) return console.log('skipped: no spoken digits at ../shared/data')
  const set = readSpokenDigits(path)
  assert.equal([set.train.count, set.test.count], [2400, 300])
  for (let digit = 0; digit < 10; digit++)
    assert.equal(
      [set.train, set.test].map(({ labels }) => labels.filter(label => label === digit).length),
      [240, 30],
    )
  assert.ok(set.train.waveforms.every(value => value >= -1 && value < 1))
})

test.run()
