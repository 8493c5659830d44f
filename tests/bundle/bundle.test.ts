// A bundle is the program it was made from: the same bytes each time, the same numbers, by path, by URL and from memory.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Manifest } from '../../compiler/bundle/manifest.js'
import { graphsOf } from '../../compiler/bundle/read.js'
import { bundle, compile, compileGraphs, dot, entry, portable, software, tanh } from '../../compiler/index.js'
import { packFiles, unpackFiles } from '../../runtime/archive.js'
import { chooseVariant } from '../../runtime/bundle.js'
import type { AdapterKind } from '../../runtime/device.js'
import { BadInput, load, loadBundle, type Session, saveBundle, writeSafetensors } from '../../runtime/node.js'
import { testDevice } from '../runtime/programs.js'
import { embed, sizes, step, target, x } from './model.js'

const device = await testDevice()
const folder = mkdtempSync(join(tmpdir(), 'facet-bundle-'))
const entries = { step, embed }
const files = await bundle(entries, sizes, { name: 'layer' })
const archive = packFiles(files)

async function losses(session: Session, count = 3): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) found.push((await session.call('step', { x, target })).loss![0]!)
  return found
}
const expected = await (async () => {
  const session = await load(device, compile(entries, sizes), { seed: 5 })
  const found = await losses(session)
  session.destroy()
  return found
})()

test('compiling twice gives the same bytes', async () => {
  const again = packFiles(await bundle(entries, sizes, { name: 'layer' }))
  assert.ok(Buffer.from(archive).equals(Buffer.from(again)))
  assert.ok(expected[2]! < expected[0]!, `it trains: ${expected}`)
})

test('the same numbers as from the program: by path, by URL and from memory', async () => {
  const [directory, file] = [join(folder, 'layer'), join(folder, 'layer.facet')]
  await saveBundle(directory, files)
  await saveBundle(file, files)
  await saveBundle(file, files)
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, request.url!)))
    } catch {
      response.writeHead(404).end()
    }
  }).listen(0)
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const stages: string[] = []
  try {
    for (const source of [directory, file, archive, `${origin}/layer.facet`, new URL(`${origin}/layer/`)]) {
      const session = await loadBundle(device, source, {
        seed: 5,
        onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
      })
      assert.equal(await losses(session), expected, String(source).slice(0, 60))
      session.destroy()
    }
    assert.ok(stages.includes(`bytes ${archive.length}/${archive.length}`))
    await refused(loadBundle(device, `${origin}/none.facet`), /none\.facet cannot be fetched: the server answers 404/)
  } finally {
    server.close()
  }
})

test('files are named after what they compute and say for whom', () => {
  const kernels = readdirSync(join(folder, 'layer', 'kernels'))
  assert.ok(kernels.length > 3)
  const text = new TextDecoder().decode(files.get(`kernels/${kernels.find(name => /dot|tanh/.test(name))}`))
  assert.match(text, /^\/\/ \S*(dot|tanh)\S*\n\/\/ (step|embed|init)/)
  const texts = [...files]
    .filter(([name]) => name.endsWith('.wgsl'))
    .map(([, bytes]) => new TextDecoder().decode(bytes))
  const codes = texts.map(code => code.replace(/^\/\/.*\n/gm, ''))
  assert.is(new Set(codes).size, codes.length)
  assert.match(
    readFileSync(`${join(folder, 'layer.facet')}.d.ts`, 'utf8'),
    /readonly features: .*readonly shape: readonly \[16, 4\]/,
  )
})

test('graph.txt compiles to a program of the same numbers', async () => {
  const graphs = graphsOf(new TextDecoder().decode(files.get('graph.txt')))
  const session = await load(device, compileGraphs(graphs), { seed: 5 })
  assert.equal(await losses(session), expected)
  session.destroy()
})

test('weights of the bundle, and given ones in their place', async () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => i / 32)
  const weights = (scale: number, shape = [8, 4]) =>
    writeSafetensors({
      weight: Object.assign(
        values.map(value => value * scale),
        { shape },
      ),
    })
  const made = packFiles(await bundle(entries, sizes, { name: 'layer', weights: weights(1) }))
  for (const [options, scale] of [
    [{}, 1],
    [{ weights: weights(-1) }, -1],
    // Only what initializes is left out, not what is given.
    [{ weights: weights(-1), init: false }, -1],
    [{ init: false }, 0],
  ] as const) {
    const session = await loadBundle(device, made, options)
    const { weight } = await session.readVariables(['weight'])
    assert.equal([...weight!], [...values.map(value => value * scale)])
    session.destroy()
  }
  await refused(
    loadBundle(device, made, { weights: weights(1, [4, 8]) }),
    /^the weights has weight as Float32Array \[4, 8\], but the variable is f32 \[8, 4\]\.$/,
  )
  const other = writeSafetensors({ bias: Object.assign(values, { shape: [32] }) })
  await refused(
    loadBundle(device, made, { weights: other }),
    /^the weights has no weight, which is a parameter: it has bias\.$/,
  )
  await refused(
    loadBundle(device, packFiles(await bundle(entries, sizes, { name: 'layer', weights: other }))),
    /weights\.safetensors has bias, which is no variable of the bundle\.$/,
  )
})

