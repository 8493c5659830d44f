/** Loops over the steps of a sequence: recurrent networks, running statistics, iterative solvers. */

import { resultOf } from '../graph/graph.js'
import { apply, checkFunction, given, isTensor, markRead, type Tensor, type Untyped } from '../graph/node.js'
import { isLeaf } from '../graph/operation.js'
import { checkOptions } from '../graph/options.js'
import { showType } from '../graph/print.js'
import { ShapeError, show } from '../graph/shape.js'
import { concat } from '../ops/concat.js'
import { reshape } from '../ops/movement.js'
import { placeholder, resultsOf, scanOf, scanSteps } from '../ops/scan.js'
import { slice } from '../ops/slice.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Gradient } from '../types/tensor.js'
import { bits } from './random.js'
import { reseeded, tracedNow, updatingNothing } from './trace.js'

/** A tensor, or tensors by name. */
export type Tree = Tensor | { readonly [name: string]: Tensor }
export type Each<T> = T extends Tensor ? T : T[keyof T]
/** A carry: the types of its tensors, and gradients flow through it. */
type CarriedTensor<T> = T extends Tensor<infer S, infer D> ? Tensor<S, D, Gradient> : never
export type Carried<C> = C extends Tensor ? CarriedTensor<C> : { readonly [K in keyof C]: CarriedTensor<C[K]> }
/** What one step sees of a sequence: its first axis is gone. */
type ElementTensor<T> =
  T extends Tensor<infer A, infer D, infer G>
    ? Tensor<{ s: A } extends { s: [any, ...infer R extends any[]] } ? R : any, D, G>
    : never
export type ElementOf<S> = S extends Tensor ? ElementTensor<S> : { readonly [K in keyof S]: ElementTensor<S[K]> }
export type LengthOf<T> =
  T extends Tensor<infer A> ? ({ s: A } extends { s: [infer N extends Dim, ...any[]] } ? N : number) : never
/** What steps give, stacked along a new first axis. */
type StackedTensor<N extends Dim, T> =
  T extends Tensor<infer A, infer D, infer G>
    ? Tensor<{ s: A } extends { s: infer S extends Shape } ? [N, ...S] : any, D, G>
    : never
export type Stacked<N extends Dim, O> = O extends Tensor
  ? StackedTensor<N, O>
  : { readonly [K in keyof O]: StackedTensor<N, O[K]> }

/** What `scan` may be told. */
export interface ScanOptions {
  /**
   * How many steps there are between two carries that are kept for the gradient, which computes the carries between them again:
   * `'sqrt'` keeps about as many as lie between two. Default 1: every carry is kept.
   */
  readonly stride?: number | 'sqrt'
  /** From the last element to the first; outputs stand where their elements do. Default false. */
  readonly reverse?: boolean
}

/**
 * Calls `cell` with the carry and one element of `sequence` after the other: `sequence` has a step per element of its first axis,
 * `[T, ...]`. Gives the carry after the last step, and the outputs stacked, `[T, ...]`. The cell is traced once and its kernels are
 * run `T` times, so what a program holds and how long it takes to compile do not grow with `T`. Gradients flow to the initial
 * carry, to the sequence and to whatever the cell reads besides; what depends on no carry is best computed outside, of all steps
 * at once (`x W` of a recurrent layer). Every step draws random numbers of its own. Throws `ShapeError` where a step gives a
 * carry of another type than it got, and for `update` in a cell: make it part of the carry.
 */
export const scan = scanTrees as unknown as <C extends Tree, S extends Tree, O extends Tree>(
  cell: (carry: Carried<C>, element: ElementOf<S>) => { readonly carry: Carried<C>; readonly output: O },
  initial: C,
  sequence: S,
  options?: ScanOptions,
) => { carry: Carried<C>; outputs: Stacked<LengthOf<Each<S>>, O> }

function scanTrees(
  cell: (carry: Tree, element: Tree) => { readonly carry: Tree; readonly output: Tree },
  initial: Tree,
  sequence: Tree,
  options: ScanOptions = {},
): { carry: Tree; outputs: Tree } {
  checkOptions('scan', options, ['stride', 'reverse'])
  checkFunction('scan', cell)
  const { stride = 1, reverse = false } = options
  const [carries, sequences] = [leavesOf(initial), leavesOf(sequence)]
  const length = lengthOf(sequences)
  const each = stride === 'sqrt' ? Math.ceil(Math.sqrt(length)) : stride
  if (!Number.isInteger(each) || each < 1)
    throw new ShapeError(`scan takes a stride of whole steps from 1, or 'sqrt', got ${String(stride)}`)
  const bytes = carries.find(({ dtype }) => dtype === 'u8')
  if (bytes ?? sequences.find(({ dtype, operation }) => dtype === 'u8' && (each > 1 || !isLeaf(operation))))
    throw new ShapeError('scan takes u8 in sequences that are inputs alone, and with a stride of 1: cast them')

  let output: Tree | undefined
  const step: Step = (carry, elements) => {
    const [key] = elements.slice(sequences.length)
    const body = () => cell(like(initial, carry), like(sequence, elements))
    const result = updatingNothing('the cell of scan', 'make it part of the carry', () =>
      key ? reseeded(key, body) : body(),
    )
    if (typeof result !== 'object' || result === null || !('carry' in result && 'output' in result))
      throw new ShapeError('the cell of scan returns { carry, output }')
    output = result.output
    const next = carriedBy(initial, carry, result.carry)
    next.forEach(markRead)
    return { carry: next, outputs: leavesOf(result.output) }
  }
  // A key per step for what it draws, the same with any stride. A cell that draws nothing does not read it.
  const all = tracedNow() ? [...sequences, bits([length]) as Tensor] : sequences
  const found = each === 1 ? run(step, carries, all, reverse) : runInSegments(step, carries, all, reverse, each)
  return { carry: like(initial, found.carry), outputs: like(output!, found.outputs) }
}

