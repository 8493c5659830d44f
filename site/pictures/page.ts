/**
 * Pictures of the example page as it trains, in both colour schemes, for the README and the front page.
 *
 *     npx tsx site/pictures/page.ts    # writes site/guide/pictures/page.png and page-dark.png
 *     npx tsx site/pictures/page.ts DIR [steps]   # into a folder, of shorter runs
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { build } from 'vite'
import { ISOLATED, serve, startChromium } from '../../tests/browser/chromium.js'

const [to = fileURLToPath(new URL('../guide/pictures', import.meta.url)), steps = '500'] = process.argv.slice(2)
/** The page takes as long as it takes. */
const LONG = { timeout: 600_000 }

const browser = await startChromium()
if (typeof browser === 'string') throw new Error(browser)
const folder = mkdtempSync(join(tmpdir(), 'facet-picture-'))
const root = fileURLToPath(new URL('../../examples/browser', import.meta.url))
await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
const server = await serve(folder, ISOLATED)
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 860 } })
  await page.goto(`${server.origin}/?adapter=cpu&steps=${steps}&method=moco`)
  await page.click('#go')
  // The second run, near its end.
  const near = Math.round(Number(steps) * 0.9)
  await page.waitForFunction(
    `document.querySelectorAll('#losses-runs li').length === 2 && Number(document.querySelector('#step').textContent) >= ${near}`,
    null,
    LONG,
  )
  await page.click('#go')
  await page.waitForFunction(`document.body.dataset.state === 'paused'`, null, LONG)
  await page.evaluate('document.activeElement.blur()')
  for (const [colorScheme, file] of [
    ['light', 'page.png'],
    ['dark', 'page-dark.png'],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    // Charts are drawn one after the other.
    await page.waitForTimeout(2000)
    await sharp(await page.screenshot(LONG))
      .png({ palette: true })
      .toFile(join(to, file))
  }
} finally {
  server.close()
  await browser.close()
  rmSync(folder, { recursive: true })
}
