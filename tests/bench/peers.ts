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
/** Beside Facet on the processor. */
const processorPeers = ['jax-js-wasm', 'ort-wasm']
/** PyTorch, by the variable that names the Python which has it: a new one and Debian's. */
const pytorchs: Readonly<Record<string, string>> = { 'torch-2': 'PEER_TORCH2', 'torch-debian': 'PEER_TORCH_DEBIAN' }
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
  const chosen = suite.workloads
    .filter(({ id, large }) => !large && options.only.split(',').some(part => id.includes(part)))
    .map(({ id }) => id)
  if (chosen.length === 0) throw new BadInput(`no workload of the peers has ${JSON.stringify(options.only)} in its id.`)
  const device = await openDevice({ adapter: options.adapter })
  const { adapter } = device
  device.destroy()
  const onProcessor = adapter.kind === 'cpu'
  const copy = await prepare(folder, onProcessor)
  const pythons = onProcessor ? pythonsWithTorch(print) : {}
  const torchs = Object.keys(pytorchs).filter(peer => pytorchs[peer]! in pythons)
  const rivals = onProcessor ? [...processorPeers, ...torchs] : webgpuPeers
  const peers = [...new Set(['facet', ...(options.peers?.length ? options.peers : rivals)])]
  const flags = ['--adapter', harnessAdapter[adapter.kind], '--peers', peers.join(','), '--workloads', chosen.join(',')]
  const drivers = {
    ...(adapter.kind === 'swiftshader' && swiftshaderAlone()),
    ...(onProcessor && { FACET_ADAPTER: 'cpu' }),
    ...pythons,
  }
  await command(
    process.execPath,
    ['run.mjs', ...flags, '--fresh', ...(options.quick ? ['--quick'] : [])],
    copy,
    drivers,
  )
  const { rows } = JSON.parse(readFileSync(join(copy, 'results.json'), 'utf8')) as { rows: Record<string, PeerRow> }
  const found = rowsOf(rows, onProcessor ? 'cpu' : harnessAdapter[adapter.kind], peers, chosen)
  const tables = comparisons(found, peers, chosen)
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

/**
 * The Pythons that have PyTorch, each once, by their variables: what these say, else `python3`. Says so where there is none.
 */
function pythonsWithTorch(print: (line: string) => void): Record<string, string> {
  const found: Record<string, string> = {}
  for (const variable of Object.values(pytorchs)) {
    const python = process.env[variable] ?? 'python3'
    try {
      const code = 'import os, sys, torch; print(os.path.realpath(sys.executable))'
      const path = execFileSync(python, ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
      if (!Object.values(found).includes(path)) found[variable] = path
    } catch {
      if (process.env[variable]) throw new BadInput(`${variable} names ${python}, which cannot import torch.`)
    }
  }
  if (Object.keys(found).length === 0)
    print(
      `PyTorch is left out: python3 cannot import torch. ${Object.values(pytorchs).join(' or ')} names a Python that can.`,
    )
  return found
}

/** Rows are keyed `adapter|peer|workload`, those of earlier runs among them; peers without WebGPU have `cpu` for an adapter. */
function rowsOf(
  rows: Readonly<Record<string, PeerRow>>,
  adapter: string,
  peers: readonly string[],
  workloads: readonly string[],
): PeerRows {
  const found: Record<string, Record<string, PeerRow>> = {}
  for (const [key, row] of Object.entries(rows)) {
    const [on, peer, workload] = key.split('|') as [string, string, string]
    if ((on === adapter || on === 'cpu') && peers.includes(peer) && workloads.includes(workload))
      (found[peer] ??= {})[workload] = row
  }
  return found
}

const right = (row: PeerRow | undefined): boolean => row?.status === 'ok' && row.check?.ok === true

/** What each peer takes, `facet` the first, and in parentheses how many times as long as Facet; a wrong result has no time. */
export function comparisons(
  rows: PeerRows,
  peers: readonly string[],
  workloads: readonly string[],
): { title: string; table: Table }[] {
  const steps = workloads.filter(id => id.startsWith('train_'))
  const compare = (title: string, ids: readonly string[], value: (row: PeerRow) => number | undefined) => ({
    title,
    table: {
      head: ['workload', ...peers],
      rows: ids.map(id => {
        const timeOf = (peer: string): number | undefined => {
          const row = rows[peer]?.[id]
          return row && right(row) ? value(row) : undefined
        }
        const own = timeOf('facet')
        const cell = (peer: string): string => {
          const theirs = timeOf(peer)
          const status = rows[peer]?.[id]?.status
          if (theirs === undefined) return status === 'ok' ? (right(rows[peer]![id]) ? '-' : 'WRONG') : (status ?? '-')
          return peer === 'facet' || !own ? figure(theirs) : `${figure(theirs)} (${figure(theirs / own)}x)`
        }
        return [id, ...peers.map(cell)]
      }),
    },
  })
  return [
    compare('Least ms', workloads, ({ ms }) => ms?.min),
    compare('Median ms', workloads, ({ ms }) => ms?.median),
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
