/**
 * Safetensors (https://github.com/huggingface/safetensors#format): eight bytes of header length, a JSON header with
 * dtype, shape and byte range of each tensor, then the bytes. A file is untrusted: everything is checked before it is used.
 */
import { BadInput } from './errors.js'
import type { Output } from './values.js'

/** Typed arrays that know their shapes, by name. */
export type Tensors = Readonly<Record<string, Output>>
/** What `readSafetensors` gives. */
export interface Safetensors {
  /** The tensors of the file, by name. */
  readonly tensors: Tensors
  /** The words that the file holds beside them. */
  readonly metadata: Readonly<Record<string, string>>
  /** Tensors that are of another dtype here than in the file, in words: `weight of BF16 as f32`. */
  readonly converted: readonly string[]
}

type Name = keyof typeof arrays
const arrays = {
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const
/** How a dtype of the file becomes an array of the runtime; a value that has no place in one is refused. */
interface Kind {
  readonly bytes: number
  /** What it becomes, where that is another dtype. */
  readonly as?: 'f32' | 'i32' | 'u32'
  readonly decode: (bytes: ArrayBuffer, refuse: (value: number | bigint) => never) => Values
}
type Values = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array
const plain = (Type: (typeof arrays)[Name]): Kind => ({
  bytes: Type.BYTES_PER_ELEMENT,
  decode: bytes => new Type(bytes),
})
const whole = (
  Type: { new (bytes: ArrayBuffer): Iterable<number | bigint>; readonly BYTES_PER_ELEMENT: number },
  as: 'i32' | 'u32',
): Kind => ({
  bytes: Type.BYTES_PER_ELEMENT,
  as,
  decode(bytes, refuse) {
    const [Wanted, narrow] = as === 'i32' ? [Int32Array, (x: number) => x | 0] : [Uint32Array, (x: number) => x >>> 0]
    const values = Array.from(new Type(bytes), value =>
      Number(value) === narrow(Number(value)) ? Number(value) : refuse(value),
    )
    return new Wanted(values)
  },
})
/** What can be read, by the names of the format. */
const readable: Readonly<Record<string, Kind>> = {
  F32: plain(Float32Array),
  F16: plain(Uint16Array),
  BF16: {
    bytes: 2,
    as: 'f32',
    // The upper half of an f32.
    decode: bytes => new Float32Array(Uint32Array.from(new Uint16Array(bytes), bits => bits << 16).buffer),
  },
  F64: {
    bytes: 8,
    as: 'f32',
    decode: (bytes, refuse) =>
      Float32Array.from(new Float64Array(bytes), value =>
        Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? refuse(value) : value,
      ),
  },
  I64: whole(BigInt64Array, 'i32'),
  I32: plain(Int32Array),
  I16: whole(Int16Array, 'i32'),
  I8: whole(Int8Array, 'i32'),
  U64: whole(BigUint64Array, 'u32'),
  U32: plain(Uint32Array),
  U16: whole(Uint16Array, 'u32'),
  U8: plain(Uint8Array),
  BOOL: { bytes: 1, decode: bytes => Uint32Array.from(new Uint8Array(bytes), value => (value ? 1 : 0)) },
}
/** What the format has besides. */
const unread = ['F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ', 'F6_E2M3', 'F6_E3M2', 'F4', 'C64']
const maxHeader = 100_000_000
/** Names in a damaged file may be of any length. */
const LONGEST_REASON = 400

/** A safetensors file. f16 tensors are arrays of their bits, as the runtime reads them. */
export function writeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  // Wide elements first, so that all are aligned, then by name, so that equal tensors give equal files.
  const sorted = Object.entries(tensors).sort(
    ([a, x], [b, y]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  )
  const header: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : []
  let end = 0
  for (const [name, tensor] of sorted) {
    if (name === '__metadata__') throw new BadInput('a tensor cannot be named __metadata__ in a safetensors file.')
    const dtype = (Object.keys(arrays) as Name[]).find(key => tensor instanceof arrays[key])
    if (!dtype)
      throw new BadInput(`tensor ${name} is a ${tensor.constructor.name}, which a safetensors file cannot hold.`)
    header.push([name, { dtype, shape: tensor.shape, data_offsets: [end, end + tensor.byteLength] }])
    end += tensor.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const start = 8 + Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(start + end).fill(0x20, 8 + json.length, start)
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true)
  file.set(json, 8)
  let at = start
  for (const [, tensor] of sorted) {
    file.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), at)
    at += tensor.byteLength
  }
  return file
}

