/** The bench's own parts: options, tables, every program compiled, the quick ones run and checked. */
import { existsSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { profileTable, text } from '../../cli/table.js'
import { compile, software } from '../../compiler/index.js'
import { bound } from '../../runtime/ceilings.js'
import { BadInput } from '../../runtime/errors.js'
import { swiftshader } from '../../runtime/swiftshader.js'
import { closeTestDevice, testDevice } from '../device.js'
import { run } from '../runtime/process.js'
import { againstTable, comparison } from './against.js'
import { bench, parseOptions } from './command.js'
import { measure } from './measure.js'
import { comparisons, swiftshaderAlone } from './peers.js'
import { benchProgram } from './programs.js'
import { readSuite, sharedPeers } from './workloads.js'

test('options', () => {
  const { adapter: _, ...defaults } = parseOptions([])
  assert.equal(defaults, {
    only: '',
    profile: false,
    quick: false,
    fast: false,
    growth: false,
    indices: false,
    attention: false,
    sequences: false,
    predicted: false,
    pairs: 6,
  })
  assert.equal(parseOptions(['--peers']).peers, [])
  assert.equal(parseOptions(['--peers', '--quick']).peers, [])
  const { peers, only, adapter, quick } = parseOptions(
    '--peers tfjs,jax-js --only conv --adapter system --quick'.split(' '),
  )
  assert.equal([peers, only, adapter, quick], [['tfjs', 'jax-js'], 'conv', 'system', true])
  for (const wrong of [['--quickly'], ['--only'], ['--adapter', 'cuda'], ['--against'], ['--pairs', '0'], ['conv']])
    assert.throws(
      () => parseOptions(wrong),
      (error: unknown) => error instanceof BadInput && /npm run bench/.test(error.message),
    )
})

test('bad input is one sentence and exit code 2', async () => {
  const warnings: string[] = []
  const quiet = () => undefined
  const warn = (line: string) => warnings.push(line)
  assert.is(await bench(['--only', 'x'], quiet, warn, 'no-such-folder'), 2)
  assert.is(await bench(['--unknown'], quiet, warn), 2)
  assert.match(warnings[0]!, /peer harness, and no-such-folder does not hold it/)
  assert.is(await bench(['--against', '--all'], quiet, warn, 'no-such-folder'), 2)
  assert.is(warnings.length, 3)
})

test('peers find SwiftShader by the loader from npm, whether the machine has one or not', async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  // A program that knows nothing of Facet, as the peers are.
  const program = `
    import { readFileSync } from 'node:fs'
    import { create } from 'webgpu'
    const adapter = await create([]).requestAdapter()
    const loaders = readFileSync('/proc/self/maps', 'utf8').match(/\\S*libvulkan\\.so\\S*/g)
    console.log(adapter.info.description || adapter.info.device, [...new Set(loaders)].join())
    process.exit()`
  const { code, stdout, stderr } = await run(['--input-type=module', '-e', program], swiftshaderAlone())
  assert.is(code, 0, stderr)
  assert.match(stdout, /^SwiftShader/i)
  assert.ok(stdout.includes(swiftshader().loader), stdout)
})

test('a workload of an unknown kind is named', () => {
  assert.throws(
    () => benchProgram({ id: 'w', kind: 'fft', inputs: {} }),
    (error: unknown) => error instanceof BadInput && /workload w is of kind fft/.test(error.message),
  )
})

