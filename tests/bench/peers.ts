/**
 * Facet and its rivals side by side, by the peers' own harness: a copy of it in the temporary folder, with its packages
 * installed and Facet added to its list. Every (peer, workload) pair gets a process of its own, one after the other.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { figure, type Table, text } from '../../cli/table.js'
import { type AdapterKind, BadInput, FacetError, openDevice } from '../../runtime/node.js'
import { swiftshader } from '../../runtime/swiftshader.js'
import type { BenchOptions } from './command.js'
import { readSuite, sharedPeers } from './workloads.js'

/** What the harness stores of a pair that ran. */
export interface PeerRow {
  readonly status: string
  readonly ms?: { readonly median: number; readonly min?: number }
  readonly first_ms?: number
  readonly per_run?: { readonly dispatches: number }
  readonly check?: { readonly ok: boolean }
}
/** By peer, then workload. */
export type PeerRows = Readonly<Record<string, Readonly<Record<string, PeerRow>>>>

const webgpuPeers = ['jax-js', 'tfjs', 'ort-web', 'raw-wgsl']
/** Beside Facet on the processor; and PyTorch, where a Python has it. */
const processorPeers = ['jax-js-wasm', 'ort-wasm']
const PYTORCH = 'torch-2'
/** The harness's words for adapters. SwiftShader comes from npm here, by the environment; the processor is none of them. */
const harnessAdapter: Readonly<Record<AdapterKind, string>> = {
  cpu: 'native',
  gpu: 'native',
  system: 'lavapipe',
  swiftshader: 'native',
}

