// The example page in a real Chromium: it trains, pauses, outlives a crash of the GPU process, and says what is wrong.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readSafetensors } from '../../runtime/node.js'
import { complaints, examplePage, ISOLATED, inState, LONG, serve } from './chromium.js'

const { started, browser, folder, server, open } = await examplePage()
const SMALL = '?adapter=gpu&steps=5000&batch=16&width=4&size=8&images=64'

const stepOf = async (page: Page) => Number(await page.textContent('#step'))
/** The pictures of a column of what is learned: 0 images, 1 views, 2 nearest before training, 3 nearest now. */
const pictures = (page: Page, column: number): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('#seen td:nth-child(${column + 1}) canvas')].map(canvas => canvas.toDataURL())`,
  )
/** Cards that are shown with nothing in them. */
const empty = (page: Page): Promise<number> =>
  page.evaluate(`[...document.querySelectorAll('figure')].filter(
    figure => figure.offsetParent && !figure.querySelector('.chart svg, canvas')).length`)
const reaches = (page: Page, step: number) =>
  page.waitForFunction(`Number(document.querySelector('#step').textContent) >= ${step}`, null, LONG)

started('it trains, pauses, and goes on after its GPU process crashed', async () => {
  const { page, errors } = await open(SMALL)
  // Every loss and state that the page shows, and how often its own loop comes round while the worker compiles.
  await page.evaluate(`
    window.seen = { losses: [], states: [], turns: 0 }
    const text = id => document.getElementById(id).textContent
    new MutationObserver(() => text('loss') !== '–' && seen.losses.push([Number(text('step')), Number(text('loss'))]))
      .observe(document.getElementById('loss'), { childList: true })
    new MutationObserver(() => seen.states.push(document.body.dataset.state))
      .observe(document.body, { attributeFilter: ['data-state'] })
    setInterval(() => { if (document.body.dataset.state === 'preparing') seen.turns++ }, 20)`)
  const seen = (): Promise<{ losses: [number, number][]; states: string[]; turns: number }> =>
    page.evaluate('window.seen')

  assert.equal([await page.isVisible('#intro'), await page.locator('figure:visible').count()], [true, 0])
  await page.focus('#go')
  await page.keyboard.press('Enter')
  await inState(page, 'training')
  assert.ok((await seen()).turns > 10, `the page is responsive while it compiles: ${(await seen()).turns} turns`)
  assert.match((await page.textContent('#adapter'))!, /swiftshader/i)
  await reaches(page, 60)
  const { losses } = await seen()
  const mean = (some: [number, number][]) => some.reduce((sum, [, loss]) => sum + loss, 0) / some.length
  const [first, last] = [losses.slice(0, 10), losses.slice(-10)]
  assert.ok(mean(last) < mean(first) - 0.1, `the loss falls: ${mean(first)} to ${mean(last)}`)
  assert.match((await page.textContent('#knn'))!, /^\d+\.\d %$/)

  await page.keyboard.press('Space') // The button has the focus still.
  await inState(page, 'paused')
  const paused = await stepOf(page)
  await page.waitForTimeout(500)
  assert.is(await stepOf(page), paused)
  await page.waitForSelector('#plane svg circle')
  for (const id of ['losses', 'accuracy', 'scores']) assert.ok(await page.isVisible(`#${id} svg`), id)
  assert.is(await empty(page), 0)
  assert.is(await page.isVisible('#intro'), false)
  await screenshots(page)

  const before = (await seen()).losses.length
  await page.keyboard.press('Enter')
  await inState(page, 'training')
  const crash = await browser.newBrowserCDPSession()
  await crash.send('Browser.crashGpuProcess').catch(() => {})
  await page.waitForFunction(`window.seen.states.includes('recovering')`, null, LONG)
  await inState(page, 'training')
  await reaches(page, paused + 20)
  const after = (await seen()).losses.slice(before)
  assert.ok(Math.min(...after.map(([step]) => step)) > paused, 'it goes on from what it kept, not from the start')
  assert.ok(mean(after) < mean(first) - 0.1, `what was learned is there: ${mean(after)}`)

  const download = page.waitForEvent('download', LONG)
  await page.click('#save')
  const path = join(folder, 'encoder.safetensors')
  await (await download).saveAs(path)
  const names = Object.keys(readSafetensors(new Uint8Array(readFileSync(path)), path).tensors)
  assert.ok(names.length > 5 && names.every(name => name.startsWith('encoder.')), names.join())

  await page.click('#stop')
  await inState(page, 'done')
  assert.is(await page.textContent('#go'), 'Start')
  assert.equal(errors, [])
  await page.close()
})

