/**
 * The worker: a program of the user is loaded here, compiled and run. It is ended from outside, whatever the program does: an endless
 * loop holds up this worker and nothing else.
 */
import { compile, type Entry, type Program, portable, print, printProgram, type Target, targetFor } from 'facet-tensor'
import { load, openDevice } from 'facet-tensor/runtime'
import { isEntry, namesOf } from '../../compiler/language/entry.js'
import { reportConsole, shown } from './console.js'
import { explained, importProgram, ProgramError } from './evaluate.js'
import type { Compilation, FromWorker, Temporaries, ToWorker } from './messages.js'

type Exported = Readonly<Record<string, unknown>>

const report = (message: FromWorker): void => self.postMessage(message)

self.onmessage = async ({ data: message }: MessageEvent<ToWorker>) => {
  try {
    // What it writes while it is only looked at is written again when it runs.
    reportConsole(text => message.kind === 'run' && report({ kind: 'log', text }))
    const exported = await importProgram(message)
    report({ kind: 'loaded' })
    if (message.kind === 'inspect') report({ kind: 'compiled', compilation: compilationOf(exported) })
    else await run(exported, message.adapter)
  } catch (error) {
    report({ kind: 'failed', ...explained(error, message) })
  }
}
report({ kind: 'ready' })

function entriesOf(exported: Exported): { entries: Record<string, Entry>; sizes: Record<string, number> } {
  const all = Object.entries(exported).filter((pair): pair is [string, Entry] => isEntry(pair[1]))
  if (all.length === 0)
    throw new ProgramError('the program exports no entry: export const step = entry({ ... }, ...), and it is compiled')
  const sizes = (exported.sizes ?? {}) as Record<string, number>
  const missing = all.flatMap(([, entry]) => namesOf(entry)).find(name => sizes[name] === undefined)
  if (missing) throw new ProgramError(`the size ${missing} is not known: export const sizes = { ${missing}: 64 }`)
  return { entries: Object.fromEntries(all), sizes }
}

/** For WebGPU's guaranteed minimum, wherever it will run. */
function compilationOf(exported: Exported): Compilation {
  const { entries, sizes } = entriesOf(exported)
  const graphs: Record<string, string> = {}
  let loops: Record<string, string> = {}
  let memory: Record<string, Temporaries> = {}
  const start = performance.now()
  const program: Program = compile(entries, sizes, {
    target: portable,
    observe(stage) {
      if (stage.name === 'optimize') graphs[stage.entry] = print(stage.graph)
      if (stage.name === 'loops') loops = Object.fromEntries(stage.loops.map(loop => [loop.name, printProgram(loop)]))
      if (stage.name === 'plan') memory = stage.memory
    },
  })
  return { program, graphs, loops, memory, milliseconds: performance.now() - start }
}

async function run(exported: Exported, adapter: 'auto' | 'gpu' | 'cpu'): Promise<void> {
  const { run: own } = exported
  if (typeof own !== 'function')
    throw new ProgramError(
      'the program exports nothing to run: export async function* run(session) { ... yield { step, loss } }',
    )
  const { entries, sizes } = entriesOf(exported)
  const device = await openDevice({ adapter })
  report({ kind: 'adapter', name: device.adapter.name })
  report({ kind: 'stage', text: 'Compiling' })
  const target: Target = targetFor(device)
  const session = await load(device, compile(entries, sizes, { target }), {
    seed: 1,
    onProgress: (done, total) => report({ kind: 'stage', text: `Preparing kernels: ${done} of ${total}` }),
  })
  report({ kind: 'stage', text: 'Running' })
  const start = performance.now()
  const made = await own(session, device)
  if (made?.[Symbol.asyncIterator] || made?.[Symbol.iterator])
    for await (const values of made) report({ kind: 'point', values: checked(values) })
  device.check()
  report({ kind: 'done', seconds: (performance.now() - start) / 1000 })
  device.destroy()
}

/** Records of finite numbers are drawn; what is none is a mistake, or a model that has diverged. */
function checked(values: unknown): Record<string, number> {
  if (typeof values !== 'object' || values === null)
    throw new ProgramError(`run yields ${shown(values)}, where records of numbers are drawn: yield { step, loss }`)
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'number')
      throw new ProgramError(
        `run yields ${shown(value)} as ${name}, where numbers are drawn: yield { ${name}: ${name}[0]! }`,
      )
    if (!Number.isFinite(value))
      throw new ProgramError(`${name} is ${value}: training has diverged, try a smaller step`)
  }
  return values as Record<string, number>
}
