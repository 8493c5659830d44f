/**
 * A real Chromium without a window and without a GPU: the one inside npm's `@sparticuz/chromium`, whose WebGPU runs on the
 * SwiftShader that comes with it. A server on localhost, since WebGPU wants a secure origin.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'

/** Its `args` are for a lambda: they put the GPU process, which tests crash, into the browser's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

/** Starts it; a sentence where it cannot be started on this machine at all. */
export async function startChromium(): Promise<Browser | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `Chromium from npm is for Linux on x86-64, not ${process.platform} on ${process.arch}`
  try {
    return await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: ARGUMENTS,
      timeout: 90_000,
    })
  } catch (error) {
    const { message } = error as Error
    // Libraries of the system that a bare machine lacks; anything else is a failure.
    const [missing] = /error while loading shared libraries: \S+/.exec(message) ?? []
    if (missing) return `Chromium cannot start here: ${missing}`
    throw error
  }
}

export interface Server {
  readonly origin: string
  close(): void
}
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves the files of `folder`. */
export async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const file = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname))
    if (!existsSync(file)) return response.writeHead(404).end()
    const headers = { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }
    createReadStream(file).pipe(response.writeHead(200, { ...headers, 'content-length': statSync(file).size }))
  })
  await new Promise<void>(resolve => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin: `http://localhost:${port}`, close }
}

/** What went wrong in a page that nobody caught, and what it wrote as an error. */
export function complaints(page: Page): string[] {
  const found: string[] = []
  page.on('pageerror', error => found.push(error.message))
  page.on('console', message => message.type() === 'error' && found.push(message.text()))
  return found
}
