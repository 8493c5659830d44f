/** The command of `run.ts`: options, the workloads one after the other, tables. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { figure, profileTable, text } from '../../cli/table.js'
import { measureCeilings } from '../../runtime/ceilings.js'
import { type AdapterChoice, adapterChoice, BadInput, NoAdapter, openDevice } from '../../runtime/node.js'
import { againstTable } from './against.js'
import { attentionTable } from './attention.js'
import { growthTable } from './growth.js'
import { indicesTable } from './indices.js'
import { type Measurement, measure } from './measure.js'
import { comparePeers } from './peers.js'
import { predictedTable } from './predicted.js'
import { sequencesTable } from './sequences.js'
import { workloadTable } from './table.js'
import { readSuite } from './workloads.js'

export interface BenchOptions {
  /** Parts of ids, separated by commas: workloads with any of them. */
  readonly only: string
  readonly json?: string
  readonly markdown?: string
  readonly profile: boolean
  readonly quick: boolean
  /** How compile time, dispatches and bytes grow; nothing is run. */
  readonly growth: boolean
  /** Operations whose work is in their indices, instead of the workloads. */
  readonly indices: boolean
  /** Attention beside its formula, instead of the workloads. */
  readonly attention: boolean
  /** A transformer with a large vocabulary and a long recurrence beside PyTorch, instead of the workloads. */
  readonly sequences: boolean
  /** What programs would take on a card, by the model of it; nothing is run. */
  readonly predicted: boolean
  /** A commit: how many times as long as there the workloads take here, by so many pairs of processes. */
  readonly against?: string
  readonly pairs: number
  readonly adapter: AdapterChoice
  /** Without the driver's checks of bounds. */
  readonly fast: boolean
  /** Rivals to be timed beside Facet; all that use WebGPU if empty, none if undefined. */
  readonly peers?: readonly string[]
}
const USAGE =
  'npm run bench -- [--only TEXT] [--json FILE] [--markdown FILE] [--profile] [--peers [NAMES]] [--adapter auto|gpu|system|swiftshader] [--fast] [--quick] | --growth | --indices | --attention | --sequences | --predicted | --against COMMIT [--pairs N]'

/** Exit code 0; 1 where a workload failed or gave a wrong result; 2 on bad input. */
export async function bench(
  args: readonly string[],
  print: (line: string) => void = console.log,
  warn: (line: string) => void = console.error,
  folder?: string,
): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options.growth) {
      print(text(growthTable(), true))
      return 0
    }
    if (options.predicted) {
      print(text(predictedTable(options.only), true))
      return 0
    }
    if (options.indices) {
      print(text(await indicesTable(options.adapter), true))
      return 0
    }
    if (options.attention) {
      print(text(await attentionTable(options), true))
      return 0
    }
    if (options.sequences) {
      print(text(await sequencesTable(options), true))
      return 0
    }
    if (options.against !== undefined) {
      print(
        text(
          await againstTable(
            { ...options, against: options.against },
            line => process.stderr.write(`${line}\n`),
            folder,
          ),
          true,
        ),
      )
      return 0
    }
    return await (options.peers ? comparePeers(options, print, folder) : run(options, print, folder))
  } catch (error) {
    if (!(error instanceof BadInput || error instanceof NoAdapter)) throw error
    warn(error.message)
    return 2
  }
}

