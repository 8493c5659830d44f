// Warm start: what `compile` returns is plain data, and a process that has no compiler loads it, trains and gets the same bits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  compile,
  entry,
  grad,
  mean,
  module,
  mul,
  normal,
  square,
  sub,
  type Tensor,
  update,
} from '../../compiler/index.js'
import { load } from '../../runtime/node.js'
import { root, run } from './process.js'
import { testDevice } from './programs.js'

/** Refuses to resolve any file of the compiler. */
const hook = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  if (found.url.startsWith('${pathToFileURL(`${root}compiler/`)}')) throw new Error('compiler imported: ' + found.url)
  return found
}`
const child = (file: string) => `
import { register } from 'node:module'
import { readFileSync } from 'node:fs'
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}))
const refused = await import('${pathToFileURL(`${root}compiler/index.ts`)}').then(() => 'no', error => error.message)
const { load, openDevice } = await import('${pathToFileURL(`${root}runtime/node.ts`)}')
const device = await openDevice()
const session = await load(device, JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8')), { seed: 3 })
const losses = []
for (let i = 0; i < 3; i++) losses.push((await session.call('step', { x: new Float32Array(8).fill(0.5) })).loss[0])
device.destroy()
console.log(JSON.stringify({ refused, losses }))
`

const scaled = module(({ param }) => {
  const scale = param('scale', [4], shape => normal(shape as [4]))
  return (x: Tensor<['n', 4], 'f32'>) => {
    const loss = mean(square(sub(mul(x, scale), 1)))
    update(scale, sub(scale, mul(grad(loss, { scale }).scale, 0.5)))
    return { loss }
  }
})

test('a program from a file runs in a process that refuses the compiler, with the same bits', async () => {
  const step = entry({ x: ['n', 4] }, ({ x }) => scaled(x))
  const program = compile({ step }, { n: 2 })
  const device = await testDevice()
  const session = await load(device, program, { seed: 3 })
  const losses: number[] = []
  for (let i = 0; i < 3; i++) losses.push((await session.call('step', { x: new Float32Array(8).fill(0.5) })).loss[0]!)
  assert.ok(losses[2]! < losses[0]!, `it trains: ${losses}`)
  device.destroy()

  const folder = mkdtempSync(join(tmpdir(), 'facet-warm-'))
  try {
    const file = join(folder, 'program.json')
    writeFileSync(file, JSON.stringify(program))
    const module = ['--import', 'tsx', '--input-type=module', '-e', child(file)]
    const ended = await run(module, { FACET_ADAPTER: process.env.FACET_ADAPTER ?? 'swiftshader' })
    assert.is(ended.code, 0, ended.stderr)
    const found = JSON.parse(ended.stdout) as { refused: string; losses: number[] }
    assert.match(found.refused, /^compiler imported: /)
    assert.equal(found.losses, losses)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
