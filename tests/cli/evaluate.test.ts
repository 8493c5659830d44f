/** `facet evaluate` and `facet detect` given what they cannot use: one sentence, exit code 2, nothing written. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inProcess } from './command.js'

const place = mkdtempSync(join(tmpdir(), 'facet-evaluate-'))
test.after(() => rmSync(place, { recursive: true }))
const out = join(place, 'numbers.json')

const refused: [readonly string[], RegExp][] = [
  [['evaluate', join(place, 'nowhere'), '--json', out], /nowhere: it does not exist/],
  [['evaluate', place, '--metric', 'manhattan'], /--metric takes cosine or euclidean, got "manhattan"/],
  [['detect', 'random', '--data', place, '--json', out], /has no folder Annotations: give a folder in the layout of/],
  [['detect', 'random', '--data', place, '--size', '9x9'], /--size takes width and height from 32 to 2048 pixels/],
  [['detect', 'random', '--data', place, '--compare'], /--compare adds training from random weights/],
]
for (const [args, sentence] of refused)
  test(args.filter(word => !word.startsWith(place)).join(' '), async () => {
    const { code, stderr } = await inProcess(...args)
    assert.is(code, 2, stderr)
    assert.match(stderr, /^facet: [^\n]+\n$/)
    assert.match(stderr, sentence)
    assert.not(existsSync(out))
  })

test.run()
