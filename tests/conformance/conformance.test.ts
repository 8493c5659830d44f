/** The command on cases made here, good and bad, and on the operations of the reference data through the float64 reference. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeSafetensors } from '../../runtime/safetensors.js'
import { conformance } from './command.js'

/** What the command printed and its exit code. */
async function run(...args: string[]) {
  const lines: string[] = []
  const warnings: string[] = []
  const status = await conformance(
    args,
    line => lines.push(line),
    line => warnings.push(line),
  )
  return { status, lines, last: lines.at(-1), stderr: warnings.join('\n') }
}
const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
test.after(() => rmSync(folder, { recursive: true }))

const shape = [2, 2]
const tensor = (...values: number[]) => Object.assign(Float32Array.from(values), { shape })
const type = { shape, dtype: 'F32' }
const within = { ...type, rtol: 1e-4, atol: 1e-6 }
/** Writes cases of `square`, each with its expected output and gradient, beside other cases. */
function write(squares: Record<string, { y: number[]; x: number[] }>, others: object[] = []): void {
  const tensors = Object.entries(squares).flatMap(([id, { y, x }]) => [
    [`${id}/in/x`, tensor(1, -2, 3, 0.5)],
    [`${id}/out/y`, tensor(...y)],
    [`${id}/cot/y`, tensor(1, 1, 2, 2)],
    [`${id}/grad/x`, tensor(...x)],
  ])
  writeFileSync(join(folder, 'all.safetensors'), writeSafetensors(Object.fromEntries(tensors)))
  const cases = Object.keys(squares).map(id => ({
    id,
    group: 'ops_unary',
    op: 'square',
    file: 'all.safetensors',
    inputs: { x: type },
    outputs: { y: within },
    cotangents: { y: type },
    grads: { x: within },
  }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ format: 'tensor-oracle/1', cases: [...cases, ...others] }))
}
const right = { y: [1, 4, 9, 0.25], x: [2, -4, 12, 2] }
const unknown = { id: 'odd.00', group: 'ops_unary', op: 'odd', file: 'all.safetensors', outputs: {} }

test('right values and gradients pass', async () => {
  write({ 'square.00': right })
  const { status, last } = await run(folder, '--backend', 'reference')
  assert.is(last, '1 passed, 0 failed')
  assert.is(status, 0)
})

test('inputs in halves are held to the reference on the same halves', async () => {
  // Right for the inputs in f32, which halves hold, and not looked at.
  write({ 'square.00': { y: [0, 0, 0, 0], x: [0, 0, 0, 0] } })
  const { status, last, stderr } = await run(folder, '--dtype', 'f16')
  if (status === 2) assert.match(stderr, /has no shader-f16/)
  else assert.is(last, '1 passed, 0 failed')
  assert.match(
    (await run(folder, '--dtype', 'f16', '--backend', 'reference')).stderr,
    /holds a device to the reference/,
  )
  assert.match((await run(folder, '--dtype', 'f64')).stderr, /inputs are not stored in f64/)
})

test('a wrong element is named with its place, in values and in gradients', async () => {
  write({ 'square.00': { y: [1, 4, 9.5, 0.25], x: [2, -4, 12, 7] }, 'square.01': right })
  const { status, lines, last } = await run(folder, '--backend', 'reference')
  assert.match(lines[0]!, /^FAIL square.00 out\/y \[1, 0\] is 9, expected 9.5 .*; 1 of 4 elements are wrong$/)
  assert.match(lines[1]!, /^FAIL square.00 grad\/x \[1, 1\] is 2, expected 7 /)
  assert.is(last, '1 passed, 1 failed')
  assert.is(status, 1)
})

test('an operation without a mapping fails, and is skipped where it is optional', async () => {
  write({ 'square.00': right }, [unknown])
  const failed = await run(folder, '--backend', 'reference')
  assert.match(failed.lines[0]!, /^FAIL odd.00: no mapping for operation odd of group ops_unary/)
  assert.is(failed.status, 1)
  write({ 'square.00': right }, [{ ...unknown, notes: 'optional' }])
  const skipped = await run(folder, '--backend', 'reference')
  assert.is(skipped.last, '1 passed, 0 failed, 1 skipped')
  assert.is(skipped.status, 0)
})

test('bad input is one sentence and exit code 2', async () => {
  write({ 'square.00': right })
  const sentences: [args: string[], said: RegExp][] = [
    [[join(folder, 'nothing')], /^cannot read .*index.json: ENOENT\.$/],
    [[folder, '--backend', 'paper'], /^there is no backend paper: npm run conformance/],
    [[folder, '--filter', 'cube'], /has "cube" in its id, group or operation\.$/],
  ]
  for (const [args, said] of sentences) {
    const { status, stderr } = await run(...args)
    assert.match(stderr, said)
    assert.is(status, 2)
  }
  write({}, [{ ...unknown, op: 'square', inputs: { x: type } }])
  const missing = await run(folder, '--backend', 'reference')
  assert.is(missing.stderr, 'all.safetensors has no tensor odd.00/in/x, which index.json lists.')
  assert.is(missing.status, 2)
})

const shared = fileURLToPath(new URL('../../../shared/oracle', import.meta.url))
if (existsSync(shared))
  test('every operation of the reference data, through the float64 reference', async () => {
    const { status, lines, last } = await run('--backend', 'reference', '--filter', 'ops_')
    assert.is(lines.filter(line => line.startsWith('FAIL')).join('\n'), '')
    assert.match(last!, /^\d{3} passed, 0 failed$/)
    assert.is(status, 0)
  })
else console.log('skipped: no reference data at ../shared/oracle')
test.run()
