/** Pictures without labels from end to end, as a user meets them: pretraining, its report, going on, evaluating. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodePng } from '../../cli/png.js'
import { adapter, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const root = mkdtempSync(join(tmpdir(), 'facet-flat-'))
test.after(() => rmSync(root, { recursive: true }))
const facet = (...args: string[]) => run(['cli/facet.mjs', ...args], adapter)
const small = ['--steps', '3', '--batch', '8', '--width', '4', '--size', '8']

/** A picture of its own for each number. */
const picture = (n: number): Uint8Array =>
  encodePng({ width: 12, height: 10, pixels: new Uint8Array(360).map((_, i) => (i * (n + 3)) % 251) })
const folder = (name: string, files: Record<string, string | Uint8Array>): string => {
  const path = join(root, name)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true })
    writeFileSync(join(path, file), content)
  }
  return path
}
const pictures = (count: number, nameOf: (n: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [nameOf(n), picture(n)]))

test('a flat folder is pretrained on, and its report says what can be said without labels', async () => {
  const data = folder('flat', { ...pictures(30, n => `${n}.png`), 'broken.jpg': 'no picture' })
  const out = join(root, 'out')
  const { code, stdout, stderr } = await facet('pretrain', '--data', data, ...small, '--out', out, '--log', 'csv')
  assert.is(code, 0, stderr)
  assert.match(stderr, /^facet: one file is no image that can be read, and left out: broken\.jpg\n$/)
  assert.match(stdout, /^27 examples of flat, without labels, on /)
  assert.match(
    stdout,
    /rank before +after +uniformity before +after.*\nSimSiam +none +[\d.]+ +[\d.]+ +-[\d.]+ +-[\d.]+ /,
  )
  const [result] = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).runs
  assert.equal([result.before, result.after, result.neighbours.length], [undefined, undefined, 3])
  const { before, after } = result.geometry
  // Of three test images: the rank is between 1 and 3.
  for (const { rank, uniformity } of [before, after]) assert.ok(rank >= 1 && rank <= 3 && uniformity <= 0)
  assert.not.equal(before, after)
  // The spread of the step's projections and that of the features after it are two numbers.
  const [head, ...rows] = readFileSync(join(out, 'simsiam', 'log.csv'), 'utf8')
    .trim()
    .split('\n')
  const [last, end] = [rows.at(-2), rows.at(-1)].map(row => row!.split(','))
  const at = (name: string) => head!.split(',').indexOf(name)
  assert.is(end![at('spread')], '')
  assert.is.not(last![at('spread')], '')
  assert.is(Number(end![at('features/spread')]), after.spread)
  const { document } = parseHTML(readFileSync(join(out, 'report.html'), 'utf8'))
  assert.is(document.querySelectorAll('.pictures').length, 3)
  assert.match(document.body!.textContent!, /no labels to count/)
  assert.not.match(document.body!.textContent!, /kNN accuracy|dashed line is chance/)

  const again = await facet('evaluate', out, '--json', join(root, 'numbers.json'))
  assert.is(again.code, 0, again.stderr)
  const { scores, data: about } = JSON.parse(readFileSync(join(root, 'numbers.json'), 'utf8'))
  assert.equal([Object.keys(scores), about.classes], [['quality'], 0])
  const refused = await inProcess('evaluate', out, '--protocol', 'knn')
  assert.is(refused.code, 2)
  assert.match(refused.stderr, /knn counts labels, and flat has none: quality needs none/)
})

test('--labels none takes folders of classes as one set without labels, on resuming too', async () => {
  const data = folder('classes', {
    ...pictures(16, n => `train/${n % 2 ? 'odd' : 'even/deeper'}/${n}.png`),
    ...pictures(4, n => `val/${n}.png`),
  })
  const out = join(root, 'bare')
  const args = ['pretrain', '--data', data, '--labels', 'none', ...small, '--out', out]
  const { code, stdout, stderr } = await facet(...args)
  assert.is(code, 0, stderr)
  assert.match(stdout, /^16 examples of classes, without labels, on /)
  const again = await facet('pretrain', '--resume', join(out, 'simsiam'))
  assert.is(again.code, 0, again.stderr)
  assert.match(again.stdout, /^16 examples of classes, without labels, on /)
  const [result] = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).runs
  assert.equal([result.set.train, result.set.test, result.set.classes], [16, 4, []])
})

test('what needs labels, and labels that are not known, are refused', async () => {
  const data = folder(
    'few',
    pictures(12, n => `${n}.png`),
  )
  const supervised = await inProcess(
    'pretrain',
    '--data',
    data,
    '--method',
    'supcon',
    ...small,
    '--out',
    join(root, 'x'),
  )
  assert.is(supervised.code, 2)
  assert.match(supervised.stderr, /supcon learns from labels, and few has none/)
  const labels = await inProcess('pretrain', '--labels', 'some', '--out', join(root, 'x'))
  assert.is(labels.code, 2)
  assert.match(labels.stderr, /--labels takes none or coarse, got "some"/)
})

test.run()