/** For whoever wants to look; that both schemes are there is tested. */
async function screenshots(page: Page): Promise<void> {
  const to = fileURLToPath(new URL('../../out/screenshots', import.meta.url))
  mkdirSync(to, { recursive: true })
  const grounds = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
    const image = await page.screenshot({ path: join(to, `page-${colorScheme}.png`), fullPage: true, ...LONG })
    assert.ok(image.length > 20_000)
  }
  assert.is.not(grounds[0], grounds[1])
}

started('a run goes on after a reload, and without a GPU where the processor does', async () => {
  const { page, errors } = await open(SMALL.replace('adapter=gpu', 'adapter=auto'))
  await page.click('#go')
  await reaches(page, 30)
  await page.waitForTimeout(2500)
  const [images, before] = [await pictures(page, 0), await pictures(page, 2)]
  assert.is(new Set(before).size, 5)
  await page.reload()
  await page.waitForSelector('#again:not([hidden])', LONG)
  const kept = Number(/Go on from step (\d+)/.exec((await page.textContent('#again'))!)![1])
  assert.ok(kept >= 16, `${kept}`)
  await page.click('#again')
  await inState(page, 'training')
  await reaches(page, kept + 1)
  assert.ok((await stepOf(page)) > kept)
  // What was nearest before training is known still.
  await page.waitForSelector('#seen canvas', LONG)
  assert.equal([await pictures(page, 0), await pictures(page, 2)], [images, before])
  await page.click('#stop')
  await inState(page, 'done')
  assert.equal(errors, [])
  await page.close()
})

started(
  'runs without and with feature augmentation are in one chart, from the same weights, beside what is learned',
  async () => {
    const { page, errors } = await open('?adapter=cpu&steps=40&batch=16&width=4&size=8&images=64&method=moco')
    await page.click('#go')
    await page.waitForFunction(`/Gaussian noise: step/.test(document.querySelector('#status').textContent)`, null, LONG)
    const before = await pictures(page, 2)
    await inState(page, 'done')
    await page.waitForFunction(`document.querySelectorAll('#scores-runs li').length === 2`, null, LONG)
    const legend = await page.locator('#scores-runs li').allTextContents()
    assert.match(legend.join(' | '), /^without: [\d.]+ % \| Gaussian noise: [\d.]+ %$/)
    await page.click('#accuracy + details summary')
    await page.waitForSelector('#accuracy + details td', LONG)
    const rows = await page.locator('#accuracy + details tr').allInnerTexts()
    const [without, noisy] = ['without', 'Gaussian noise'].map(label => rows.filter(row => row.startsWith(label)))
    const numbers = (row: string): string[] => row.split(/\s+/).slice(-2)
    assert.equal(numbers(without![0]!), numbers(noisy![0]!), 'before training they are the same')
    assert.equal(
      [without, noisy].map(some => numbers(some!.at(-1)!)[0]),
      ['40', '40'],
    )
    const last = await page.getAttribute('#losses svg', 'aria-label')
    const [, one, other] =
      /without: \S+ at first, (\S+) at step 40; Gaussian noise: \S+ at first, (\S+) at step 40$/.exec(last!) ?? []
    assert.ok(one && other && one !== other, last!)

    assert.equal(await pictures(page, 2), before)
    assert.is.not((await pictures(page, 3)).join(), before.join())
    const sizes = await page.evaluate(
      `[...document.querySelectorAll('#seen tr:last-child canvas')].map(({ width, height }) => [width, height])`,
    )
    assert.equal(sizes, [
      [16, 16],
      [16, 8],
      [96, 16],
      [96, 16],
    ])
    assert.match(
      (await page.getAttribute('#seen tr:last-child td:last-child canvas', 'aria-label'))!,
      /^now nearest to test image 5, \w.*: \d of 6 of its class$/,
    )

    // A third beside them; with another seed nothing can be compared.
    await page.selectOption('#preset', 'mixup@projection:strength=0.2')
    await page.selectOption('#runs', 'one')
    await page.click('#go')
    await page.waitForFunction(`document.querySelectorAll('#losses-runs li').length === 3`, null, LONG)
    await inState(page, 'done')
    await page.fill('#seed', '2')
    await page.click('#go')
    await page.waitForFunction(`document.querySelectorAll('#losses-runs li').length === 1`, null, LONG)
    await inState(page, 'done')
    assert.match(page.url(), /seed=2/)
    assert.equal(errors, [])
    await page.close()
  },
)