type Flat = { readonly carry: readonly Tensor[]; readonly outputs: readonly Tensor[] }
/** One step, on lists. */
type Step = (carry: readonly Tensor[], elements: readonly Tensor[]) => Flat

/** The loop: sequences have at least one element. */
function run(step: Step, initial: readonly Tensor[], sequences: readonly Tensor[], reverse: boolean): Flat {
  const carries = initial.map(value => ({ placeholder: placeholder(value), initial: value }))
  const elements = sequences.map(value => ({
    placeholder: placeholder({ shape: value.shape.slice(1), dtype: value.dtype }),
    value,
  }))
  const [carry, given] = [carries, elements].map(list => list.map(one => one.placeholder))
  const made = step(carry!, given!)
  const node = scanSteps({
    length: sequences[0]!.shape[0]!,
    reverse,
    carries: carries.map((one, i) => ({ ...one, next: made.carry[i]! })),
    sequences: elements,
    outputs: made.outputs,
  })
  const { stacked } = resultsOf(scanOf(node))
  return {
    carry: made.carry.map((_, i) => resultOf(node, i)),
    outputs: made.outputs.map((_, i) => resultOf(node, stacked + i)),
  }
}

/** A loop over segments of so many steps, and one over those that are left: gradients keep the carries between segments. */
function runInSegments(
  step: Step,
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  reverse: boolean,
  stride: number,
): Flat {
  const length = sequences[0]!.shape[0]!
  // Where there are no two, all steps are one segment.
  const each = length < 2 * stride ? length : stride
  const segments = Math.floor(length / each)
  const rest = length % each
  const [from, to] = reverse ? [rest, length] : [0, length - rest]
  const cut = (x: Tensor, start: number, stop: number): Untyped =>
    start === 0 && stop === length ? (x as Untyped) : (slice(x as Untyped, 0, start, stop) as Untyped)
  const segmented = sequences.map(x => reshape(cut(x, from, to), [segments, each, ...x.shape.slice(1)]) as Untyped)
  const main = run((carry, elements) => run(step, carry, elements, reverse), initial, segmented, reverse)
  const joined = main.outputs.map(x => reshape(x as Untyped, [segments * each, ...x.shape.slice(2)]) as Untyped)
  if (rest === 0) return { carry: main.carry, outputs: joined }
  const tail = run(
    step,
    main.carry,
    sequences.map(x => (reverse ? cut(x, 0, rest) : cut(x, length - rest, length))),
    reverse,
  )
  const outputs = joined.map((x, i) => {
    const parts = reverse ? [tail.outputs[i]!, x] : [x, tail.outputs[i]!]
    return apply(concat.operation, parts, { axis: 0 }) as Untyped
  })
  return { carry: tail.carry, outputs }
}

// Trees

/** The tensors of what a loop takes or gives: a bool among them counts as read, whatever becomes of it there. */
export function leavesOf(tree: Tree, what = 'scan'): Tensor[] {
  if (isTensor(tree)) {
    markRead(tree)
    return [tree]
  }
  const wrong = Object.entries(Object(tree)).find(([, value]) => !isTensor(value))
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree) || wrong)
    throw new ShapeError(
      `${what} takes tensors, or tensors by name, got ${wrong && !Array.isArray(tree) ? `${wrong[0]}: ${given(wrong[1])}` : given(tree)}`,
    )
  const leaves: Tensor[] = Object.values(tree)
  leaves.forEach(markRead)
  return leaves
}

/** Tensors by the names that others have. */
export const like = (tree: Tree, tensors: readonly Tensor[]): Tree =>
  isTensor(tree) ? tensors[0]! : Object.fromEntries(Object.keys(tree).map((name, i) => [name, tensors[i]!]))

export function lengthOf(sequences: readonly Tensor[], what = 'scan'): number {
  const [first] = sequences
  const length = first?.shape[0]
  if (length === undefined)
    throw new ShapeError(
      `${what} takes ${what === 'scan' ? 'a sequence of shape [steps, ...]' : 'tensors of shape [examples, ...]'}, got ${first ? show(first.shape) : 'none'}`,
    )
  const other = sequences.find(({ shape }) => shape[0] !== length)
  if (other)
    throw new ShapeError(
      `${what} takes ${what === 'scan' ? 'sequences' : 'tensors'} of one length, got ${length} and ${other.shape[0] ?? 'a scalar'}`,
    )
  return length
}

/** The carry after a step, in the order of the one before; both must have the same names and types. */
function carriedBy(initial: Tree, before: readonly Tensor[], carry: Tree): Tensor[] {
  const found = new Map(named(carry))
  const names = named(initial).map(([name]) => name)
  const extra = [...found.keys()].find(name => !names.includes(name))
  if (extra !== undefined) throw new ShapeError(`the carry of scan has no ${extra} before the step, and one after it`)
  return names.map((name, i) => {
    const next = found.get(name)
    const what = name ? `carry ${name} of scan` : 'the carry of scan'
    if (!next) throw new ShapeError(`${what} is missing after the step`)
    if (showType(next) !== showType(before[i]!))
      throw new ShapeError(`${what} is ${showType(before[i]!)} before the step, and ${showType(next)} after it`)
    return next
  })
}
const named = (tree: Tree): [string, Tensor][] => {
  const tensors = leavesOf(tree)
  return isTensor(tree) ? [['', tree]] : Object.keys(tree).map((name, i) => [name, tensors[i]!])
}
