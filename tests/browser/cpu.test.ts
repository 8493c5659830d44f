// The processor as a device in a real Chromium: with threads where the page is cross-origin isolated, with one where it is not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { complaints, ISOLATED, serve, startChromium } from './chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'facet-cpu-page-'))
const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const inChromium = typeof browser === 'string' ? test.skip : test

const page = `
import { load, openDevice } from ${JSON.stringify(join(root, 'runtime/browser.ts'))}
import { affineOn, trapping } from ${JSON.stringify(join(root, 'tests/runtime/wasm.ts'))}
const x = Float32Array.from({ length: 4000 }, (_, i) => i)
globalThis.work = async options => {
  const device = await openDevice(options)
  const session = await load(device, affineOn(4000), { seed: 1 })
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  const start = performance.now()
  let steps = 0
  for (; performance.now() - start < 300; steps++) {
    session.run('step', { x })
    await session.ready()
  }
  clearInterval(timer)
  const { y } = await session.read('step')
  const { b } = await session.readVariables(['b'])
  const right = y.every((value, i) => value === 2 * i + steps - 1) && b.every(value => value === steps)
  const wrong = await load(device, trapping(1000))
  wrong.run('run')
  const failed = await wrong.settle().catch(error => error.message)
  device.destroy()
  return { adapter: device.adapter, threads: device.threads.length, steps, turns, right, failed }
}`

test.before(async () => {
  if (typeof browser === 'string') return
  writeFileSync(join(folder, 'page.js'), page)
  writeFileSync(join(folder, 'index.html'), '<script type="module" src="./page.js"></script>')
  await build({ root: folder, logLevel: 'error', build: { target: 'es2022' } })
})
test.after(async () => {
  if (typeof browser !== 'string') await browser.close()
  rmSync(folder, { recursive: true })
})

for (const [what, headers, threads, name] of [
  ['isolated', ISOLATED, 3, 'WebAssembly, 3 threads'],
  ['not isolated', {}, 1, 'WebAssembly, 1 thread (the page is not cross-origin isolated)'],
] as const)
  inChromium(`a page that is ${what} computes in workers and stays responsive`, async () => {
    if (typeof browser === 'string') return
    const server = await serve(join(folder, 'dist'), headers)
    const page = await browser.newPage()
    try {
      const errors = complaints(page)
      await page.goto(`${server.origin}/`)
      const found = (await page.evaluate("work({ adapter: 'cpu', threads: 3 })")) as Record<string, any>
      assert.equal([found.adapter.kind, found.adapter.name, found.threads], ['cpu', name, threads])
      assert.ok(found.right && found.steps > 5, JSON.stringify(found))
      assert.ok(found.turns > 5, `the page's own loop came round ${found.turns} times`)
      assert.match(found.failed, /^kernel wrong, used by run of layer, failed on WebAssembly/)
      // Nothing better is there: WebGPU would run on a software driver.
      const automatic = (await page.evaluate('work({ threads: 3 })')) as Record<string, any>
      assert.is(automatic.adapter.name, name)
      assert.equal(errors, [])
    } finally {
      await page.close()
      server.close()
    }
  })

test.run()
