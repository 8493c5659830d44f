/**
 * What a step of a random program may do with loops: `scan` with one carry or several, strides, both directions and one step alone,
 * `map`, and one within the other. Cells keep values of order one.
 */
import { isFloat } from '../../compiler/graph/graph.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { map } from '../../compiler/language/map.js'
import { mean, softmax } from '../../compiler/language/math.js'
import { type ScanOptions, scan } from '../../compiler/language/scan.js'
import * as ops from '../../compiler/ops/index.js'
import type { Step, Value } from './steps.js'

const any = (x: unknown) => x as Untyped
type Named = Record<string, Untyped>
/** By name, and past the types. */
const scanned = (
  cell: (carry: Named, element: Untyped) => { carry: Named; output: Untyped },
  initial: Named,
  x: Untyped,
  options: ScanOptions,
) => scan(cell as never, initial as never, x as never, options) as unknown as { carry: Named; outputs: Untyped }

const STRIDES: readonly (number | 'sqrt')[] = [1, 1, 2, 3, 'sqrt', 50]
const optionsOf = (a: number, b: number): ScanOptions => ({
  stride: STRIDES[a % STRIDES.length]!,
  reverse: b % 3 === 0,
})
/** Half of what was and what comes, which stays within one. */
const half = (h: Untyped, x: Untyped): Untyped => any(ops.tanh(any(ops.add(any(ops.mul(h, 0.5 as never)), x))))
/** A value before the first step, of one element's shape: of the program, or zeros. */
function before(x: Untyped, values: readonly Value[], choice: number): Untyped {
  const shape = x.shape.slice(1)
  const fits = values.filter(v => v.node.dtype === x.dtype && v.node.shape.join() === shape.join())
  return fits.length && choice % 4 ? fits[choice % fits.length]!.node : any(ops.constant(0, shape as never, x.dtype))
}
/** What a cell may read besides: a value that broadcasts to one element. */
function beside(x: Untyped, values: readonly Value[], choice: number): Untyped {
  const shape = x.shape.slice(1)
  const fits = values.filter(
    ({ node }) =>
      node.dtype === x.dtype &&
      node.shape.length <= shape.length &&
      node.shape.every((size, i) => size === 1 || size === shape[shape.length - node.shape.length + i]),
  )
  return fits[choice % Math.max(1, fits.length)]?.node ?? any(ops.constant(1, [] as never, x.dtype))
}
const hasSteps = ({ node }: Value): boolean => node.shape.length > 0 && node.shape[0]! <= 16

