/** `facet pretrain --resume` as a user meets it: after Ctrl-C, with other data, with a folder that holds no run. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readSafetensors } from '../../runtime/safetensors.js'
import { adapter, root, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const place = mkdtempSync(join(tmpdir(), 'facet-resume-'))
test.after(() => rmSync(place, { recursive: true }))
const facet = (...args: string[]) => run(['cli/facet.mjs', ...args], adapter)

const data = join(place, 'data')
mkdirSync(data)
const write = (file: string, records: number, seed: number) =>
  writeFileSync(
    join(data, file),
    new Uint8Array(3073 * records).map((_, i) => (i % 3073 === 0 ? (i / 3073) % 10 : (i * seed) % 251)),
  )
write('data_batch_1.bin', 40, 7)
write('test_batch.bin', 10, 7)
const out = join(place, 'out')
const folder = join(out, 'simsiam-gaussian')
const small = [
  '--steps',
  '150',
  '--batch',
  '8',
  '--set',
  'projector.out=16',
  '--set',
  'width=2',
  '--set',
  'views=ladder-crop',
  '--size',
  '8',
]
const start = ['pretrain', '--data', data, ...small, '--augment', 'gaussian@projection:cosine=0.9']

async function refuses(args: readonly string[], ...words: string[]): Promise<void> {
  const { code, stderr } = await inProcess(...args)
  assert.is(code, 2, stderr)
  assert.match(stderr, /^facet: [^\n]+\n$/)
  for (const word of words) assert.ok(stderr.includes(word), `"${stderr}" does not say "${word}"`)
}

test('a run that was stopped goes on as it began', async () => {
  const child = spawn(process.execPath, ['cli/facet.mjs', ...start, '--out', out, '--checkpoint-every', '0.1s'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...adapter },
  })
  const state = () => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))
  const wait = setInterval(() => {
    try {
      if (state().step > 0) child.kill('SIGKILL')
    } catch {
      // Not there yet.
    }
  }, 20)
  await new Promise(resolve => child.on('close', resolve))
  clearInterval(wait)
  const { step, about } = state()
  assert.ok(step > 0 && step < 150, `${step} steps`)
  assert.is(about.set, 'projector.out=16,width=2,views=ladder-crop')

  await refuses(['pretrain', '--resume', folder, '--steps', '500'], '--resume takes a run as it is', '--steps')
  await refuses(['pretrain', '--resume', join(place, 'nowhere')], 'nowhere', 'does not exist')
  write('test_batch.bin', 10, 11)
  await refuses(['pretrain', '--resume', folder], folder, 'data.test.digest.images')
  write('test_batch.bin', 10, 7)

  const { code, stdout, stderr } = await facet('pretrain', '--resume', folder)
  assert.equal([code, stderr], [0, ''])
  assert.match(stdout, /Gaussian|gaussian/)
  const { runs } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
  assert.equal(
    [runs[0].steps, runs[0].losses.length, runs[0].weights],
    [150, 150, 'simsiam-gaussian/weights.safetensors'],
  )
  assert.equal(
    runs[0].losses.map(([at]: [number]) => at),
    Array.from({ length: 150 }, (_, i) => i + 1),
  )
  await refuses(['pretrain', '--resume', out], 'give one of them', folder)

  const [weights, all, onnx] = ['encoder.safetensors', 'all.safetensors', 'encoder.onnx'].map(name => join(place, name))
  assert.is((await facet('export', folder, '--weights', weights!, '--onnx', onnx!)).code, 0)
  assert.is((await facet('export', folder, '--weights', all!, '--all')).code, 0)
  const names = (file: string) => Object.keys(readSafetensors(readFileSync(file), file).tensors).sort()
  assert.ok(names(weights!).includes('stage1.1.running_mean'))
  assert.ok(
    names(all!).includes('encoder.stage1.1.running_mean') &&
      names(all!).includes('optimizer.encoder.stage1.0.weight.momentum'),
    `${names(all!)}`,
  )
  assert.ok(readFileSync(onnx!).includes('stage1.0.weight'))
  await refuses(
    ['export', folder, '--weights', weights!, '--names', 'mine'],
    '--names is torchvision or detectron2, got mine',
  )
  await refuses(
    ['export', folder, '--weights', weights!, '--names', 'detectron2'],
    'stage1.0.weight is no tensor of a ResNet',
  )
  await refuses(['export', folder], '--weights FILE, --onnx FILE')
  await refuses(['export', folder, '--onnx', join(place, 'nowhere', 'x')], 'nowhere cannot be used: it does not exist')
})

test('options of checkpoints that cannot be used', async () => {
  await refuses(['pretrain', '--checkpoint-every', 'often'], '--checkpoint-every', '30s', '"often"')
  await refuses(['pretrain', '--checkpoint-every', '2.5'], '--checkpoint-every')
})

test.run()
