// examples/bundle as its own project outside the repository: compiled by the command, trained in Node and in a page of its own
// that has only `facet-tensor/runtime`; both give the same numbers.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build, type Rolldown } from 'vite'
import { main } from '../../cli/facet.js'
import { type Model, work } from '../../examples/bundle/work.js'
import { sources } from '../../examples/sources.js'
import { loadBundle, openDevice } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { complaints, serve, startChromium } from './chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'facet-project-'))
const bundle = join(project, 'public/simsiam.facet')
const resolve = { alias: sources }
const TYPES = 'public/simsiam.facet.d.ts'

// A driver that runs on the CPU takes a minute to compile what is made for GPUs: it gets a variant of its own.
const compileTo = (path: string): Promise<number> =>
  main(['compile', join(project, 'model.ts'), '--variant', 'software', '--variant', 'cpu', '-o', path])

test.before(async () => {
  cpSync(join(root, 'examples/bundle'), project, { recursive: true })
  rmSync(join(project, 'vite.config.ts'))
  rmSync(join(project, TYPES))
  // What `npm install PATH` makes of a folder.
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules/facet-tensor'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  assert.is(await compileTo(bundle), 0)
})
test.after(async () => {
  await closeTestDevice()
  if (typeof browser !== 'string') await browser.close()
  rmSync(project, { recursive: true })
})

/** The chunk that Vite makes of an entry for browsers. */
async function bundled(code: string): Promise<Rolldown.OutputChunk> {
  writeFileSync(join(project, 'only.js'), code)
  const rolldownOptions = { input: join(project, 'only.js') }
  const made = await build({ root: project, resolve, logLevel: 'silent', build: { write: false, rolldownOptions } })
  const { output } = (Array.isArray(made) ? made[0]! : made) as Rolldown.RolldownOutput
  assert.is(output.filter(({ type }) => type === 'chunk').length, 1)
  return output[0]
}
/** Modules of a chunk that are neither of the runtime nor the entry: what Vite puts in place of Node's, for one. */
const foreign = ({ moduleIds, imports }: Rolldown.OutputChunk): string[] =>
  [...moduleIds, ...imports].filter(
    id => !id.startsWith(join(root, 'runtime/')) && !id.endsWith('only.js') && !id.startsWith('\0rolldown/runtime'),
  )

const browser = await startChromium()
if (typeof browser === 'string') console.log(`skipped: ${browser}`)
const inChromium = typeof browser === 'string' ? test.skip : test

for (const [what, prepare, open, pipelines] of [
  ['WebGPU', 'delete globalThis.WebAssembly', testDevice, 10],
  ['WebAssembly', '', () => openDevice({ adapter: 'cpu' }), 0],
] as const)
  inChromium(`a page of its own trains and infers on ${what}, and agrees with Node to 1e-5`, async () => {
    if (typeof browser === 'string') return
    await build({ root: project, resolve, logLevel: 'error' })
    const server = await serve(join(project, 'dist'))
    try {
      const page = await browser.newPage()
      const errors = complaints(page)
      await page.addInitScript(`
        ${prepare}
        window.shown = []
        addEventListener('DOMContentLoaded', () =>
          new MutationObserver(() => shown.push(document.body.textContent)).observe(document.body, { childList: true }))`)
      await page.goto(`${server.origin}/`)
      await page.waitForFunction(`!/^(bytes|pipelines|\\s*$)/.test(document.body.textContent)`, null, {
        timeout: 150_000,
      })
      const shown = (await page.evaluate('shown')) as string[]
      assert.equal(errors, [])
      assert.match(shown.at(-1)!, /^\{"losses"/)
      const there = JSON.parse(shown.at(-1)!) as Awaited<ReturnType<typeof work>>
      const { length } = readFileSync(bundle)
      assert.ok(shown.includes(`bytes ${length} of ${length}`))
      assert.ok(shown.filter(text => text.startsWith('pipelines')).length > pipelines)

      const device = await open()
      const session = await loadBundle<Model>(device, bundle, { seed: 1 })
      const here = await work(session, there.losses.length)
      session.destroy()
      if (what === 'WebAssembly') device.destroy()
      const difference = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
      const apart = {
        losses: difference(here.losses, there.losses),
        features: difference(here.features, there.features),
      }
      console.log(`Node and Chromium on ${what} differ by ${JSON.stringify(apart)}`)
      assert.ok(here.features.length === 16 * 32 && here.features.some(value => value > 0.1))
      assert.ok(apart.losses < 1e-5 && apart.features < 1e-5, JSON.stringify(apart))
    } finally {
      server.close()
    }
  })

test('the runtime in a browser is small and imports nothing of Node', async () => {
  const everything = await bundled(`import * as facet from 'facet-tensor/runtime'\nglobalThis.facet = facet`)
  assert.equal(foreign(everything), [])
  const kilobytes = gzipSync(everything.code).length / 1000
  assert.ok(kilobytes < 60, `${kilobytes} KB minified and gzipped`)
  console.log(`facet-tensor/runtime: ${kilobytes.toFixed(1)} KB minified and gzipped`)
  const node = await bundled(
    `import * as files from ${JSON.stringify(join(root, 'runtime/files.ts'))}\nglobalThis.files = files`,
  )
  assert.ok(foreign(node).length > 0, 'an import of Node would have been found')
})

test('compiled twice, the files are the same to the byte, and the declarations those of the example', async () => {
  const again = join(project, 'again.facet')
  assert.is(await compileTo(again), 0)
  assert.ok(readFileSync(bundle).equals(readFileSync(again)))
  const types = readFileSync(join(project, TYPES), 'utf8')
  if (process.env.UPDATE) writeFileSync(join(root, 'examples/bundle', TYPES), types)
  else assert.fixture(types, readFileSync(join(root, 'examples/bundle', TYPES), 'utf8'))
})

test.run()
