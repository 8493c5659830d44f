/**
 * Labelled recordings in memory, all of one length, and the reader of the Free Spoken Digit Dataset
 * (github.com/Jakobovski/free-spoken-digit-dataset): `labels.csv` beside a folder `recordings` of WAV files.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, type Examples } from './examples.js'
import { textOf } from './files.js'
import { generator, permutation } from './random.js'
import { readWav } from './wav.js'

/** `waveforms` is f32 `[count, samples]`, values from -1 to 1. */
export interface AudioSplit extends Examples {
  /** The samples of all recordings, one after the other. */
  readonly waveforms: Float32Array
}
/** A set of recordings of one length with labels. */
export interface AudioSet {
  /** What sentences and reports call it. */
  readonly name: string
  /** What is trained on. */
  readonly train: AudioSplit
  /** What is judged on. */
  readonly test: AudioSplit
  /** Length of every waveform. */
  readonly samples: number
  /** Samples per second. */
  readonly rate: number
  /** Class names by label. */
  readonly classes: readonly string[]
}

/** The middle `samples` of a longer waveform; a shorter one between two equal silences (the second longer by the odd sample). */
export function fit(waveform: Float32Array, samples: number): Float32Array {
  const excess = waveform.length - samples
  if (excess >= 0) return waveform.subarray(excess >> 1, (excess >> 1) + samples)
  const padded = new Float32Array(samples)
  padded.set(waveform, -excess >> 1)
  return padded
}

/** What `readSpokenDigits` may be told. */
export interface AudioOptions {
  /** Length that recordings are cropped or padded to, as `fit` says. Default 8000: one second, longer than all but 17 of the 2,700 of the set. */
  readonly samples?: number
}
const COLUMNS = 'file,digit,speaker,index,split,samples'
const RATE = 8000

/**
 * Reads the spoken digits in the folder `path`: waveforms of 8 kHz, the digit as label. Which are for training and which
 * for testing stands in the column `split` of `labels.csv` (in the set, takes 0 to 4 of each speaker and digit are for
 * testing); the order is a fixed mixture. Throws `DataError`, with file and line or byte, for a missing or damaged file or one that differs from its line.
 */
export function readSpokenDigits(path: string, { samples = RATE }: AudioOptions = {}): AudioSet {
  if (!Number.isInteger(samples) || samples < 1)
    throw new DataError(`waveforms of ${samples} samples cannot be made: choose a whole number, 1 or more`)
  const recordings = readLabels(join(path, 'labels.csv'))
  const part = (wanted: string): AudioSplit => {
    const chosen = recordings.filter(({ split }) => split === wanted)
    // The list goes digit by digit; mixed, its first so many are of all of them.
    const places = permutation(chosen.length, generator(0))
    const labels = new Uint8Array(chosen.length)
    const waveforms = new Float32Array(chosen.length * samples)
    for (const [i, { file, length, digit }] of chosen.entries()) {
      const from = join(path, 'recordings', file)
      const waveform = readWav(from)
      if (waveform.rate !== RATE)
        throw new DataError(`${from} has ${waveform.rate} samples per second at byte 24, expected ${RATE}`)
      if (waveform.samples.length !== length)
        throw new DataError(`${from} has ${waveform.samples.length} samples, but labels.csv says ${length}`)
      waveforms.set(fit(waveform.samples, samples), places[i]! * samples)
      labels[places[i]!] = digit
    }
    return { waveforms, labels, count: chosen.length }
  }
  return {
    name: 'spoken digits',
    train: part('train'),
    test: part('test'),
    samples,
    rate: RATE,
    classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
  }
}

interface Recording {
  readonly file: string
  readonly digit: number
  readonly split: string
  readonly length: number
}
function readLabels(csv: string): Recording[] {
  if (!existsSync(csv)) throw new DataError(`there is no file ${csv}: give the folder that holds it beside recordings`)
  const [header, ...lines] = textOf(csv).trimEnd().split(/\r?\n/)
  if (header !== COLUMNS)
    throw new DataError(`${csv}, line 1 is ${JSON.stringify(header!.slice(0, 80))}, expected ${COLUMNS}`)
  const recordings = lines.map((line, i): Recording => {
    const fail = (problem: string): never => {
      throw new DataError(`${csv}, line ${i + 2}: ${problem.slice(0, 200)}`)
    }
    const fields = line.split(',')
    if (fields.length !== 6) fail(`${fields.length} fields, expected 6: ${COLUMNS}`)
    const [file, digit, , , split, samples] = fields as [string, string, string, string, string, string]
    // No path: a file of the set lies in its folder.
    if (!/^\w[\w.-]*\.wav$/.test(file)) fail(`${JSON.stringify(file)} is no name of a WAV file`)
    if (!/^\d$/.test(digit)) fail(`digit is ${JSON.stringify(digit)}, expected 0 to 9`)
    if (split !== 'train' && split !== 'test') fail(`split is ${JSON.stringify(split)}, expected train or test`)
    if (!/^\d{1,9}$/.test(samples)) fail(`samples is ${JSON.stringify(samples)}, expected a number`)
    return { file, digit: Number(digit), split, length: Number(samples) }
  })
  for (const split of ['train', 'test'])
    if (!recordings.some(recording => recording.split === split))
      throw new DataError(`${csv} lists no recording for ${split}`)
  return recordings
}
