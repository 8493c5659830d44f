/**
 * Pictures of the demo's report, in both colour schemes, for the README and the front page: its heading, accuracies, and the nearest
 * neighbours of two runs.
 *
 *     npm run demo && npx tsx site/pictures/report.ts    # writes site/guide/pictures/report.png and report-dark.png
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { startChromium } from '../../tests/browser/chromium.js'

const report = new URL(process.argv[2] ?? '../../out/report.html', import.meta.url)
/** Sections in the order of the report: 1 what pretraining changed, 4 neighbours. Of both the first row of panels. */
const shown = `
section:not(:nth-of-type(1)):not(:nth-of-type(4)), .wide:has(th[rowspan]) { display: none }
section:nth-of-type(4) figure:not(:nth-of-type(n + 3)) { display: none }
section:nth-of-type(4) tbody tr:nth-child(n + 5), section > p { display: none }
header p { display: none } h2 { margin-top: 24px } main { padding: 28px 24px 16px }`

const browser = await startChromium()
if (typeof browser === 'string') throw new Error(browser)
for (const [colorScheme, file] of [
  ['light', 'report.png'],
  ['dark', 'report-dark.png'],
] as const) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 600 }, colorScheme })
  await page.goto(report.href)
  await page.addStyleTag({ content: shown })
  const picture = await sharp(await page.screenshot({ fullPage: true }))
    .png({ palette: true })
    .toBuffer()
  writeFileSync(fileURLToPath(new URL(`../guide/pictures/${file}`, import.meta.url)), picture)
}
await browser.close()