export const loops: Step[] = [
  // One carry, which is what is stacked, or what was before.
  (x, values, [a, b, c]) => {
    if (!hasSteps(x)) return undefined
    const w = beside(x.node, values, c)
    const { carry, outputs } = scanned(
      ({ h }, e) => {
        const next = half(h!, any(ops.mul(e, any(ops.tanh(w)))))
        return { carry: { h: next }, output: b % 2 ? next : any(ops.mul(h!, e)) }
      },
      { h: before(x.node, values, b) },
      x.node,
      optionsOf(a, c),
    )
    return c % 4 ? outputs : carry.h
  },
  // Three carries, of which one is a whole number and one passes by.
  (x, values, [a, b, c]) => {
    if (!hasSteps(x)) return undefined
    const first = before(x.node, values, b)
    const { carry, outputs } = scanned(
      ({ p, q, n }, e) => {
        const rate = any(ops.div(any(ops.constant(1, [] as never)), any(ops.add(any(ops.cast(n!, 'f32')), 1 as never))))
        const next = any(
          ops.add(any(ops.mul(p!, any(ops.sub(any(ops.constant(1, [] as never)), rate)))), any(ops.mul(e, rate))),
        )
        return {
          carry: { p: q!, q: next, n: any(ops.add(n!, 1 as never)) },
          output: any(ops.sub(next, any(ops.mul(p!, 0.25 as never)))),
        }
      },
      { p: first, q: any(ops.neg(first)), n: any(ops.constant(0, [] as never, 'i32')) },
      x.node,
      optionsOf(a, c),
    )
    return c % 3 ? outputs : any(ops.add(carry.p!, carry.q!))
  },
  // A matrix in the cell: a recurrent layer.
  (x, values, [a, b, c]) => {
    const [, width] = [x.node.shape[0], x.node.shape.at(-1)]
    const fits = values.filter(v => v.node.dtype === 'f32' && v.node.shape.join() === `${width},${width}`)
    if (!hasSteps(x) || x.node.shape.length < 2 || !fits.length) return undefined
    const w = any(ops.mul(fits[b % fits.length]!.node, (1 / width!) as never))
    return scanned(
      ({ h }, e) => {
        const next = half(any(ops.dot(h as never, w as never)), e)
        return { carry: { h: next }, output: next }
      },
      { h: before(x.node, values, a) },
      x.node,
      optionsOf(a, c),
    ).outputs
  },
  // One step alone.
  (x, values, [a, b, c]) =>
    x.node.shape.length
      ? scanned(
          ({ h }, e) => ({ carry: { h: half(h!, e) }, output: any(ops.square(any(ops.sub(h!, e)))) }),
          { h: before(any((ops.slice as any)(x.node, 0, 0, 1)), values, b) },
          any((ops.slice as any)(x.node, 0, 0, 1)),
          optionsOf(a, c),
        ).outputs
      : undefined,
  // A loop over the rows of each step.
  (x, values, [a, b, c]) =>
    hasSteps(x) && x.node.shape.length >= 2 && x.node.shape[1]! <= 8
      ? scanned(
          ({ h }, e) => {
            const inner = scanned(
              ({ g }, row) => ({ carry: { g: half(g!, row) }, output: any(ops.mul(g!, row)) }),
              { g: h! },
              e,
              optionsOf(b, a),
            )
            return { carry: { h: inner.carry.g! }, output: inner.outputs }
          },
          { h: before(any((ops.reshape as any)(x.node, [-1, ...x.node.shape.slice(2)])), values, b) },
          x.node,
          optionsOf(a, c),
        ).outputs
      : undefined,
  // Examples on their own, which read what is beside them.
  ({ node, ...x }, values, [a, b, c]) => {
    if (!node.shape.length) return undefined
    const w = beside(node, values, c)
    const each: ((one: Untyped) => Untyped)[] = [
      one => any(ops.tanh(any(ops.add(any(ops.mul(one, w)), 0.25 as never)))),
      one => (one.shape.length ? any((softmax as any)(one, b % one.shape.length)) : any(ops.sigmoid(one))),
      one => any((mean as any)(any(ops.mul(one, w)))),
      one =>
        one.shape.length ? any((ops.cumsum as any)(any(ops.mul(one, 0.25 as never)), b % one.shape.length)) : one,
      one =>
        one.shape.length && x.exact ? any((ops.sort as any)(one, b % one.shape.length).values) : any(ops.square(one)),
      one =>
        one.shape.length === 2
          ? any(ops.mul(any(ops.dot(one as never, any(ops.permute(one, [1, 0])) as never)), 0.25 as never))
          : any(ops.neg(one)),
    ]
    return map(each[a % each.length]! as never, node as never) as unknown as Untyped
  },
  // A loop for each example.
  (x, values, [a, b, c]) =>
    x.node.shape.length >= 2 && x.node.shape[1]! <= 16
      ? (map(
          ((one: Untyped) =>
            scanned(
              ({ h }, e) => ({ carry: { h: half(h!, e) }, output: h! }),
              { h: before(one, values, b) },
              one,
              optionsOf(a, c),
            ).outputs) as never,
          x.node as never,
        ) as unknown as Untyped)
      : undefined,
  // Examples in each step.
  (x, values, [a, b, c]) =>
    hasSteps(x) && x.node.shape.length >= 2
      ? scanned(
          ({ h }, e) => {
            const next = map(
              (({ p, q }: Named) => half(p!, q!)) as never,
              { p: h!, q: e } as never,
            ) as unknown as Untyped
            return { carry: { h: next }, output: any((mean as any)(next)) }
          },
          { h: before(x.node, values, b) },
          x.node,
          optionsOf(a, c),
        ).outputs
      : undefined,
]

/** Loops over whole numbers, which wrap around. */
export const wholeLoops: Step[] = [
  (x, values, [a, b, c]) => {
    if (!hasSteps(x) || isFloat(x.node.dtype)) return undefined
    const { carry, outputs } = scanned(
      ({ h }, e) => ({ carry: { h: any(ops.add(any(ops.mul(h!, 3 as never)), e)) }, output: any(ops.maximum(h!, e)) }),
      { h: before(x.node, values, b) },
      x.node,
      optionsOf(a, c),
    )
    return c % 3 ? outputs : carry.h
  },
]
