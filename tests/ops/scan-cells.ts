/** Cells of `scan` with data, and the same programs written out step by step. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { type ScanOptions, scan } from '../../compiler/language/scan.js'
import * as o from '../../compiler/ops/index.js'
import type { DeviceCase } from '../device.js'

type Cell = (carry: any, element: any, w: Untyped) => { carry: any; output: any }
export interface CellCase {
  readonly name: string
  readonly cell: Cell
  /** Shapes of the sequence (without its steps), of the initial carry and of what the cell reads besides. */
  readonly element: number[]
  readonly carry: number[]
  readonly weights: number[]
  /** The carry as the cell has it, made of the initial one; and the one tensor that a carry counts for. */
  readonly from?: (initial: Untyped) => any
  readonly to?: (carry: any) => Untyped
}
const t = (x: unknown): Untyped => x as Untyped
const part = (x: Untyped, i: number, size: number): Untyped => t(o.slice(x, -1, i * size, (i + 1) * size))

export const cells: readonly CellCase[] = [
  {
    name: 'a recurrent layer',
    cell: (h, x, w) => {
      const next = o.tanh(t(o.add(t(o.matmul(h, w)), x)))
      return { carry: next, output: next }
    },
    ...{ element: [3, 4], carry: [3, 4], weights: [4, 4] },
  },
  {
    name: 'a gated recurrent unit',
    cell: (h, x, w) => {
      const gates = t(o.matmul(h, w))
      const [z, r] = [0, 1].map(i => t(o.sigmoid(t(o.add(part(gates, i, 4), part(x, i, 4))))))
      const candidate = o.tanh(t(o.add(t(o.mul(r!, part(gates, 2, 4))), part(x, 2, 4))))
      const next = o.add(t(o.mul(z!, h)), t(o.mul(t(o.sub(1 as never, z!)), t(candidate))))
      return { carry: next, output: o.mul(t(next), 2 as never) }
    },
    ...{ element: [3, 12], carry: [3, 4], weights: [4, 12] },
  },
  {
    name: 'two carries of different types, one of them an integer',
    cell: ({ h, n }, x, w) => {
      const decay = o.div(1 as never, t(o.cast(t(o.add(n, 1 as never)), 'f32')))
      const next = o.add(t(o.mul(h, t(decay))), t(o.mul(x, w)))
      return { carry: { h: next, n: o.add(n, 1 as never) }, output: { squares: o.square(t(next)), n } }
    },
    from: initial => ({ h: initial, n: o.constant(0, [], 'i32') }),
    to: ({ h }) => h,
    ...{ element: [5], carry: [5], weights: [5] },
  },
  {
    name: 'an output that is no carry, and a carry that passes',
    cell: ({ a, b }, x, w) => ({ carry: { a: b, b: a }, output: t(o.sum(t(o.mul(t(o.mul(a, x)), w)), 0)) }),
    from: initial => ({ a: initial, b: o.square(initial) }),
    to: ({ a, b }) => t(o.add(t(o.mul(a, 3 as never)), b)),
    ...{ element: [2, 3], carry: [2, 3], weights: [3] },
  },
  {
    name: 'a loop in a loop',
    cell: (h, x, w) => {
      const inner = scan(
        (g: Untyped, row: Untyped) => ({ carry: t(o.tanh(t(o.add(t(o.mul(g, w)), row)))), output: t(o.mul(g, row)) }),
        h as Untyped,
        x as Untyped,
      )
      return { carry: inner.carry, output: inner.outputs }
    },
    ...{ element: [3, 4], carry: [4], weights: [4] },
  },
]

const outputOf = (carry: Untyped, outputs: any): Tensor => {
  const all: Untyped[] = 'operation' in outputs ? [outputs] : Object.values(outputs)
  const floats = all.filter(({ dtype }) => dtype === 'f32')
  const flat = (x: Untyped) => t(o.reshape(x, [x.shape.reduce((a: number, b: number) => a * b, 1)]))
  return o.concatAll([flat(carry), ...floats.map(flat)], 0) as never
}

/** The loop, and the same step by step: of the same operands, with one result. */
export function build({ cell, from = x => x, to = x => x }: CellCase, options: ScanOptions = {}) {
  const looped = (x: Untyped, initial: Untyped, w: Untyped): Tensor => {
    const { carry, outputs } = scan((c: any, e: any) => cell(c, e, w), from(initial), x, options) as any
    return outputOf(to(carry), outputs)
  }
  const written = (x: Untyped, initial: Untyped, w: Untyped): Tensor => {
    const steps = x.shape[0]!
    let carry = from(initial)
    const rows: any[] = []
    for (let step = 0; step < steps; step++) {
      const at = options.reverse ? steps - 1 - step : step
      const result = cell(carry, o.reshape(t(o.slice(x, 0, at, at + 1)), x.shape.slice(1)), w)
      carry = result.carry
      rows[at] = result.output
    }
    const stacked = (list: Untyped[]) =>
      o.concatAll(
        list.map(one => t(o.reshape(one, [1, ...one.shape]))),
        0,
      )
    const outputs =
      'operation' in rows[0]
        ? stacked(rows)
        : Object.fromEntries(Object.keys(rows[0]).map(name => [name, stacked(rows.map(row => row[name]))]))
    return outputOf(to(carry), outputs)
  }
  return { looped, written }
}

export function inputsOf({ element, carry, weights }: CellCase, steps: number): DeviceCase['inputs'] {
  const filled = (shape: number[], seed: number) => ({
    shape,
    values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.6 * Math.sin(seed + 1.7 * i)),
  })
  return [filled([steps, ...element], 1), filled(carry, 2), filled(weights, 3)]
}
