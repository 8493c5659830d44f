// The example page for everyone: axe, contrast, narrow windows, what is announced, long runs, strict policies.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Curve } from '../../examples/browser/curve.js'
import { complaints, examplePage, ISOLATED, inState, LONG, serve } from './chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const { started, browser, folder, server, open } = await examplePage()
const SMALL = '?adapter=cpu&steps=5000&batch=16&width=4&size=8&images=64'

/** Nothing but what the page is made of, and the two policies by which scripts are named. */
const STRICT = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  // The style that Observable Plot gives its drawings.
  "style-src-elem 'self' STYLE",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  'img-src data:',
  "require-trusted-types-for 'script'",
  'trusted-types facet facet-page',
].join('; ')

started('axe finds nothing, colours have contrast and charts fit, in both schemes, wide and narrow', async () => {
  const to = join(root, 'out/screenshots')
  mkdirSync(to, { recursive: true })
  const { page, errors } = await open(SMALL)
  await page.click('#go')
  await page.waitForSelector('#plane svg', LONG)
  await page.waitForSelector('#scores svg', LONG)
  await page.waitForFunction(`Number(document.querySelector('#step').textContent) > 30`, null, LONG)
  await page.click('#go')
  await inState(page, 'paused')
  await page.evaluate(axe)
  for (const width of [320, 1280])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      // Charts are drawn again one after the other.
      await page.waitForTimeout(1800)
      await page.screenshot({ path: join(to, `page-${width}-${colorScheme}.png`), fullPage: true, ...LONG })
      const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: object[] }[] }
      assert.equal(
        violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes).slice(0, 400)}`),
        [],
        `${width} ${colorScheme}`,
      )
      assert.is(await page.evaluate('document.documentElement.scrollWidth'), width)
      // Text of charts is not scaled down.
      const charts = (await page.evaluate(`[...document.querySelectorAll('.chart svg')].map(svg => {
        const { width } = svg.getBoundingClientRect()
        return { scale: width / Number(svg.getAttribute('width')), name: svg.getAttribute('aria-label'), role: svg.getAttribute('role') }
      })`)) as { scale: number; name: string; role: string }[]
      assert.is(charts.length, 4)
      for (const { scale, name, role } of charts) assert.ok(scale > 0.99 && name.length > 20 && role === 'img', name)
      const contrasts = (await page.evaluate(`(() => {
        const paint = document.createElement('canvas').getContext('2d')
        const light = colour => {
          paint.fillStyle = colour
          paint.fillRect(0, 0, 1, 1)
          const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map(c => (c /= 255, c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
          return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        }
        // Of two colours the scheme takes one: what an element has of it is told.
        const of = name => {
          const probe = document.body.appendChild(document.createElement('i'))
          probe.style.color = 'var(' + name + ')'
          const found = getComputedStyle(probe).color
          probe.remove()
          return light(found)
        }
        const names = [...Array.from({ length: 10 }, (_, i) => '--class-' + i), '--run-0', '--run-1', '--run-2', '--run-3', '--positive', '--negative']
        return names.map(name => [name, Math.max(of(name), of('--panel')) / Math.min(of(name), of('--panel'))])
      })()`)) as [string, number][]
      for (const [name, contrast] of contrasts) assert.ok(contrast >= 3, `${name} has ${contrast} in ${colorScheme}`)
    }
  // Not by colour alone.
  const shapes = await page.evaluate(
    `[...document.querySelectorAll('#classes svg')].map(svg => svg.querySelector('path')?.getAttribute('d') ?? 'circle')`,
  )
  assert.is(new Set(shapes as string[]).size, 10)
  await page.click('#losses + details summary')
  await page.waitForSelector('#losses + details td', LONG)
  assert.ok((await page.locator('#losses + details tr').count()) > 5)
  assert.equal(errors, [])
  await page.close()
})

started('what happens is announced at most once in ten seconds, and preparing can be stopped', async () => {
  const { page, errors } = await open(SMALL.replace('5000', '100000'))
  await page.evaluate(`window.said = []; new MutationObserver(() => said.push([performance.now(), document.querySelector('[role=status]').textContent]))
    .observe(document.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true })`)
  await page.click('#go')
  await inState(page, 'preparing')
  assert.is(await page.isEnabled('#stop'), true)
  await page.click('#stop')
  await inState(page, 'done')
  await page.click('#go')
  await inState(page, 'training')
  await page.waitForFunction(
    `said.length > 2 && said.some(([, text]) => /^Training without feature augmentation: step \\d+ of 100000$/.test(text))`,
    null,
    LONG,
  )
  const said = (await page.evaluate('said')) as [number, string][]
  for (const [i, [at]] of said.slice(1).entries()) assert.ok(at - said[i]![0] > 9_900, JSON.stringify(said))
  assert.equal(errors, [])
  await page.close()
})

started('an address that asks for what there is not is answered in a sentence', async () => {
  const { page, errors } = await open('?method=foo&steps=ten&batch=3')
  const status = (await page.textContent('#status'))!
  assert.match(status, /asks for method foo, which there is not: it is simsiam now\./)
  assert.match(status, /asks for steps ten, .* from 1 to 100000: it is 500 now\./)
  assert.match(status, /asks for batch 3, .* from 4 to 1024: it is 64 now\./)
  assert.is(await page.inputValue('#method'), 'simsiam')
  assert.equal(errors, [])
  await page.close()
})

started('a strict content security policy with trusted types holds nothing up', async () => {
  const { page: free } = await open(SMALL)
  await free.click('#go')
  await free.waitForSelector('.chart svg style', { ...LONG, state: 'attached' })
  const style = (await free.textContent('.chart svg style'))!
  await free.context().close()
  const hash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`
  const strict = await serve(folder, { ...ISOLATED, 'content-security-policy': STRICT.replace('STYLE', hash) })
  try {
    const page = await browser.newPage()
    const errors = complaints(page)
    await page.goto(`${strict.origin}/${SMALL}`)
    await page.click('#go')
    // Without functions given as text, which the policy forbids too.
    for (let tries = 0; tries < 1000 && !(Number(await page.textContent('#step')) > 5); tries++)
      await page.waitForTimeout(100)
    assert.ok(Number(await page.textContent('#step')) > 5, (await page.textContent('#status'))!)
    assert.match((await page.textContent('#adapter'))!, /WebAssembly/)
    await page.waitForSelector('#plane svg', LONG)
    assert.equal(errors, [])
    await page.close()
  } finally {
    strict.close()
  }
})