/**
 * The tensors of a safetensors file, copied out of it. BF16 and F64 become f32, whole numbers of 8, 16 and 64 bits i32 and u32.
 * Throws `BadInput`, starting with `what`, if anything in it is not as the format says, or has no place in these.
 */
export function readSafetensors(file: Uint8Array, what = 'the safetensors file'): Safetensors {
  const fail = (reason: string): never => {
    throw new BadInput(`${what} is damaged or no safetensors file: ${reason.slice(0, LONGEST_REASON)}.`)
  }
  const refuse = (reason: string): never => {
    throw new BadInput(`${what} cannot be read: ${reason.slice(0, LONGEST_REASON)}.`)
  }
  if (file.length < 8) fail(`it has ${file.length} bytes`)
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true)
  if (length > maxHeader || Number(length) > file.length - 8)
    fail(`byte 0 says that the header has ${length} bytes, but ${file.length - 8} follow`)
  const start = 8 + Number(length)
  const header = parse(file.subarray(8, start), fail)
  const body = file.length - start

  const { __metadata__: metadata = {}, ...entries } = header
  if (!isRecord(metadata) || !Object.values(metadata).every(value => typeof value === 'string'))
    fail('its metadata is not text by name')
  const failAt = (name: string) => (reason: string) =>
    fail(`${reason} (described at byte ${placeOf(file.subarray(0, start), name)})`)
  const found = Object.entries(entries).map(([name, entry]) => check(name, entry, body, failAt(name), refuse))
  found.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let end = 0
  for (const tensor of found) {
    if (tensor.begin !== end)
      fail(
        `tensor ${tensor.name} begins at byte ${start + tensor.begin}, ${tensor.begin < end ? 'inside' : 'not at the end of'} the one before, which ends at ${start + end}`,
      )
    end = tensor.end
  }
  if (end !== body) fail(`its tensors end at byte ${start + end}, but the file has ${file.length}`)
  const tensors = found.map(({ name, dtype, kind, shape, begin, end }) => {
    // Not `file.slice`: a Buffer's shares its memory.
    const bytes = file.buffer.slice(file.byteOffset + start + begin, file.byteOffset + start + end) as ArrayBuffer
    const values = kind.decode(bytes, value =>
      refuse(`tensor ${name} of dtype ${dtype} holds ${value}, which ${kind.as} cannot`),
    )
    return [name, Object.assign(values, { shape }) as Output] as const
  })
  const converted = found.flatMap(({ name, dtype, kind }) => (kind.as ? [`${name} of ${dtype} as ${kind.as}`] : []))
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string>, converted }
}

type Fail = (reason: string) => never

/** Where the header first says `name`. */
function placeOf(header: Uint8Array, name: string): number {
  const before = new TextDecoder().decode(header.subarray(8)).split(JSON.stringify(name), 1)[0]!
  return 8 + new TextEncoder().encode(before).length
}

function parse(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  if (bytes[0] !== 0x7b) fail('its header does not begin with {')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    fail(`its header is not JSON (${(error as Error).message.split('\n')[0]})`)
  }
  return isRecord(header) ? header : fail('its header is not an object')
}

interface Found {
  readonly name: string
  readonly dtype: string
  readonly kind: Kind
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function check(name: string, entry: unknown, body: number, fail: Fail, refuse: Fail): Found {
  if (!isRecord(entry)) return fail(`tensor ${name} has no description`)
  const { dtype, shape, data_offsets: offsets } = entry
  const known = Object.keys(readable).join(', ')
  if (unread.some(name => name === dtype))
    return refuse(`tensor ${name} has dtype ${dtype}, and only ${known} are read: convert it to one of them`)
  if (typeof dtype !== 'string' || !Object.hasOwn(readable, dtype))
    return fail(`tensor ${name} has dtype ${JSON.stringify(dtype)}, and only ${known} can be read`)
  const kind = readable[dtype]!
  if (!isCounts(shape) || shape.length > 32) return fail(`tensor ${name} has shape ${JSON.stringify(shape)}`)
  if (!isCounts(offsets) || offsets.length !== 2)
    return fail(`tensor ${name} has data_offsets ${JSON.stringify(offsets)}`)
  const [begin, end] = offsets as [number, number]
  if (begin > end || end > body) return fail(`tensor ${name} lies at bytes ${begin} to ${end} of ${body}`)
  const bytes = shape.reduce((a, b) => a * b, 1) * kind.bytes
  if (bytes !== end - begin)
    return fail(
      `tensor ${name} of shape [${shape.join(', ')}] and dtype ${dtype} needs ${bytes} bytes, but has ${end - begin}`,
    )
  return { name, dtype, kind, shape, begin, end }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && item >= 0)
