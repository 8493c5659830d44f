/**
 * `npm run site` from end to end: what it writes has no link that leads nowhere, no path of the machine, a main landmark on every
 * page, and a search that finds.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { complaints, LONG, serve, startChromium } from '../browser/chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'site/dist')
// By hand: BUILT=1 looks at what is there already.
if (!process.env.BUILT) execFileSync(process.execPath, ['--import', 'tsx', 'site/build.ts'], { cwd: root })

const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(file =>
  statSync(join(dist, file)).isFile(),
)
const textOf = (file: string): string => readFileSync(join(dist, file), 'utf8')

/** What links of pages may lead to: files, and ids in them. */
const ids = new Map<string, Set<string>>()
function leads(from: string, link: string): boolean {
  const [path, hash] = decodeURI(link.replaceAll('&amp;', '&')).split('#') as [string, string?]
  const target = path === '' ? join(dist, from) : resolve(dist, dirname(from), path.replace(/\?.*/, ''))
  const file = existsSync(target) && statSync(target).isDirectory() ? join(target, 'index.html') : target
  if (relative(dist, file).startsWith('..') || !existsSync(file)) return false
  if (!hash || !file.endsWith('.html')) return true
  if (!ids.has(file))
    ids.set(file, new Set([...readFileSync(file, 'utf8').matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!)))
  return ids.get(file)!.has(hash)
}

test('every link of every page leads to something', () => {
  const lost: string[] = []
  let count = 0
  for (const file of files.filter(name => /\.(html|txt)$/.test(name))) {
    const links = file.endsWith('.html')
      ? [...textOf(file).matchAll(/<[^>]* (?:href|src|srcset)="([^"]*)"/g)]
      : [...textOf(file).matchAll(/\]\(([^)]*)\)/g)]
    for (const [, link] of links) {
      if (/^(https?:|data:)/.test(link!)) continue
      count++
      if (!leads(file, link!)) lost.push(`${file}: ${link}`)
    }
  }
  assert.ok(count > 1000)
  assert.equal(lost, [])
})

test('no file says where it was built', () => {
  const named = files.filter(file => textOf(file).includes(root))
  assert.equal(named, [])
})

test('every page of the guide and the reference has a main landmark', () => {
  const pages = files.filter(file => file.endsWith('.html') && !file.startsWith('playground/'))
  assert.equal(
    pages.filter(page => !textOf(page).includes('role="main"')),
    [],
  )
})

test('the front page leads to the playground that is built', () => {
  assert.match(textOf('index.html'), '<a class="button plain" href="playground/index.html">')
})

test('llms.txt names every page of the guide', () => {
  const pages = files.filter(file => /^documents\/.*\.html$/.test(file))
  assert.equal(
    pages.filter(page => !textOf('llms.txt').includes(`](${page})`)),
    [],
  )
})

const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const started = typeof browser === 'string' ? test.skip : test
const server = await serve(dist)
test.after(async () => {
  server.close()
  if (typeof browser !== 'string') await browser.close()
})

started('search finds an operation, and leads to it', async () => {
  if (typeof browser === 'string') return
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const errors = complaints(page)
  await page.goto(`${server.origin}/index.html`)
  await page.click('#tsd-search-trigger')
  await page.fill('#tsd-search-input', 'layerNorm')
  const result = page.locator('#tsd-search-results a', { hasText: 'layerNorm' }).first()
  await result.waitFor(LONG)
  await result.click()
  await page.waitForURL(/layerNorm/i, LONG)
  assert.match((await page.textContent('h1'))!, 'layerNorm')
  assert.equal(errors, [])
  await page.close()
})

test.run()
