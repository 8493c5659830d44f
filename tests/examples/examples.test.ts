/**
 * Every example runs and prints what its golden file says; every sample of output in `compiler/README.md` is what
 * `3-one-kernel.ts` prints. `UPDATE=1` rewrites both.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { golden } from '../golden.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const printed = (example: string): string =>
  execFileSync(process.execPath, ['--import', 'tsx', `examples/${example}`], {
    cwd: root,
    encoding: 'utf8',
    env: { FACET_ADAPTER: 'swiftshader', ...process.env },
  })

for (const example of readdirSync(`${root}/examples`).filter(name => /^[1-36]-.*\.ts$/.test(name)))
  test(example, () => golden(`${example.replace('.ts', '')}.golden.txt`, printed(example), import.meta.url))

test('the compiler described', () => {
  const floors = new Map(
    readFileSync(fileURLToPath(new URL('3-one-kernel.golden.txt', import.meta.url)), 'utf8')
      .split(/^=== /m)
      .slice(1)
      .map(part => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trimEnd()]),
  )
  const path = `${root}/compiler/README.md`
  const text = readFileSync(path, 'utf8')
  const shown: string[] = []
  const current = text.replace(/(<!-- floor: (\w+) -->\n```\w*\n)(?:.*?\n)??(```\n)/gs, (_, open, floor, close) => {
    shown.push(floor)
    assert.ok(floors.has(floor), `README shows ${floor}, the example prints ${[...floors.keys()].join(', ')}`)
    return `${open}${floors.get(floor)}\n${close}`
  })
  if (process.env.UPDATE) writeFileSync(path, current)
  else assert.fixture(text, current, 'compiler/README.md shows another output: run this test with UPDATE=1')
  assert.equal(shown, [...floors.keys()])
})

test.run()
