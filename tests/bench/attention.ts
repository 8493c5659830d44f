/**
 * `npm run bench -- --attention [--only TEXT] [--quick]`: attention of 8 heads of 64 features to as many tokens, with a causal mask and without,
 * alone and with the gradients of queries, keys and values, beside the formula with all scores at once.
 */
import { figure, mebibytes, type Table } from '../../cli/table.js'
import {
  attention,
  compile,
  type Entry,
  entry,
  grad,
  iota,
  lessEqual,
  matmul,
  mul,
  type Stage,
  select,
  softmax,
  square,
  sum,
  type Tensor,
  targetFor,
  transpose,
} from '../../compiler/index.js'
import { type Device, load, openDevice, type Session } from '../../runtime/node.js'
import type { BenchOptions } from './command.js'

const HEADS = 8
const FEATURES = 64
type Heads = Tensor<[8, number, 64], 'f32'>
type Attend = (q: Heads, k: Heads, v: Heads, causal: boolean) => Heads
const blocks: Attend = (q, k, v, causal) => attention(q, k, v, { causal })
const formula: Attend = (q, k, v, causal) => {
  const scores: Tensor<[8, number, number], 'f32'> = matmul(mul(q, 1 / Math.sqrt(FEATURES)), transpose(k))
  const size = scores.shape.slice(1)
  return matmul(softmax(causal ? select(lessEqual(iota(size, 1), iota(size, 0)), scores, -1e30) : scores), v)
}

const entryOf = (attend: Attend, tokens: number, causal: boolean, gradient: boolean): Entry => {
  const heads: [8, number, 64] = [HEADS, tokens, FEATURES]
  return entry({ q: heads, k: heads, v: heads }, ({ q, k, v }) => {
    const out = attend(q, k, v, causal)
    if (!gradient) return { out: sum(out) }
    const gradients = grad(sum(square(out)), { q, k, v })
    return { q: sum(gradients.q), k: sum(gradients.k), v: sum(gradients.v) }
  })
}

interface Timed {
  readonly session: Session
  /** Bytes of temporaries. */
  readonly planned: number
  readonly times: number[]
}
async function loaded(device: Device, call: Entry): Promise<Timed> {
  let planned = 0
  const observe = (stage: Stage): void => {
    if (stage.name === 'plan') planned = stage.memory.call!.planned
  }
  const program = compile({ call }, {} as never, { target: targetFor(device), observe })
  return { session: await load(device, program), planned, times: [] }
}

/** Of one device, which is opened and closed. What is compared is called in turn. */
export async function attentionTable({ adapter, quick, only }: BenchOptions): Promise<Table> {
  const device = await openDevice({ adapter })
  const [lengths, calls] = quick ? [[512, 1024], 3] : [[512, 1024, 2048, 4096], 7]
  const rows: string[][] = []
  for (const tokens of lengths)
    for (const [causal, gradient] of [false, true].flatMap(causal => [false, true].map(of => [causal, of] as const))) {
      const what = `${tokens}${causal ? ' causal' : ''}${gradient ? ' gradient' : ''}`
      if (!only.split(',').some(part => what.includes(part))) continue
      const [q, k, v] = [1.7, 2.3, 3.1].map(pace =>
        Float32Array.from({ length: HEADS * tokens * FEATURES }, (_, i) => Math.sin(i * pace)),
      )
      const both: Timed[] = []
      for (const attend of [formula, blocks]) both.push(await loaded(device, entryOf(attend, tokens, causal, gradient)))
      for (let call = 0; call <= calls; call++)
        for (const { session, times } of both) {
          const start = performance.now()
          await session.call('call', { q, k, v } as never)
          if (call) times.push(performance.now() - start) // the first one warms up
        }
      const [plain, own] = both.map(({ session, planned, times }) => {
        session.destroy()
        times.sort((a, b) => a - b)
        const [min, median] = [times[0]!, times[times.length >> 1]!]
        return { min, said: `${figure(min)}, ${figure(median)}`, memory: mebibytes(planned) }
      })
      const ratio = `${figure(own!.min / plain!.min)}x`
      rows.push([what, plain!.said, own!.said, ratio, plain!.memory, own!.memory])
    }
  device.destroy()
  return {
    head: [
      `tokens on ${device.adapter.name}`,
      'formula: min, median ms',
      'attention',
      'of the minima',
      'formula: MiB',
      'attention',
    ],
    rows,
  }
}
