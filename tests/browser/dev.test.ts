/** The example page from Vite's development server with nothing in its cache: it loads once, and trains. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createServer } from 'vite'
import { complaints, inState, LONG, startChromium } from './chromium.js'

const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const started = typeof browser === 'string' ? test.skip : test

started('what the worker imports is found before the page is shown, so that it is not loaded again', async () => {
  if (typeof browser === 'string') return
  const cacheDir = mkdtempSync(join(tmpdir(), 'facet-vite-'))
  const root = fileURLToPath(new URL('../../examples/browser', import.meta.url))
  const server = await createServer({ root, cacheDir, logLevel: 'silent', server: { port: 0 } })
  try {
    await server.listen()
    const page = await browser.newPage()
    const errors = complaints(page)
    let loads = 0
    page.on('load', () => loads++)
    await page.goto(
      `${server.resolvedUrls!.local[0]}?adapter=cpu&steps=5&batch=4&width=4&size=8&images=16&runs=one`,
      LONG,
    )
    await page.click('#go')
    await inState(page, 'done')
    assert.is(loads, 1)
    assert.equal(errors, [])
    await page.close()
  } finally {
    await server.close()
    await browser.close()
    rmSync(cacheDir, { recursive: true })
  }
})

test.run()
