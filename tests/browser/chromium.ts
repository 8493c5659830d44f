/**
 * A real Chromium without a window and without a GPU: the one inside npm's `@sparticuz/chromium`, whose WebGPU runs on the
 * SwiftShader that comes with it. A server on localhost, since WebGPU wants a secure origin.
 */
import { execFile } from 'node:child_process'
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { basename, dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { test } from 'uvu'
import { build } from 'vite'

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
      executablePath: join(await unpacked(), 'chromium'),
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

/**
 * The folder that Chromium is unpacked in, once for all test files. The package unpacks in place, where a second process would
 * start half a file: so each that finds none unpacks into a folder of its own, and the first puts it in place.
 */
export async function unpacked(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', '..', 'package.json'), 'utf8'))
  const folder = join(tmpdir(), `facet-chromium-${version}-${userInfo().uid}`)
  if (existsSync(folder)) return folder
  for (const left of leftBy(folder)) rmSync(left, { recursive: true, force: true })
  const own = mkdtempSync(`${folder}.`)
  try {
    // It asks the environment where to unpack, which belongs to the whole process.
    const script = `require(${JSON.stringify(entry)}).executablePath()`
    await promisify(execFile)(process.execPath, ['-e', script], { env: { ...process.env, TMPDIR: own } })
    renameSync(own, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
  return folder
}

/** What processes left there that were killed while they unpacked: of an hour ago, so that none is still at it. */
const leftBy = (folder: string): string[] =>
  readdirSync(dirname(folder))
    .filter(name => name.startsWith(`${basename(folder)}.`))
    .map(name => join(dirname(folder), name))
    .filter(path => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - 3_600_000)

export interface Server {
  readonly origin: string
  close(): void
}
const TYPES: Record<string, string> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' },
  ...{ '.svg': 'image/svg+xml', '.png': 'image/png' },
}

/** What makes a page cross-origin isolated, so that its workers may share memory. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** Serves the files of `folder`, with more headers if any are given. */
export async function serve(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const file = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname))
    if (!existsSync(file)) return response.writeHead(404).end()
    const headers = { ...more, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }
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

/** What a slow machine may take. */
export const LONG = { timeout: 100_000 }
/** Waits until the example page is in a state: `training`, `paused`, `done`, ... */
export const inState = (page: Page, state: string) =>
  page.waitForFunction(`document.body.dataset.state === '${state}'`, null, LONG)

/** The example page of a test file: in one Chromium, from one server of its own. */
export interface ExamplePage {
  /** uvu's `test`, or its `skip` where there is no Chromium. */
  readonly started: (name: string, body: () => Promise<void>) => void
  /** Only for tests that were not skipped. */
  readonly browser: Browser
  /** What the server gives, and a place for files of the test. */
  readonly folder: string
  readonly server: Server
  /** Opens it with a query, and gathers what it complains of. */
  open(query: string): Promise<{ page: Page; errors: string[] }>
}

/** Builds and serves the page before the first test, and takes all away after the last. */
export async function examplePage(): Promise<ExamplePage> {
  const found = await startChromium()
  const skipped = typeof found === 'string'
  if (skipped) console.log(`skipped: ${found}`)
  const browser = found as Browser
  const folder = mkdtempSync(join(tmpdir(), 'facet-page-'))
  const server = await serve(folder)
  test.before(async () => {
    const root = fileURLToPath(new URL('../../examples/browser', import.meta.url))
    if (!skipped) await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  })
  test.after(async () => {
    server.close()
    if (!skipped) await browser.close()
    rmSync(folder, { recursive: true })
  })
  return {
    started: skipped ? test.skip : test,
    ...{ browser, folder, server },
    async open(query) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 960 } })
      const errors = complaints(page)
      await page.goto(`${server.origin}/${query}`)
      return { page, errors }
    },
  }
}
