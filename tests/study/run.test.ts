/** `facet study` as a user meets it: killed and resumed, stopped by Ctrl-C, refused; locks; the table of its progress. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFailures, readStudy, writeStudy } from '../../cli/study/folder.js'
import { Locked, lockTrial } from '../../cli/study/lock.js'
import { studyTable } from '../../cli/study/table.js'
import { generator } from '../../models/data/random.js'
import { expand } from '../../models/study/trials.js'
import { self } from '../../runtime/distributed/peer.js'
import { inProcess } from '../cli/command.js'
import { adapter, root } from '../runtime/process.js'
import tiny from './tiny.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-study-'))
test.after(() => rmSync(folder, { recursive: true }))
const FILE = 'tests/study/tiny.ts'
const { trials } = expand(tiny)

/** A running `facet study`. */
function start(out: string, ...args: string[]) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['cli/facet.mjs', 'study', FILE, '--out', out, '--jobs', '2', ...args],
    { cwd: root, env: { ...process.env, ...adapter } },
  )
  let text = ''
  child.stdout!.on('data', data => (text += data))
  child.stderr!.on('data', data => (text += data))
  const ended = new Promise<{ code: number | null }>(resolve => child.on('close', code => resolve({ code })))
  /** Until it has said `words`, or has ended. */
  const says = async (words: RegExp): Promise<void> => {
    let over = false
    void ended.then(() => (over = true))
    while (!over && !words.test(text)) await pause(20)
  }
  return { child, ended, says, said: () => text }
}
const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
/** The processes that hold locks. */
const holders = (out: string): number[] => {
  const locks = join(out, 'locks')
  if (!existsSync(locks)) return []
  return readdirSync(locks).flatMap(name => {
    try {
      return name.includes('.') ? [] : [JSON.parse(readFileSync(join(locks, name), 'utf8')).pid as number]
    } catch {
      return []
    }
  })
}
const results = (out: string): Map<string, string> => {
  const at = join(out, 'results')
  const names = existsSync(at) ? readdirSync(at).filter(name => name.endsWith('.json')) : []
  return new Map(names.map(name => [name.replace('.json', ''), readFileSync(join(at, name), 'utf8')]))
}

test('killed twice, trials among it, a study finishes with every trial run once', async () => {
  const out = join(folder, 'killed')
  const random = generator(7)
  const first = start(out)
  await first.says(/^start /m)
  await pause(3000 * random())
  first.child.kill('SIGKILL')
  await first.ended
  const before = results(out)

  // Trials of the first runner that are still alive hold their locks, and are waited for.
  const second = start(out, '--resume')
  await second.says(/^start /m)
  await pause(2000 * random())
  for (const pid of holders(out)) process.kill(pid, 'SIGKILL')
  await second.says(/^done /m)
  second.child.kill('SIGKILL')
  await second.ended
  const between = results(out)

  const third = start(out, '--resume', '--jobs', '1')
  const { code } = await third.ended
  assert.is(code, 0, third.said())
  assert.match(third.said(), /4 done, 0 failed, 0 left, .*report\.html written/)
  const after = results(out)
  assert.equal([...after.keys()].sort(), trials.map(({ id }) => id).sort())
  for (const earlier of [before, between])
    for (const [id, text] of earlier) {
      assert.is(after.get(id), text, `${id} was run again`)
      assert.not.match(third.said(), new RegExp(`^start +${id}`, 'm'))
    }
  for (const text of after.values()) {
    const { losses, scores, milestones, tested } = JSON.parse(text)
    assert.equal([milestones.map(({ step }: { step: number }) => step), tested], [[2], 8])
    assert.ok(milestones[0].scores.knn.accuracy >= 0)
    assert.equal(
      losses.map(([step]: [number]) => step),
      [1, 2, 3],
    )
    assert.ok(scores.knn.accuracy >= 0 && scores.knn.accuracy <= 1)
  }
  // Checkpoints and locks are gone, and the weights that were kept are an encoder's, as those of a run.
  const left = (name: string): string[] => (existsSync(join(out, name)) ? readdirSync(join(out, name)) : [])
  const [kept] = trials.filter(({ augmentation, seed }) => augmentation === 'none' && seed === 1)
  assert.equal([...left('running'), ...left('locks'), ...left('weights')], [kept!.id])
  const judged = await inProcess('evaluate', join(out, 'weights', kept!.id), '--protocol', 'knn', '--images', '40')
  assert.is(judged.code, 0, judged.stderr)
  assert.match(judged.stdout, /SimCLR, convnet, 3 steps, on 40 \+ 8 examples/)
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /Which gradient flow\?/)

  const again = await inProcess('study', FILE, '--out', out)
  assert.is(again.code, 2)
  assert.match(again.stderr, /^facet: .* holds 4 finished trials: add --resume/)
  const report = await inProcess('report', out, '-o', join(folder, 'page.html'))
  assert.is(report.code, 0, report.stderr)
  assert.is(readFileSync(join(folder, 'page.html'), 'utf8'), readFileSync(join(out, 'report.html'), 'utf8'))

  // What was run here is not run elsewhere.
  const file = join(folder, 'gathered.json')
  assert.is((await inProcess('report', out, '-o', file)).code, 0)
  const elsewhere = await inProcess('study', FILE, '--out', join(folder, 'elsewhere'), '--from', file)
  assert.is(elsewhere.code, 0, elsewhere.stderr)
  assert.not.match(elsewhere.stdout, /^start /m)
  assert.match(elsewhere.stdout, /4 done, 0 failed, 0 left/)
  assert.is(readFileSync(join(folder, 'elsewhere/report.html'), 'utf8'), readFileSync(join(out, 'report.html'), 'utf8'))
})

