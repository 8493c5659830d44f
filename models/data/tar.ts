/**
 * What lies where in a tar archive (POSIX ustar with pax and GNU long names), read header by header, so that members can be read
 * one by one from an archive of any size. Layout: IEEE Std 1003.1, pax interchange format.
 */
import type { FileHandle } from 'node:fs/promises'
import { DataError } from './examples.js'
import { bytesAt } from './files.js'

/** A file in an archive: where its bytes are. */
export interface Member {
  readonly name: string
  readonly offset: number
  readonly size: number
}

const BLOCK = 512
/** Of a name or of pax records: far more than any path has. */
const LONGEST = 2 ** 20

/**
 * The regular files of an archive in order; `file` names it in errors. Throws `DataError` with the byte where it is damaged or
 * ends too early.
 */
export async function membersOf(handle: FileHandle, file: string): Promise<Member[]> {
  const { size: total } = await handle.stat()
  const damaged = (at: number, why: string) => new DataError(`${file} is no whole tar archive: at byte ${at} ${why}`)
  const members: Member[] = []
  let long: { name?: string; size?: number } = {}
  for (let at = 0; at < total; ) {
    const header = await bytesAt(handle, at, BLOCK)
    if (header.length < BLOCK) throw damaged(at, 'its header is cut off')
    if (header.every(byte => byte === 0)) return members
    if (octal(header, 148, 8) !== checksum(header)) throw damaged(at, 'there is no header of a member')
    const size = long.size ?? octal(header, 124, 12)
    const offset = at + BLOCK
    if (!Number.isSafeInteger(size) || size < 0 || offset + size > total)
      throw damaged(at, `a member of ${size} bytes begins, and the file has ${total - offset} more`)
    const type = String.fromCharCode(header[156]!)
    if (type === 'x' || type === 'L') {
      if (size > LONGEST) throw damaged(at, `the name of a member has ${size} bytes`)
      const content = await bytesAt(handle, offset, size)
      long = { ...long, ...(type === 'L' ? { name: text(content, 0, size) } : paxOf(content)) }
    } else {
      // What is after a ustar magic is a prefix; GNU archives have other things there.
      const prefix = text(header, 257, 8).startsWith('ustar') && header[263] === 48 ? text(header, 345, 155) : ''
      const name = long.name ?? [prefix, text(header, 0, 100)].filter(Boolean).join('/')
      if (type === '0' || type === '\0') members.push({ name, offset, size })
      long = {}
    }
    at = offset + Math.ceil(size / BLOCK) * BLOCK
  }
  return members
}

/** Up to the first zero. */
function text(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length)
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8')
}
/** Octal digits, or, of GNU, a number in base 256 whose highest bit is set. */
function octal(bytes: Uint8Array, from: number, length: number): number {
  if (bytes[from]! & 0x80)
    return bytes.subarray(from + 1, from + length).reduce((sum, byte) => sum * 256 + byte, bytes[from]! & 0x7f)
  const digits = text(bytes, from, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}
/** The sum of a header's bytes, those of the sum itself taken as blanks. */
const checksum = (header: Uint8Array): number =>
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0)

/** `path` and `size` of pax records: `LENGTH KEY=VALUE\n`, the length in bytes with itself. */
function paxOf(content: Uint8Array): { name?: string; size?: number } {
  const found: { name?: string; size?: number } = {}
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(32, at)
    const length = Number(text(content, at, Math.max(blank - at, 0)))
    if (!(Number.isInteger(length) && length > 0)) break
    const record = text(content, blank + 1, at + length - blank - 2)
    const equal = record.indexOf('=')
    const [key, value] = [record.slice(0, equal), record.slice(equal + 1)]
    if (key === 'path') found.name = value
    if (key === 'size') found.size = Number(value)
    at += length
  }
  return found
}
