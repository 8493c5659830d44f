/**
 * Records of the CIFAR-10 binary version: one label byte and three planes of 32 x 32 bytes (red, green, blue), without
 * header. A file may hold any number of them. Layout: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { DataError, type Split } from './images.js'

/** Height and width of an image. */
export const PIXELS = 32
const PLANE = PIXELS * PIXELS
const RECORD = 1 + 3 * PLANE
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
export function cifar10Records(bytes: Uint8Array, file: string): Split {
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
