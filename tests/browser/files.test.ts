// Folders given to the example page: a dropped one with nothing in it, and one of ten thousand images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { complaints, serve, startChromium } from './chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'facet-files-'))
const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const started = typeof browser === 'string' ? test.skip : test
const server = await serve(join(folder, 'page'))
test.before(async () => {
  await build({ root: join(root, 'examples/browser'), logLevel: 'error', build: { outDir: join(folder, 'page') } })
})
test.after(async () => {
  server.close()
  if (typeof browser !== 'string') await browser.close()
  rmSync(folder, { recursive: true })
})

async function open(): Promise<{ page: Page; errors: string[] }> {
  if (typeof browser === 'string') throw new Error(browser)
  const page = await browser.newPage({ viewport: { width: 1280, height: 960 } })
  const errors = complaints(page)
  await page.goto(`${server.origin}/?adapter=cpu`)
  return { page, errors }
}
const shows = (page: Page, id: string, text: string) =>
  page.waitForFunction(([id, text]) => document.getElementById(id!)!.textContent!.includes(text!), [id, text], {
    timeout: 200_000,
  })
/** Drops files or folders onto the place for them, as a user does with the mouse. */
async function drop(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { x, y, width, height } = (await page.locator('#data').boundingBox())!
  const at = { x: x + width / 2, y: y + height / 2, data: { items: [], files, dragOperationsMask: 1 } }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at })
}
async function images(name: string, count: number): Promise<string> {
  const of = (class_: string) => join(folder, name, class_)
  for (const [class_, b] of [
    ['cat', 200],
    ['dog', 0],
  ] as const) {
    mkdirSync(of(class_), { recursive: true })
    const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 20, g: 40, b } } })
      .png()
      .toBuffer()
    for (let n = 0; n < count / 2; n++) writeFileSync(join(of(class_), `${n}.png`), image)
  }
  return join(folder, name)
}

started('a dropped folder is read, and one with nothing in it takes nothing away', async () => {
  const { page, errors } = await open()
  const empty = join(folder, 'empty')
  mkdirSync(join(empty, 'inner'), { recursive: true })
  await drop(page, await images('pets', 20))
  await shows(page, 'counts', '16 to train on, 4 to score')
  await drop(page, empty)
  await shows(page, 'status', 'There is no file in it: the images stay as they are.')
  assert.is(await page.textContent('#set'), 'pets')
  assert.is(await page.textContent('#counts'), '16 to train on, 4 to score')
  assert.equal(errors, [])
  await page.close()
})

started('ten thousand files show how far they are read', async () => {
  const { page, errors } = await open()
  await page.evaluate(`window.said = []; new MutationObserver(() => said.push(document.querySelector('#status').textContent))
    .observe(document.querySelector('#status'), { childList: true })`)
  await drop(page, await images('many', 10_000))
  await shows(page, 'counts', '8000 to train on, 2000 to score')
  const said = (await page.evaluate('said')) as string[]
  assert.ok(
    said.includes('Looking through what was dropped') && said.includes('Reading 10000 files'),
    said.slice(0, 3).join(),
  )
  const shares = said.flatMap(text => /^Reading images: (\d+) %$/.exec(text)?.[1] ?? []).map(Number)
  assert.ok(new Set(shares).size > 50, `${shares}`)
  assert.equal(
    shares,
    shares.toSorted((a, b) => a - b),
  )
  assert.ok(shares.every(share => share <= 100))
  assert.is(said.at(-1), 'Ready.')
  assert.equal(errors, [])
  await page.close()
})

test.run()
