/**
 * `facet tune FILE.ts|BUNDLE`: times schedules for the kernels of the entries that a file exports or a bundle holds, and keeps
 * the best in a cache file. A kernel that the cache has for this adapter and driver is not timed again.
 */
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { bundleGraphs } from '../compiler/bundle/write.js'
import { compileGraphs } from '../compiler/compile.js'
import { tuned } from '../compiler/kernels/tuning.js'
import type { Program } from '../compiler/plan/program.js'
import type { Device } from '../runtime/device.js'
import { checkFree } from '../runtime/files.js'
import { load } from '../runtime/load.js'
import { openDevice } from '../runtime/node.js'
import { median, runTimes } from '../runtime/profile.js'
import { readCache, withTable, writeCache } from '../tuner/cache.js'
import { fill } from '../tuner/operands.js'
import { type KernelTuned, sectionOf, tuneGraphs } from '../tuner/tune.js'
import { hostTarget, writeBundle } from './compile.js'
import { entryOptions } from './entries.js'
import { UsageError } from './errors.js'
import { isBundle, sourceAt } from './source.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly cache?: string
  readonly force?: boolean
  readonly output?: string
}

export function register(program: Command): void {
  entryOptions(program.command('tune'), 'a TypeScript file or a shader bundle (a folder or .facet file)')
    .summary('find fast schedules for the entries of a file or a bundle, by timing them on this machine')
    .description(
      'Times schedules for the kernels of the entries that FILE exports (values made by entry(...)) or BUNDLE holds, checks what they compute against the untuned kernels, and keeps the fastest per adapter and driver in a cache file. Compile with it by -o, by facet compile --target host, or by compileTuned of facet-tensor/tune.',
    )
    .option('--cache <path>', 'the cache file (default: facet.tune.json beside FILE or BUNDLE)')
    .option('--force', 'time again what the cache has')
    .option(
      '-o, --output <path>',
      "write a bundle (a folder or .facet file) for this machine's adapter with the schedules; a BUNDLE keeps its weights",
    )
    .action(run)
}

async function run(path: string, { entry, set, cache: given, force = false, output }: Options): Promise<void> {
  if (output !== undefined) {
    if (isBundle(path) && entry.length)
      throw new UsageError(`-o writes all entries of a bundle: leave out --entry ${entry.join(', ')}, or -o ${output}`)
    await checkFree(output)
  }
  const { name, sizes, graphs, ways, weights } = await sourceAt(path, { entry, set })
  const cacheFile = given ?? join(dirname(path), 'facet.tune.json')
  const cache = readCache(cacheFile)
  const device = await openDevice()
  try {
    const target = hostTarget(device)
    const { precision, memory } = ways.find(({ precision }) => precision === 'f32' || target.f16) ?? ways[0]!
    const options = { target, precision, ...(memory !== undefined && { memory }) }
    const section = sectionOf(device)
    const entries = graphs.map(({ name }) => name).filter(name => name !== 'init')
    console.log(`tuning ${entries.join(', ')} of ${path} on ${device.adapter.name}`)
    const kernels: KernelTuned[] = []
    const table = await tuneGraphs(device, graphs, {
      ...options,
      table: cache[section] ?? {},
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
    const choose = tuned(table)
    if (kernels.length === 0) console.log(`${cacheFile} has every kernel: nothing was timed`)
    else {
      console.log(`\n${summary(kernels)}\n`)
      await compare(device, compileGraphs(graphs, options), compileGraphs(graphs, { ...options, choose }))
      console.log(`\n${cacheFile} written`)
    }
    if (output !== undefined)
      await writeBundle(
        output,
        await bundleGraphs(graphs, sizes, { name, ...options, choose, ...(weights && { weights }) }),
      )
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

/** Prints the milliseconds of each entry of both programs, on inputs of random values: medians. */
async function compare(device: Device, before: Program, after: Program): Promise<void> {
  const sessions = [await load(device, before), await load(device, after)]
  try {
    for (const [name, { inputs }] of Object.entries(before.entries)) {
      if (name === 'init') continue
      const given = Object.fromEntries(inputs.map((input, i) => [input.name, fill(input, i)]))
      const times = sessions.map((): number[] => [])
      for (let round = 0; round < ROUNDS; round++)
        for (const [i, session] of sessions.entries())
          times[i]!.push(...(await runTimes(session, name, given, { repeats: 1 })))
      console.log(`${name}: ${change({ before: median(times[0]!), after: median(times[1]!) })}`)
    }
  } finally {
    for (const session of sessions) session.destroy()
  }
}