started('a GPU that does not come back: Try again and Save are offered', async () => {
  const other = await browser.newPage()
  const errors = complaints(other)
  // A worker that loses its device for good.
  await other.addInitScript(`
    window.told = []
    window.Worker = class {
      constructor() {
        setTimeout(() => this.onmessage({ data: { kind: 'adapter', name: 'a GPU' } }))
      }
      postMessage(message) {
        told.push(message.kind + ' ' + message.adapter)
        const send = data => this.onmessage({ data })
        if (message.kind !== 'start') return
        setTimeout(() => {
          send({ kind: 'training', step: 0 })
          send({ kind: 'lost', message: 'a GPU was lost.' })
          send({ kind: 'waiting', seconds: 25.6 })
        })
        setTimeout(() => send({ kind: 'failed', message: 'none came back.', step: 40 }), 5000)
      }
    }`)
  await other.goto(`${server.origin}/`)
  await other.click('#go')
  await inState(other, 'recovering')
  const status = 'The GPU is not back yet, as browsers hold it back for two minutes when it crashed several times.'
  assert.is(await other.textContent('#status'), `${status} It is asked for again in 25.6 s.`)
  assert.is(await other.textContent('#again'), 'Ask now')
  assert.ok((await other.isEnabled('#save')) && (await other.isEnabled('#stop')))
  await other.click('#on-processor')
  assert.is(await other.inputValue('#on'), 'cpu')
  assert.ok((await other.isHidden('#again')) && (await other.isHidden('#on-processor')))
  await other.evaluate(`document.querySelector('#on').value = 'gpu'`)
  await inState(other, 'failed')
  assert.is(await other.textContent('#again'), 'Try again from step 40')
  assert.ok((await other.isVisible('#on-processor')) && (await other.isEnabled('#save')))
  await other.click('#again')
  assert.equal((await other.evaluate('told')) as string[], ['look auto', 'start undefined', 'again cpu', 'again gpu'])
  assert.equal(errors, [])
  await other.close()
})

