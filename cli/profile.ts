/** `facet profile BUNDLE|FILE.ts`: milliseconds of each kernel on this machine, beside what its adapter can do at most. */
import type { Command } from 'commander'
import { targetFor } from '../compiler/kernels/target.js'
import { bound, measureCeilings } from '../runtime/ceilings.js'
import { load } from '../runtime/load.js'
import { openDevice } from '../runtime/node.js'
import { type DispatchTime, median, profile, runTimes } from '../runtime/profile.js'
import { fill } from '../tuner/operands.js'
import { entryOptions } from './entries.js'
import { UsageError } from './errors.js'
import { programAt } from './source.js'
import { figure, percent, profileTable, text } from './table.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly variant?: string
  readonly repeats: number
  readonly top: number
}

export function register(program: Command): void {
  entryOptions(program.command('profile'), 'a shader bundle (a folder or .facet file) or a TypeScript file')
    .summary('time each kernel of a bundle or of the entries a file exports')
    .description(
      'Runs each entry on random inputs and times its dispatches, by timestamps where the adapter has them. The longest come first, each with the share of what this adapter can do at most: a kernel that only copies and one that only computes are measured before.',
    )
    .option('--variant <name>', 'the variant of a bundle (default: the first that the adapter can run)')
    .option('--repeats <n>', 'runs that are timed; medians are printed', wholeNumber, 5)
    .option('--top <n>', 'dispatches to print', wholeNumber, 20)
    .action(run)
}

async function run(path: string, { entry, set, variant, repeats, top }: Options): Promise<void> {
  const device = await openDevice()
  try {
    const { program, weights } = await programAt(path, { entry, set, target: targetFor(device), device, variant })
    const ceilings = await measureCeilings(device)
    console.log(
      `${device.adapter.name}: at most ${figure(ceilings.gflops)} GFLOP/s and ${figure(ceilings.gbytes)} GB/s (measured)`,
    )
    const session = await load(device, program)
    session.writeVariables(weights)
    for (const [name, { inputs, dispatches }] of Object.entries(program.entries)) {
      if (entry.length ? !entry.includes(name) : name === 'init') continue
      const given = Object.fromEntries(inputs.map((input, i) => [input.name, fill(input, i)]))
      const whole = median(await runTimes(session, name, given, { repeats }))
      const { clock, dispatches: timed } = await profile(session, name, given, { repeats })
      const least = timed.reduce((sum, { flops, bytes }) => sum + bound(ceilings, flops, bytes).ms, 0)
      console.log(
        `\n${name}: ${figure(whole)} ms for ${dispatches.length} dispatches, ${percent(least / whole)} of the ceiling; by ${clock}:`,
      )
      console.log(text(profileTable(together(timed), ceilings, top)))
    }
    session.destroy()
  } finally {
    device.destroy()
  }
}

/** Dispatches of one kernel for one module as one: the two views of a batch, the steps of a loop. */
function together(dispatches: readonly DispatchTime[]): DispatchTime[] {
  const found = new Map<string, DispatchTime & { count: number }>()
  for (const { kernel, scope, ...time } of dispatches) {
    const key = JSON.stringify([kernel, scope])
    const sum = found.get(key) ?? { kernel, scope, flops: 0, bytes: 0, median: 0, min: 0, count: 0 }
    const add = (name: 'flops' | 'bytes' | 'median' | 'min') => sum[name] + time[name]
    found.set(key, {
      kernel,
      scope,
      flops: add('flops'),
      bytes: add('bytes'),
      median: add('median'),
      min: add('min'),
      count: sum.count + 1,
    })
  }
  return [...found.values()].map(({ count, ...time }) =>
    count > 1 ? { ...time, kernel: `${count} x ${time.kernel}` } : time,
  )
}

function wholeNumber(word: string): number {
  if (!/^[1-9]\d{0,3}$/.test(word)) throw new UsageError(`a whole number from 1 to 9999 is wanted, got ${word}`)
  return Number(word)
}
