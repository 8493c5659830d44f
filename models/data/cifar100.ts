/** The folder of a CIFAR-100 binary version: `train.bin` and `test.bin`, each record with a superclass and a class. */
import { join } from 'node:path'
import { contentOf, linesOf, namesIn } from './files.js'
import { DataError, type ImageSet, type Split } from './images.js'
import { cifar100Records, PIXELS } from './records.js'

const FILES = ['train.bin', 'test.bin'] as const
export const isCifar100 = (files: readonly string[]): boolean => FILES.some(file => files.includes(file))

/**
 * Reads the folder of a CIFAR-100 binary version: 100 classes, or with `coarse` their 20 superclasses, named by
 * `fine_label_names.txt` and `coarse_label_names.txt` where these are there. Throws `DataError` for a missing or truncated file or a label that
 * is too high.
 */
export function readCifar100(path: string, { coarse = false }: { readonly coarse?: boolean } = {}): ImageSet {
  const files = namesIn(path)
  const [train, test] = FILES.map((name): Split => {
    if (!files.includes(name))
      throw new DataError(`${name} is missing in ${path}: CIFAR-100 has train.bin and test.bin`)
    const file = join(path, name)
    return cifar100Records(contentOf(file), file, { coarse })
  })
  const count = coarse ? 20 : 100
  const names = linesOf(join(path, `${coarse ? 'coarse' : 'fine'}_label_names.txt`))
  return {
    name: `CIFAR-100${coarse ? ', superclasses' : ''}`,
    train: train!,
    test: test!,
    ...{ height: PIXELS, width: PIXELS, channels: 3 as const },
    classes: names.length === count ? names : Array.from({ length: count }, (_, label) => `${label}`),
  }
}