started('chosen files are read; what does not fit is said in a sentence, and can be mended', async () => {
  const { page, errors } = await open(SMALL)
  const shows = (id: string, text: string) =>
    page.waitForFunction(([id, text]) => document.getElementById(id!)!.textContent!.includes(text!), [id, text], LONG)
  for (const name of ['cat', 'dog'])
    for (let n = 0; n < 10; n++) {
      mkdirSync(join(folder, 'pets', name), { recursive: true })
      const background = { r: 20 * n, g: 40, b: name === 'cat' ? 200 : 0 }
      await sharp({ create: { width: 40 + n, height: 30, channels: 3, background } })
        .png()
        .toFile(join(folder, 'pets', name, `${n}.png`))
    }
  // What systems leave beside the files, and an image that is none.
  for (const name of ['.hidden/x.png', 'cat/._0.png', '__MACOSX/cat/._1.png', 'dog/broken.png']) {
    mkdirSync(join(folder, 'pets', name, '..'), { recursive: true })
    writeFileSync(join(folder, 'pets', name), 'no image')
  }
  await page.setInputFiles('#folder', join(folder, 'pets'))
  await shows('counts', '16 to train on, 4 to score')
  await shows('status', '1 of the images cannot be read and was left out: pets/dog/broken.png.')
  // Text, or a folder with nothing in it, takes nothing away.
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.setData('text/plain', 'words')
    document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })()`)
  await shows('status', 'There is no file in it: the images stay as they are.')
  await shows('counts', '16 to train on, 4 to score')
  assert.equal(await page.locator('#classes li').allTextContents(), ['cat', 'dog'])

  const record = (label: number) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, 25 * label)])
  writeFileSync(join(folder, 'data_batch_1.bin'), Buffer.concat(Array.from({ length: 40 }, (_, n) => record(n % 10))))
  writeFileSync(join(folder, 'test_batch.bin'), record(3))
  await page.setInputFiles('#files', [join(folder, 'data_batch_1.bin'), join(folder, 'test_batch.bin')])
  await shows('counts', '40 to train on, 1 to score')
  writeFileSync(join(folder, 'data_batch_1.bin'), record(3).subarray(1))
  await page.setInputFiles('#files', join(folder, 'data_batch_1.bin'))
  await shows('status', 'data_batch_1.bin is truncated')

  await page.click('#embedded')
  await page.fill('#augment', 'mochi')
  await page.click('#go')
  await inState(page, 'failed')
  assert.match((await page.textContent('#status'))!, /mochi/)
  await page.fill('#augment', 'gausian')
  await page.click('#go')
  await shows('status', 'gaussian')
  assert.is(await page.isEnabled('#augment'), true)
  assert.equal(errors, [])
  await page.close()
})

started('without WebGPU the page says so and what to do, and trains on WebAssembly', async () => {
  const page = await browser.newPage()
  // A page over http from elsewhere is not secure: browsers give it no WebGPU.
  await page.route('http://insecure.test/**', async route => {
    const { pathname } = new URL(route.request().url())
    await route.fulfill({ response: await route.fetch({ url: server.origin + pathname }) })
  })
  await page.goto(`http://insecure.test/index.html${SMALL}`)
  await inState(page, 'unsupported')
  assert.match((await page.textContent('#reason'))!, /no WebGPU: use a current browser/)
  assert.ok(await page.isVisible('#unsupported'))
  assert.is(await page.getAttribute('#go', 'aria-disabled'), 'true')
  await page.selectOption('#on', 'auto')
  await inState(page, 'idle')
  assert.ok(await page.isHidden('#unsupported'))
  assert.is(await page.textContent('#adapter'), 'WebAssembly, 1 thread (the page is not cross-origin isolated)')
  await page.click('#go')
  await inState(page, 'training')
  await reaches(page, 40)
  await page.close()
})

started('with the headers of cross-origin isolation it trains on WebAssembly in threads', async () => {
  const isolated = await serve(folder, ISOLATED)
  const page = await browser.newPage()
  const errors = complaints(page)
  await page.goto(`${isolated.origin}/${SMALL.replace('gpu', 'cpu')}`)
  await page.click('#go')
  await inState(page, 'training')
  assert.match((await page.textContent('#adapter'))!, /^WebAssembly, \d+ threads$/)
  await reaches(page, 100)
  assert.match((await page.textContent('#knn'))!, /^\d+\.\d %$/)
  assert.equal(errors, [])
  await page.close()
  isolated.close()
})

test.run()
