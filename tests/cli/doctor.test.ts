// The command line as a user meets it: what `doctor` prints, and how bad input ends.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { explain, UsageError } from '../../cli/errors.js'
import { progress } from '../../cli/progress.js'
import { speedsText, works } from '../../cli/speeds.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { BadInput, NoAdapter } from '../../runtime/errors.js'
import { run } from '../runtime/process.js'

const facet = (args: readonly string[], env: Record<string, string> = {}) => run(['cli/facet.mjs', ...args], env)

test('doctor shows the adapters, the one chosen and why, features, limits and how to choose', async () => {
  const { code, stdout, stderr } = await facet(['doctor'], { FACET_ADAPTER: 'swiftshader' })
  assert.is(code, 0)
  assert.is(stderr, '')
  for (const part of [
    /^ {4}gpu {10}\S/m,
    /^ {4}system {7}\S/m,
    /^ {2}> swiftshader {2}SwiftShader/m,
    /^Chosen: swiftshader, because it was asked for\. A first kernel took [\d.]+ ms\.$/m,
    /^Features: .*subgroups/m,
    /^ {2}maxStorageBufferBindingSize +\d+ MiB$/m,
    /^Choose another with FACET_ADAPTER=gpu\|cpu\|system\|swiftshader/m,
  ])
    assert.match(stdout, part)
})

test('doctor --json is one object', async () => {
  const { code, stdout } = await facet(['doctor', '--json', '--adapter', 'swiftshader'])
  assert.is(code, 0)
  const report = JSON.parse(stdout)
  assert.is(report.chosen, 'swiftshader')
  assert.equal(
    report.adapters.map(({ kind }: { kind: string }) => kind),
    ['gpu', 'cpu', 'system', 'swiftshader'],
  )
  assert.is(report.limits.maxComputeWorkgroupsPerDimension, 65535)
  assert.is(report.firstKernel > 0, true)
})

test('doctor on the processor: the same report, and a kernel that computes', async () => {
  const { code, stdout } = await facet(['doctor', '--json'], { FACET_ADAPTER: 'cpu' })
  assert.is(code, 0)
  const report = JSON.parse(stdout)
  assert.equal([report.chosen, report.firstKernel > 0, report.memory > 2 ** 28], ['cpu', true, true])
})

test('doctor --speeds times every adapter at hand, and says whether auto takes the fastest', async () => {
  const { code, stdout } = await facet(['doctor', '--json', '--speeds', '--adapter', 'cpu'])
  assert.is(code, 0)
  const { adapters, speeds } = JSON.parse(stdout)
  const usable = adapters.filter(({ reason }: { reason: unknown }) => !reason)
  assert.equal(
    Object.keys(speeds),
    usable.map(({ kind }: { kind: string }) => kind),
  )
  for (const of of Object.values<any>(speeds)) for (const name of works) assert.ok(of[name] > 0, JSON.stringify(of))
  const [fast, slow] = [1, 9].map(ms => Object.fromEntries(works.map(name => [name, ms]))) as any
  assert.match(
    speedsText({ gpu: fast, cpu: slow }, 'gpu').join('\n'),
    /^auto takes gpu, which is the fastest at each of them\.$/m,
  )
  assert.match(
    speedsText({ gpu: { ...fast, small: 2 }, cpu: { ...slow, small: 1 } }, 'gpu').join('\n'),
    /^ {2}cpu .* 9 +1 \*\n.*auto takes gpu, but another adapter is faster at: small \(cpu\)\./m,
  )
})

test('an adapter that cannot be used: the report, a sentence and exit code 1', async () => {
  const { code, stdout, stderr } = await facet(['doctor', '--json'], {
    FACET_ADAPTER: 'system',
    VK_DRIVER_FILES: '/none.json',
    VK_ICD_FILENAMES: '/none.json',
  })
  assert.is(JSON.parse(stdout).chosen, null)
  assert.match(stderr, /^facet: system was asked for, but cannot be used: .+; choose auto to take what there is\.\n$/)
  assert.is(code, 1)
})

test('bad input is one sentence on standard error and exit code 2', async () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['docter'], {}, /^facet: unknown command 'docter' \(Did you mean doctor\?\)\n$/],
    [['--foo'], {}, /^facet: unknown option '--foo'\n$/],
    [['doctor', '--jsno'], {}, /^facet: unknown option '--jsno' \(Did you mean --json\?\)\n$/],
    [['doctor', 'more'], {}, /^facet: too many arguments for 'doctor'/],
    [['doctor', '--adapter'], {}, /^facet: option '--adapter <kind>' argument missing\n$/],
    [['doctor', '--adapter', 'cuda'], {}, /^facet: adapter is "cuda": use auto, gpu, cpu, system or swiftshader\.\n$/],
    [
      ['doctor'],
      { FACET_ADAPTER: 'cuda' },
      /^facet: FACET_ADAPTER is "cuda": use auto, gpu, cpu, system or swiftshader\.\n$/,
    ],
  ]
  for (const [args, env, message] of cases) {
    const { code, stdout, stderr } = await facet(args, env)
    assert.is(code, 2, args.join(' '))
    assert.is(stdout, '')
    assert.match(stderr, message)
  }
})

