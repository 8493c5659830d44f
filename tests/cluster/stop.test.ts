/**
 * What `facet study submit` prints, run as a cluster runs it: as process 1 of a namespace, as a container's is, and on a Slurm of
 * one node. A stop that comes while it trains leaves a checkpoint of the step it came at, and no lock.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { main } from '../../cli/facet.js'
import { readFailures } from '../../cli/study/folder.js'
import { generator } from '../../models/data/random.js'
import { expand } from '../../models/study/trials.js'
import { readCheckpoint } from '../../runtime/checkpoint.js'
import { inProcess } from '../cli/command.js'
import { root } from '../runtime/process.js'
import tiny from '../study/tiny.js'
import long from './long.js'
import { startSlurm } from './slurm.js'

const place = mkdtempSync(join(tmpdir(), 'facet-cluster-'))
const LONG = 'tests/cluster/long.ts'
const { id } = expand(long).trials[0]!
process.env.FACET_ADAPTER = 'swiftshader'

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
async function until<T>(find: () => T | undefined | false, what: () => string, seconds = 200): Promise<T> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await pause(50)) {
    const found = find()
    if (found) return found
  }
  throw new Error(`not within ${seconds} s: ${what()}`)
}
const submitted = async (engine: string, file: string, out: string, ...more: string[]): Promise<string> => {
  const { code, stdout, stderr } = await inProcess('study', 'submit', file, '--engine', engine, '--out', out, ...more)
  assert.is(code, 0, stderr)
  return stdout
}
/** The last step that a task has told of. */
const stepIn = (text: string): number =>
  Number(
    text
      .match(/"step":(\d+)/g)
      ?.at(-1)
      ?.slice(7) ?? 0,
  )
/** What is left of a stopped trial: nothing but a checkpoint, of a step after those that were told. */
async function checkStopped(out: string, told: number): Promise<number> {
  const { state } = await readCheckpoint(join(out, 'running', id))
  assert.ok((state.step as number) >= told, `saved ${state.step}, but ${told} was told`)
  assert.equal(readdirSync(join(out, 'locks')), [])
  return state.step as number
}

const isolated = spawnSync('unshare', ['-pf', '--kill-child', 'true']).status === 0
if (!isolated) console.log('skipped: unshare makes no namespaces of processes here')
const contained = isolated ? test : test.skip

/** Ended with the tests, also with one that fails. */
const containers: ChildProcess[] = []
/** The script of a manifest, as the kubelet starts it; `node` may be given options. */
async function container(
  out: string,
  ...options: string[]
): Promise<{ child: ChildProcess; first: number; said: () => string }> {
  const command = [process.execPath, ...options, 'cli/facet.mjs'].join(' ')
  const manifest = await submitted('kubernetes', LONG, out, '--command', command)
  const script = /args:\n +- \|\n((?: {14}.*\n)+)/.exec(manifest)![1]!
  const child = spawn('unshare', ['-pf', '--kill-child', '/bin/sh', '-c', script], {
    cwd: root,
    env: { ...process.env, JOB_COMPLETION_INDEX: '0' },
  })
  containers.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data))
  const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
  return { child, first: Number(await until(children, () => 'process 1')), said: () => text }
}
const ended = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.on('close', resolve))

contained('process 1 that is told to stop saves the step that it is at, and goes on from there', async () => {
  const out = join(place, 'pod')
  let before = 0
  for (const round of [1, 2]) {
    const { child, first, said } = await container(out)
    const over = ended(child)
    await until(() => stepIn(said()) > before + 2, said)
    assert.match(readFileSync(`/proc/${first}/cmdline`, 'utf8'), /^[^\0]*node\0cli\/facet\.mjs\0study/)
    const told = stepIn(said())
    process.kill(first, 'SIGTERM')
    process.kill(first, 'SIGTERM')
    assert.is(await over, 130, said())
    before = await checkStopped(out, told)
    assert.ok(round === 1 || told > 0)
  }
})

contained('a stop at any moment is heard', async () => {
  const random = generator(5)
  for (let n = 0; n < 4; n++) {
    const out = join(place, `early${n}`)
    // Before node runs a line of the command nobody can hear: its own handler gives a stop back to the system, which keeps it
    // from process 1. The first moment that counts is when the command listens.
    const { child, first, said } = await container(out, '--import', './tests/cluster/listening.mjs')
    let code: number | null | undefined
    void ended(child).then(given => {
      code = given
    })
    await until(() => said().includes('listening'), said)
    await pause(n === 0 ? 0 : 4000 * random())
    const told = stepIn(said())
    process.kill(first, 'SIGTERM')
    await until(() => code !== undefined, said)
    assert.is(code, 130, said())
    if (existsSync(join(out, 'running', id))) await checkStopped(out, told)
    else if (existsSync(join(out, 'locks'))) assert.equal(readdirSync(join(out, 'locks')), [])
  }
})

const slurm = startSlurm()
if (typeof slurm === 'string') console.log(`skipped: ${slurm}`)
const scheduled = typeof slurm === 'string' ? test.skip : test
const calls = () => slurm as Exclude<typeof slurm, string>
test.after(() => {
  for (const child of containers) child.kill('SIGKILL')
  if (typeof slurm !== 'string') slurm.end()
  rmSync(place, { recursive: true, force: true })
})

/** Submits a script; its number, and what its first task has said. */
function batch(text: string, name: string) {
  const [script, log] = [join(place, `${name}.sh`), join(place, `${name}.log`)]
  writeFileSync(script, text)
  const { output } = calls().call('sbatch', '--parsable', '--chdir', root, '--output', log, script)
  assert.match(output, /^\d+$/m)
  const job = output.trim()
  const over = () => calls().call('squeue', '-h', '-j', job).output.trim() === ''
  const said = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  return { job, over, said }
}

scheduled('scancel saves the step that a task is at', async () => {
  for (const how of [[], ['--signal=TERM', '--batch']]) {
    const out = join(place, `cancelled${how.length}`)
    const { job, over, said } = batch(await submitted('slurm', LONG, out), `cancelled${how.length}`)
    await until(() => stepIn(said()) > 2, said)
    const told = stepIn(said())
    assert.is(calls().call('scancel', ...how, job).code, 0)
    await until(over, said)
    await checkStopped(out, told)
  }
})

scheduled('a job array runs every trial of a study', async () => {
  const out = join(place, 'array')
  const { over, said } = batch(await submitted('slurm', 'tests/study/tiny.ts', out, '--jobs', '2'), 'array')
  await until(over, said)
  const done = readdirSync(join(out, 'results')).map(name => name.replace('.json', ''))
  assert.equal(
    done.sort(),
    expand(tiny)
      .trials.map(({ id }) => id)
      .sort(),
    said(),
  )
  assert.equal(readFailures(out), [])
  assert.is(await main(['report', out]), 0)
})

scheduled('srun without a way for its tasks to find each other is refused, once', async () => {
  const out = join(place, 'apart')
  const command = [process.execPath, 'cli/facet.mjs', 'pretrain', '--images', '40', '--batch', '8', '--out', out]
  const { code, output } = calls().call('srun', '--chdir', root, '--mpi=none', '-n', '2', ...command)
  assert.is(code, 2, output)
  assert.is(output.match(/MPI knows of this one alone: .*--mpi=pmix/g)?.length, 1, output)
  assert.not.ok(existsSync(out))
})

test.run()
