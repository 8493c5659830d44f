/**
 * Where the bytes of a bundle come from: an address (one file in one request, or a folder, whose address ends with a slash), an
 * answer of a server, or memory.
 */
import { archiveFiles, type BundleFiles, type BundleProgress } from './bundle.js'
import { BadInput } from './errors.js'

/** An address, or a `.facet` file: as an answer of `fetch`, as a user chose it, or its bytes. */
export type BundleSource = string | URL | Response | Blob | ArrayBuffer | Uint8Array<ArrayBuffer>
export interface FetchOptions {
  readonly onProgress?: ((progress: BundleProgress) => void) | undefined
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined
}

/** The files of a bundle in memory; nothing where the source is an address. Throws `BadInput` where it is no bundle. */
export async function bundleIn(source: BundleSource, options: FetchOptions): Promise<BundleFiles | undefined> {
  if (typeof source === 'string' || source instanceof URL) return undefined
  if (source instanceof Response) {
    const name = source.url || 'the answer'
    return archiveFiles(await bodyOf(source, name, Number.MAX_SAFE_INTEGER, reporting(options), options.signal), name)
  }
  const name = source instanceof Blob && 'name' in source ? `${source.name}` : 'the bundle'
  const bytes = source instanceof Blob ? await source.arrayBuffer() : source
  // Of another realm, such as a frame, buffers are no instances of this one's.
  const buffer = Object.prototype.toString.call(bytes) === '[object ArrayBuffer]'
  if (!(bytes instanceof Uint8Array) && !buffer)
    throw new BadInput(
      `a bundle is given as an address, a Response, a Blob, an ArrayBuffer or a Uint8Array, not as ${kindOf(bytes)}.`,
    )
  return archiveFiles(noOther(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), name), name)
}

/** The address that a text is; `base` is that of the page, if there is one. Throws `BadInput` where it is none. */
export function addressOf(text: string | URL, base?: string): URL {
  try {
    return new URL(text, base)
  } catch {
    throw new BadInput(`"${text}" is no address that a bundle could be fetched from.`)
  }
}

/** Fetches `url`, or prepares to fetch from it if it is a folder. Throws `BadInput` where it cannot be had. */
export async function fetchBundle(url: URL, options: FetchOptions = {}): Promise<BundleFiles> {
  const { signal } = options
  const report = reporting(options)
  if (!url.pathname.endsWith('/'))
    return archiveFiles(await download(url, Number.MAX_SAFE_INTEGER, report, signal), url.href)
  let done = 0
  return {
    name: url.href,
    async read(file, most) {
      const content = await download(new URL(file, url), most, () => {}, signal)
      report((done += content.length), 0)
      return content
    },
  }
}

type Report = (done: number, total: number) => void
const reporting =
  ({ onProgress }: FetchOptions): Report =>
  (done, total) =>
    onProgress?.({ stage: 'bytes', done, total })

async function download(url: URL, most: number, report: Report, signal: AbortSignal | undefined) {
  const response = await fetch(url, signal ? { signal } : {}).catch((error: Error) => {
    signal?.throwIfAborted()
    throw new BadInput(`${url.href} cannot be fetched: ${reasonOf(error)}.`)
  })
  return bodyOf(response, url.href, most, report, signal)
}

/** `report` is called with 0 as total where it is not known how long the file is. */
async function bodyOf(
  response: Response,
  name: string,
  most: number,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok || !response.body)
    throw new BadInput(`${name} cannot be fetched: the server answers ${response.status} ${response.statusText}.`)
  if (response.bodyUsed)
    throw new BadInput(`${name} has been read already: an answer can be read once, clone() it before.`)
  // What comes through is not compressed any more, but the length is that of what was sent.
  const length = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0)
  const parts: Uint8Array[] = []
  let done = 0
  const reader = response.body.getReader()
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => undefined)
  signal?.addEventListener('abort', cancel)
  try {
    for (;;) {
      const { value } = await reader.read().catch((error: Error) => {
        signal?.throwIfAborted()
        throw new BadInput(`${name} broke off after ${done} bytes: ${reasonOf(error)}.`)
      })
      signal?.throwIfAborted()
      if (!value) break
      parts.push(value)
      done += value.length
      if (done > most) throw new BadInput(`${name} has more than the ${most} bytes that it should have.`)
      // Pages do not see whether an answer from elsewhere was compressed.
      report(done, done <= length ? length : 0)
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
  const content = new Uint8Array(done)
  let at = 0
  for (const part of parts) {
    content.set(part, at)
    at += part.length
  }
  return noOther(content, name)
}

/** Node's `fetch` says in the cause what happened: refused, not found, closed. */
const reasonOf = ({ message, cause }: Error): string =>
  cause instanceof Error && cause.message ? `${message}, ${cause.message}` : message
const kindOf = (value: unknown): string =>
  value === null || typeof value !== 'object' ? `${value}` : Object.prototype.toString.call(value).slice(8, -1)

/**
 * Throws `BadInput` for what servers answer with in place of a bundle: a page of HTML where there is no file, or a file that was
 * compressed beforehand, without a word that it is.
 */
function noOther(bytes: Uint8Array<ArrayBuffer>, name: string): Uint8Array<ArrayBuffer> {
  const start = new TextDecoder().decode(bytes.subarray(0, 200)).trimStart()
  if (/^<(!doctype html|html|head|body|\?xml)\b/i.test(start) || /^<!--/.test(start))
    throw new BadInput(
      `${name} is an HTML page and no bundle: a server that has no such file may answer with one. Check the address, and that the file is served.`,
    )
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new BadInput(
      `${name} is compressed by gzip: serve it with the header content-encoding: gzip, or decompress it before it is loaded.`,
    )
  return bytes
}
