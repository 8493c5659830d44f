/** `facet pretrain --tune`: kernels are timed once, a run goes on with the schedules that it began with, ranks share them. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { planOf } from '../../cli/pretrain.js'
import { schedulesFor } from '../../cli/schedules.js'
import type { Kernel } from '../../compiler/kernels/kernel.js'
import { schedule } from '../../compiler/kernels/schedule.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { type PlainSchedule, plain, type TuningTable } from '../../compiler/kernels/tuning.js'
import { take } from '../../models/data/examples.js'
import { synthetic } from '../../models/data/synthetic.js'
import { type PretrainOptions, pretrain, traced } from '../../models/pretrain.js'
import { checkpoints } from '../../runtime/checkpoint.js'
import { localRanks } from '../../runtime/distributed/ranks.js'
import { openDevice } from '../../runtime/node.js'
import { writeCache } from '../../tuner/cache.js'
import { sectionOf, worthTuning } from '../../tuner/tune.js'
import { run } from '../runtime/process.js'

const place = mkdtempSync(join(tmpdir(), 'facet-schedules-'))
const out = join(place, 'out')
const folder = join(out, 'supervised')
const cache = join(out, 'facet.tune.json')
const facet = (...args: string[]) => run(['cli/facet.mjs', ...args], { FACET_ADAPTER: 'swiftshader' })
const device = await openDevice({ adapter: 'swiftshader' })

// The run, as options and as the command line has it.
const set = take(synthetic({ size: 8 }), 20, 4)
const given = {
  method: 'supervised',
  batch: 4,
  width: 1,
  augment: 'none',
  seed: 1,
  out,
} as const
const options: PretrainOptions = { set, seed: 1, steps: 4, ...planOf({ ...given, size: 8 }, set) }
const tiny = ['--images', '20', '--batch', '4', '--size', '8', '--width', '1']
const start = ['pretrain', '--method', 'supervised', ...tiny, '--steps', '4', '--checkpoint-every', '2', '--out', out]

const kernelsOf = (run: PretrainOptions) => {
  const { graphs, how } = traced(run, device)
  return worthTuning(graphs, how)
}
const kernels = kernelsOf(options)
const target = targetFor(device)
/** A table as a tuner would leave it, but that nothing was timed. */
const tableOf = (
  found: typeof kernels,
  scheduled = (kernel: Kernel) => plain(kernel, schedule(kernel, target)),
): TuningTable =>
  Object.fromEntries(
    found.map(({ kernel, key }) => [key, { kernel: kernel.name, schedule: scheduled(kernel), before: 1, after: 1 }]),
  )
const unfit = (): PlainSchedule => ({ kind: 'tiles', tile: Array(9).fill(1), unroll: [], block: 0, workgroup: 1 })
const write = (file: string, table: TuningTable) => writeCache(file, { [sectionOf(device)]: table })

test('a run that is resumed takes the schedules of the cache, and comes to the same numbers', async () => {
  const known = tableOf(kernels)
  const [missing] = Object.keys(known)
  write(cache, Object.fromEntries(Object.entries(known).filter(([key]) => key !== missing)))
  const first = await facet(...start, '--tune')
  assert.equal([first.code, first.stderr], [0, ''])
  assert.match(first.stdout, /^\{"label":"tuning","stage":"kernels timed","done":1,"of":1\}$/m)
  assert.match(first.stdout, /facet\.tune\.json written, kernels timed: 1$/m)
  const text = readFileSync(cache, 'utf8')
  const whole = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).runs[0].losses
  assert.is(whole.length, 4)
  const { about } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))
  assert.is(about.tune, true)

  // From the checkpoint of step 2, as if the run had been killed after it.
  renameSync(join(folder, 'previous.safetensors'), join(folder, 'weights.safetensors'))
  const choose = await schedulesFor(device, options, cache, new AbortController().signal)
  assert.is(readFileSync(cache, 'utf8'), text)
  const { session, losses } = await pretrain(device, {
    ...{ ...options, choose: choose!, evaluate: false },
    checkpoint: { store: checkpoints(folder), resume: true, about },
  })
  session.destroy()
  assert.equal(losses, whole)

  write(cache, tableOf(kernels, unfit))
  const resumed = await facet('pretrain', '--resume', folder)
  assert.is(resumed.code, 2)
  assert.match(resumed.stderr, /^facet: \S+\.schedule\.tile has 9 numbers for the \d axes of kernel \S+\n$/)
})

test('the first rank times and all take what it found, of their own kernels alone', async () => {
  const file = join(place, 'ranks', 'facet.tune.json')
  const ranked = localRanks(2).map(ranks => ({ ...options, ranks }))
  const choosers = (signal: AbortSignal) => Promise.all(ranked.map(one => schedulesFor(device, one, file, signal)))
  // Aborted as soon as a kernel is there.
  const once = {
    get aborted() {
      return existsSync(file)
    },
  } as AbortSignal
  assert.equal(await choosers(once), [undefined, undefined])
  const [section] = Object.values<TuningTable>(JSON.parse(readFileSync(file, 'utf8')).adapters)
  assert.is(Object.keys(section!).length, 1)

  const [own, of] = [tableOf(kernelsOf(ranked[0]!)), tableOf(kernels, unfit)]
  const others = Object.keys(of).filter(key => !Object.hasOwn(own, key))
  assert.ok(others.length > 0)
  write(file, { ...of, ...own })
  for (const choose of await choosers(new AbortController().signal))
    for (const { kernel } of kernels) assert.ok(choose!(kernel, target))
})

test('bad input is one sentence and exit code 2', async () => {
  for (const [args, sentence] of [
    [['--tune=schedules'], /^facet: --tune takes a \.json file, or nothing, got "schedules"\n$/],
    [['--resume', folder, '--tune'], /^facet: --resume takes a run as it is: leave out --tune\n$/],
  ] as const) {
    const { code, stderr } = await facet('pretrain', '--out', join(place, 'bad'), ...args)
    assert.is(code, 2)
    assert.match(stderr, sentence)
  }
  assert.not(existsSync(join(place, 'bad')))
})

test.after(() => {
  rmSync(place, { recursive: true })
  device.destroy()
})
test.run()
