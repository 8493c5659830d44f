/** The demo and pretrain commands as a user meets them: bad input, a tiny run, Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import sharp from 'sharp'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { adapter, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const root = mkdtempSync(join(tmpdir(), 'facet-demo-'))
test.after(() => rmSync(root, { recursive: true }))
const facet = (...args: string[]) => run(['cli/facet.mjs', ...args], adapter)

/** Exit code 2, one line that says `words`, nothing written. */
async function refuses(args: readonly string[], ...words: string[]): Promise<void> {
  const out = join(root, 'never')
  const { code, stdout, stderr } = await inProcess(...args, ...(args.includes('--out') ? [] : ['--out', out]))
  assert.is(code, 2, `${args.join(' ')}: ${stdout}${stderr}`)
  assert.match(stderr, /^facet: [^\n]+\n$/)
  for (const word of words) assert.ok(stderr.includes(word), `"${stderr}" does not say "${word}"`)
  assert.is(stdout, '')
  assert.not.ok(existsSync(out), 'nothing is written')
}

const cifar = (name: string, bytes: number, label = 1): string => {
  const path = join(root, name)
  mkdirSync(path)
  for (const file of ['data_batch_1.bin', 'test_batch.bin'])
    writeFileSync(
      join(path, file),
      new Uint8Array(file[0] === 'd' ? bytes : 3073 * 2).map((_, i) => (i % 3073 === 0 ? label : i % 251)),
    )
  return path
}

test('data that cannot be used', async () => {
  const idx = join(root, 'idx')
  mkdirSync(idx)
  for (const file of [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ])
    writeFileSync(join(idx, file), new Uint8Array(64))
  await refuses(['demo', '--data', join(root, 'nowhere')], 'there is no folder', 'nowhere')
  await refuses(
    ['pretrain', '--data', cifar('truncated', 3073 * 4 - 5)],
    'data_batch_1.bin',
    'truncated',
    `${3073 * 4 - 5} bytes`,
  )
  await refuses(['demo', '--data', idx], 'magic number 0', 'expected 2051')
  await refuses(['demo', '--data', cifar('few', 3073 * 40)], 'batch of 64', 'training set of 40')
})

test('options that cannot be used', async () => {
  const file = join(root, 'file')
  writeFileSync(file, 'kept')
  await refuses(['demo', '--stepz', '3'], '--stepz', '--steps')
  await refuses(['demo', '--steps', 'many'], '--steps', 'whole number', '"many"')
  await refuses(['demo', '--seed', '-1'], '--seed', '"-1"')
  await refuses(['demo', '--batch', '4000'], 'batch of 4000', 'training set of 2000')
  await refuses(['demo', '--out', file], '--out', 'is a file')
  await refuses(['demo', '--out', join(file, 'deeper')], '--out', 'is a file')
  await refuses(['demo', 'extra'], 'argument')
  await refuses(['demo', '--augment', 'gausian'], 'gausian', 'gaussian')
  await refuses(['pretrain', '--method', 'byool'], '--method', 'supervised', '"byool"')
  await refuses(['pretrain', '--recipe', 'simsiam-cifar'], 'simsiam-cifar10', 'byol-cifar10')
  await refuses(['pretrain', '--recipe', 'moco-small', '--method', 'moco'], '--recipe', '--method')
  await refuses(['pretrain', '--set', 'epoch=2'], 'epoch', 'epochs')
  await refuses(['pretrain', '--set', 'projector.out=two'], 'projector.out', 'whole number', 'two')
  await refuses(['pretrain', '--set', 'epochs'], '--set', 'name=value')
  await refuses(['pretrain', '--learning-rate', '0'], '--learning-rate', 'positive')
  await refuses(['pretrain', '--size'], '--size')
  assert.is(readFileSync(file, 'utf8'), 'kept')
})

const small = ['--steps', '3', '--batch', '8', '--width', '4', '--size', '8']

