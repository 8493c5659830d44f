/** Two copies of the compiler in one process: what passes between them is refused, in a sentence that says why. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as one from '../../compiler/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'facet-copy-'))
test.after(() => rmSync(folder, { recursive: true }))
cpSync(join(root, 'compiler'), join(folder, 'compiler'), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

const body = (of: typeof one) => of.entry({ x: [2] }, ({ x }) => ({ y: of.mul(x, of.uniform([2])) }))

test('entries of another copy, and its layers in an entry of this one', async () => {
  assert.throws(() => one.compile({}, {}), /^compile is given no entry: compile\(\{ step: entry/)
  assert.throws(() => one.uniform([2]), /inside the body of entry\(\.\.\.\)$/)
  const two: typeof one = await import(pathToFileURL(join(folder, 'compiler/index.ts')).href)
  assert.is(Object.keys(two.compile({ step: body(two) }, {}).entries).length, 2, 'each compiles its own')
  const why = /2 copies of Facet are loaded here, which may be why: npm ls facet-tensor shows them, keep one$/
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    assert.throws(() => to.compile({ step: body(from) }, {}), /^entry step was made by another copy of Facet/)
    assert.throws(() => to.compile({ step: body(from) }, {}), why)
    const layer = to.entry({ x: [2] }, ({ x }) => ({ y: from.mul(x, from.uniform([2])) }))
    assert.throws(() => to.compile({ step: layer }, {}), why)
  }
})

test.run()
