/**
 * `npm run test:crash`: the example page when the GPU process crashes again and again: after the third crash Chromium gives the page no adapter for two
 * minutes. In a browser of its own, since one whose GPU process crashes too often ends.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { complaints, serve, startChromium } from './chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'facet-crash-'))
const first = await startChromium()
if (typeof first === 'string') console.log(`skipped: ${first}`)
else await first.close()
const started = typeof first === 'string' ? test.skip : test
const server = await serve(folder)
test.before(async () => {
  await build({ root: join(root, 'examples/browser'), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
})
test.after(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const LONG = { timeout: 100_000 }
const stepOf = async (page: Page) => Number(await page.textContent('#step'))
/** It is training, and beyond `step`. */
const trainsBeyond = (page: Page, step: number, limit = LONG) =>
  page.waitForFunction(
    `document.body.dataset.state === 'training' && Number(document.querySelector('#step').textContent) > ${step}`,
    null,
    limit,
  )

/** The page in a new browser, trained for a while. `crash` ends the GPU process. */
async function training(adapter: string) {
  const browser = (await startChromium()) as Browser
  const page = await browser.newPage()
  const errors = complaints(page)
  await page.goto(`${server.origin}/?adapter=${adapter}&steps=100000&batch=16&width=4&size=8&images=64`)
  await page.click('#go')
  await trainsBeyond(page, 40)
  const session = await browser.newBrowserCDPSession()
  const crash = () => session.send('Browser.crashGpuProcess').catch(() => {})
  return { browser, page, errors, crash }
}
async function crashAll(page: Page, crash: () => Promise<unknown>, pauses: readonly number[]): Promise<void> {
  for (const milliseconds of pauses) {
    await page.waitForTimeout(milliseconds)
    await crash()
  }
}

started('two crashes, one right after the other: it trains on', async () => {
  const { browser, page, errors, crash } = await training('gpu')
  await crashAll(page, crash, [0, 300])
  await page.waitForFunction(`document.body.dataset.state === 'recovering'`, null, LONG)
  await trainsBeyond(page, 0, { timeout: 200_000 })
  const at = await stepOf(page)
  await trainsBeyond(page, at + 10)
  assert.match((await page.textContent('#adapter'))!, /swiftshader/i)
  assert.equal(errors, [])
  await browser.close()
})

started(
  'three crashes of a GPU that was asked for: the page says what it waits for, and goes on by the processor',
  async () => {
    const { browser, page, errors, crash } = await training('gpu')
    await crashAll(page, crash, [0, 4000, 4000])
    await page.waitForSelector('#on-processor:not([hidden])', LONG)
    assert.match(
      (await page.textContent('#status'))!,
      /^The GPU is not back yet.* It is asked for again in [\d.]+ s\.$/,
    )
    assert.is(await page.getAttribute('body', 'data-state'), 'recovering')
    const download = page.waitForEvent('download', LONG)
    await page.click('#save')
    assert.is((await download).suggestedFilename(), 'encoder.safetensors')
    const kept = await stepOf(page)
    await page.click('#on-processor')
    await page.waitForFunction(`/WebAssembly/.test(document.querySelector('#adapter').textContent)`, null, LONG)
    await trainsBeyond(page, kept + 20)
    assert.equal(errors, [])
    await browser.close()
  },
)

started('three crashes where the processor may train too: it goes on there', async () => {
  // The driver in software passes for a GPU: otherwise the processor would have trained from the first step on.
  const assets = join(folder, 'assets')
  const worker = join(assets, readdirSync(assets).find(name => /^worker.*\.js$/.test(name))!)
  const info = `for (const [name, value] of [['architecture', 'a GPU'], ['description', 'a GPU'], ['isFallbackAdapter', false]])
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value })`
  writeFileSync(worker, `${info}\n${readFileSync(worker, 'utf8')}`)
  const { browser, page, errors, crash } = await training('auto')
  assert.not.match((await page.textContent('#adapter'))!, /WebAssembly/)
  await crashAll(page, crash, [0, 4000, 4000])
  await page.waitForFunction(`/WebAssembly/.test(document.querySelector('#adapter').textContent)`, null, LONG)
  const kept = await stepOf(page)
  await trainsBeyond(page, kept + 20)
  assert.equal(errors, [])
  await browser.close()
})

test.run()
