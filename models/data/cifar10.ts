/** The folder of a CIFAR-10 binary version: `data_batch_1.bin`, `data_batch_2.bin`, ... and `test_batch.bin`. */
import { join } from 'node:path'
import { contentOf, linesOf, namesIn } from './files.js'
import { DataError, type ImageSet } from './images.js'
import { cifar10Classes, cifar10Records, joined, PIXELS } from './records.js'

const batchNumber = (file: string): number => Number(/^data_batch_(\d+)\.bin$/.exec(file)?.[1] ?? 0)
export const isCifar10 = (files: readonly string[]): boolean =>
  files.some(file => batchNumber(file) > 0 || file === 'test_batch.bin')

/** Reads the folder of a CIFAR-10 binary version. Throws `DataError` for a missing or truncated file or a label above 9. */
export function readCifar10(path: string): ImageSet {
  const files = namesIn(path)
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
    train: joined(train.map(file => readRecords(join(path, file)))),
    test: readRecords(join(path, 'test_batch.bin')),
    height: PIXELS,
    width: PIXELS,
    channels: 3,
    classes: readClasses(join(path, 'batches.meta.txt')),
  }
}

const readRecords = (file: string) => cifar10Records(contentOf(file), file)

function readClasses(file: string): readonly string[] {
  const names = linesOf(file)
  return names.length === 10 ? names : cifar10Classes
}
