// The browser's half: it opens `navigator.gpu`, and nothing it imports belongs to Node.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { load, NoAdapter, openDevice } from '../../runtime/browser.js'
import { listAdapters } from '../../runtime/node.js'
import { affine } from './programs.js'

/** Stands in for the browser's object for the length of `act`. */
async function withGpu(gpu: unknown, act: () => Promise<void>): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  try {
    await act()
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before)
    else Reflect.deleteProperty(globalThis, 'navigator')
  }
}
async function message(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    error => error,
  )
  assert.instance(error, NoAdapter)
  return error.message
}

test('a program runs on what navigator.gpu gives', async () => {
  const { adapter } = (await listAdapters()).find(({ kind }) => kind === 'swiftshader')!
  await withGpu({ requestAdapter: async () => adapter }, async () => {
    const device = await openDevice()
    assert.is(device.adapter.kind, 'swiftshader')
    const session = await load(device, affine, { seed: 1 })
    assert.equal([...(await session.call('step', { x: Float32Array.of(1, 2, 3, 4) })).y!], [2, 4, 6, 8])
    device.destroy()
  })
})

test('a page without WebGPU, or without an adapter, says what to do', async () => {
  await withGpu(undefined, async () => assert.match(await message(openDevice()), /no WebGPU: use a current browser/))
  await withGpu({ requestAdapter: async () => null }, async () =>
    assert.match(await message(openDevice()), /offers no adapter/),
  )
})

test('no file that the browser loads imports anything but files of its kind', () => {
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(path, 'utf8')
    for (const [, types, from] of text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from '([^']+)'/gm)) {
      if (types) continue
      assert.match(from!, /^\.\.?\//, `${path} imports ${from}`)
      visit(fileURLToPath(new URL(from!.replace(/\.js$/, '.ts'), `file://${path}`)))
    }
    assert.not.match(text, /\b(process|Buffer|setImmediate|require)[.(]/, `${path} uses a global of Node`)
  }
  visit(fileURLToPath(new URL('../../runtime/browser.ts', import.meta.url)))
  const names = [...seen].map(path => path.replace(/.*\/runtime\//, ''))
  for (const name of ['public.ts', 'device.ts', 'load.ts', 'run.ts', 'ring.ts', 'values.ts', 'safetensors.ts'])
    assert.is(names.includes(name), true, name)
  for (const path of seen) assert.is(existsSync(path), true)
})

test.run()
