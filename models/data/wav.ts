/**
 * WAV files of one channel of 16-bit PCM: RIFF chunks, of which `fmt ` says how `data` is stored and others are passed
 * over. Layout: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991.
 */
import { readFileSync } from 'node:fs'
import { DataError } from './examples.js'

/** A recording of one channel. */
export interface Waveform {
  /** Values from -1 up to 1 (not reached): sample / 2^15. */
  readonly samples: Float32Array
  /** Samples per second. */
  readonly rate: number
}

/** Reads a file. Throws `DataError`, with the file and the byte, for anything but mono 16-bit PCM that is all there. */
export function readWav(file: string): Waveform {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new DataError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  return parseWav(bytes, file)
}

/** The contents of a file; `file` names it in errors. */
export function parseWav(bytes: Uint8Array, file: string): Waveform {
  const fail = (problem: string): never => {
    throw new DataError(`${file} ${problem}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12) fail(`is truncated: it has ${bytes.length} bytes, a WAV file begins with 12`)
  for (const [at, expected] of [
    [0, 'RIFF'],
    [8, 'WAVE'],
  ] as const)
    if (word(at) !== expected)
      fail(`has ${JSON.stringify(word(at))} at byte ${at}, expected ${JSON.stringify(expected)}: it is no WAV file`)

  let rate: number | undefined
  let at = 12
  while (at + 8 <= bytes.length) {
    const [id, size, start] = [word(at), view.getUint32(at + 4, true), at + 8]
    if (size > bytes.length - start)
      fail(
        `is truncated: byte ${at + 4} says that chunk ${JSON.stringify(id)} has ${size} bytes, but ${bytes.length - start} follow`,
      )
    if (id === 'fmt ') rate = readFormat(view, start, size, fail)
    if (id === 'data') {
      if (rate === undefined)
        return fail(`has samples at byte ${at} before the chunk "fmt " that says how to read them`)
      if (size === 0 || size % 2 !== 0)
        fail(`has ${size} bytes of samples at byte ${start}, expected a positive multiple of 2`)
      const samples = Float32Array.from({ length: size / 2 }, (_, i) => view.getInt16(start + 2 * i, true) / 2 ** 15)
      return { samples, rate }
    }
    at = start + size + (size % 2) // chunks begin at even bytes
  }
  return fail(`has no chunk "data": it ends at byte ${bytes.length}`)
}

/** Samples per second, of the one format that is read. */
function readFormat(view: DataView, start: number, size: number, fail: (problem: string) => never): number {
  if (size < 16) fail(`has a chunk "fmt " of ${size} bytes at byte ${start}, expected 16 or more`)
  const fields = [
    ['format', 0, 1, ' (PCM)'],
    ['number of channels', 2, 1, ''],
    ['bits per sample', 14, 16, ''],
  ] as const
  for (const [what, offset, expected, meaning] of fields) {
    const found = view.getUint16(start + offset, true)
    if (found !== expected) fail(`has ${what} ${found} at byte ${start + offset}, expected ${expected}${meaning}`)
  }
  const rate = view.getUint32(start + 4, true)
  return rate > 0 ? rate : fail(`has 0 samples per second at byte ${start + 4}`)
}
