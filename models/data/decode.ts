/**
 * JPEG and PNG files as bytes, by the npm package sharp. Files are untrusted: of what sharp reads, only these two are, whatever
 * a file is called (an SVG file, say, is a program that draws), and images of more than 2^28 pixels are refused by it.
 */
import type { Sharp, SharpConstructor } from 'sharp'
import { optional } from '../../runtime/optional.js'
import { reasonOf } from '../../runtime/reasons.js'
import { DataError } from './examples.js'

export interface Pixels {
  readonly width: number
  readonly height: number
}

/**
 * RGB bytes `[height, width, 3]` of a file, whose contents `read` gives, brought to one size by `shaped`, which may throw what is wrong with it. Transparency is
 * dropped, grey made RGB. Throws `DataError` with the file's name, and `FacetError`
 * if sharp is not installed, which is no fault of the file.
 */
export async function decodeImage(
  read: () => Promise<Uint8Array>,
  name: string,
  shaped: (image: Sharp, found: Pixels) => Sharp,
): Promise<Uint8Array> {
  const { default: sharp } = await optional<{ readonly default: SharpConstructor }>('sharp')
  try {
    // Not by its name: libvips maps files into memory, and dies if one is shortened meanwhile.
    const image = sharp(await read())
    const { format, width, height } = await image.metadata()
    if (format !== 'jpeg' && format !== 'png') throw new Error(`it is neither JPEG nor PNG, but ${format}`)
    const { data, info } = await shaped(image, { width, height })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 3) throw new Error(`it has ${info.channels} channels, which are not made RGB`)
    return data
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new DataError(`${name} cannot be read as an image: ${reasonOf(error) ?? oneLine(error as Error)}`)
  }
}

/** The shorter side resized, the middle of the longer one kept. */
export const squared =
  (size: number) =>
  (image: Sharp): Sharp =>
    image.autoOrient().resize(size, size, { fit: 'cover' })

const oneLine = ({ message }: Error): string => message.trim().replace(/\s+/g, ' ')