test('help and version exit with 0', async () => {
  for (const args of [[], ['help'], ['--help']]) {
    const { code, stdout, stderr } = await facet(args)
    assert.is(code, 0)
    assert.match(stdout, /^Usage: facet [\s\S]*doctor +show the adapters/)
    assert.is(stderr, '')
  }
  assert.match((await facet(['help', 'doctor'])).stdout, /^Usage: facet doctor [\s\S]*--json/)
  assert.match((await facet(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
})

test('errors by kind: 2 for bad input, 1 for what the runtime refuses, 70 with a stack for a bug', () => {
  assert.equal(explain(new UsageError('a')), { text: 'a', code: 2 })
  assert.equal(explain(new BadInput('b')), { text: 'b', code: 2 })
  assert.equal(explain(new NoAdapter('c')), { text: 'c', code: 1 })
  assert.equal(explain(new ShapeError('e')), { text: 'e', code: 2 })
  const thrownIn = (file: string) => {
    const error = new TypeError('d')
    error.stack = `TypeError: d\n    at step (${new URL(file, import.meta.url).pathname}:3:14)`
    return explain(error)
  }
  assert.equal(thrownIn('mine.ts'), { text: 'tests/cli/mine.ts:3:14 throws TypeError: d', code: 2 })
  const bug = thrownIn('../../runtime/device.ts')
  assert.is(bug.code, 70)
  assert.match(bug.text, /may be a bug in facet[\s\S]*TypeError: d\n +at /)
})

function recorded(isTTY: boolean, columns?: number, label = 'simsiam') {
  let now = 0
  const written: string[] = []
  const stream = { write: (text: string) => written.push(text), isTTY, ...(columns ? { columns } : {}) }
  const line = progress({ label, steps: 100, imagesPerStep: 64, stream, clock: () => now })
  return { written, line, at: (time: number) => (now = time) }
}

test('progress away from a terminal: one JSON line per ten seconds, and the last step', () => {
  const { written, line, at } = recorded(false)
  for (let step = 1; step <= 100; step++) {
    at(step * 250)
    line.update(step, step % 10 === 0 ? 1 / step : undefined)
  }
  line.end()
  assert.equal(
    written.map(text => JSON.parse(text)),
    [
      { label: 'simsiam', step: 40, steps: 100, loss: 0.025, examplesPerSecond: 256, secondsLeft: 15 },
      { label: 'simsiam', step: 80, steps: 100, loss: 0.0125, examplesPerSecond: 256, secondsLeft: 5 },
      { label: 'simsiam', step: 100, steps: 100, loss: 0.01, examplesPerSecond: 256, secondsLeft: 0 },
    ],
  )
})

test('progress of what is no step: at once, and then as often as steps', () => {
  const { written, line, at } = recorded(false)
  line.stage('compiling')
  for (let done = 0; done < 300; done++) {
    at(done * 100)
    line.stage('evaluating', done, 300)
  }
  assert.equal(
    written.map(text => JSON.parse(text)),
    [
      { label: 'simsiam', stage: 'compiling' },
      { label: 'simsiam', stage: 'evaluating', done: 0, of: 300 },
      { label: 'simsiam', stage: 'evaluating', done: 100, of: 300 },
      { label: 'simsiam', stage: 'evaluating', done: 200, of: 300 },
    ],
  )
  const terminal = recorded(true, 40)
  terminal.line.stage('evaluating', 2, 3)
  terminal.line.end()
  assert.equal(terminal.written, ['\r\x1b[2Ksimsiam  evaluating  2/3', '\n'])
})

test('progress on a terminal: one line rewritten, no wider than the terminal', () => {
  const { written, line, at } = recorded(true, 70)
  at(100)
  line.update(1) // too early to print
  at(1000)
  line.update(2)
  at(2000)
  line.update(4, -0.5)
  line.end()
  assert.equal(written, [
    '\r\x1b[2Ksimsiam  step 2/100  loss -  128 per second  49 s left',
    '\r\x1b[2Ksimsiam  step 4/100  loss -0.5000  128 per second  48 s left',
    '\n',
  ])
  const narrow = recorded(true, 20)
  narrow.at(1000)
  narrow.line.update(2)
  assert.is(narrow.written[0], '\r\x1b[2Ksimsiam  step 2/100')
  const long = recorded(true, 60, 'SimSiam, gaussian(cosine 0.95) at projection')
  long.line.stage('evaluating', 20, 300)
  assert.is(
    long.written[0],
    '\r\x1b[2KSimSiam, gaussian(cosine 0.95) at proj…  evaluating  20/300',
    'the label gives way',
  )
})

test.run()
