/** A bundle by URL: one file in one request, or a folder, whose address ends with a slash. */
import { archiveFiles, type BundleFiles, type BundleProgress } from './bundle.js'
import { BadInput } from './errors.js'

/** Fetches `url`, or prepares to fetch from it if it is a folder. Throws `BadInput` where it cannot be had. */
export async function fetchBundle(url: URL, onProgress?: (progress: BundleProgress) => void): Promise<BundleFiles> {
  const report = (done: number, total: number) => onProgress?.({ stage: 'bytes', done, total })
  if (!url.pathname.endsWith('/')) return archiveFiles(await download(url, Number.MAX_SAFE_INTEGER, report), url.href)
  let done = 0
  return {
    name: url.href,
    async read(file, most) {
      const content = await download(new URL(file, url), most, () => {})
      report((done += content.length), 0)
      return content
    },
  }
}

/** `report` is called with 0 as total where the server does not say how long the file is. */
async function download(
  url: URL,
  most: number,
  report: (done: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((error: Error) => {
    throw new BadInput(`${url.href} cannot be fetched: ${error.message}.`)
  })
  if (!response.ok || !response.body)
    throw new BadInput(`${url.href} cannot be fetched: the server answers ${response.status} ${response.statusText}.`)
  const total = Number(response.headers.get('content-length') ?? 0)
  const parts: Uint8Array[] = []
  let done = 0
  const reader = response.body.getReader()
  for (;;) {
    const { value } = await reader.read().catch((error: Error) => {
      throw new BadInput(`${url.href} broke off after ${done} bytes: ${error.message}.`)
    })
    if (!value) break
    parts.push(value)
    done += value.length
    if (done > most) {
      reader.cancel().catch(() => undefined)
      throw new BadInput(`${url.href} has more than the ${most} bytes that it should have.`)
    }
    report(done, total)
  }
  const content = new Uint8Array(done)
  let at = 0
  for (const part of parts) {
    content.set(part, at)
    at += part.length
  }
  return content
}
