/**
 * `npm test`: the type check, the linter, and every `tests/**\/*.test.ts`, each in a process of its own, two at a time.
 * `npm test -- ops grad` runs what has `ops` or `grad` in its name. A file that crashes, hangs or runs no test fails.
 * The last line is `N passed, N failed`, with `, N skipped` if there are any.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const AT_A_TIME = 2
const LIMIT_SECONDS = 480

/** A thing to run; `count` reads `{ passed, failed, skipped, why }` off its output and exit code. */
const checks = [
  { name: 'tsc', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], count: countCheck },
  { name: 'biome', args: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'], count: countCheck },
]
const files = testFiles(join(root, 'tests')).map(name => ({ name, args: ['--import', 'tsx', name], count: countFile }))

const filters = process.argv.slice(2)
const jobs = [...checks, ...files].filter(
  ({ name }) => filters.length === 0 || filters.some(word => name.includes(word)),
)
if (jobs.length === 0) {
  console.error(`no test has ${filters.join(' or ')} in its name`)
  process.exit(2)
}

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) kill(child)
    process.exit(130)
  })

const started = performance.now()
const total = { passed: 0, failed: 0, skipped: 0 }
const queue = [...jobs]
const width = Math.max(...jobs.map(({ name }) => name.length))
await Promise.all(Array.from({ length: AT_A_TIME }, work))
const { passed, failed, skipped } = total
console.log(`\n${jobs.length} jobs in ${seconds(started)} s`)
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed ? 1 : 0

async function work() {
  for (let job = queue.shift(); job; job = queue.shift()) {
    const start = performance.now()
    const result = await run(job)
    const counts = job.count(result)
    for (const key of Object.keys(total)) total[key] += counts[key]
    const numbers = Object.keys(total).flatMap(key => (counts[key] ? [`${counts[key]} ${key}`] : []))
    console.log(
      `${counts.failed ? 'FAIL' : 'ok  '}  ${job.name.padEnd(width)}  ${seconds(start).padStart(6)} s  ${numbers.join(', ')}`,
    )
    if (counts.failed) console.log(`${result.output.trimEnd()}\n${counts.why ? `${job.name}: ${counts.why}\n` : ''}`)
  }
}

/** Runs node on `args` in the repository; gives `{ output, code, signal, late }`. */
function run({ args }) {
  return new Promise(resolve => {
    // A group of its own, so that a hanging test's children end with it.
    const child = spawn(process.execPath, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { FACET_ADAPTER: 'swiftshader', ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    })
    running.add(child)
    const chunks = []
    let late = false
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => chunks.push(chunk))
    const timer = setTimeout(() => {
      late = true
      kill(child)
    }, LIMIT_SECONDS * 1000)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ output: Buffer.concat(chunks).toString(), code, signal, late })
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
function countCheck({ code, signal, late }) {
  const why = ended({ code, signal, late })
  return { passed: why ? 0 : 1, failed: why ? 1 : 0, skipped: 0, why }
}

/** Reads uvu's summary; whatever else goes wrong counts as one failure. */
function countFile({ output, code, signal, late }) {
  const sum = label =>
    [...output.matchAll(new RegExp(`^ {2}${label}: +(\\d+)$`, 'gm'))].reduce((n, [, digits]) => n + Number(digits), 0)
  const [all, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(sum)
  const failed = all - passed
  if (failed) return { passed, failed, skipped, why: '' }
  const why = ended({ code, signal, late }) || (all + skipped === 0 ? 'it ran no test: is test.run() missing?' : '')
  return { passed, failed: why ? 1 : 0, skipped, why }
}

/** Why a process did not end well; empty if it did. */
function ended({ code, signal, late }) {
  if (late) return `ended after ${LIMIT_SECONDS} s, the limit of one test file`
  return signal ? `ended by ${signal}` : code ? `exit code ${code}` : ''
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1)
}
