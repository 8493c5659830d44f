/**
 * `facet pretrain` under `mpirun`, where there is one: two ranks, of which one is killed in the middle, go on from the
 * checkpoint to what one process comes to with the whole batch.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCheckpoint } from '../../runtime/checkpoint.js'
import { root } from '../runtime/process.js'

const place = mkdtempSync(join(tmpdir(), 'facet-mpi-'))
test.after(() => rmSync(place, { recursive: true }))
const run = [
  'cli/facet.mjs',
  'pretrain',
  '--method',
  'supervised',
  '--images',
  '40',
  '--batch',
  '8',
  '--size',
  '8',
  '--width',
  '1',
]
run.push('--learning-rate', '0.01', '--checkpoint-every', '5', '--set', 'views=ladder-crop')

interface Started {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}
function start(command: string, args: readonly string[], more: Record<string, string> = {}): Started {
  const env = { ...process.env, FACET_ADAPTER: 'swiftshader', ...more }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data))
  return { child, output: () => text, ended: new Promise(resolve => child.on('close', resolve)) }
}
// A second, as it is else, is short for a busy machine: what is left is killed then, before it has said a word.
const patience = { OMPI_MCA_odls_base_sigkill_timeout: '5' }
// Ranks that wait let others have the cores.
const MPI = ['--allow-run-as-root', '--oversubscribe', '--mca', 'mpi_yield_when_idle', '1']
const mpirun = (args: readonly string[], more?: Record<string, string>, ranks = 2) =>
  start('mpirun', [...MPI, '-n', `${ranks}`, process.execPath, ...args], more)
const stepIn = (folder: string): number => {
  try {
    return JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')).step
  } catch {
    return 0 // Not there yet.
  }
}
async function until(holds: () => boolean, { output, ended }: Started): Promise<void> {
  let over = false
  void ended.then(() => (over = true))
  while (!holds()) {
    assert.not.ok(over, output())
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The process of a rank, among the children of its launcher. */
function processOf(launcher: number, rank: number): number {
  const found = readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name)) return false
    try {
      const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]
      return (
        Number(parent) === launcher &&
        readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(`OMPI_COMM_WORLD_RANK=${rank}`)
      )
    } catch {
      return false // It ended meanwhile.
    }
  })
  assert.is(found.length, 1, `one process is rank ${rank}`)
  return Number(found[0])
}

const version = spawnSync('mpirun', ['--version'], { encoding: 'utf8' })
const there = version.status === 0 && version.stdout.includes('Open MPI') && process.platform === 'linux'
if (!there) console.log('left out: no mpirun of Open MPI is installed')
const ranked = there ? test : test.skip

ranked('a lost rank ends the job, and it goes on to the numbers of one process', async () => {
  const [apart, alone] = [join(place, 'ranks'), join(place, 'alone')]
  const reference = start(process.execPath, [...run, '--steps', '20', '--out', alone])
  const first = mpirun([...run, '--steps', '20', '--out', apart], patience)
  const folder = join(apart, 'supervised')
  const step = (): number => stepIn(folder)
  await until(() => step() >= 5, first)
  const killed = processOf(first.child.pid!, 1)
  process.kill(killed, 'SIGKILL')
  const code = await first.ended
  assert.ok(code, `the job failed: ${first.output()}`)
  assert.ok(step() >= 5 && step() < 20, `killed after ${step()} steps: ${first.output()}`)
  const named = `rank 0 of 2: rank 1 of 2 (process ${killed} on ${hostname()}) has ended`
  assert.is(first.output().split(named).length, 2, first.output())
  assert.ok(first.output().includes(`--resume ${folder}`), first.output())

  const second = mpirun(['cli/facet.mjs', 'pretrain', '--resume', folder])
  assert.is(await second.ended, 0, second.output())
  assert.is(second.output().match(/examples of textured shapes/g)?.length, 1, 'rank 0 alone speaks')
  assert.is(await reference.ended, 0, reference.output())
  const [got, expected] = await Promise.all([folder, join(alone, 'supervised')].map(readCheckpoint))
  assert.is(got!.state.step, 20)
  for (const [name, values] of Object.entries(expected!.tensors).filter(([name]) => !name.startsWith('optimizer.')))
    values.forEach((value: number, i: number) => {
      const off = Math.abs(value - got!.tensors[name]![i]!) / Math.max(1, Math.abs(value))
      assert.ok(off < 1e-5, `${name} is ${off} apart`)
    })
})

ranked('Ctrl-C saves the step that all are at, and ends within seconds', async () => {
  const out = join(place, 'stopped')
  const folder = join(out, 'supervised')
  // As the launcher is by default: it kills a second after it has told the ranks to stop.
  const job = mpirun([...run, '--steps', '100000', '--checkpoint-every', '1000000', '--out', out])
  await until(() => /"step":\d+/.test(job.output()), job)
  const told = Number(/"step":(\d+)/.exec(job.output())![1])
  const start = performance.now()
  job.child.kill('SIGINT')
  await job.ended
  const seconds = (performance.now() - start) / 1000
  assert.ok(seconds < 15, `it took ${seconds} s`)
  assert.ok(stepIn(folder) >= told, `saved ${stepIn(folder)} after ${told} were told: ${job.output()}`)
  await readCheckpoint(folder)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a log must not have.
  assert.not.match(job.output(), /[\x00-\x09\x0b-\x1f\x7f]/)
})

ranked('what ranks refuse is said once, before anything compiles', async () => {
  for (const ranks of [2, 3])
    for (const [args, words] of [
      [['--batch', '7'], `${ranks} ranks do not divide a batch of 7: give --batch`],
      [['--steqs', '7'], "unknown option '--steqs'"],
      [['--data', join(place, 'nowhere')], 'there is no folder'],
      [['--method', 'moco', '--augment', 'gausian'], 'gausian'],
    ] as const) {
      const out = join(place, 'refused')
      const { ended, output } = mpirun([...run, '--steps', '2', '--out', out, ...args], {}, ranks)
      assert.is(await ended, 2, output())
      assert.is(output().split('facet: ').length, 2, output())
      assert.ok(output().includes(`facet: rank 0 of ${ranks}: `) && output().includes(words), output())
      assert.not.match(output(), /compiling/)
      assert.not.ok(existsSync(out))
    }
})

ranked('what one rank alone refuses ends all, in its words', async () => {
  // Rank 1 is given another folder, as a machine without the data would be.
  const each = (folder: string) => [process.execPath, ...run, '--out', join(place, 'one'), '--data', folder]
  const bytes = Buffer.alloc(3073 * 40, 7)
  for (let n = 0; n < 40; n++) bytes[3073 * n] = n % 10
  mkdirSync(join(place, 'data'))
  for (const name of ['data_batch_1.bin', 'test_batch.bin']) writeFileSync(join(place, 'data', name), bytes)
  const job = start('mpirun', [
    ...MPI,
    ...['-n', '1', ...each(join(place, 'data'))],
    ...[':', '-n', '1', ...each(join(place, 'gone'))],
  ])
  assert.is(await job.ended, 2, job.output())
  assert.is(job.output().split('facet: ').length, 2, job.output())
  assert.match(job.output(), /facet: rank 1 of 2: there is no folder/)
})

test.run()
