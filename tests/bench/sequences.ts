/**
 * `npm run bench -- --sequences [--only TEXT] [--quick]`: training steps of a transformer with a vocabulary of 32,000 and of a gated
 * recurrent unit over 512 steps, beside PyTorch with two threads (`sequences.py`), which runs before in a process of its own.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { figure, mebibytes, type Table } from '../../cli/table.js'
import {
  add,
  compile,
  crossEntropy,
  type Entry,
  entry,
  i32,
  index,
  type Module,
  module,
  reshape,
  type Stage,
  type Tensor,
  targetFor,
} from '../../compiler/index.js'
import {
  adamw,
  embed,
  fit,
  gru,
  layerNorm,
  linear,
  meanSquaredError,
  normalWith,
  transformerBlock,
} from '../../models/index.js'
import { load, openDevice } from '../../runtime/node.js'
import type { BenchOptions } from './command.js'

interface Size {
  readonly batch: number
  readonly tokens: number
  readonly width: number
  /** Timed, after one that is not. */
  readonly steps: number
}
interface TransformerSize extends Size {
  readonly vocabulary: number
  readonly heads: number
  readonly depth: number
}
interface RecurrentSize extends Size {
  readonly features: number
}
type Inputs = Readonly<Record<string, Float32Array | Int32Array>>
interface Workload {
  readonly name: string
  readonly what: string
  readonly size: Size
  readonly step: Entry
  readonly inputs: Inputs
}

const transformer = ({ vocabulary, tokens, width, heads, depth }: TransformerSize) =>
  module(({ use, param }) => {
    const position = param('position', [tokens, width], normalWith(0.02))
    const net = use({
      embed: embed(vocabulary, width),
      blocks: Array.from({ length: depth }, () => transformerBlock(width, { heads })),
      norm: layerNorm(width),
      head: linear(width, vocabulary),
    })
    return (text: Tensor<[number, number], 'i32'>) => {
      let x: Tensor<[number, number, number], 'f32'> = add(net.embed(text), position)
      for (const block of net.blocks) x = block(x, { causal: true })
      return net.head(net.norm(x))
    }
  })
const recurrent = ({ features, width }: RecurrentSize) =>
  module(({ use }) => {
    const net = use({ gru: gru(features, width), head: linear(width, 1) })
    return (x: Tensor<[number, number, number], 'f32'>) => net.head(index(net.gru(x), 1, -1))
  })

const trained = (net: Module, loss: Entry): Entry => fit(net, loss as never, adamw({ learningRate: 1e-3 })) as Entry

function transformerWorkload(size: TransformerSize): Workload {
  const { batch, tokens, vocabulary, width, depth } = size
  const net = transformer(size)
  const count = batch * tokens
  const loss = entry({ text: i32([batch, tokens]), next: i32([count]) }, ({ text, next }) => ({
    loss: crossEntropy(reshape(net(text), [count, vocabulary]), next),
  }))
  const words = (seed: number) => Int32Array.from({ length: count }, (_, i) => (i * 7919 + seed * 104729) % vocabulary)
  return {
    name: 'transformer',
    what: `transformer: ${vocabulary} words, ${depth} blocks of ${width}, ${batch} x ${tokens} tokens`,
    ...{ size, step: trained(net, loss), inputs: { text: words(1), next: words(2) } },
  }
}
function recurrentWorkload(size: RecurrentSize): Workload {
  const { batch, tokens, features, width } = size
  const net = recurrent(size)
  const loss = entry({ x: [batch, tokens, features], y: [batch, 1] }, ({ x, y }) => ({
    loss: meanSquaredError(net(x), y),
  }))
  const numbers = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i))
  return {
    name: 'gru',
    what: `gated recurrent unit: ${tokens} steps, ${batch} x ${features} to ${width}`,
    ...{ size, step: trained(net, loss), inputs: { x: numbers(batch * tokens * features), y: numbers(batch) } },
  }
}
const workloads = (quick: boolean): readonly Workload[] => [
  recurrentWorkload({ batch: 16, tokens: quick ? 16 : 512, features: 32, width: 128, steps: quick ? 2 : 10 }),
  transformerWorkload({
    ...(quick ? { vocabulary: 500, tokens: 16, steps: 2 } : { vocabulary: 32000, tokens: 128, steps: 2 }),
    ...{ batch: 8, width: 256, heads: 4, depth: 4 },
  }),
]

interface Measured {
  readonly times: readonly number[]
  /** Of every step, the first one too. */
  readonly losses: readonly number[]
  /** The largest resident set of the process, bytes. */
  readonly resident: number
}
/** Of PyTorch, or nothing where Python has none. */
function pytorch({ name, size }: Workload): Measured | undefined {
  const file = fileURLToPath(new URL('sequences.py', import.meta.url))
  try {
    return JSON.parse(execFileSync('python3', [file, name, JSON.stringify(size)], { encoding: 'utf8' }))
  } catch {
    return undefined
  }
}

/** Of one device, which is opened and closed. */
export async function sequencesTable({ adapter, quick, only }: BenchOptions): Promise<Table> {
  const device = await openDevice({ adapter })
  const rows: string[][] = []
  for (const workload of workloads(quick)) {
    if (!only.split(',').some(part => workload.name.includes(part))) continue
    const beside = pytorch(workload)
    let planned = 0
    const observe = (stage: Stage): void => {
      if (stage.name === 'plan') planned = stage.memory.step!.planned
    }
    const start = performance.now()
    const program = compile({ step: workload.step }, {} as never, { target: targetFor(device), observe })
    const compiled = performance.now() - start
    const session = await load(device, program, { seed: 1 })
    const [times, losses]: [number[], number[]] = [[], []]
    for (let step = 0; step <= workload.size.steps; step++) {
      const before = performance.now()
      const { loss } = (await session.call('step', workload.inputs as never)) as unknown as { loss: Float32Array }
      if (step) times.push(performance.now() - before)
      losses.push(loss[0]!)
    }
    session.destroy()
    const { dispatches, repeats = [] } = program.entries.step!
    const ran = dispatches.reduce(
      (sum, _, at) => sum + repeats.reduce((n, { from, to, times }) => (at >= from && at < to ? n * times : n), 1),
      0,
    )
    const own: Measured = { times, losses, resident: 1024 * process.resourceUsage().maxRSS }
    rows.push([
      workload.what,
      figure(compiled),
      `${new Set(dispatches.map(({ kernel }) => kernel)).size}`,
      `${dispatches.length}, ${ran}`,
      timesOf(own),
      beside ? timesOf(beside) : '-',
      beside ? `${figure(Math.min(...own.times) / Math.min(...beside.times))}x` : '-',
      mebibytes(planned),
      `${mebibytes(own.resident)}, ${beside ? mebibytes(beside.resident) : '-'}`,
      `${lossesOf(own)}; ${beside ? lossesOf(beside) : '-'}`,
    ])
  }
  device.destroy()
  return {
    head: [
      `on ${device.adapter.name}`,
      'compile ms',
      'kernels',
      'dispatches, run',
      'step: min, median ms',
      'PyTorch',
      'of the minima',
      'planned MiB',
      'resident MiB, PyTorch',
      'losses: first to last; PyTorch',
    ],
    rows,
  }
}
function timesOf({ times }: Measured): string {
  const sorted = [...times].sort((a, b) => a - b)
  return `${figure(sorted[0]!)}, ${figure(sorted[sorted.length >> 1]!)}`
}
const lossesOf = ({ losses }: Measured): string => `${figure(losses[0]!)} to ${figure(losses.at(-1)!)}`
