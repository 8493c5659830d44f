/**
 * The playground in Chromium: what is written is checked and compiled as it is written, said in Facet's sentences, shown as WGSL, run
 * on the processor and on WebGPU, stopped whatever it does, shared by its address; for eyes, keyboards and phones.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { packed, unpacked } from '../../site/playground/address.js'
import { complaints, ISOLATED, LONG, serve, startChromium } from '../browser/chromium.js'

const playground = fileURLToPath(new URL('../../site/playground', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const screenshots = fileURLToPath(new URL('../../out/screenshots', import.meta.url))
const program = (name: string): string => readFileSync(join(playground, `programs/${name}.ts`), 'utf8')

const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const started = typeof browser === 'string' ? test.skip : test
const folder = mkdtempSync(join(tmpdir(), 'facet-playground-'))
const server = await serve(folder, ISOLATED)
test.before(async () => {
  mkdirSync(screenshots, { recursive: true })
  if (typeof browser !== 'string')
    await build({ root: playground, logLevel: 'error', build: { outDir: folder, emptyOutDir: true, minify: false } })
})
test.after(async () => {
  server.close()
  if (typeof browser !== 'string') await browser.close()
  rmSync(folder, { recursive: true })
})

async function open(hash: string): Promise<{ page: Page; errors: string[] }> {
  if (typeof browser === 'string') throw new Error(browser)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  // A machine that does other things meanwhile is slow in everything.
  page.setDefaultTimeout(LONG.timeout)
  const errors = complaints(page)
  await page.goto(`${server.origin}/${hash}`)
  return { page, errors }
}
const openCode = async (text: string) => open(`#code=${await packed(text)}`)
const inState = (page: Page, state: string) =>
  page.waitForFunction(`document.body.dataset.state === '${state}'`, null, LONG)
const ran = (page: Page, state: string) => page.waitForFunction(`document.body.dataset.run === '${state}'`, null, LONG)
const says = async (page: Page, id: string): Promise<string> => (await page.textContent(`#${id}`))!

test('a program comes back from its address, and what is cut off does not', async () => {
  const text = `${program('simsiam')}// ünïcödé 🜁\n`
  const word = await packed(text)
  assert.match(word, /^[\w-]+$/)
  assert.is(await unpacked(word), text)
  for (const wrong of [word.slice(0, -8), 'not a program', ''])
    assert.ok(
      await unpacked(wrong).then(
        () => false,
        () => true,
      ),
      wrong,
    )
})

started('the first example is compiled: drawing, WGSL, loop program and costs are there', async () => {
  const { page, errors } = await open('')
  await inState(page, 'compiled')
  assert.match(
    await says(page, 'summary'),
    /^embed, step: \d+ kernels, \d+ MFLOP, [\d.]+ MB of memory, compiled in \d+ ms$/,
  )
  assert.is(await page.isVisible('#problems li'), false)
  assert.ok((await page.locator('#graph svg a').count()) > 5)
  await page.click('#graph svg a:last-of-type')
  assert.is(await page.getAttribute('#tab-kernels', 'aria-selected'), 'true')
  await page.waitForFunction(`/@compute @workgroup_size/.test(document.getElementById('kernel-text').textContent)`)
  assert.is(await says(page, 'kernel-name'), (await page.textContent('#kernels [aria-current]'))!.split(' ')[0])
  await page.check('input[value=loops]')
  await page.waitForFunction(`/^program sum_mul/.test(document.getElementById('kernel-text').textContent)`)
  await page.selectOption('#entry', 'step')
  await page.click('#tab-costs')
  assert.match(await says(page, 'costs'), /Operations in one run[\d.]+ MFLOP/)
  assert.equal(errors, [])
  await page.close()
})

started('a wrong width shows its sentence where it stands; a right one compiles again', async () => {
  const { page, errors } = await openCode(
    program('attention').replace('toKeys = linear(8, 32)', 'toKeys = linear(8, 30)'),
  )
  await inState(page, 'wrong')
  const line =
    program('attention')
      .split('\n')
      .findIndex(text => text.includes('attention(toQueries')) + 1
  assert.is(
    await says(page, 'problems'),
    `line ${line} attention: queries [batch, 16, 32] have 32 features, keys [batch, 16, 30] have 30`,
  )
  await page.waitForSelector('.squiggly-error')
  // As one types: the last digit is put right.
  await page.click('#problems button')
  const lines = program('attention').split('\n')
  const at = lines.findIndex(text => text.startsWith('const toKeys'))
  await page.keyboard.press('Control+g')
  await page.keyboard.type(`${at + 1}:${lines[at]!.indexOf(')') + 1}`)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Backspace')
  await page.keyboard.type('2')
  await inState(page, 'compiled')
  assert.is(await says(page, 'problems'), '')
  assert.is(await page.inputValue('#example'), 'attention')
  assert.match(page.url(), /#example=attention$/)
  assert.equal(errors, [])
  await page.close()
})

for (const [text, sentence] of [
  [program('simsiam').replace('projector(64,', 'projector(32,'), /^line \d+ input has 64 features, layer expects 32$/],
  [
    `import { add, entry } from 'facet-tensor'
export const sum = entry({ a: ['batch', 3], b: ['batch', 4] }, ({ a, b }) => ({ sum: add(a, b) }))
export const sizes = { batch: 2 }
`,
    /^line 2 cannot broadcast \[batch, 3\] with \[batch, 4\]$/,
  ],
] as const)
  started(`a sentence of Facet's types is what is said: ${sentence.source}`, async () => {
    const { page, errors } = await openCode(text)
    await inState(page, 'wrong')
    assert.match(await says(page, 'problems'), sentence)
    assert.equal(errors, [])
    await page.close()
  })

for (const [adapter, where] of [
  ['cpu', /WebAssembly/],
  ['gpu', /swiftshader/i],
] as const)
  started(`a program trains on ${adapter} with Ctrl+Enter, and its curve falls`, async () => {
    const { page, errors } = await openCode(program('spirals').replace('n <= 1000', 'n <= 300'))
    await inState(page, 'compiled')
    await page.selectOption('#adapter', adapter)
    await page.click('.view-lines')
    await page.keyboard.press('Control+Enter')
    await ran(page, 'done')
    assert.match(await says(page, 'device'), where)
    await page.waitForFunction(`/at step 300/.test(document.querySelector('#curves').textContent)`)
    const name = await page.getAttribute('#curves figure:first-child svg', 'aria-label')
    const [, first, last] = /^Loss over steps: ([\d.]+) at first, ([\d.]+) at step 300$/.exec(name!)!
    assert.ok(Number(last) < Number(first) - 0.1, name!)
    assert.is(await page.locator('#curves svg').count(), 2)
    assert.equal(errors, [])
    await page.close()
  })

const WITH = `import { entry, mean } from 'facet-tensor'
export const step = entry({ x: ['batch'] }, ({ x }) => ({ loss: mean(x) }))
export const sizes = { batch: 4 }
`
started('what goes wrong while it runs is told by its line; what it writes is shown', async () => {
  const { page, errors } = await openCode(`${WITH}interface Unused { readonly lines: 'that are gone in JavaScript' }
export async function* run(session: unknown) {
  console.log('loaded', { numbers: Float32Array.of(1, 2.5) })
  yield { loss: 1 }
  throw new RangeError('enough')
}
`)
  await inState(page, 'compiled')
  await page.click('#go')
  await ran(page, 'failed')
  assert.is(await says(page, 'status'), 'line 8: RangeError: enough')
  assert.is(await says(page, 'log'), 'loaded { numbers: Float32Array [1, 2.5000] }\n')
  await page.waitForSelector('.squiggly-error')
  assert.equal(errors, [])
  await page.close()
})

for (const [what, end, sentence] of [
  ['no number', `export function* run() { yield { loss: 'low' } }`, /run yields .* as loss, where numbers are drawn/],
  ['NaN', `export function* run() { yield { loss: NaN } }`, /loss is NaN: training has diverged/],
  ['nothing to run', '', /the program exports nothing to run/],
] as const)
  started(`${what} is a sentence`, async () => {
    const { page, errors } = await openCode(`${WITH}${end}\n`)
    await inState(page, 'compiled')
    await page.click('#go')
    await ran(page, 'failed')
    assert.match(await says(page, 'status'), sentence)
    assert.equal(errors, [])
    await page.close()
  })

for (const [what, text, sentence] of [
  ['no entry', 'export const sizes = {}\n', /the program exports no entry/],
  ['an unknown size', WITH.replace('batch: 4', ''), /the size batch is not known/],
  ['an endless loop', `${WITH}for (;;) {}\n`, /was not loaded after 8 s and was stopped/],
] as const)
  started(`${what} is a sentence, and the page goes on`, async () => {
    const { page, errors } = await openCode(text)
    await inState(page, 'failed')
    assert.match(await says(page, 'problems'), sentence)
    await page.selectOption('#example', 'kernel')
    await inState(page, 'compiled')
    assert.equal(errors, [])
    await page.close()
  })

started('an endless run is stopped', async () => {
  const { page, errors } = await openCode(`${WITH}export function* run() { yield { loss: 1 }\n  for (;;) {} }\n`)
  await inState(page, 'compiled')
  await page.click('#go')
  await ran(page, 'running')
  await page.waitForSelector('#curves figure', LONG)
  assert.is(await says(page, 'go'), 'Stop')
  await page.click('#go')
  await ran(page, 'stopped')
  assert.is(await says(page, 'go'), 'Run')
  assert.equal(errors, [])
  await page.close()
})

started('an address that was cut off is said, and an example is there', async () => {
  const { page, errors } = await open('#code=abc')
  await inState(page, 'compiled')
  assert.match(await says(page, 'notice'), /The address holds no program that can be read/)
  assert.equal(errors, [])
  await page.close()
})

started(
  'tabs by arrows; axe finds nothing in both schemes, wide and narrow; the choice of a scheme is kept',
  async () => {
    const { page, errors } = await open('#example=kernel')
    await inState(page, 'compiled')
    await page.focus('#tab-graph')
    await page.keyboard.press('ArrowRight')
    assert.ok(await page.isVisible('#kernels-panel'))
    await page.keyboard.press('End')
    assert.ok(await page.isVisible('#run'))
    await page.keyboard.press('Home')
    await page.selectOption('#adapter', 'cpu')
    await page.click('#go')
    await ran(page, 'done')
    await page.waitForSelector('#curves svg')
    await page.evaluate(axe)
    const grounds: unknown[] = []
    for (const scheme of ['light', 'dark']) {
      await page.selectOption('#scheme', scheme)
      grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 })
        // The editor learns of its new width a moment later.
        await page.waitForFunction(`document.documentElement.scrollWidth === ${width}`)
        for (const tab of ['graph', 'kernels', 'costs', 'run']) {
          await page.click(`#tab-${tab}`)
          await page.waitForTimeout(400)
          await page.screenshot({ path: join(screenshots, `playground-${tab}-${width}-${scheme}.png`) })
          // What is inside the editor is Monaco's.
          const { violations } = (await page.evaluate(`axe.run({ exclude: ['#editor'] })`)) as {
            violations: { id: string; nodes: object[] }[]
          }
          assert.equal(
            violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes).slice(0, 400)}`),
            [],
            `${tab} ${width} ${scheme}`,
          )
        }
      }
    }
    assert.is.not(grounds[0], grounds[1])
    await page.reload()
    await inState(page, 'compiled')
    assert.is(await page.inputValue('#scheme'), 'dark')
    assert.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), grounds[1])
    assert.equal(errors, [])
    await page.close()
  },
)

test.run()
