/**
 * `npm test`: the type check, the linter, and every `tests/**\/*.test.ts` where `table.mjs` says; `npm run test:all`: the whole. Two jobs
 * at a time, those first that took longest when `--record` last wrote `durations.json`. `npm test -- ops grad` runs what
 * has `ops` or `grad` in its name; `--seed N` draws another sample. A file that crashes, hangs or runs no test fails.
 * The last line is `N passed, N failed`, with `, N skipped` if there are any.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jobsOf } from './table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const AT_A_TIME = 2
const LIMIT_SECONDS = 480

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, record: { type: 'boolean' }, seed: { type: 'string', default: '1' } },
})
/** A job has `args` of Node or a test `file`; `count` reads `{ passed, failed, skipped, why }` off its output and exit code. */
const checks = [
  { name: 'tsc', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], count: countCheck },
  { name: 'biome', args: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'], count: countCheck },
]
const named = ({ name }) => words.length === 0 || words.some(word => name.includes(word))
const files = testFiles(join(root, 'tests')).filter(name => named({ name }))
const recorded = new URL('durations.json', import.meta.url)
const durations = JSON.parse(readFileSync(recorded, 'utf8'))
const how = {
  all: values.all,
  named: words.length > 0,
  seed: Number(values.seed),
  adapter: process.env.FACET_ADAPTER,
  durations,
}
const jobs = [...checks.filter(named), ...jobsOf(files, { ...how, root }).map(job => ({ ...job, count: countFile }))]
if (jobs.length === 0) {
  console.error(`no test has ${words.join(' or ')} in its name`)
  process.exit(2)
}

const running = new Set()
let ending = false
const logs = mkdtempSync(join(tmpdir(), 'facet-tests-'))
process.on('exit', () => {
  ending = true
  for (const child of running) kill(child)
  rmSync(logs, { recursive: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const started = performance.now()
const total = { passed: 0, failed: 0, skipped: 0 }
const queue = [...jobs].sort((a, b) => expected(b) - expected(a))
const width = Math.max(...jobs.map(({ name }) => name.length))
await Promise.all(Array.from({ length: AT_A_TIME }, work))
const { passed, failed, skipped } = total
if (values.record) writeFileSync(recorded, `${JSON.stringify(sorted(durations), null, 2)}\n`)
console.log(`\n${jobs.length} jobs in ${seconds(started)} s`)
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exit(failed ? 1 : 0)

async function work() {
  const workers = new Map()
  for (let job = queue.shift(); job; job = queue.shift()) {
    const start = performance.now()
    const result = await (job.worker ? inWorker(workers, job) : alone(job))
    durations[job.name] = Number(seconds(start))
    const counts = job.count(result)
    for (const key of Object.keys(total)) total[key] += counts[key]
    const numbers = Object.keys(total).flatMap(key => (counts[key] ? [`${counts[key]} ${key}`] : []))
    console.log(
      `${counts.failed ? 'FAIL' : 'ok  '}  ${job.name.padEnd(width)}  ${seconds(start).padStart(6)} s  ${numbers.join(', ')}`,
    )
    if (counts.failed) console.log(`${result.output.trimEnd()}\n${counts.why ? `${job.name}: ${counts.why}\n` : ''}`)
  }
}

/** The file in a process of its own; gives `{ output, code, signal, late }`. */
function alone({ args, file, adapter }) {
  const process = start(args ?? ['--import', 'tsx', file], adapter)
  return ended(process, resolve => process.child.once('exit', (code, signal) => resolve({ code, signal })))
}

/** The same in one of the processes that keep what they have loaded, one for each adapter. */
async function inWorker(workers, { name, file, adapter }) {
  const worker = workers.get(adapter) ?? start(['--import', 'tsx', 'tests/worker.mjs'], adapter, 'ipc')
  const { child } = worker
  if (!workers.has(adapter)) {
    workers.set(adapter, worker)
    child.once('exit', (code, signal) => {
      workers.delete(adapter)
      if (worker.settle) return worker.settle({ code: code || 1, signal })
      if (ending) return
      total.failed++
      console.log(`FAIL  ${worker.last}: its process ended when it was done, with ${signal ?? `exit code ${code}`}`)
    })
    child.on('message', code => worker.settle({ code }))
  }
  worker.last = name
  const result = await ended(worker, settle => {
    worker.settle = settle
    child.send(join(root, file))
  })
  worker.settle = undefined
  return result
}

/** Starts Node on `args` in the repository. It writes to a file, which holds all that was written whenever it is read. */
function start(args, adapter, ...channel) {
  const log = join(logs, `${running.size}-${performance.now()}`)
  const file = openSync(log, 'w')
  // A group of its own, so that a hanging test's children end with it.
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', file, file, ...channel],
    env: {
      ...process.env,
      ...(adapter && { FACET_ADAPTER: adapter }),
      ...(!values.all && { QUICK: '1' }),
      FORCE_COLOR: '0',
      NO_COLOR: '1',
    },
  })
  closeSync(file)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return { child, log, read: 0 }
}

/** What a process writes until `settle` says that it is done, killed after the limit. */
function ended(of, settle) {
  return new Promise(resolve => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      kill(of.child)
    }, LIMIT_SECONDS * 1000)
    settle(result => {
      clearTimeout(timer)
      const written = readFileSync(of.log)
      const output = written.subarray(of.read).toString()
      of.read = written.length
      resolve({ output, late, ...result })
    })
  })
}

function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

/** The type check and the linter count as one test each. */
function countCheck(result) {
  const why = reason(result)
  return { passed: why ? 0 : 1, failed: why ? 1 : 0, skipped: 0, why }
}

/** Reads uvu's summary; whatever else goes wrong counts as one failure. */
function countFile({ output, ...result }) {
  const sum = label =>
    [...output.matchAll(new RegExp(`^ {2}${label}: +(\\d+)$`, 'gm'))].reduce((n, [, digits]) => n + Number(digits), 0)
  const [all, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(sum)
  const failed = all - passed
  if (failed) return { passed, failed, skipped, why: '' }
  const why = reason(result) || (all + skipped === 0 ? 'it ran no test: is test.run() missing?' : '')
  return { passed, failed: why ? 1 : 0, skipped, why }
}

/** Why a process did not end well; empty if it did. */
function reason({ code, signal, late }) {
  if (late) return `ended after ${LIMIT_SECONDS} s, the limit of one test file`
  return signal ? `ended by ${signal}` : code ? `exit code ${code}` : ''
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** Seconds that the job took when they were recorded; what is new comes first. */
function expected({ name }) {
  return durations[name] ?? Number.POSITIVE_INFINITY
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1)
}
