/** `facet doctor`: the adapters of this machine, which one is taken and why, what it offers, and whether it computes. */
import type { Command } from 'commander'
import { compile } from '../compiler/compile.js'
import { targetFor } from '../compiler/kernels/target.js'
import { entry, f32 } from '../compiler/language/entry.js'
import { mul } from '../compiler/ops/index.js'
import { usefulLimits } from '../runtime/device.js'
import {
  type AdapterChoice,
  adapterChoice,
  type Candidate,
  type Device,
  listAdapters,
  load,
  NoAdapter,
} from '../runtime/node.js'

import { measureSpeeds, type Speeds, speedsText } from './speeds.js'

export function register(program: Command): void {
  program
    .command('doctor')
    .description('show the adapters found, the one chosen and what it can do')
    .option('--json', 'print one JSON object')
    .option('--adapter <kind>', 'auto, gpu, cpu, system or swiftshader; default: FACET_ADAPTER, else auto')
    .option('--speeds', 'time small programs on every adapter that can be used: which is faster at what (some seconds)')
    .action(async ({ json = false, speeds = false, adapter }: Options) => {
      const report = await examine(adapterChoice(adapter), speeds)
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text(report))
      if (!report.chosen) throw new NoAdapter(report.why)
    })
}

interface Options {
  readonly json?: boolean
  readonly speeds?: boolean
  readonly adapter?: AdapterChoice
}
interface Report {
  readonly node: string
  readonly platform: string
  readonly adapters: readonly {
    kind: string
    name: string | null
    vendor: string | null
    architecture: string | null
    reason: string | null
  }[]
  readonly chosen: string | null
  readonly why: string
  /** Adapter, driver and threads, as caches of the tuner call them. */
  readonly identity: string | null
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, number>>
  /** Bytes that buffers may take in all, where known. */
  readonly memory: number | null
  /** Milliseconds that a first kernel took, compiling included. */
  readonly firstKernel: number | null
  /** With `--speeds`: milliseconds by adapter and by what was computed. */
  readonly speeds: Speeds | null
}

async function examine(choice: AdapterChoice, speeds: boolean): Promise<Report> {
  const candidates = await listAdapters()
  const chosen = candidates.find(({ kind, open }) => open && (choice === 'auto' || kind === choice))
  const report = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    adapters: candidates.map(({ kind, summary, reason = null }) => ({
      kind,
      name: summary?.name ?? null,
      vendor: summary?.vendor ?? null,
      architecture: summary?.architecture ?? null,
      reason,
    })),
    chosen: chosen?.kind ?? null,
    why: why(choice, candidates, chosen),
    speeds: speeds ? await measureSpeeds(candidates) : null,
  }
  if (!chosen) return { ...report, identity: null, features: [], limits: {}, memory: null, firstKernel: null }
  const device = await chosen.open!()
  try {
    return {
      ...report,
      identity: device.identity,
      features: [...device.features].sort(),
      limits: Object.fromEntries(usefulLimits.map(name => [name, device.limits[name]])),
      memory: device.memory ?? null,
      firstKernel: await tryKernel(device),
    }
  } finally {
    device.destroy()
  }
}

function why(choice: AdapterChoice, candidates: readonly Candidate[], chosen: Candidate | undefined): string {
  if (!chosen)
    return choice === 'auto'
      ? 'no adapter can be used: use a current version of Node, or install a Vulkan driver (of your GPU, or mesa-vulkan-drivers 24 or newer).'
      : `${choice} was asked for, but cannot be used: ${candidates.find(({ kind }) => kind === choice)?.reason}; choose auto to take what there is.`
  if (choice !== 'auto') return 'it was asked for'
  const before = candidates
    .slice(0, candidates.indexOf(chosen))
    .map(({ kind }) => ({ gpu: 'GPU', cpu: 'WebAssembly', system: 'software driver of the system' })[kind as 'gpu'])
  return before.length ? `no ${before.join(' and no ')} can be used` : 'a GPU comes first'
}

/** Doubles eight numbers, to see that the driver does what it says. */
async function tryKernel(device: Device): Promise<number> {
  const start = performance.now()
  const double = entry({ x: f32([8]) }, ({ x }) => ({ y: mul(x, 2) }))
  const session = await load(device, compile({ double }, {}, { target: targetFor(device) }))
  const input = Float32Array.from({ length: 8 }, (_, i) => i + 0.5)
  const { y: doubled } = await session.call('double', { x: input })
  session.destroy()
  if (!input.every((value, i) => doubled![i] === value * 2))
    throw new NoAdapter(
      `${device.adapter.name} computes wrong results: twice [${input}] came out as [${doubled}]; choose another adapter.`,
    )
  return Number((performance.now() - start).toFixed(1))
}

function text(report: Report): string {
  const lines = [`Node ${report.node} on ${report.platform}`, '', 'Adapters, in the order in which they are tried:']
  for (const { kind, name, reason } of report.adapters)
    lines.push(`  ${kind === report.chosen ? '>' : ' '} ${kind.padEnd(12)} ${name ?? `not usable: ${reason}`}`)
  lines.push('')
  if (report.chosen) {
    lines.push(`Chosen: ${report.chosen}, because ${report.why}. A first kernel took ${report.firstKernel} ms.`)
    lines.push(`In full: ${report.identity}`)
    lines.push(`Features: ${report.features.join(', ')}`)
    lines.push('Limits:')
    for (const [name, value] of Object.entries(report.limits))
      lines.push(`  ${name.padEnd(36)} ${quantity(name, value)}`)
    if (report.memory !== null) lines.push(`  ${'memory for buffers'.padEnd(36)} ${quantity('size', report.memory)}`)
  } else lines.push('Chosen: none.')
  if (report.speeds && Object.keys(report.speeds).length)
    lines.push('', ...speedsText(report.speeds, report.adapters.find(({ kind }) => report.speeds![kind])?.kind))
  lines.push('', "Choose another with FACET_ADAPTER=gpu|cpu|system|swiftshader, or openDevice({ adapter: 'cpu' }).", '')
  return lines.join('\n')
}

const quantity = (name: string, value: number): string =>
  /size$|memory/i.test(name) && value >= 2 ** 20 ? `${(value / 2 ** 20).toFixed(0)} MiB` : String(value)