/** Throws `BadInput`, with the usage. */
export function parseOptions(args: readonly string[]): BenchOptions {
  // `--peers` may stand alone, which node:util has no word for.
  const given = args.map((arg, i) =>
    arg === '--peers' && (args[i + 1] === undefined || args[i + 1]!.startsWith('--')) ? '--peers=' : arg,
  )
  try {
    const { values } = parseArgs({
      args: given,
      options: {
        only: { type: 'string', default: '' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        profile: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        fast: { type: 'boolean', default: false },
        growth: { type: 'boolean', default: false },
        indices: { type: 'boolean', default: false },
        attention: { type: 'boolean', default: false },
        sequences: { type: 'boolean', default: false },
        predicted: { type: 'boolean', default: false },
        against: { type: 'string' },
        pairs: { type: 'string', default: '6' },
        adapter: { type: 'string' },
        peers: { type: 'string' },
      },
    })
    const { adapter, peers, pairs, ...rest } = values
    if (!/^[1-9]\d*$/.test(pairs)) throw new BadInput(`--pairs is ${JSON.stringify(pairs)}, not a whole number from 1`)
    const names = peers === undefined ? {} : { peers: peers.split(',').filter(Boolean) }
    return { ...rest, ...names, pairs: Number(pairs), adapter: adapterChoice(adapter as AdapterChoice) } as BenchOptions
  } catch (error) {
    throw new BadInput(`${(error as Error).message.split('. ')[0]!.replace(/\.$/, '')}: ${USAGE}`)
  }
}

async function run(options: BenchOptions, print: (line: string) => void, folder?: string): Promise<number> {
  const suite = await readSuite(folder)
  const chosen = suite.workloads.filter(({ id }) => options.only.split(',').some(part => id.includes(part)))
  if (chosen.length === 0) throw new BadInput(`no workload has ${JSON.stringify(options.only)} in its id.`)
  // Dawn calls tensor cores, and halves on NVIDIA, unsafe.
  const open = () => openDevice({ adapter: options.adapter, unsafe: true, fast: options.fast })
  const device = await open()
  const { adapter } = device
  const ceilings = await measureCeilings(device)
  device.destroy()
  const headline = `${adapter.name}, node ${process.version}, commit ${commit()}; ceilings ${figure(ceilings.gflops)} GFLOP/s, ${figure(ceilings.gbytes)} GB/s`
  print(headline)

  const measured: Measurement[] = []
  const failed: { workload: string; reason: string }[] = []
  for (const workload of chosen) {
    if (workload.large && adapter.kind !== 'gpu') {
      print(`${workload.id}: skipped, it is sized for a GPU and ${adapter.name} is a software adapter.`)
      continue
    }
    // A device of its own: what one workload leaves behind, an error too, is not the next one's.
    const own = await open()
    if (workload.half && !own.features.has('shader-f16')) {
      own.destroy()
      print(`${workload.id}: skipped, ${adapter.name} has no shader-f16.`)
      continue
    }
    try {
      const found = await measure(own, suite, workload, options)
      measured.push(found)
      process.stderr.write(`${workload.id} ${figure(found.wall.median)} ms\n`)
    } catch (error) {
      failed.push({ workload: workload.id, reason: (error as Error).message })
      print(`${workload.id}: failed, ${(error as Error).message}`)
    } finally {
      own.destroy()
    }
  }
  const tables = [
    { title: 'Workloads (sizes in MiB)', table: workloadTable(measured, ceilings) },
    ...measured.flatMap(({ workload, profile }) =>
      profile ? [{ title: workload, table: profileTable(profile, ceilings) }] : [],
    ),
  ]
  for (const { title, table } of tables) print(`\n${title}\n${text(table)}`)
  if (options.markdown)
    writeFileSync(
      options.markdown,
      `${[headline, ...tables.map(({ title, table }) => `### ${title}\n\n${text(table, true)}`)].join('\n\n')}\n`,
    )
  if (options.json) {
    const machine = { processor: cpus()[0]?.model, cores: cpus().length, node: process.version, commit: commit() }
    writeFileSync(
      options.json,
      `${JSON.stringify({ adapter, ...machine, ceilings, workloads: measured, failed }, null, 1)}\n`,
    )
  }
  return failed.length || measured.some(({ check }) => !check.ok) ? 1 : 0
}

/** With `+` where files differ from it; `unknown` outside of a checkout. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') ? '+' : '')
  } catch {
    return 'unknown'
  }
}
