/** What the tests of feature augmentation share: an example of every operator, its flows, and evaluation in the reference. */
import { evaluate } from '../../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { entry, trace, traceInit } from '../../../compiler/language/entry.js'
import type { Flow } from '../../../models/augment/flow.js'
import { type OperatorName, operatorNames, operators } from '../../../models/augment/operators/index.js'
import type { Operator } from '../../../models/augment/operators/operator.js'
import { siteOf } from '../../../models/augment/parse.js'
import { generator } from '../../../models/data/random.js'

export type Plain = Omit<Operator, 'apply'> & { readonly apply: (...given: any[]) => any }
export const all = operatorNames

/** Options that fit small batches and queues. */
const small: { readonly [N in OperatorName]?: object } = {
  dropblock: { block: 2 },
  mochi: { hardest: 4, count: 3 },
  'mochi-query': { hardest: 4, count: 3 },
  synco: { hardest: 4, count: 3 },
  adverse: { hardest: 4, count: 3 },
  neighbour: { bank: 16 },
  neighbours: { bank: 16, k: 3 },
  jcl: { keys: 3 },
  generator: { hidden: 6, noise: 2 },
  attention: { bank: 16, size: 4 },
}
export const make = (name: OperatorName, options: object = {}): Plain =>
  (operators[name] as (options: object) => Plain)({ ...small[name], ...options })

export const siteFor = (operator: Plain, stage = 'stage1'): string =>
  operator.kind === 'maps' ? stage : siteOf(operator as Operator)
/** The branch that an operator must be on. */
export const branchFor = ({ traits }: Plain): 'online' | 'target' | 'both' =>
  traits.includes('joint') ? 'both' : traits.includes('target') ? 'target' : 'online'

/** What `augment` accepts in place of or (`beside`) beside the online feature, on pairs, or at negatives. */
export function flowsOf({ kind, traits }: Plain, beside = true): Flow[] {
  const when = (condition: boolean, ...flows: Flow[]): Flow[] => (condition ? flows : [])
  const learned = traits.includes('learned')
  if (kind === 'pair') return ['full', 'target-stopped', 'online-stopped']
  if (traits.includes('target')) return ['stopped']
  if (kind === 'negatives') return ['stopped', ...when(learned, 'adversarial', { adversarial: 0.5 })]
  return [
    'full',
    ...when(beside, 'stopped'),
    ...when(beside && learned, 'generator'),
    ...when(!traits.includes('joint') && !traits.includes('fewer'), 'straight-through', 'delta'),
    ...when(traits.includes('statistics'), 'frozen-statistics'),
    ...when(learned, 'adversarial', { adversarial: 0.5 }),
    ...when(traits.includes('partner'), 'partner-stopped'),
    { scaled: 0.25 },
  ]
}
export const everyFlow: readonly Flow[] = [
  'full',
  'stopped',
  'generator',
  'straight-through',
  'delta',
  'frozen-statistics',
  'adversarial',
  { adversarial: 0.5 },
  'partner-stopped',
  { scaled: 0.25 },
  'target-stopped',
  'online-stopped',
]

// Numbers

export interface Values {
  readonly shape: readonly number[]
  readonly data: Float64Array
}
export function normals(seed: number, ...shape: number[]): Values {
  const random = generator(seed)
  const one = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return { shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one) }
}
export const rowOf = ({ shape, data }: Values, row: number): Float64Array => {
  const size = data.length / shape[0]!
  return data.subarray(row * size, (row + 1) * size)
}
export const rowsOf = (values: Values): Float64Array[] =>
  Array.from({ length: values.shape[0]! }, (_, row) => rowOf(values, row))
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)
export const lengthOf = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a))
export const cosineOf = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / (lengthOf(a) * lengthOf(b))
export const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!)
export const meanOf = (a: ArrayLike<number>): number => Array.from(a).reduce((sum, value) => sum + value, 0) / a.length
export const deviationOf = (a: ArrayLike<number>, correction = 0): number => {
  const m = meanOf(a)
  return Math.sqrt(Array.from(a).reduce((sum, value) => sum + (value - m) ** 2, 0) / (a.length - correction))
}
export const unitRows = (values: Values): Values => {
  const rows = rowsOf(values).map(row => row.map(value => value / lengthOf(row)))
  return { shape: values.shape, data: Float64Array.from(rows.flatMap(row => [...row])) }
}
export const near = (a: number, b: number, tolerance = 1e-9): boolean => Math.abs(a - b) <= tolerance

/** Evaluates what `body` builds of its inputs, in the reference, at step 3; variables start as `init` makes them. */
export function run(
  inputs: Readonly<Record<string, Values>>,
  body: (inputs: Record<string, Untyped>) => Record<string, Tensor>,
  { seed = 7, step = 3, variables = {} }: { seed?: number; step?: number; variables?: Record<string, Values> } = {},
): { outputs: Record<string, Values>; before: Record<string, Values>; after: Record<string, Values> } {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, [...shape]]))
  const graph = trace('test', entry(shapes, body as never))
  const started = evaluate(traceInit([graph]), { variables: { seed: 1 } }).variables
  const before: Record<string, any> = { ...started, ...variables, seed, step }
  const data = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values.data]))
  const { outputs, variables: after } = evaluate(graph, { inputs: data, variables: before })
  return { outputs: outputs as never, before, after: { ...before, ...after } as never }
}

const same = (x: Untyped): Untyped => x
/** A context without any change of gradient. */
export const context = (strength: number | undefined) => ({
  strength: strength ?? Number.NaN,
  statistics: same,
  partner: same,
  parameter: same,
  mixed: () => {},
})
/** The copy that an operator on one feature makes of `x`. */
export const copyOf = (
  operator: Plain,
  x: Values,
  { strength = operator.strength, seed = 7 }: { strength?: number | undefined; seed?: number } = {},
): Values => run({ x }, ({ x }) => ({ y: operator.apply(x, context(strength)) }), { seed }).outputs.y!
