/**
 * WebDataset: tar archives whose members with one name and several endings are one example: `a/000.jpg` and `a/000.cls`, the class
 * as a number. The archives are indexed once by their headers; images are then read from their places in any order, so that
 * shuffling is over the whole set. Layout: github.com/webdataset/webdataset.
 */
import type { FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { decodeImage, squared } from './decode.js'
import { bytesAt, namesIn, opened } from './files.js'
import { checkClasses, type FolderOptions, isImageFile } from './folder.js'
import { DataError } from './images.js'
import { type AnyImageSet, heldOut, type ImageSource, imageSetOf } from './source.js'
import { type Member, membersOf } from './tar.js'

/** A name that says that a file is for testing. */
export const isTestName = (name: string): boolean => /(^|[^a-z])(test|val|validation)([^a-z]|$)/i.test(name)
export const isShards = (files: readonly string[]): boolean => files.some(file => file.endsWith('.tar'))

interface Sample {
  readonly shard: Shard
  readonly image: Member
  readonly label?: number
}
interface Shard {
  readonly name: string
  readonly file: string
}

/**
 * Reads the tar shards of a folder. Those with `test` or `val` in their names are for testing; where none is, every tenth example is.
 * Where every image has a `.cls`, these are the labels, unless `labels` is `'none'`. Throws `DataError` for a damaged archive, one without images, and labels above 255.
 */
export async function readShards(path: string, { labels, ...options }: FolderOptions = {}): Promise<AnyImageSet> {
  const names = namesIn(path)
    .filter(name => name.endsWith('.tar'))
    .sort()
  const shards = await Promise.all(names.map(name => samplesIn(name, join(path, name))))
  const parts = [false, true].map(test => shards.flatMap((of, i) => (isTestName(names[i]!) === test ? of : [])))
  const [train, test] = parts[0]!.length > 0 && parts[1]!.length > 0 ? parts : heldOut(parts.flat())
  const all = shards.flat()
  const labelled = labels !== 'none' && all.every(({ label }) => label !== undefined)
  const highest = labelled ? all.reduce((most, { label }) => Math.max(most, label!), 0) : -1
  checkClasses(path, highest + 1)
  const classes = Array.from({ length: highest + 1 }, (_, label) => `${label}`)
  return imageSetOf(
    { name: basename(resolve(path)), classes },
    { train: sourceOf(train!, labelled), test: sourceOf(test!, labelled) },
    options,
  )
}

const samplesIn = (name: string, file: string): Promise<Sample[]> =>
  opened(file, handle => indexed({ name, file }, handle))

async function indexed(shard: Shard, handle: FileHandle): Promise<Sample[]> {
  const { file } = shard
  const examples = new Map<string, { image?: Member; label?: number }>()
  for (const member of await membersOf(handle, file)) {
    // The ending is what follows the first dot of the name, as WebDataset has it.
    const [, key, ending] = /^((?:.*\/)?[^/.]+)\.([^/]*)$/.exec(member.name) ?? []
    if (key === undefined) continue
    const example = examples.get(key) ?? {}
    if (isImageFile(member.name)) example.image ??= member
    if (ending === 'cls') {
      const text = Buffer.from(await bytesAt(handle, member.offset, Math.min(member.size, 20))).toString('latin1')
      if (!/^\d{1,9}\s*$/.test(text))
        throw new DataError(`${member.name} in ${file} should be the number of a class, and is ${JSON.stringify(text)}`)
      example.label = Number(text)
    }
    examples.set(key, example)
  }
  const samples = [...examples.values()].flatMap(({ image, label }) =>
    image ? [{ shard, image, ...(label !== undefined && { label }) }] : [],
  )
  if (samples.length === 0) throw new DataError(`${file} holds no images: members .jpg, .jpeg and .png are read`)
  return samples
}

function sourceOf(samples: readonly Sample[], labelled: boolean): ImageSource {
  const short = (n: number): string => `${samples[n]!.image.name} in ${samples[n]!.shard.name}`
  const name = (n: number): string => `${samples[n]!.image.name} in ${samples[n]!.shard.file}`
  const bytes = (n: number): Promise<Uint8Array> => {
    const { shard, image } = samples[n]!
    return opened(shard.file, handle => bytesAt(handle, image.offset, image.size))
  }
  return {
    count: samples.length,
    labels: Uint8Array.from(samples, ({ label }) => (labelled ? label! : 0)),
    name,
    short,
    pixels: (n, size) => decodeImage(() => bytes(n), name(n), squared(size)),
    identity: () => samples.map(({ image: { size } }, n) => `${short(n)} ${size}`).join('\n'),
  }
}
