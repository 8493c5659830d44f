// Choosing an adapter, and leaving: each case in a process of its own.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from './process.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-device-'))
const printKind =
  'const device = await openDevice(); console.log(device.adapter.kind, device.limits.maxStorageBuffersPerShaderStage >= 8); device.destroy()'

test('FACET_ADAPTER chooses, the option comes first, and nothing is written to standard error', async () => {
  const byEnvironment = await runModule(printKind, { FACET_ADAPTER: 'swiftshader' })
  assert.equal(byEnvironment, { code: 0, signal: null, stdout: 'swiftshader true\n', stderr: '' })
  const byOption = await runModule(
    "const device = await openDevice({ adapter: 'swiftshader' }); console.log(device.adapter.kind)",
    { FACET_ADAPTER: 'gpu' },
  )
  assert.equal(byOption, { code: 0, signal: null, stdout: 'swiftshader\n', stderr: '' })
  const automatic = await runModule(printKind)
  assert.is(automatic.code, 0)
  assert.match(automatic.stdout, /^(gpu|cpu) true\n$/)
})

test('a word that is no adapter is bad input, and a missing adapter says what to do', async () => {
  const print = 'await openDevice().catch(error => console.log(error.name, error.message))'
  const wrong = await runModule(print, { FACET_ADAPTER: 'cuda' })
  assert.is(wrong.stdout, 'BadInput FACET_ADAPTER is "cuda": use auto, gpu, cpu, system or swiftshader.\n')
  // A machine whose only Vulkan driver does not exist.
  const none = await runModule(print, {
    FACET_ADAPTER: 'system',
    VK_DRIVER_FILES: join(folder, 'none.json'),
    VK_ICD_FILENAMES: join(folder, 'none.json'),
  })
  assert.match(none.stdout, /^NoAdapter no system adapter can be used \(system: .+\)\. Install mesa-vulkan-drivers/)
  // The same machine with nothing asked for takes the processor.
  const automatic = await runModule(printKind, {
    VK_DRIVER_FILES: join(folder, 'none.json'),
    VK_ICD_FILENAMES: join(folder, 'none.json'),
  })
  assert.is(automatic.stdout, 'cpu true\n')
})

test('a machine without a Vulkan loader uses the one from npm, unpacked once by processes that start together', async () => {
  if (process.platform !== 'linux') return
  writeFileSync(join(folder, 'libvulkan.so.1'), 'hides the loader of the system')
  const env = { FACET_ADAPTER: 'swiftshader', LD_LIBRARY_PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  const ended = await Promise.all([1, 2, 3].map(() => runModule(printKind, env)))
  for (const end of ended) assert.equal(end, { code: 0, signal: null, stdout: 'swiftshader true\n', stderr: '' })
  const [unpacked, ...others] = readdirSync(join(folder, 'cache', 'facet'))
  assert.match(unpacked!, /^swiftshader-\d/)
  assert.equal(others, [], 'no half unpacked folder is left')
  assert.equal(readdirSync(join(folder, 'cache', 'facet', unpacked!)).sort(), [
    'libvk_swiftshader.so',
    'libvulkan.so.1',
    'vk_swiftshader_icd.json',
  ])
})

test('one process can use several adapters', async () => {
  const { stdout, code } = await runModule(`
    const found = await listAdapters()
    console.log(found.map(({ kind }) => kind).join())
    const devices = await Promise.all([openDevice({ adapter: 'swiftshader' }), openDevice({ adapter: 'swiftshader', unsafe: true }), openDevice({ adapter: 'swiftshader', fast: true })])
    const automatic = await openDevice({ adapter: 'auto' })
    const sessions = await Promise.all(devices.map(device => load(device, affine)))
    const x = Float32Array.of(1, 2, 3, 4)
    console.log(automatic.adapter.kind !== 'swiftshader', (await Promise.all(sessions.map(session => session.call('step', { x })))).map(({ y }) => [...y].join()).join(' '))
  `)
  assert.is(code, 0)
  assert.is(stdout, 'gpu,cpu,system,swiftshader\ntrue 1,2,3,4 1,2,3,4 1,2,3,4\n')
})

test('a worker thread has the same choice', async () => {
  const inWorker = `(async () => {
    const { register } = await import('tsx/esm/api')
    register()
    const { openDevice } = await import('./runtime/node.ts')
    const device = await openDevice({ adapter: 'swiftshader' })
    console.log(device.adapter.name)
    device.destroy()
  })()`
  const { stdout, stderr } = await runModule(`
    const { Worker } = await import('node:worker_threads')
    new Worker(${JSON.stringify(inWorker)}, { eval: true }).on('error', error => console.log(error))
  `)
  assert.match(stdout, /^SwiftShader/, stderr)
})

const use = `
  const device = await openDevice({ adapter: 'swiftshader' })
  const session = await load(device, affine)
  const x = new Float32Array(4)
  for (let i = 0; i < 10; i++) session.run('step', { x })
  await session.read('step')
  process.on('exit', () => console.log('exit', Math.round(performance.now() - end)))
  let end = performance.now()
`
/** How a program may end, and what it exits with. */
const endings: Record<string, { text: string; code: number }> = {
  'everything destroyed': { text: 'session.destroy(); device.destroy()', code: 0 },
  'only the device destroyed': { text: 'device.destroy()', code: 0 },
  'nothing destroyed, all kept': { text: 'globalThis.kept = [device, session]', code: 0 },
  'runs still queued': {
    text: "for (let i = 0; i < 50; i++) session.run('step', { x }); end = performance.now()",
    code: 0,
  },
  'destroyed while a read is pending': {
    text: "const read = session.call('step', { x }); device.destroy(); await read.catch(() => 0)",
    code: 0,
  },
  'an exit code was set': { text: 'device.destroy(); process.exitCode = 7', code: 7 },
  'an error was thrown': { text: "throw new Error('on purpose')", code: 1 },
  'process.exit with runs queued': {
    text: "for (let i = 0; i < 50; i++) session.run('step', { x }); process.exit(5)",
    code: 5,
  },
}
for (const [name, { text, code }] of Object.entries(endings))
  test(`the process ends by itself: ${name}`, async () => {
    const ended = await runModule(use + text)
    assert.is(ended.code, code, ended.stderr)
    const waited = Number(ended.stdout.match(/^exit (\d+)\n$/)?.[1])
    assert.is(waited < 2000, true, `left ${waited} ms after the end: ${ended.stdout}`)
  })

test.after(() => rmSync(folder, { recursive: true, force: true }))
test.run()
