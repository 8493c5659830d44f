/** Runs that diverge: a program that catches their error goes on, the command says one sentence, a study records it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { adapter, run } from '../runtime/process.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-diverged-'))
test.after(() => rmSync(folder, { recursive: true }))
const SENTENCE = 'output loss of step is NaN: lower the learning rate, or look for a division by zero or a log of one.'

/** A module whose `diverge` is awaited and caught. */
const caught = (diverge: string) => `
  import { pretrain, small, synthetic } from './models/index.ts'
  import { convnet } from './models/encoders/convnet.ts'
  import { fitDetector } from './models/detection/fit.ts'
  import { openDevice } from './runtime/node.ts'
  import { rectangles } from './tests/models/detection/rectangles.ts'
  const device = await openDevice()
  try { ${diverge}; console.log('finished') } catch (error) { console.log(error.name + ': ' + error.message) }
  await new Promise(resolve => setTimeout(resolve, 200))
  device.check()
  console.log('still there')
  device.destroy()`

test('a program that catches the error of a diverged run goes on: pretraining and detectors', async () => {
  const programs = [
    `await pretrain(device, {
      set: synthetic({ size: 16, train: 64, test: 8 }),
      recipe: { ...small('simsiam', { width: 2 }), batch: 16, learningRate: 1e30 },
      steps: 20, seed: 1, evaluate: false })`,
    `await fitDetector(device, {
      set: rectangles({ size: 32, train: 32, test: 8, seed: 3 }), encoder: convnet({ width: 2, stages: 3 }),
      sites: ['stage2', 'stage3'], channels: 4, convolutions: 1,
      normalize: { mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] }, steps: 20, batch: 8, learningRate: 1e30, seed: 1 })`,
  ]
  for (const program of programs) {
    const ended = await run(['--import', 'tsx', '--input-type=module', '-e', caught(program)], adapter)
    assert.equal(ended, { code: 0, signal: null, stdout: `NonFinite: ${SENTENCE}\nstill there\n`, stderr: '' })
  }
})

test('facet pretrain says it in one sentence, with exit code 2', async () => {
  const options = ['--learning-rate', '1e30', '--steps', '20', '--width', '2', '--images', '100', '--batch', '16']
  const ended = await run(['cli/facet.mjs', 'pretrain', ...options, '--out', join(folder, 'run')], adapter)
  assert.equal([ended.code, ended.stderr], [2, `facet: ${SENTENCE}\n`])
})

test('a study records the sentence, once', async () => {
  const out = join(folder, 'study')
  const ended = await run(['cli/facet.mjs', 'study', 'tests/study/diverging.ts', '--out', out], adapter)
  assert.is(ended.code, 1, ended.stderr)
  const [failure, ...others] = readdirSync(join(out, 'failures'))
  assert.equal(others, [])
  assert.is(JSON.parse(readFileSync(join(out, 'failures', failure!), 'utf8')).reason, SENTENCE)
  assert.is(ended.stdout.split(SENTENCE).length, 2, ended.stdout)
})

test.run()