export async function comparePeers(
  options: BenchOptions,
  print: (line: string) => void,
  folder = sharedPeers,
): Promise<number> {
  const suite = await readSuite(folder)
  const chosen = suite.workloads.filter(({ id, large }) => !large && id.includes(options.only)).map(({ id }) => id)
  if (chosen.length === 0) throw new BadInput(`no workload of the peers has ${JSON.stringify(options.only)} in its id.`)
  const device = await openDevice({ adapter: options.adapter })
  const { adapter } = device
  device.destroy()
  const onProcessor = adapter.kind === 'cpu'
  const copy = await prepare(folder, onProcessor)
  const python = onProcessor ? pythonWithTorch(print) : undefined
  const rivals = onProcessor ? [...processorPeers, ...(python ? [PYTORCH] : [])] : webgpuPeers
  const peers = ['facet', ...(options.peers?.length ? options.peers : rivals)]
  const flags = ['--adapter', harnessAdapter[adapter.kind], '--peers', peers.join(','), '--workloads', chosen.join(',')]
  const drivers = {
    ...(adapter.kind === 'swiftshader' && swiftshaderAlone()),
    ...(onProcessor && { FACET_ADAPTER: 'cpu' }),
    ...(python && { PEER_TORCH2: python }),
  }
  await command(
    process.execPath,
    ['run.mjs', ...flags, '--fresh', ...(options.quick ? ['--quick'] : [])],
    copy,
    drivers,
  )
  const { rows } = JSON.parse(readFileSync(join(copy, 'results.json'), 'utf8')) as { rows: Record<string, PeerRow> }
  const found = rowsOf(rows, onProcessor ? 'cpu' : harnessAdapter[adapter.kind], peers)
  const tables = comparisons(found, chosen)
  for (const { title, table } of tables) print(`\n${title}\n${text(table)}`)
  if (options.markdown)
    writeFileSync(
      options.markdown,
      `${[adapter.name, ...tables.map(({ title, table }) => `### ${title}\n\n${text(table, true)}`)].join('\n\n')}\n`,
    )
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ adapter, peers: found }, null, 1)}\n`)
  return chosen.every(id => right(found.facet?.[id])) ? 0 : 1
}

/**
 * The environment of a process that is to find SwiftShader only. On a machine without a Vulkan loader it finds the one from npm
 * too, as Facet does by itself.
 */
export function swiftshaderAlone(): Record<string, string> {
  const { manifest, loader } = swiftshader()
  const paths = [process.env.LD_LIBRARY_PATH, dirname(loader)].filter(Boolean)
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, LD_LIBRARY_PATH: paths.join(delimiter) }
}

/** A Python that has PyTorch: `PEER_TORCH2`, else `python3`. Says so where there is none. */
function pythonWithTorch(print: (line: string) => void): string | undefined {
  const python = process.env.PEER_TORCH2 ?? 'python3'
  try {
    const code = 'import sys, torch; print(sys.executable)'
    return execFileSync(python, ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    print(`PyTorch is left out: ${python} cannot import torch. PEER_TORCH2 names a Python that can.`)
    return undefined
  }
}

/** Rows are keyed `adapter|peer|workload`; peers without WebGPU have `cpu` for an adapter. */
function rowsOf(rows: Readonly<Record<string, PeerRow>>, adapter: string, peers: readonly string[]): PeerRows {
  const found: Record<string, Record<string, PeerRow>> = {}
  for (const [key, row] of Object.entries(rows)) {
    const [on, peer, workload] = key.split('|') as [string, string, string]
    if ((on === adapter || on === 'cpu') && peers.includes(peer)) (found[peer] ??= {})[workload] = row
  }
  return found
}

const right = (row: PeerRow | undefined): boolean => row?.status === 'ok' && row.check?.ok === true

/** Medians, first calls and dispatches of Facet beside the best rival's. A rival with a wrong result does not count. */
export function comparisons(rows: PeerRows, workloads: readonly string[]): { title: string; table: Table }[] {
  const steps = workloads.filter(id => id.startsWith('train_'))
  const compare = (title: string, ids: readonly string[], value: (row: PeerRow) => number | undefined) => ({
    title,
    table: {
      head: ['workload', 'Facet', 'best peer', 'its', 'ratio'],
      rows: ids.map(id => {
        const own = rows.facet?.[id]
        const mine = own && right(own) ? value(own) : undefined
        const others = Object.entries(rows).flatMap(([peer, { [id]: row }]) => {
          const theirs = peer !== 'facet' && row && right(row) ? value(row) : undefined
          return theirs === undefined ? [] : [{ peer, theirs }]
        })
        const best = others.sort((a, b) => a.theirs - b.theirs)[0]
        return [
          id,
          mine === undefined ? (own?.status === 'ok' ? 'WRONG' : (own?.status ?? '-')) : figure(mine),
          best?.peer ?? '-',
          best ? figure(best.theirs) : '-',
          mine !== undefined && best ? `${figure(best.theirs / mine)}x` : '-',
        ]
      }),
    },
  })
  return [
    compare('Median ms', workloads, ({ ms }) => ms?.median),
    compare('Least ms', workloads, ({ ms }) => ms?.min),
    ...(steps.length
      ? [
          compare('First call ms', steps, row => row.first_ms),
          compare('Dispatches per step', steps, row => row.per_run?.dispatches),
        ]
      : []),
  ]
}

/** The copy of the harness, brought up to date; its packages are installed once. */
async function prepare(folder: string, onProcessor: boolean): Promise<string> {
  const copy = join(tmpdir(), 'facet-peers')
  mkdirSync(copy, { recursive: true })
  cpSync(folder, copy, {
    recursive: true,
    // The original may hold results of its own.
    filter: from => !['node_modules', 'results.json', 'RESULTS.md'].includes(basename(from)),
  })
  // The original may be read-only.
  await command('chmod', ['-R', 'u+w', copy], copy)
  // npm writes this file when all packages are there.
  if (!existsSync(join(copy, 'node_modules', '.package-lock.json')))
    await command('npm', ['ci', '--no-audit', '--no-fund'], copy)
  const facet = new URL('./facet.mjs', import.meta.url).href
  writeFileSync(join(copy, 'impl', 'facet.mjs'), `export { default } from '${facet}'\n`)
  const registry = join(copy, 'registry.mjs')
  const list = 'export const PEERS = {'
  const code = readFileSync(registry, 'utf8')
  if (!code.includes(list))
    throw new FacetError(`${pathToFileURL(registry).href} has no list of peers to add Facet to.`)
  const entry = `  facet: { host: 'node', gpu: ${!onProcessor}, load: async () => (await import('./impl/facet.mjs')).default },`
  writeFileSync(registry, code.replace(list, `${list}\n${entry}`))
  return copy
}

function command(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve() : reject(new FacetError(`${program} ${args[0]} ended with exit code ${code}.`)),
    )
  })
}