test('the fastest variant that the device can run is taken, and none is written that uses nothing of its own', async () => {
  const made = packFiles(await bundle(entries, sizes, { name: 'layer', variants: ['f16', 'subgroups', 'software'] }))
  const { variants } = JSON.parse(new TextDecoder().decode(unpackFiles(made, 'it').get('manifest.json'))) as Manifest
  const names = variants.map(({ name }) => name)
  // These kernels are small: no half is worth its rounding.
  assert.not.ok(names.includes('f16'))
  for (const { name, requires } of variants)
    if (name === 'subgroups') assert.ok(requires.features.includes('subgroups'))
  const taken = async (given: typeof device, variant?: string) => {
    const session = await loadBundle(given, made, { seed: 5, ...(variant ? { variant } : {}) })
    const found = await losses(session)
    const name = session.program.target
    session.destroy()
    return { found, name }
  }
  for (const name of names) {
    const { found, name: loaded } = await taken(device, name)
    assert.is(loaded, name)
    for (const [i, loss] of found.entries())
      assert.ok(Math.abs(loss - expected[i]!) < 1e-5, `${name}: ${loss} for ${expected[i]}`)
  }
  assert.is((await taken(device)).name, 'software')
  const program = compile(entries, sizes, { target: { ...software, name: 'software' } })
  const session = await load(device, program, { seed: 5 })
  assert.equal((await taken(device, 'software')).found, await losses(session))
  session.destroy()
  await refused(
    loadBundle(device, made, { variant: 'toaster' }),
    /has no variant toaster: it has .*software, portable\.$/,
  )

  const big = entry({ x: [512, 512], y: [512, 512] }, ({ x, y }) => ({ z: tanh(dot(tanh(dot(x, y)), y)) }))
  const large = await bundle({ big }, {}, { name: 'big', variants: ['f16'] })
  const { variants: both } = JSON.parse(new TextDecoder().decode(large.get('manifest.json'))) as Manifest
  assert.equal(
    both.map(({ name, requires }) => [name, requires.features]),
    [
      ['f16', ['shader-f16']],
      ['portable', []],
    ],
  )
})

test('which variant is the fastest depends on the kind of device, not on the order of the bundle', () => {
  const requires = (adapter: 'any' | 'software' | 'cpu', ...features: string[]) => ({ adapter, features, limits: {} })
  const all = {
    portable: requires('any'),
    subgroups: requires('any', 'subgroups'),
    f16: requires('any', 'shader-f16'),
    software: requires('software'),
    cpu: requires('cpu'),
  }
  const choice = (kind: AdapterKind, features: string[], ...names: (keyof typeof all)[]): string => {
    const variants = names.map(name => ({ name, requires: all[name] }))
    const given = { ...device, adapter: { ...device.adapter, kind }, features: new Set(features) }
    return chooseVariant({ name: 'it', manifest: { variants } } as never, given).name
  }
  const names = Object.keys(all) as (keyof typeof all)[]
  const features = ['shader-f16', 'subgroups']
  for (const order of [names, names.toReversed()]) {
    assert.is(choice('gpu', features, ...order), 'f16')
    assert.is(choice('gpu', ['subgroups'], ...order), 'subgroups')
    assert.is(choice('gpu', [], ...order), 'portable')
    for (const kind of ['system', 'swiftshader'] as const) assert.is(choice(kind, features, ...order), 'software')
    assert.is(choice('cpu', features, ...order), 'cpu')
    const without = order.filter(name => name !== 'software')
    assert.is(choice('swiftshader', features, ...without), 'portable')
  }
})

test('a device that lacks what every variant needs is told so', async () => {
  const made = packFiles(await bundle(entries, sizes, { name: 'layer', target: { ...portable, name: 'own' } }))
  const small = {
    ...device,
    limits: { ...limitsOf(device), maxStorageBuffersPerShaderStage: 2 } as typeof device.limits,
  }
  await refused(
    loadBundle(small, made),
    /^the bundle cannot run on .*: variant own needs maxStorageBuffersPerShaderStage of \d+, where it has 2\.$/,
  )
})

test('a folder of something else is left alone', async () => {
  const other = mkdtempSync(join(folder, 'other-'))
  writeFileSync(join(other, 'thesis.txt'), 'mine')
  await refused(saveBundle(other, files), /has files and is no bundle: name a folder that is empty or not there yet\.$/)
  assert.equal(readdirSync(other), ['thesis.txt'])
})

async function refused(promise: Promise<unknown>, sentence: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (error: Error) => error,
  )
  assert.instance(error, BadInput, String(error))
  assert.match(error!.message, sentence)
}
const limitsOf = ({ limits }: typeof device): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const name in limits) found[name] = limits[name as 'maxBufferSize']
  return found
}

test.after(() => {
  device.destroy()
  rmSync(folder, { recursive: true })
})
test.run()
