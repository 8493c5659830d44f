/**
 * Parquet files with a column `image` of encoded images (bytes, or `{ bytes, path }` as Hugging Face's datasets have them) and maybe
 * a column `label`, by the npm package hyparquet. A row can be read only with its row group, so an epoch goes through the groups in
 * a drawn order, some at a time, whose rows are shuffled together. Format: parquet.apache.org/docs/file-format.
 */
import { basename, join, resolve } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet'
import { optional } from '../../runtime/optional.js'
import { reasonOf } from '../../runtime/reasons.js'
import { decodeImage, squared } from './decode.js'
import { namesIn } from './files.js'
import { checkClasses, type FolderOptions } from './folder.js'
import { DataError } from './images.js'
import { permutation } from './random.js'
import { isTestName } from './shards.js'
import { type AnyImageSet, heldOut, type ImageSource, imageSetOf, MEMORY } from './source.js'

export const isParquet = (files: readonly string[]): boolean => files.some(file => file.endsWith('.parquet'))

interface Group {
  readonly name: string
  readonly file: string
  readonly buffer: AsyncBuffer
  readonly metadata: FileMetaData
  readonly compressors: Compressors
  /** Its first row in the file, their number, and the bytes of all of it, not compressed. */
  readonly first: number
  readonly count: number
  readonly bytes: number
}
interface Row {
  readonly group: Group
  /** In the file. */
  readonly row: number
  readonly label: number | undefined
}
type Package = Pick<typeof import('hyparquet'), 'parquetMetadataAsync' | 'parquetReadObjects' | 'asyncBufferFromFile'>

/**
 * Reads the Parquet files of a folder. Those with `test` or `val` in their names are for testing; where none is, every tenth row is.
 * A quarter of `memory` is for row groups. Pages may be compressed by snappy, gzip or Brotli, and by zstd where the npm package
 * hyparquet-compressors is installed. Throws `DataError` for a file that is damaged or has no column `image`, for labels that
 * are no bytes, and if hyparquet is not installed.
 */
export async function readParquet(
  path: string,
  { labels, memory = MEMORY, ...options }: FolderOptions = {},
): Promise<AnyImageSet> {
  const hyparquet = await optional<Package>('hyparquet').catch(({ message }: Error) => {
    throw new DataError(message)
  })
  const names = namesIn(path)
    .filter(name => name.endsWith('.parquet'))
    .sort()
  const files: { readonly rows: Row[]; readonly classes: readonly string[] }[] = []
  for (const name of names) files.push(await indexed(hyparquet, name, join(path, name), labels === 'none'))
  const parts = [false, true].map(test => files.flatMap(({ rows }, i) => (isTestName(names[i]!) === test ? rows : [])))
  const [train, test] = parts[0]!.length > 0 && parts[1]!.length > 0 ? parts : heldOut(parts.flat())
  const all = parts.flat()
  const labelled = labels !== 'none' && all.every(({ label }) => label !== undefined)
  const highest = labelled ? all.reduce((most, { label }) => Math.max(most, label!), 0) : -1
  checkClasses(path, highest + 1)
  const named = files[0]!.classes
  const classes = named.length > highest ? named : Array.from({ length: highest + 1 }, (_, label) => `${label}`)
  const images = groupReader(hyparquet, memory / 4)
  const source = (rows: readonly Row[]) => sourceOf(rows, labelled, images, memory / 8)
  return imageSetOf(
    { name: basename(resolve(path)), classes: labelled ? classes : [] },
    { train: source(train!), test: source(test!) },
    { ...options, memory: (memory * 3) / 4 },
  )
}

/** What is in a file, without its images. */
async function indexed(
  { parquetMetadataAsync, parquetReadObjects, asyncBufferFromFile }: Package,
  name: string,
  file: string,
  bare: boolean,
) {
  const buffer = await parsed(file, () => asyncBufferFromFile(file))
  const metadata = await parsed(file, () => parquetMetadataAsync(buffer))
  const count = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)
  if (count !== Number(metadata.num_rows) || metadata.row_groups.some(({ num_rows }) => num_rows < 0))
    throw new DataError(
      `${file} is damaged: its groups have ${count} rows, and it should have ${metadata.num_rows} in all`,
    )
  const compressors = await compressorsFor(metadata, file)
  const columns = columnsOf(metadata)
  if (!columns.includes('image'))
    throw new DataError(`${file} has no column image: it has ${columns.join(', ').slice(0, 200)}`)
  const found =
    columns.includes('label') && !bare
      ? await parsed(file, () => parquetReadObjects({ file: buffer, metadata, compressors, columns: ['label'] }))
      : []
  let first = 0
  const rows = metadata.row_groups.flatMap(({ num_rows, columns }): Row[] => {
    const bytes = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0)
    const group: Group = { name, file, buffer, metadata, compressors, first, count: Number(num_rows), bytes }
    first += group.count
    return Array.from({ length: group.count }, (_, i) => {
      const row = group.first + i
      return { group, row, label: found.length > 0 ? labelOf(found[row]?.label, row, file) : undefined }
    })
  })
  return { rows, classes: classesOf(metadata) }
}
/**
 * How pages are brought to their size again, for what hyparquet has no own way: gzip and Brotli by Node, zstd by the package
 * hyparquet-compressors, which is asked for where a column of images or labels needs it.
 */
