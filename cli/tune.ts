/**
 * `facet tune FILE.ts`: times schedules for the kernels of the entries a file exports and keeps the best in a cache file.
 * A kernel that the cache has for this adapter and driver is not timed again.
 */
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { compile } from '../compiler/compile.js'
import { targetFor } from '../compiler/kernels/target.js'
import { tuned } from '../compiler/kernels/tuning.js'
import type { Program } from '../compiler/plan/program.js'
import type { Device } from '../runtime/device.js'
import { load } from '../runtime/load.js'
import { openDevice } from '../runtime/node.js'
import { median, runTimes } from '../runtime/profile.js'
import { readCache, withTable, writeCache } from '../tuner/cache.js'
import { fill } from '../tuner/operands.js'
import { type KernelTuned, sectionOf, tune } from '../tuner/tune.js'
import { entryOptions, loadEntries } from './entries.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly cache?: string
  readonly force?: boolean
}

export function register(program: Command): void {
  entryOptions(program.command('tune'))
    .summary('find fast schedules for the entries a file exports, by timing them on this machine')
    .description(
      'Times schedules for the kernels of the entries that FILE exports (values made by entry(...)), checks what they compute against the untuned kernels, and keeps the fastest per adapter and driver in a cache file. Compile with it by compileTuned of facet/tune.',
    )
    .option('--cache <path>', 'the cache file (default: facet.tune.json beside FILE)')
    .option('--force', 'time again what the cache has')
    .action(run)
}

async function run(file: string, { entry, set, cache: path, force = false }: Options): Promise<void> {
  const { entries, sizes } = await loadEntries(file, { entry, set })
  const cacheFile = path ?? join(dirname(file), 'facet.tune.json')
  const cache = readCache(cacheFile)
  const device = await openDevice()
  try {
    const section = sectionOf(device)
    const target = targetFor(device)
    const known = cache[section] ?? {}
    console.log(`tuning ${Object.keys(entries).join(', ')} of ${file} on ${device.adapter.name}`)
    const before = compile(entries, sizes, { target })
    const kernels: KernelTuned[] = []
    const table = await tune(device, entries, sizes, {
      target,
      table: known,
      force,
      onKernel(kernel, sofar) {
        // Kernel by kernel, so that a run that is stopped goes on where it was.
        writeCache(cacheFile, withTable(cache, section, sofar))
        kernels.push(kernel)
        const { done, total, kernel: name, tried, rejected, secondsLeft } = kernel
        const dropped = rejected ? `, ${rejected} rejected` : ''
        console.log(
          `${done}/${total}  ${name}  ${tried} candidates${dropped}  ${change(kernel)}  ${secondsLeft} s left`,
        )
      },
    })
    if (kernels.length === 0) {
      console.log(`${cacheFile} has every kernel: nothing was timed`)
      return
    }
    const after = compile(entries, sizes, { target, choose: tuned(table) })
    console.log(`\n${summary(kernels)}\n`)
    const times = await runTimesOf(device, { before, after })
    for (const [name, [old, now]] of Object.entries(times))
      console.log(`${name}: ${change({ before: old, after: now })}`)
    console.log(`\n${cacheFile} written`)
  } finally {
    device.destroy()
  }
}

const change = ({ before, after }: { readonly before: number; readonly after: number }): string =>
  `${milliseconds(before)} -> ${milliseconds(after)}  ${(before / after).toFixed(2)}x`
const milliseconds = (time: number): string => `${time.toPrecision(3)} ms`

function summary(kernels: readonly KernelTuned[]): string {
  const rows = [
    ['kernel', 'times', 'before', 'after', 'ratio', 'schedule'],
    ...kernels.map(({ kernel, count, before, after, schedule }) => [
      kernel,
      `${count}`,
      milliseconds(before),
      milliseconds(after),
      `${(before / after).toFixed(2)}x`,
      after < before ? schedule.kind : 'as before',
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Rounds in which both programs run each entry once, in turns. */
const ROUNDS = 5

/** Milliseconds of each entry before and after, on inputs of random values: medians. */
async function runTimesOf(
  device: Device,
  { before, after }: { before: Program; after: Program },
): Promise<Record<string, [number, number]>> {
  const sessions = [await load(device, before), await load(device, after)]
  const found: Record<string, [number, number]> = {}
  try {
    for (const [name, { inputs }] of Object.entries(before.entries)) {
      if (name === 'init') continue
      const given = Object.fromEntries(inputs.map((input, i) => [input.name, fill(input, i)]))
      const times = sessions.map((): number[] => [])
      for (let round = 0; round < ROUNDS; round++)
        for (const [i, session] of sessions.entries())
          times[i]!.push(...(await runTimes(session, name, given, { repeats: 1 })))
      found[name] = [median(times[0]!), median(times[1]!)]
    }
  } finally {
    for (const session of sessions) session.destroy()
  }
  return found
}