test('tables', () => {
  const table = {
    head: ['name', 'ms'],
    rows: [
      ['a', '1.00'],
      ['longer', '10.0'],
    ],
  }
  assert.is(text(table), 'name      ms\na       1.00\nlonger  10.0')
  assert.is(text(table, true).split('\n')[1], '| ------ | ---: |')
  const ceilings = { gflops: 10, gbytes: 1 }
  assert.equal(bound(ceilings, 2e7, 1e6), { ms: 2, by: 'compute' })
  assert.equal(bound(ceilings, 1e6, 2e6), { ms: 2, by: 'memory' })
  const time = (kernel: string, median: number) => ({ kernel, scope: '', flops: 2e7, bytes: 4, median, min: median })
  const { rows } = profileTable([time('short', 1), time('long', 8), time('mid', 4)], ceilings, 2)
  assert.equal(
    rows.map(([name, ms]) => [name, ms]),
    [
      ['long', '8.00'],
      ['mid', '4.00'],
      ['1 more', '1.00'],
    ],
  )
  assert.is(rows[0]!.at(-1), '25% compute')
})

test('a comparison has every peer, times of right results alone', () => {
  const row = (min: number, ok = true) => ({ status: 'ok', ms: { min, median: 2 * min }, check: { ok } })
  const rows = {
    facet: { w: row(2) },
    fast: { w: row(1, false) },
    slow: { w: row(8) },
    none: { w: { status: 'crash' } },
  }
  const [least, median] = comparisons(rows, ['facet', 'fast', 'slow', 'none', 'absent'], ['w'])
  assert.equal(least!.table.rows, [['w', '2.00', 'WRONG', '8.00 (4.00x)', 'crash', '-']])
  assert.equal(median!.table.rows, [['w', '4.00', 'WRONG', '16.0 (4.00x)', 'crash', '-']])
})

test('a comparison with another commit has ratios of the least and of the medians, and says where a result is wrong', () => {
  const taken = (first: number, warm: number[], ok = true) => ({ first, warm, ok })
  const now = [taken(30, [4, 2, 3]), taken(20, [5, 6, 9])]
  const then = [taken(40, [4, 8, 9]), taken(60, [8, 8, 8], false)]
  assert.equal(comparison('w', now, [then[0]!, taken(60, [8, 8, 8])]), [
    ...['w', '2', '20.0', '0.50, 0.50', '2.00', '0.50, 0.56', 'ok'],
  ])
  assert.is(comparison('w', now, then).at(-1), 'WRONG')
})

if (existsSync(sharedPeers)) {
  test('another commit is compared in a process each; what names none is bad input', async () => {
    const options = { against: 'no-such-commit', only: 'batchnorm', adapter: 'cpu', pairs: 1 } as const
    for (const [wrong, words] of [
      [options, /^--against is "no-such-commit", which names no commit/],
      [{ ...options, only: 'fft' }, /no workload of the peers has "fft"/],
    ] as const)
      try {
        await againstTable(wrong, () => undefined)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, BadInput)
        assert.match((error as Error).message, words)
      }
  })

  test('every workload compiles', async () => {
    const { workloads } = await readSuite()
    assert.ok(workloads.length > 20)
    for (const workload of workloads) {
      // Of the large ones a small copy: what is compiled differs in sizes only.
      if (workload.large && workload.kind !== 'resnet') continue
      if (workload.kind === 'resnet' && workload.B !== 32) continue
      const small =
        workload.kind === 'resnet'
          ? { ...workload, B: 2, width: 4, inputs: { x1: { shape: [2, 3, 8, 8] }, x2: { shape: [2, 3, 8, 8] } } }
          : workload
      const { entry } = benchProgram(small)
      assert.ok(compile({ run: entry }, {}, { target: software }).entries.run!.dispatches.length > 0, workload.id)
    }
  })

  for (const id of ['matmul_im2col', 'layernorm', 'batchnorm'])
    test(`${id} is measured and right`, async () => {
      const suite = await readSuite()
      const workload = suite.workloads.find(workload => workload.id === id)!
      const found = await measure(await testDevice(), suite, workload, { quick: true, profile: true })
      assert.is(found.check.ok, true, `error ${found.check.err}`)
      assert.ok(found.wall.median > 0 && found.first > found.compile && found.moved > 0)
      assert.is(found.profile!.length, found.dispatches)
    })
} else console.log('skipped: no peer harness at ../shared/peers')

test.after(closeTestDevice)
test.run()