async function compressorsFor({ row_groups }: FileMetaData, file: string): Promise<Compressors> {
  const chunks = row_groups.flatMap(({ columns }) => columns.flatMap(({ meta_data }) => meta_data ?? []))
  const codecs = new Set(
    chunks.flatMap(({ codec, path_in_schema: [top] }) => (top === 'image' || top === 'label' ? [codec] : [])),
  )
  const own: Compressors = {
    GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: Math.max(length, 1) }),
    BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) }),
  }
  const others = [...codecs].filter(codec => codec !== 'UNCOMPRESSED' && codec !== 'SNAPPY' && !own[codec])
  const unknown = others.find(codec => codec !== 'ZSTD')
  if (unknown)
    throw new DataError(
      `${file} is compressed by ${unknown}, which is not read: write it with zstd, gzip, brotli or snappy`,
    )
  if (others.length === 0) return own
  const { compressors } = await optional<{ readonly compressors: Compressors }>('hyparquet-compressors').catch(
    ({ message }: Error) => {
      throw new DataError(`${file} cannot be read: ${message}`)
    },
  )
  // What a damaged page says of its size is not believed beyond the columns' own.
  const most = Math.max(...chunks.map(({ total_uncompressed_size }) => Number(total_uncompressed_size)))
  const ZSTD = (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > most) throw new Error(`a page of ${length} bytes in columns of at most ${most}`)
    return compressors.ZSTD!(bytes, length)
  }
  return { ...own, ZSTD }
}
/** Of the top level of the schema, whose nodes come before their children. */
function columnsOf({ schema }: FileMetaData): string[] {
  const names: string[] = []
  const skip = (at: number): number => {
    let next = at + 1
    for (let child = 0; child < (schema[at]!.num_children ?? 0); child++) next = skip(next)
    return next
  }
  for (let at = 1; at < schema.length; at = skip(at)) names.push(schema[at]!.name)
  return names
}
function labelOf(value: unknown, row: number, file: string): number {
  const label = Number(value)
  if (!Number.isInteger(label) || label < 0 || label > 2 ** 31)
    throw new DataError(`row ${row} of ${file} has label ${String(value).slice(0, 60)}, expected the number of a class`)
  return label
}
/** The names of classes that Hugging Face's datasets keep beside the schema. */
function classesOf({ key_value_metadata }: FileMetaData): readonly string[] {
  try {
    const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
    const names = JSON.parse(text ?? '{}').info?.features?.label?.names
    return Array.isArray(names) && names.every(name => typeof name === 'string') ? names : []
  } catch {
    return []
  }
}

async function parsed<T>(file: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    const { message } = error as Error
    throw new DataError(
      `${file} cannot be read as Parquet: ${reasonOf(error) ?? message.trim().replace(/\s+/g, ' ').slice(0, 300)}`,
    )
  }
}

/** The images of groups; so many groups are kept as have room in `memory`, of two or more those used last. */
function groupReader({ parquetReadObjects }: Package, memory: number): (group: Group) => Promise<readonly unknown[]> {
  const kept = new Map<Group, Promise<readonly unknown[]>>()
  return group => {
    const found =
      kept.get(group) ??
      parsed(group.file, async () => {
        const { buffer: file, metadata, compressors, first, count } = group
        const range = { rowStart: first, rowEnd: first + count }
        const rows = await parquetReadObjects({
          file,
          metadata,
          compressors,
          columns: ['image'],
          utf8: false,
          ...range,
        })
        return rows.map(({ image }) => image)
      })
    kept.delete(group)
    kept.set(group, found)
    let total = [...kept.keys()].reduce((sum, { bytes }) => sum + bytes, 0)
    for (const oldest of kept.keys()) {
      if (total <= memory || kept.size <= 2) break
      kept.delete(oldest)
      total -= oldest.bytes
    }
    return found
  }
}

function sourceOf(
  rows: readonly Row[],
  labelled: boolean,
  images: (group: Group) => Promise<readonly unknown[]>,
  window: number,
): ImageSource {
  const groups = new Map<Group, number[]>()
  for (const [n, { group }] of rows.entries()) {
    const own = groups.get(group)
    if (own) own.push(n)
    else groups.set(group, [n])
  }
  const bytes = async (n: number): Promise<Uint8Array> => {
    const { group, row } = rows[n]!
    const image = (await images(group))[row - group.first]
    const found = image instanceof Uint8Array ? image : (image as { bytes?: unknown } | null)?.bytes
    if (!(found instanceof Uint8Array)) throw new DataError(`${name(n)} has no bytes of an image`)
    return found
  }
  const name = (n: number): string => `row ${rows[n]!.row} of ${rows[n]!.group.file}`
  const short = (n: number): string => `row ${rows[n]!.row} of ${rows[n]!.group.name}`
  return {
    count: rows.length,
    labels: Uint8Array.from(rows, ({ label }) => (labelled ? label! : 0)),
    name,
    short,
    pixels: (n, size) => decodeImage(() => bytes(n), name(n), squared(size)),
    order(count, random) {
      const drawn = permutation(groups.size, random)
      const all = [...groups]
      const order = new Uint32Array(count)
      let [at, bytes] = [0, 0]
      let together: number[] = []
      const flush = (): void => {
        const mixed = permutation(together.length, random)
        for (const place of mixed) order[at++] = together[place]!
        together = []
        bytes = 0
      }
      for (const g of drawn) {
        const [group, numbers] = all[g]!
        if (bytes > 0 && bytes + group.bytes > window) flush()
        for (const n of numbers) if (n < count) together.push(n)
        bytes += group.bytes
      }
      flush()
      return order
    },
    identity: () =>
      [...groups].map(([{ name, first, bytes }, numbers]) => `${name} ${first} ${bytes} ${numbers.length}`).join('\n'),
  }
}
