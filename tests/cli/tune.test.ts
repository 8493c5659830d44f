/** `facet tune`: what it prints and writes, and how bad input ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../runtime/process.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-'))
const cache = join(folder, 'facet.tune.json')
const file = 'tests/cli/tuned.ts'
const tune = (...args: string[]) => run(['cli/facet.mjs', 'tune', ...args], { FACET_ADAPTER: 'swiftshader' })

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

test('bad input is one sentence and exit code 2', async () => {
  writeFileSync(cache, '{"format":"facet-tune/1","adapters":{"one":{"x":{}}}}')
  for (const [args, sentence] of [
    [['tests/cli/nothing.ts'], /^facet: tests\/cli\/nothing\.ts does not exist$/],
    [[file, '--entry', 'stop'], /^facet: tests\/cli\/tuned\.ts exports no entry stop: it has step$/],
    [
      [file, '--cache', cache],
      /^facet: \S+facet\.tune\.json: adapters\["one"\]\.x is no key of a kernel: sixteen hexadecimal digits$/,
    ],
  ] as const) {
    const { code, stderr, stdout } = await tune(...args)
    assert.is(code, 2)
    assert.match(stderr.trim(), sentence)
    assert.is(stdout, '')
  }
})

test.after(() => rmSync(folder, { recursive: true }))
test.run()
