/**
 * The CIFAR-10 binary version: records of one label byte and three planes of 32 x 32 bytes (red, green, blue), without
 * header, in `data_batch_1.bin`, `data_batch_2.bin`, ... and `test_batch.bin`. Files may hold any number of records.
 * Layout: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, type ImageSet, type Split } from './images.js'

const SIZE = 32
const PLANE = SIZE * SIZE
const RECORD = 1 + 3 * PLANE
const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

const batchNumber = (file: string): number => Number(/^data_batch_(\d+)\.bin$/.exec(file)?.[1] ?? 0)
export const isCifar10 = (files: readonly string[]): boolean =>
  files.some(file => batchNumber(file) > 0 || file === 'test_batch.bin')

/** Reads the folder of a CIFAR-10 binary version. Throws `DataError` for a missing or truncated file or a label above 9. */
export function readCifar10(path: string): ImageSet {
  const files = readdirSync(path)
  const numbers = files.map(batchNumber).filter(Boolean)
  const last = Math.max(1, ...numbers)
  const train = Array.from({ length: last }, (_, i) => `data_batch_${i + 1}.bin`)
  for (const file of [...train, 'test_batch.bin'])
    if (!files.includes(file))
      throw new DataError(
        `${file} is missing in ${path}: CIFAR-10 has data_batch_1.bin, data_batch_2.bin, ... and test_batch.bin`,
      )
  return {
    name: 'CIFAR-10',
    train: concatenate(train.map(file => readRecords(join(path, file)))),
    test: readRecords(join(path, 'test_batch.bin')),
    height: SIZE,
    width: SIZE,
    channels: 3,
    classes: readClasses(join(path, 'batches.meta.txt')),
  }
}

function readRecords(file: string): Split {
  const bytes = readFileSync(file)
  if (bytes.length === 0 || bytes.length % RECORD !== 0)
    throw new DataError(
      `${file} is truncated: it has ${bytes.length} bytes, expected a multiple of ${RECORD} (one label and 3 x 32 x 32 pixels per record)`,
    )
  const count = bytes.length / RECORD
  const images = new Uint8Array(count * 3 * PLANE)
  const labels = new Uint8Array(count)
  for (let n = 0; n < count; n++) {
    const start = n * RECORD
    labels[n] = bytes[start]!
    if (labels[n]! > 9)
      throw new DataError(`record ${n} of ${file} has label ${labels[n]}, expected 0 to 9: this is no CIFAR-10 file`)
    const to = n * 3 * PLANE
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + 1 + channel * PLANE
      for (let i = 0; i < PLANE; i++) images[to + 3 * i + channel] = bytes[plane + i]!
    }
  }
  return { images, labels, count }
}

function concatenate(splits: readonly Split[]): Split {
  const whole = (parts: Uint8Array[]): Uint8Array => {
    const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
  return {
    images: whole(splits.map(split => split.images)),
    labels: whole(splits.map(split => split.labels)),
    count: splits.reduce((total, split) => total + split.count, 0),
  }
}

function readClasses(file: string): readonly string[] {
  const names = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .map(line => line.trim())
        .filter(Boolean)
    : []
  return names.length === 10 ? names : CLASSES
}
