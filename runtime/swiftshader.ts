/**
 * The software Vulkan driver that comes with an npm package: `@sparticuz/chromium` carries Chromium's SwiftShader and a
 * Vulkan loader in a compressed tar. They are unpacked once into a cache folder.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { FacetError } from './errors.js'

export interface SwiftShader {
  /** The driver's manifest, for `VK_DRIVER_FILES`. */
  readonly manifest: string
  /** A Vulkan loader, for machines that have none. */
  readonly loader: string
}
const manifestName = 'vk_swiftshader_icd.json'
const loaderName = 'libvulkan.so.1'
const wanted = [manifestName, loaderName, 'libvk_swiftshader.so']
const complete = (folder: string): boolean => wanted.every(name => existsSync(join(folder, name)))

/** Where the driver lies, unpacking it first if need be. Throws `FacetError` where it is not installed or not for this machine. */
export function swiftshader(): SwiftShader {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new FacetError(
      `the software driver from npm is for Linux on x86-64, not ${process.platform} on ${process.arch}`,
    )
  const { archive, version } = findPackage()
  const tried: string[] = []
  for (const parent of cacheFolders()) {
    const folder = join(parent, `swiftshader-${version}`)
    try {
      if (!complete(folder)) unpack(archive, folder)
      return { manifest: join(folder, manifestName), loader: join(folder, loaderName) }
    } catch (error) {
      tried.push(`${parent} (${(error as Error).message})`)
    }
  }
  throw new FacetError(`the software driver from npm cannot be unpacked into ${tried.join(' or ')}`)
}

function findPackage(): { archive: string; version: string } {
  try {
    // Its exports hide package.json; the entry point is <package>/build/cjs/index.cjs. Not by an imported `createRequire`, which webpack
    // follows: it would warn everybody who has not installed the package.
    const root = join(dirname(module.createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..')
    const archive = join(root, 'bin', 'swiftshader.tar.br')
    if (!existsSync(archive)) throw new Error(`${archive} is missing`)
    return { archive, version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version }
  } catch (error) {
    throw new FacetError(
      `the npm package @sparticuz/chromium, which carries the software driver, is not installed (${firstLine(error)}): npm install @sparticuz/chromium`,
    )
  }
}

/** The user's cache; else a folder of the temporary one with the user in its name, since others can write beside it. */
function cacheFolders(): string[] {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return [join(cache, 'facet'), join(tmpdir(), `facet-${userInfo().uid}`)]
}

/** Each file under another name first, then renamed: processes that start together never see half a file, nor one that goes away. */
function unpack(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [name, bytes] of tarEntries(brotliDecompressSync(readFileSync(archive)))) {
    if (!wanted.includes(name)) continue
    const fresh = join(folder, `${name}.${randomUUID()}`)
    try {
      writeFileSync(fresh, bytes)
      renameSync(fresh, join(folder, name))
    } finally {
      rmSync(fresh, { force: true })
    }
  }
}

/** The plain files of a tar (POSIX ustar: 512-byte header with name at 0, octal size at 124, type at 156; data padded to 512). */
function* tarEntries(tar: Buffer): Generator<[name: string, bytes: Buffer]> {
  const text = (from: number, length: number) => tar.toString('latin1', from, from + length).replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8)
    const type = text(at + 156, 1)
    if (type === '0' || type === '') yield [text(at, 100).replace(/^\.\//, ''), tar.subarray(at + 512, at + 512 + size)]
    at += 512 + Math.ceil(size / 512) * 512
  }
}

const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0] ?? ''
