/** `facet tune`: what it prints and writes, of a file and of a bundle, and how bad input ends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle } from '../../compiler/index.js'
import { openBundle } from '../../runtime/files.js'
import { loadBundle, openDevice, saveBundle, writeSafetensors } from '../../runtime/node.js'
import { embed, target, sizes as trainSizes, step as trainStep, x } from '../bundle/model.js'
import { run } from '../runtime/process.js'
import { inProcess } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-'))
const cache = join(folder, 'facet.tune.json')
const file = 'tests/cli/tuned.ts'
const facet = (...args: string[]) => run(['cli/facet.mjs', ...args], { FACET_ADAPTER: 'swiftshader' })
const tune = (...args: string[]) => facet('tune', ...args)

test('kernels are timed once, then the cache has them', async () => {
  const first = await tune(file, '--cache', cache)
  assert.is(first.stderr, '')
  assert.is(first.code, 0)
  for (const part of [
    /^tuning step of tests\/cli\/tuned\.ts on SwiftShader/,
    /^1\/\d+ {2}\S+ {2}\d+ candidates.* {2}\S+ ms -> \S+ ms {2}\d+\.\d\dx {2}\d+ s left$/m,
    /^kernel +times +before +after +ratio +schedule$/m,
    /^step: \S+ ms -> \S+ ms {2}\d+\.\d\dx$/m,
    /facet\.tune\.json written$/m,
  ])
    assert.match(first.stdout, part)
  const text = readFileSync(cache, 'utf8')
  assert.match(text, /^ {4}"google .*SwiftShader.*": \{$/m)

  const second = await tune(file, '--cache', cache)
  assert.is(second.code, 0)
  assert.match(second.stdout, /facet\.tune\.json has every kernel: nothing was timed$/m)
  assert.is(readFileSync(cache, 'utf8'), text)
})

test('-o writes a bundle with the schedules of the cache; a bundle has the kernels of its file', async () => {
  // One that no heuristic chooses, so that it is known again.
  const changed = JSON.parse(readFileSync(cache, 'utf8'))
  for (const table of Object.values<any>(changed.adapters))
    for (const entry of Object.values<any>(table))
      entry.schedule = {
        kind: 'tiles',
        tile: [1, 1].slice(0, entry.schedule.tile?.length ?? 1),
        unroll: [1],
        block: 0,
        workgroup: 7,
      }
  const forged = join(folder, 'forged.json')
  writeFileSync(forged, JSON.stringify(changed))
  const [plain, once, twice] = ['plain.facet', 'once', 'twice.facet'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const kernelsOf = async (path: string): Promise<string> => {
    const opened = await openBundle(path)
    assert.is(opened.manifest.variants.map(({ name }) => name).join(), path === plain ? 'portable' : 'host')
    const files = Object.keys(opened.manifest.files).filter(name => name.endsWith('.wgsl'))
    const texts = await Promise.all(files.map(async name => new TextDecoder().decode(await opened.file(name))))
    return texts.join('\n')
  }
  assert.is((await facet('compile', file, '-o', plain)).code, 0)
  assert.not.match(await kernelsOf(plain), /@workgroup_size\(7/)
  for (const [from, to] of [
    [file, once],
    [plain, twice],
  ] as const) {
    const { code, stdout, stderr } = await tune(from, '--cache', forged, '-o', to)
    assert.equal([code, stderr], [0, ''])
    assert.match(
      stdout,
      /^\S+forged\.json has every kernel: nothing was timed\n\S+(once|twice\.facet): step; \d+ kernels, /m,
    )
    assert.match(await kernelsOf(to), /@workgroup_size\(7/)
  }
  assert.is(await kernelsOf(twice), await kernelsOf(once))
})

test('a bundle is tuned, keeps its weights and budget, and gives the same numbers', async () => {
  const place = join(folder, 'bundles')
  mkdirSync(place)
  const weight = Object.assign(
    Float32Array.from({ length: 32 }, (_, i) => Math.sin(i) / 4),
    { shape: [8, 4] },
  )
  const [plain, fitted] = [join(place, 'layer.facet'), join(place, 'fitted')]
  const entries = { step: trainStep, embed }
  const weights = writeSafetensors({ weight })
  await saveBundle(plain, await bundle(entries, trainSizes, { name: 'layer', weights, memory: '1MiB' }))

  const { code, stdout, stderr } = await tune(plain, '-o', fitted)
  assert.equal([code, stderr], [0, ''])
  assert.match(stdout, /^tuning step, embed of \S+layer\.facet on SwiftShader/)
  assert.match(stdout, /^1\/\d+ {2}\S+ {2}\d+ candidates/m)
  assert.match(stdout, /fitted: step, embed; \d+ kernels, \d+ KiB with weights; host \S+ MiB of memory$/m)
  assert.match(readFileSync(join(place, 'facet.tune.json'), 'utf8'), /SwiftShader/)
  const { manifest } = await openBundle(fitted)
  assert.equal(
    [manifest.name, manifest.sizes, manifest.variants.map(({ name, memory }) => [name, memory])],
    ['layer', trainSizes, [['host', 2 ** 20]]],
  )

  const device = await openDevice({ adapter: 'swiftshader' })
  const losses: number[][] = []
  for (const path of [plain, fitted]) {
    const session = await loadBundle(device, path, { seed: 5 })
    assert.equal([...(await session.readVariables(['weight'])).weight!], [...weight])
    const found: number[] = []
    while (found.length < 3) found.push(((await session.call('step', { x, target })) as any).loss[0])
    losses.push(found)
    session.destroy()
  }
  device.destroy()
  const [before, after] = losses as [number[], number[]]
  assert.ok(before[2]! < before[0]!, `it trains: ${before}`)
  for (const [i, loss] of after.entries()) assert.ok(Math.abs(loss - before[i]!) < 1e-5, `${after} for ${before}`)
})

test('bad input is one sentence and exit code 2', async () => {
  const broken = join(folder, 'broken.json')
  writeFileSync(broken, '{"format":"facet-tune/1","adapters":{"one":{"x":{}}}}')
  const plain = join(folder, 'bundles', 'layer.facet')
  for (const [args, sentence] of [
    [['tests/cli/nothing.ts'], /^facet: tests\/cli\/nothing\.ts does not exist$/],
    [[file, '--entry', 'stop'], /^facet: tests\/cli\/tuned\.ts exports no entry stop: it has step$/],
    [
      [file, '--cache', broken],
      /^facet: \S+broken\.json: adapters\["one"\]\.x is no key of a kernel: sixteen hexadecimal digits$/,
    ],
    [[file, '-o', 'tests/cli'], /^facet: tests\/cli has files and is no bundle: name a folder/],
    [[plain, '--set', 'batch=4'], /^facet: \S+layer\.facet is a bundle: its sizes were set when it was compiled$/],
    [[plain, '--entry', 'stop'], /^facet: \S+layer\.facet has no entry stop: it has init, step, embed$/],
    [
      [plain, '--entry', 'step', '-o', join(folder, 'x')],
      /^facet: -o writes all entries of a bundle: leave out --entry/,
    ],
  ] as const) {
    const { code, stderr, stdout } = await inProcess('tune', ...args)
    assert.is(code, 2)
    assert.match(stderr.trim(), sentence)
    assert.is(stdout, '')
  }
})

test.after(() => rmSync(folder, { recursive: true }))
test.run()
