/**
 * Safetensors (https://github.com/huggingface/safetensors#format): eight bytes of header length, a JSON header with
 * dtype, shape and byte range of each tensor, then the bytes. A file is untrusted: everything is checked before it is used.
 */
import { BadInput } from './errors.js'
import type { Output } from './values.js'

export type Tensors = Readonly<Record<string, Output>>
export interface Safetensors {
  readonly tensors: Tensors
  readonly metadata: Readonly<Record<string, string>>
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
/** What can be read: I64, PyTorch's counters, only where the values fit i32. */
const readable = { ...arrays, I64: BigInt64Array } as const
type Readable = keyof typeof readable
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

/** The tensors of a safetensors file, copied out of it. Throws `BadInput`, starting with `what`, if anything in it is not as the format says. */
export function readSafetensors(file: Uint8Array, what = 'the safetensors file'): Safetensors {
  const fail = (reason: string): never => {
    throw new BadInput(`${what} is damaged or no safetensors file: ${reason.slice(0, LONGEST_REASON)}.`)
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
  const found = Object.entries(entries).map(([name, entry]) => check(name, entry, body, failAt(name)))
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
  const tensors = found.map(({ name, dtype, shape, begin, end }) => {
    // Not `file.slice`: a Buffer's shares its memory.
    const bytes = file.buffer.slice(file.byteOffset + start + begin, file.byteOffset + start + end) as ArrayBuffer
    return [name, Object.assign(decode(name, dtype, bytes, fail), { shape }) as Output] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> }
}

type Fail = (reason: string) => never

/** Where the header first says `name`. */
function placeOf(header: Uint8Array, name: string): number {
  const before = new TextDecoder().decode(header.subarray(8)).split(JSON.stringify(name), 1)[0]!
  return 8 + new TextEncoder().encode(before).length
}

function decode(name: string, dtype: Readable, bytes: ArrayBuffer, fail: Fail) {
  if (dtype === 'BOOL') return Uint32Array.from(new Uint8Array(bytes), value => (value ? 1 : 0))
  if (dtype !== 'I64') return new arrays[dtype](bytes)
  const wide = new BigInt64Array(bytes)
  const large = wide.find(value => BigInt.asIntN(32, value) !== value)
  return large === undefined
    ? Int32Array.from(wide, Number)
    : fail(`tensor ${name} of dtype I64 holds ${large}, which i32 cannot`)
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
  readonly dtype: Readable
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function check(name: string, entry: unknown, body: number, fail: Fail): Found {
  if (!isRecord(entry)) return fail(`tensor ${name} has no description`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !Object.hasOwn(readable, dtype))
    return fail(
      `tensor ${name} has dtype ${JSON.stringify(dtype)}, and only ${Object.keys(readable).join(', ')} can be read`,
    )
  if (!isCounts(shape) || shape.length > 32) return fail(`tensor ${name} has shape ${JSON.stringify(shape)}`)
  if (!isCounts(offsets) || offsets.length !== 2)
    return fail(`tensor ${name} has data_offsets ${JSON.stringify(offsets)}`)
  const [begin, end] = offsets as [number, number]
  if (begin > end || end > body) return fail(`tensor ${name} lies at bytes ${begin} to ${end} of ${body}`)
  const bytes = shape.reduce((a, b) => a * b, 1) * readable[dtype as Readable].BYTES_PER_ELEMENT
  if (bytes !== end - begin)
    return fail(
      `tensor ${name} of shape [${shape.join(', ')}] and dtype ${dtype} needs ${bytes} bytes, but has ${end - begin}`,
    )
  return { name, dtype: dtype as Readable, shape, begin, end }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && item >= 0)