test('a run writes weights, results and a report, and prints JSON lines and a table', async () => {
  const out = join(root, 'run')
  const data = cifar('images', 3073 * 40, 3)
  const { code, stdout, stderr } = await facet(
    'pretrain',
    '--data',
    data,
    '--method',
    'moco',
    '--augment',
    'mixup@projection:strength=0.2',
    ...small,
    '--out',
    out,
  )
  assert.is(stderr, '')
  assert.is(code, 0)
  const lines = stdout.trim().split('\n')
  const said = lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line))
  const stages = said.flatMap(({ stage }) => stage ?? [])
  assert.equal([stages[0], stages.at(-1)], ['compiling', 'evaluating'])
  const last = said.filter(({ step }) => step).at(-1)
  assert.equal([last.step, last.steps, typeof last.loss], [3, 3, 'number'])
  assert.match(stdout, /MoCo v2 +mixup\(0.2\) at projection online, full +[\d.]+ % +[\d.]+ %/)
  assert.equal(readdirSync(out).sort(), ['moco-mixup', 'report.html', 'results.json'])
  assert.ok(existsSync(join(out, 'moco-mixup', 'weights.safetensors')))
  const { runs, views } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
  assert.is(runs[0].losses.length, 3)
  // Pictures as the demo's report has them: four training images with six views of each, and neighbours of the test images.
  const { width, height } = await sharp(Buffer.from(views.split(',')[1], 'base64')).metadata()
  assert.equal([width, height], [4 + 7 * (96 + 4), 4 + 4 * (96 + 4)])
  assert.equal(Object.keys(runs[0].neighbours[1]), ['query', 'before', 'after'])
  const { document } = parseHTML(readFileSync(join(out, 'report.html'), 'utf8'))
  assert.equal(
    [...document.querySelectorAll('img.views')].map(image => image.getAttribute('src')),
    [views],
  )
  assert.is(document.querySelectorAll('.pictures').length, 2)
  assert.is(runs[0].after.knn, 1, 'all images have one label')
})

test('the demo says what it will do, and how far the same weights are apart on another target', async () => {
  const out = join(root, 'both')
  const { code, stdout, stderr } = await facet('demo', '--data', cifar('both', 3073 * 40), ...small, '--out', out)
  assert.is(stderr, '')
  assert.is(code, 0)
  assert.match(
    stdout,
    /^4 encoders are trained for 3 steps of 8 images each \(SimSiam and MoCo v2, .*scored before and after: .*\d s on two cores\./m,
  )
  const [, here, there, apart] =
    /^One program, two targets: 2 images embedded by MoCo v2 .* in (\w+) on .+ and in (\w+) on .+ differ by (\S+) at most/m.exec(
      stdout,
    ) ?? assert.unreachable(stdout)!
  assert.equal([here, there].sort(), ['WGSL', 'WebAssembly'])
  assert.ok(Number(apart) < 1e-4, apart)
})

test('Ctrl-C keeps what was trained and exits with 130', async () => {
  const out = join(root, 'stopped')
  const child = spawn(
    process.execPath,
    [
      'cli/facet.mjs',
      'demo',
      '--quick',
      '--steps',
      '100000',
      '--batch',
      '8',
      '--width',
      '4',
      '--size',
      '8',
      '--out',
      out,
    ],
    { stdio: 'pipe', env: { ...process.env, ...adapter } },
  )
  const stopped = await endOf(child, text => {
    if (child.killed || !text.includes('"step"')) return
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGINT'), 50) // npm passes the terminal's signal on once more
  })
  assert.is(stopped.code, 130, stopped.output)
  assert.match(stopped.output, /what was trained is kept/)
  const { runs, interrupted } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
  assert.is(interrupted, true)
  assert.is(runs.length, 1)
  assert.ok(runs[0].losses.length > 0 && runs[0].losses.length < 100000)
  assert.is(JSON.parse(readFileSync(join(out, 'simsiam', 'state.json'), 'utf8')).step, runs[0].losses.length)
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /Stopped before the end/)
})

function endOf(
  child: ChildProcess,
  watch: (text: string) => unknown,
): Promise<{ code: number | null; output: string }> {
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', data => {
      output += data
      watch(output)
    })
  return new Promise(resolve => child.on('close', code => resolve({ code, output })))
}

test.run()
