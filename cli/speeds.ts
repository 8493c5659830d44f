/** What `facet doctor --speeds` measures: which of the adapters at hand is faster at what. */
import { compile } from '../compiler/compile.js'
import { backward } from '../compiler/gradient/reverse.js'
import type { Untyped } from '../compiler/graph/node.js'
import { targetFor } from '../compiler/kernels/target.js'
import { entry } from '../compiler/language/entry.js'
import { softmax } from '../compiler/language/math.js'
import { conv2d, dot, exp, mul, relu } from '../compiler/ops/index.js'
import type { Candidate } from '../runtime/node.js'
import { load } from '../runtime/node.js'
import { median, runTimes } from '../runtime/profile.js'
import { fill } from '../tuner/operands.js'

/** What training is made of, in sizes that take a software driver some milliseconds. */
const work = {
  product: entry({ a: [384, 384], b: [384, 384] }, ({ a, b }) => ({ y: dot(a as Untyped, b as Untyped) })),
  convolution: entry({ x: [8, 32, 16, 16], w: [32, 32, 3, 3] }, ({ x, w }) => {
    const y = relu(conv2d(x as Untyped, w as Untyped, { padding: 1 }) as Untyped) as Untyped
    const [dx, dw] = backward([[y, y]], [x, w] as Untyped[]) as [Untyped, Untyped]
    return { dx, dw }
  }),
  rows: entry({ x: [1024, 512] }, ({ x }) => ({ y: softmax(x, -1) })),
  map: entry({ x: [1024, 1024] }, ({ x }) => ({ y: mul(exp(x), 0.5) })),
  small: entry({ x: [64] }, ({ x }) => ({ y: mul(x, 2) })),
}
export type Work = keyof typeof work
export const works = Object.keys(work) as readonly Work[]
/** Milliseconds by adapter and by what was computed; an adapter that cannot be used is not there. */
export type Speeds = Readonly<Record<string, Readonly<Record<Work, number>>>>

/** Runs of each, of which the median counts, after one that is not. */
const REPEATS = 7

/** Opens each adapter that can be used, one after the other. */
export async function measureSpeeds(candidates: readonly Candidate[]): Promise<Speeds> {
  const speeds: Record<string, Record<Work, number>> = {}
  for (const { kind, open } of candidates) {
    if (!open) continue
    const device = await open()
    try {
      const session = await load(device, compile(work, {}, { target: targetFor(device) }))
      const times: [Work, number][] = []
      for (const name of works) {
        const given = Object.fromEntries(
          session.program.entries[name]!.inputs.map((input, i) => [input.name, fill(input, i)]),
        )
        const found = await runTimes(session, name, given, { repeats: REPEATS })
        times.push([name, Number(median(found).toPrecision(3))])
      }
      speeds[kind] = Object.fromEntries(times) as Record<Work, number>
      session.destroy()
    } finally {
      device.destroy()
    }
  }
  return speeds
}

/** A table, and whether `auto` takes the fastest. `auto`: what it takes. */
export function speedsText(speeds: Speeds, auto: string | undefined): string[] {
  const kinds = Object.keys(speeds)
  const best = (name: Work): string =>
    kinds.reduce((a, b) => (speeds[b]![name] < speeds[a]![name] ? b : a), auto && speeds[auto] ? auto : kinds[0]!)
  const rows = kinds.map(kind => [
    kind,
    ...works.map(name => `${speeds[kind]![name]}${kinds.length > 1 && best(name) === kind ? ' *' : '  '}`),
  ])
  const lines = [['', ...works.map(name => `${name}  `)], ...rows].map(cells =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(14)))
      .join('')
      .trimEnd(),
  )
  return [
    `Milliseconds of each adapter, medians of ${REPEATS} runs; * marks the fastest:`,
    ...lines.map(line => `  ${line}`),
    ...(auto && kinds.length > 1 ? [verdict(auto, best)] : []),
  ]
}

function verdict(auto: string, best: (name: Work) => string): string {
  const others = works.filter(name => best(name) !== auto)
  if (others.length === 0) return `auto takes ${auto}, which is the fastest at each of them.`
  const said = others.map(name => `${name} (${best(name)})`).join(', ')
  return `auto takes ${auto}, but another adapter is faster at: ${said}. Time your own program on both with FACET_ADAPTER.`
}
