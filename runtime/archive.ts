/**
 * One file that holds the files of a bundle: a tar archive (POSIX ustar), because any system unpacks it, nothing is
 * compressed and every file begins at a multiple of 512 bytes. Read strictly: a header must be, byte for byte, the one that
 * is written here for its name and length, so there is one way to say a thing and nowhere to hide another.
 */
import { BadInput } from './errors.js'

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

const BLOCK = 512
const MOST_FILES = 10_000
/** Eleven octal digits. */
const MOST_BYTES = 8 ** 11 - 1
/** One folder at most: no way up, no way out. */
const NAME = /^(?:[A-Za-z0-9_][\w.-]*\/)?[A-Za-z0-9_][\w.-]*$/

export const isFileName = (name: string): boolean => name.length <= 99 && NAME.test(name)

/** The archive of `files`, in their order. */
export function packFiles(files: Files): Uint8Array<ArrayBuffer> {
  const blocks = [...files.values()].reduce((sum, { length }) => sum + 1 + Math.ceil(length / BLOCK), 2)
  const archive = new Uint8Array(blocks * BLOCK)
  let at = 0
  for (const [name, content] of files) {
    if (!isFileName(name)) throw new BadInput(`${name} is no name for a file of a bundle.`)
    archive.set(header(name, content.length), at)
    archive.set(content, at + BLOCK)
    at += BLOCK * (1 + Math.ceil(content.length / BLOCK))
  }
  return archive
}

/** The files of an archive, as views of it. Throws `BadInput`, starting with `what`, naming the byte where it is not right. */
export function unpackFiles(archive: Uint8Array<ArrayBuffer>, what: string): Files {
  const fail = (at: number, reason: string): never => {
    throw new BadInput(`${what} is damaged or no bundle: at byte ${at}, ${reason}.`)
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let at = 0
  for (;;) {
    if (at + 2 * BLOCK > archive.length) fail(archive.length, 'it ends before its last file does')
    const block = archive.subarray(at, at + BLOCK)
    if (block[0] === 0) break
    const name = text(block.subarray(0, 100))
    if (!isFileName(name)) fail(at, `${JSON.stringify(name.slice(0, 100))} is no name for a file of a bundle`)
    const digits = text(block.subarray(124, 136))
    if (!/^[0-7]{11}$/.test(digits)) fail(at + 124, `the length of ${name} is not eleven octal digits`)
    const length = Number.parseInt(digits, 8)
    const expected = header(name, length)
    const differs = block.findIndex((byte, i) => byte !== expected[i])
    if (differs >= 0) fail(at + differs, `the header of ${name} is not as a bundle has it`)
    if (files.has(name)) fail(at, `${name} is there twice`)
    if (files.size >= MOST_FILES) fail(at, `it has more than ${MOST_FILES} files`)
    const start = at + BLOCK
    const end = start + Math.ceil(length / BLOCK) * BLOCK
    if (end > archive.length) fail(at + 124, `${name} has ${length} bytes, but ${archive.length - start} follow`)
    files.set(name, archive.subarray(start, start + length))
    checkZeros(start + length, end)
    at = end
  }
  if (at + 2 * BLOCK !== archive.length) fail(at, 'it does not end after its last file')
  checkZeros(at, archive.length)
  return files

  function checkZeros(from: number, to: number): void {
    for (let i = from; i < to; i++) if (archive[i] !== 0) fail(i, 'there are bytes that belong to no file')
  }
}

/** ustar: name, mode, owner, group, length, time, checksum, type, magic. Neither owners nor times. */
function header(name: string, length: number): Uint8Array<ArrayBuffer> {
  if (length > MOST_BYTES) throw new BadInput(`${name} has ${length} bytes, and a file of a bundle 8 GiB at most.`)
  const block = new Uint8Array(BLOCK)
  const put = (at: number, value: string) => block.set(new TextEncoder().encode(value), at)
  put(0, name)
  put(100, '0000644\0')
  put(108, '0000000\0')
  put(116, '0000000\0')
  put(124, `${length.toString(8).padStart(11, '0')}\0`)
  put(136, '00000000000\0')
  put(148, '        ')
  put(156, '0')
  put(257, 'ustar\x0000')
  const sum = block.reduce((a, b) => a + b, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return block
}

/** Up to the first zero. */
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, (bytes.indexOf(0) + 1 || 101) - 1))
