/**
 * This tree beside another commit of it, by the workloads of the peer harness: a process each, by turns, so that what else
 * the machine does falls on both. What is compared is processor time, which moves less than the clock's.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure, type Table } from '../../cli/table.js'
import { BadInput } from '../../runtime/errors.js'
import { median } from '../../runtime/profile.js'
import type { BenchOptions } from './command.js'
import { readSuite, sharedPeers } from './workloads.js'

/** What a process took, in milliseconds of processor time. */
export interface Taken {
  /** Whether the results are right. */
  readonly ok: boolean
  /** Compiling, loading and one step, without a shader cache. */
  readonly first: number
  /** Steps later. */
  readonly warm: readonly number[]
}

const tree = fileURLToPath(new URL('../..', import.meta.url))
const child = fileURLToPath(new URL('against-child.ts', import.meta.url))

/**
 * How many times as long as at the commit this tree takes, for each workload that software adapters can run: ratios of the
 * least and of the medians. Throws `BadInput` for a commit that is not there or lacks the bench, and what its processes say.
 */
export async function againstTable(
  { against, only, adapter, pairs }: Pick<BenchOptions, 'only' | 'adapter' | 'pairs'> & { readonly against: string },
  progress: (line: string) => void,
  folder: string = sharedPeers,
): Promise<Table> {
  const { workloads } = await readSuite(folder)
  const chosen = workloads.filter(({ id, large }) => !large && only.split(',').some(part => id.includes(part)))
  if (chosen.length === 0) throw new BadInput(`no workload of the peers has ${JSON.stringify(only)} in its id.`)
  const other = worktree(commitOf(against), progress)
  const rows: string[][] = []
  for (const { id } of chosen) {
    const [now, before]: [Taken[], Taken[]] = [[], []]
    let row: string[] = []
    for (let pair = 1; pair <= pairs; pair++) {
      before.push(await run(other, id, adapter, folder))
      now.push(await run(tree, id, adapter, folder))
      // With what is known by then: whoever waits may have seen enough.
      row = comparison(id, now, before)
      progress(`${id}: ${pair} of ${pairs} pairs, first ${row[3]}, step ${row[5]}`)
    }
    rows.push(row)
  }
  return { head: ['workload', 'pairs', 'first ms', `to ${against}`, 'step ms', `to ${against}`, 'check'], rows }
}

/** A row: the least milliseconds of this tree, then the ratios of the least and of the medians. */
export function comparison(id: string, now: readonly Taken[], before: readonly Taken[]): string[] {
  const least = (times: readonly number[]): number => Math.min(...times)
  const ratios = (of: (taken: Taken) => readonly number[]): string[] => {
    const [mine, theirs] = [now.map(of), before.map(of)]
    const middle = (sides: readonly (readonly number[])[]) => median(sides.map(median))
    const ratio = (a: number, b: number): string => (a / b).toFixed(2)
    return [
      figure(least(mine.flat())),
      `${ratio(least(mine.flat()), least(theirs.flat()))}, ${ratio(middle(mine), middle(theirs))}`,
    ]
  }
  const right = [...now, ...before].every(({ ok }) => ok)
  return [id, `${now.length}`, ...ratios(({ first }) => [first]), ...ratios(({ warm }) => warm), right ? 'ok' : 'WRONG']
}

/** Throws `BadInput` for what names no commit of this repository. */
function commitOf(name: string): string {
  try {
    // `--end-of-options`: a name that begins with a dash is none of git's options.
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)
  } catch {
    throw new BadInput(`--against is ${JSON.stringify(name)}, which names no commit of this repository.`)
  }
}

/** The commit's files in the temporary folder, with its packages, which npm installs once. */
function worktree(commit: string, progress: (line: string) => void): string {
  const folder = join(tmpdir(), 'facet-against', commit)
  if (!existsSync(join(folder, 'package.json'))) {
    mkdirSync(join(tmpdir(), 'facet-against'), { recursive: true })
    // `--force`: the system may have emptied the temporary folder.
    git('worktree', 'add', '--force', '--detach', folder, commit)
  }
  if (!existsSync(join(folder, 'tests/bench/programs.ts')))
    throw new BadInput(`commit ${commit.slice(0, 7)} has no tests/bench/programs.ts: choose a later one.`)
  // npm writes this file when all packages are there.
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) {
    progress(`installing the packages of ${commit.slice(0, 7)}`)
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return folder
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: tree, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** Throws `BadInput` with the last words of a process that failed. */
function run(root: string, id: string, adapter: string, folder: string): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, ['--import', 'tsx', child, root, id, adapter, folder], { cwd: tree })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      process_[stream].setEncoding('utf8').on('data', text => (said[stream] += text))
    process_.on('error', reject)
    process_.on('close', code => {
      const found = said.stdout.split('\n').find(line => line.startsWith('@@'))
      if (code === 0 && found) return resolve(JSON.parse(found.slice(2)))
      const reason = /^\w+: .+$/m.exec(said.stderr)?.[0] ?? `exit code ${code}`
      reject(new BadInput(`${id} does not run on ${adapter} in ${root}: ${reason}`))
    })
  })
}