started('a run of 100,000 steps costs the page no more than a short one', async () => {
  const page = await browser.newPage()
  const errors = complaints(page)
  // A worker that reports as many steps as fast as the page takes them, a hundred at a time, and scores after each hundred.
  await page.addInitScript(`
    window.Worker = class {
      constructor() {
        setTimeout(() => this.onmessage({ data: { kind: 'adapter', name: 'none' } }))
      }
      postMessage({ kind }) {
        if (kind !== 'start') return
        const send = data => this.onmessage({ data })
        send({ kind: 'training', step: 0 })
        let step = 0
        const more = () => {
          for (let i = 0; i < 100; i++) send({ kind: 'step', step: ++step, loss: Math.sin(step / 5000) })
          send({ kind: 'scores', step, knn: Math.abs(Math.sin(step / 9000)) })
          if (step < 100000) setTimeout(more)
          else send({ kind: 'done', step })
        }
        more()
      }
    }`)
  await page.goto(`${server.origin}/?steps=100000&runs=one`)
  await page.click('#go')
  await inState(page, 'done')
  // What is drawn is what takes time, and times of a busy machine say little: a path of 800 points at most.
  await page.waitForTimeout(1500)
  const drawn = (await page.evaluate(
    `[...document.querySelectorAll('#losses path')].map(path => path.getAttribute('d').split('L').length)`,
  )) as number[]
  assert.ok(Math.max(...drawn) > 200 && Math.max(...drawn) <= 800, drawn.join())
  // A thousand scores are at most 200 points.
  const dots = await page.locator('#accuracy circle').count()
  assert.ok(dots >= 100 && dots <= 200, `${dots}`)
  await page.click('#losses + details summary')
  await page.waitForSelector('#losses + details td')
  assert.ok((await page.locator('#losses + details tr').count()) <= 21)
  assert.is(await page.textContent('#step'), '100000')
  assert.equal(errors, [])
  await page.close()
})

test('a curve of any length is few points, each the mean of its steps', () => {
  const curve = new Curve(100)
  for (let step = 1; step <= 100_000; step++) curve.push(step, step)
  const points = curve.points()
  assert.ok(points.length >= 90 && points.length < 200, `${points.length}`)
  const stride = points[1]![0] - points[0]![0]
  for (const [step, value] of points) assert.is(value, step - (stride - 1) / 2)
  curve.cut(50_000)
  assert.ok(curve.points().at(-1)![0] <= 50_000)
  curve.cut(0)
  curve.push(1, 7)
  assert.equal(curve.points(), [[1, 7]])
})

test.run()
