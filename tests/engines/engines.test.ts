/**
 * Other engines than the Node of these tests compile, train and load bundles on the processor, with the numbers of this one:
 * those that PATH has, or that `npm install --prefix DIR node@24 deno bun` has put into the folder `FACET_ENGINES=DIR`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle, entry, f32, relu } from '../../compiler/index.js'
import { linear } from '../../models/index.js'
import { packFiles } from '../../runtime/archive.js'
import { root } from '../runtime/process.js'

interface Found {
  readonly bundle: number[]
  readonly relaxed: boolean
  readonly wide: boolean
  readonly one: number[]
  readonly two: number[]
}
const tsx = ['--import', 'tsx']
/** Node 24 revectorizes where that is right and pays (`runtime/cpu/wide.ts`). */
const WITHOUT = 'Node 24 without revectorization'
const engines: Record<string, readonly [command: string, ...args: string[]]> = {
  'Node 24': ['node', ...tsx],
  [WITHOUT]: ['node', ...tsx],
  Deno: ['deno', 'run', '--allow-all', '--unstable-sloppy-imports'],
  Bun: ['bun', 'run'],
}

const folder = mkdtempSync(join(tmpdir(), 'facet-engines-'))
const file = join(folder, 'layer.facet')
const installed = process.env.FACET_ENGINES && join(process.env.FACET_ENGINES, 'node_modules/.bin')
const env = { ...process.env, PATH: [installed, process.env.PATH].filter(Boolean).join(delimiter) }
const run = (command: string, args: readonly string[], more: Record<string, string> = {}) =>
  spawnSync(command, args, { cwd: root, env: { ...env, ...more }, encoding: 'utf8', timeout: 120_000 })
const found = (command: string, args: readonly string[], more?: Record<string, string>): Found => {
  const { stdout, stderr, status } = run(command, [...args, 'tests/engines/program.ts', file], more)
  assert.is(status, 0, `${stdout}${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}
const near = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => Math.abs(x - b[i]!) < 1e-5)

let here: Found
test.before(async () => {
  const layer = linear(4, 3)
  const embed = entry({ x: f32(['batch', 4]) }, ({ x }) => ({ y: relu(layer(x)) }))
  const made = await bundle({ embed }, { batch: 2 }, { name: 'layer', variants: ['cpu'] })
  writeFileSync(file, packFiles(made))
  here = found(process.execPath, tsx)
})
test.after(() => rmSync(folder, { recursive: true }))

for (const [name, [command, ...args]] of Object.entries(engines)) {
  const version = run(command, ['--version']).stdout?.trim().split('\n')[0]
  const there = version !== undefined && (command !== 'node' || version.startsWith('v24.'))
  if (!there) console.log(`skipped: there is no ${name} (${version ?? `no ${command} in PATH`})`)
  ;(there ? test : test.skip)(`${name}, ${version}`, () => {
    const theirs = found(command, args, name === WITHOUT ? { FACET_REVECTORIZE: 'off' } : {})
    if (name === WITHOUT) assert.is(theirs.wide, false, 'FACET_REVECTORIZE=off')
    assert.equal(theirs.two, theirs.one, 'any number of threads gives the same bits')
    assert.ok(near(theirs.one, here.one), `losses ${theirs.one}, here ${here.one}`)
    assert.ok(near(theirs.bundle, here.bundle), `features ${theirs.bundle}, here ${here.bundle}`)
    console.log(
      `${version}: multiplies and adds ${theirs.relaxed ? 'at once' : 'in two steps'}${theirs.wide ? ', in 256 bits' : ''}`,
    )
  })
}
test.run()
