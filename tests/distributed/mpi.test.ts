/**
 * `facet pretrain` under `mpirun`, where there is one: two ranks, of which one is killed in the middle, go on from the
 * checkpoint to what one process comes to with the whole batch.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
const mpirun = (args: readonly string[], more?: Record<string, string>) =>
  start('mpirun', [...MPI, '-n', '2', process.execPath, ...args], more)

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
  const step = (): number => {
    try {
      return JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')).step
    } catch {
      return 0 // Not there yet.
    }
  }
  const wait = setInterval(() => {
    if (step() < 5) return
    clearInterval(wait)
    process.kill(processOf(first.child.pid!, 1), 'SIGKILL')
  }, 5)
  const code = await first.ended
  clearInterval(wait)
  assert.ok(code, `the job failed: ${first.output()}`)
  assert.ok(step() >= 5 && step() < 20, `killed after ${step()} steps: ${first.output()}`)
  assert.match(
    first.output(),
    /rank 0 of 2: rank 0 was told to end while it waited for other ranks, one of which may be lost/,
  )
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

ranked('what all ranks refuse is said once', async () => {
  const { ended, output } = mpirun([...run, '--batch', '9', '--steps', '2', '--out', join(place, 'refused')])
  assert.is(await ended, 2)
  assert.is(output().match(/2 ranks do not divide 9 rows/g)?.length, 1, output())
})

test.run()