test('Ctrl-C stops trials and runner with exit code 130', async () => {
  const out = join(folder, 'stopped')
  const one = start(out, '--only', 'seed 1', '--only', 'seed')
  await one.says(/^start .*\n(.*\n)*start /m)
  while (holders(out).length === 0) await pause(20)
  const pids = holders(out)
  one.child.kill('SIGINT')
  assert.is((await one.ended).code, 130, one.said())
  assert.not.ok(pids.some(alive), 'a trial is still alive')
  assert.match(one.said(), /^tiny: 4 trials, of which 2 are run$/m)
})

test('what cannot be run is a sentence', async () => {
  const refuses = async (args: readonly string[], words: RegExp): Promise<void> => {
    const { code, stderr } = await inProcess(...args)
    assert.is(code, 2, stderr)
    assert.match(stderr, words)
  }
  await refuses(['study', 'examples/5-entries.ts'], /exports no study: export default study\(/)
  await refuses(
    ['study', FILE, '--only', 'nothing', '--out', join(folder, 'x')],
    /no trial has nothing in its name or id/,
  )
  const confirm = 'examples/study/confirm/results.json'
  await refuses(['study', FILE, '--from', confirm, '--out', join(folder, 'x')], /results\.json holds no trial of tiny/)
  await refuses(
    ['study', FILE, '--from', confirm, '--plan'],
    /--plan runs nothing: give the trials of --from by --pilot/,
  )
  await refuses(
    ['study', FILE, '--from', confirm, '--trial', 'abc'],
    /--from takes trials as run, and --trial runs one/,
  )
  await refuses(['study', FILE, '--family', 'primary', '--out', join(folder, 'x')], /tiny has no primary hypothesis/)
  await refuses(['study', FILE, '--family', 'third'], /--family .*primary.*secondary.*third/)
  await refuses(['study', FILE, '--from', 'nowhere.json', '--out', join(folder, 'x')], /nowhere\.json holds no results/)
  await refuses(['study', FILE, '--trial', 'abc', '--out', join(folder, 'x')], /has no trial abc/)
  await refuses(
    ['study', 'examples/study/exploration/methods.ts', '--data', 'nowhere'],
    /data are not in nowhere: .* with --data/,
  )
  await refuses(['report', folder], /holds neither study\.json of a study nor results\.json/)
})

test('a full folder starts nothing', async () => {
  const out = join(folder, 'full')
  mkdirSync(join(out, 'weights'), { recursive: true })
  writeFileSync(join(out, 'weights', 'old'), new Uint8Array(2_000_000))
  const { code, stdout, stderr } = await inProcess('study', FILE, '--out', out, '--limit-gb', '0.001')
  assert.is(code, 2)
  assert.match(stdout, /0 done, 0 failed, 4 left/)
  assert.match(stderr, /holds more than 0\.001 GB/)
})

test('a lock is taken once, and taken over from the dead', async () => {
  const out = join(folder, 'locks')
  const unlock = await lockTrial(out, 'a')
  const file = join(out, 'locks', 'a')
  const held = (holder: object): void => writeFileSync(file, JSON.stringify(holder))
  const refused = async (): Promise<boolean> =>
    lockTrial(out, 'a').then(
      async unlock => {
        await unlock()
        return false
      },
      error => error instanceof Locked,
    )
  await unlock()
  assert.not.ok(existsSync(file))
  held(self())
  assert.ok(await refused(), 'its process lives')
  held({ host: 'elsewhere', pid: 1 })
  assert.ok(await refused(), 'another machine gave a sign of life just now')
  utimesSync(file, new Date(), new Date(Date.now() - 301_000))
  assert.not.ok(await refused(), 'another machine gave none for five minutes')
  const { pid } = spawn(process.execPath, ['-e', ''])
  while (alive(pid!)) await pause(20)
  held({ ...self(), pid })
  assert.not.ok(await refused(), 'its process is dead')
  held({ ...self(), started: '1' })
  assert.not.ok(await refused(), 'its process had the number of this one')
  assert.equal(readdirSync(join(out, 'locks')), [])
})

/** One trial, as a task of a cluster. */
const task = (out: string, more: Record<string, string> = {}, ...args: string[]) => {
  const command = ['cli/facet.mjs', 'study', FILE, '--trial', trials[0]!.id, '--out', out, ...args]
  const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...adapter, ...more } })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data))
  return { child, said: () => text, ended: new Promise<number | null>(resolve => child.on('close', resolve)) }
}

