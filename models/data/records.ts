/**
 * Records of the CIFAR binary versions: a label byte (of CIFAR-100 two: superclass and class) and three planes of 32 x 32 bytes
 * (red, green, blue), without header. A file may hold any number of them. Layout: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { DataError, type Split } from './images.js'

/** Height and width of an image. */
export const PIXELS = 32
const PLANE = PIXELS * PIXELS
/** Names by label, where no file says them. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
]

/** The images in the bytes of a file, which `file` names in errors. Throws `DataError` if it is truncated or has a label above 9. */
export const cifar10Records = (bytes: Uint8Array, file: string): Split =>
  records(bytes, file, { name: 'CIFAR-10', labels: 1, label: 0, classes: 10 })
/** The same of CIFAR-100, with the labels of the 100 classes, or of the 20 superclasses. */
export const cifar100Records = (bytes: Uint8Array, file: string, { coarse = false } = {}): Split =>
  records(bytes, file, { name: 'CIFAR-100', labels: 2, label: coarse ? 0 : 1, classes: coarse ? 20 : 100 })

interface Layout {
  readonly name: string
  /** Label bytes of a record, and which of them is wanted. */
  readonly labels: number
  readonly label: number
  readonly classes: number
}
function records(bytes: Uint8Array, file: string, { name, labels: lead, label, classes }: Layout): Split {
  const record = lead + 3 * PLANE
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new DataError(
      `${file} is truncated: it has ${bytes.length} bytes, expected a multiple of ${record} (${lead === 1 ? 'one label' : `${lead} labels`} and 3 x 32 x 32 pixels per record)`,
    )
  const count = bytes.length / record
  const images = new Uint8Array(count * 3 * PLANE)
  const labels = new Uint8Array(count)
  for (let n = 0; n < count; n++) {
    const start = n * record
    labels[n] = bytes[start + label]!
    if (labels[n]! >= classes)
      throw new DataError(
        `record ${n} of ${file} has label ${labels[n]}, expected 0 to ${classes - 1}: this is no ${name} file`,
      )
    const to = n * 3 * PLANE
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + lead + channel * PLANE
      for (let i = 0; i < PLANE; i++) images[to + 3 * i + channel] = bytes[plane + i]!
    }
  }
  return { images, labels, count }
}

/** The images of all splits, one after the other. */
export function joined(splits: readonly Split[]): Split {
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