test('a task leaves the reason of its failure in the folder and in the report', async () => {
  const out = join(folder, 'failing')
  const { id } = trials[0]!
  for (const [more, args, words] of [
    [{ FACET_ADAPTER: 'gpu' }, [], 'no gpu adapter can be used'],
    [{}, ['--data', 'nowhere'], 'data are not in nowhere'],
  ] as const) {
    const { ended, said } = task(out, more, ...args)
    assert.ok([1, 2].includes((await ended) as number), said())
    const [failure] = readFailures(out)
    assert.is(failure!.id, id)
    assert.ok(failure!.reason.includes(words), failure!.reason)
  }
  // The report needs a result: that of another trial.
  const other = start(out, '--only', trials[1]!.id)
  assert.is((await other.ended).code, 0, other.said())
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /data are not in nowhere/)
})

test('a task waits for a trial that another machine has, and says so if it is stopped before', async () => {
  const out = join(folder, 'busy')
  const { id } = trials[0]!
  mkdirSync(join(out, 'locks'), { recursive: true })
  const lock = join(out, 'locks', id)
  writeFileSync(lock, JSON.stringify({ host: 'elsewhere', pid: 1, space: 'pid:[1]', started: '1' }))
  const first = task(out)
  while (!/is run by process 1 on elsewhere: waiting/.test(first.said())) await pause(20)
  first.child.kill('SIGTERM')
  assert.is(await first.ended, 2, first.said())
  assert.match(readFailures(out)[0]!.reason, /is run by process 1 on elsewhere, and this task was stopped/)
  assert.ok(existsSync(lock))

  const second = task(out)
  while (!/waiting/.test(second.said())) await pause(20)
  utimesSync(lock, new Date(), new Date(Date.now() - 301_000))
  assert.is(await second.ended, 0, second.said())
  assert.ok(existsSync(join(out, 'results', `${id}.json`)))
  assert.equal(readFailures(out), [])
})

test('containers with one host and one process number lock and write without harm to each other', async () => {
  const out = join(folder, 'containers')
  const record = { name: 'x', trials: [], leftOut: [] }
  const all = Array.from({ length: 20 }, (_, n) => writeStudy(out, { ...record, name: 'x'.repeat(1000 * (n + 1)) }))
  await Promise.all(all)
  assert.match(readStudy(out).name, /^x+$/)
  assert.equal(readdirSync(out), ['study.json'])
  // Of another container with this host's name and this process's number nothing is seen: it may live.
  mkdirSync(join(out, 'locks'))
  writeFileSync(join(out, 'locks', 'a'), JSON.stringify({ ...self(), space: 'pid:[1]' }))
  assert.instance(await lockTrial(out, 'a').catch(error => error), Locked)
})

test('the table: drawn over on a terminal, lines elsewhere', () => {
  let [text, now] = ['', 0]
  const [one, two] = trials as [(typeof trials)[number], (typeof trials)[number]]
  const draw = (isTTY: boolean): string => {
    text = ''
    now = 0
    const stream = { isTTY, columns: 90, write: (part: string) => (text += part) }
    const table = studyTable({ total: 4, done: 1, stream, clock: () => now })
    table.start(one)
    table.start(two)
    table.update(one, { stage: 'train', step: 0, steps: 100, loss: null })
    now = 60_000
    table.update(one, { stage: 'train', step: 50, steps: 100, loss: 1.5 })
    table.failed(two, 'the loss is NaN')
    table.done(one)
    table.end()
    return text
  }
  const lines = draw(false).split('\n')
  const name = `${one.id}  simclr, none, ladder-crop, seed 1`
  const gaussian = `${two.id}  simclr, gaussian@projection:cosine=0.9 full, ladder-crop, seed 1`
  assert.equal(lines, [
    `start   ${name}`,
    `start   ${gaussian}`,
    `        ${name}  step 50/100  loss 1.5000  1 min left`,
    `failed  ${gaussian}: the loss is NaN`,
    `done    ${name}  (2 of 4 done, 0 running, 1 failed, 1 waiting, about 1 min left)`,
    '',
  ])
  // Each frame moves up over the last one.
  const drawn = draw(true)
    .split('\x1b[0J')
    .map(frame => frame.split('\x1b[')[0]!)
  assert.is(
    drawn.at(-1),
    `2 of 4 done, 0 running, 1 failed, 1 waiting, about 1 min left\n  failed  ${gaussian}: the loss is NaN`
      .split('\n')
      .map(line => `${line.slice(0, 89)}\n`)
      .join(''),
  )
  assert.ok(drawn.some(frame => frame.includes('step 50/100  loss 1.5000')))
  assert.ok(drawn.every(frame => frame.split('\n').every(line => line.length < 90)))
})

test.run()
