/**
 * A program is one or more entries that share variables. An entry names its inputs and their shapes, once, as values;
 * tracing it with named sizes bound gives a graph of concrete shapes.
 */
import {
  type Graph,
  inputOperation,
  isInput,
  isVariable,
  leafName,
  nodes,
  variables as variablesIn,
} from '../graph/graph.js'
import { apply, isTensor, type Stopped, type Tensor, withUnread } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { withSizes } from '../graph/sizes.js'
import { constant } from '../ops/constant.js'
import { PLACEHOLDER } from '../ops/scan.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { thisCopy, unlessAlone } from './copies.js'
import { initialValue, isPassing, type Variable, variable, variableOf } from './module.js'
import { type Trace, tracing } from './trace.js'

/** An input of an entry: its shape, whose sizes are numbers or names, and its dtype. Made by `f32`, `i32`, `u32` and `u8`. */
export interface InputSpec<S extends Shape = Shape, D extends DType = DType> {
  readonly shape: S
  readonly dtype: D
}
const spec =
  <D extends DType>(dtype: D) =>
  <const S extends Shape>(shape: S): InputSpec<S, D> => ({ shape, dtype })
/**
 * An input of 32-bit floats: `f32(['batch', 10])`, the same as the bare shape `['batch', 10]`. As a type, a tensor of such:
 * `(x: f32<['batch', 10]>) => ...`.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export const f32 = spec('f32')
export type f32<S extends Shape, G extends Gradient = Gradient> = Tensor<S, 'f32', G>
/**
 * An input of 32-bit integers, for labels and indices: `i32(['batch'])`. As a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export const i32 = spec('i32')
export type i32<S extends Shape> = Tensor<S, 'i32'>
/**
 * An input of 32-bit integers without sign, for bits and counters. As a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export const u32 = spec('u32')
export type u32<S extends Shape> = Tensor<S, 'u32'>
/**
 * An input of bytes, as images have them: `cast` makes numbers of them, and views take them as they are. No other value is u8. As
 * a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 * @example
 * ```ts
 * const images = u8(['batch', 32, 32, 3])
 * const embed = entry({ images }, ({ images }) => ({ features: encoder(plainImage(images, 'moco-cifar')) }))
 * ```
 */
export const u8 = spec('u8')
export type u8<S extends Shape> = Tensor<S, 'u8'>

/** Inputs of an entry by name; a bare shape is f32. */
export type Inputs = Record<string, Shape | InputSpec>
type Given<T> = T extends InputSpec<infer S, infer D> ? Stopped<S, D> : T extends Shape ? Stopped<T, 'f32'> : never
type ShapeIn<T> = T extends InputSpec<infer S, any> ? S : T extends Shape ? T : never

/** A traceable function. Outputs are read back by the host; updates happen on the device. */
export interface Entry<I extends Inputs = any, O extends Record<string, Tensor> = any> {
  /** The shape and dtype of each input, by name, as `entry` was given them. */
  readonly inputs: I
  /** What is traced: from one tensor for each input to the outputs. */
  readonly body: (inputs: any) => O
}
/**
 * An entry: what a program can be asked to do. Nothing runs here; `compile` calls `body` once, with a tensor for each input, and notes
 * what it does.
 *
 * @param inputs The shape of each input by name: `['batch', 784]` for f32, else `u8`, `i32` or `u32` of a shape. A size is a
 *   number, or a name that `compile` binds.
 * @param body Gives the outputs by name, from tensors made by operations. What it tells `update` to is written at the end of each run.
 * @returns What `compile` takes, alone or with others that share its variables.
 * @throws `ShapeError` where an input has no shape; by `compile`, where shapes clash that types did not see, and for outputs that are no tensors.
 * @throws `UnboundSize`, by `compile`: for a name that it was not given.
 * @example
 * ```ts
 * const step = entry({ x: ['batch', 784], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(net(x), y) }))
 * const program = compile({ step }, { batch: 64 })
 * ```
 */
export function entry<const I extends Inputs, O extends Record<string, Tensor>>(
  inputs: I,
  body: (inputs: { [K in keyof I]: Given<I[K]> }) => O,
): Entry<I, O> {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs) || isTensor(inputs))
    throw new ShapeError(
      `entry takes the shapes of its inputs by name, as in { x: ['batch', 4] }, got ${isTensor(inputs) ? 'a tensor' : Array.isArray(inputs) ? 'a list' : what(inputs)}`,
    )
  if (typeof body !== 'function') throw new ShapeError(`the body of an entry is a function, got ${what(body)}`)
  for (const [name, given] of Object.entries(inputs as Inputs))
    if (!Array.isArray(given) && !Array.isArray((given as InputSpec | undefined)?.shape))
      throw new ShapeError(
        `input ${name} of an entry is ${what(given)}: give its shape, as in { ${name}: ['batch', 4] }, or u8([...])`,
      )
  return Object.defineProperty({ inputs, body }, madeBy, { value: thisCopy })
}
/** Which copy of Facet made an entry: what its body calls is that of the same. */
const madeBy = Symbol.for('facet-tensor.made-by')

export const isEntry = (x: unknown): x is Entry =>
  typeof x === 'object' && x !== null && 'inputs' in x && 'body' in x && typeof x.body === 'function'

/** The named sizes of an entry's inputs, as values. */
export const namesOf = ({ inputs }: Entry): string[] => [
  ...new Set(
    Object.values(inputs as Inputs).flatMap(given =>
      (Array.isArray(given) ? given : given.shape).filter(size => typeof size === 'string'),
    ),
  ),
]

/** The named sizes of an entry, or of a record of entries. */
export type Names<E> = E extends Entry<infer I, any> ? Extract<ShapeIn<I[keyof I]>[number], string> : never

/** The two variables every program has: what its random numbers are keyed by. `step` is advanced by training steps. */
export const seedVariable: Variable<Stopped<[], 'u32'>> = variable(
  () => 'seed',
  'state',
  [],
  () => constant(0, [], 'u32'),
  'u32',
)
/** Training steps taken so far, u32: what schedules depend on, and what random numbers are keyed by beside the seed. */
export const stepVariable: Variable<Stopped<[], 'u32'>> = variable(
  () => 'step',
  'state',
  [],
  () => constant(0, [], 'u32'),
  'u32',
)

/** A size that an entry names and `compile` was not given. */
export class UnboundSize extends Error {
  override name = 'UnboundSize'
}

function bind(name: string, { shape, dtype }: InputSpec, sizes: Record<string, number>): Tensor {
  const bound = shape.map(size => {
    if (typeof size === 'number') return size
    const value = sizes[size]
    if (value === undefined)
      throw new UnboundSize(
        `input ${name} has shape [${shape.join(', ')}]: size ${size} is not bound, give it to compile as { ${size}: ... }`,
      )
    return value
  })
  return apply(inputOperation, [], { name, shape: bound, dtype })
}

const what = (value: unknown): string =>
  value === undefined || value === null
    ? `${value}`
    : typeof value === 'object'
      ? 'an object'
      : `${typeof value} ${String(value).slice(0, 40)}`

/** The graph of one entry. Throws `ShapeError` and `UnboundSize`. */
export function trace(name: string, given: Entry, sizes: Record<string, number> = {}): Graph {
  if (!isEntry(given)) throw new ShapeError(`${name} is ${what(given)}, and no entry: make it by entry({ ... }, ...)`)
  if (((given as { [madeBy]?: object })[madeBy] ?? thisCopy) !== thisCopy)
    throw new ShapeError(`entry ${name} was made by another copy of Facet than compiles it${unlessAlone()}`)
  const { inputs, body } = given
  const leaves = Object.entries(inputs as Inputs).map(
    ([input, shape]) => [input, bind(input, Array.isArray(shape) ? { shape, dtype: 'f32' } : shape, sizes)] as const,
  )
  const context: Trace = {
    entry: name,
    updates: new Map(),
    seed: seedVariable.tensor,
    step: stepVariable.tensor,
    training: true,
    held: false,
    streams: new Map(),
  }
  const { result: outputs, unread } = withUnread(() =>
    tracing(context, () => withSizes(sizes, () => body(Object.fromEntries(leaves)))),
  )
  if (typeof outputs !== 'object' || outputs === null || isTensor(outputs) || outputs instanceof Promise)
    throw new ShapeError(
      `${name} returns ${outputs instanceof Promise ? 'a promise' : isTensor(outputs) ? 'a tensor' : what(outputs)}: return tensors by name, as in { loss }`,
    )
  for (const [output, value] of Object.entries(outputs as Record<string, Tensor>)) {
    if (!isTensor(value))
      throw new ShapeError(
        `output ${output} of ${name} is ${what(value)}, and no tensor: return tensors by name, made by operations (+ and * of JavaScript are none)`,
      )
    if (value.dtype === 'u8')
      throw new ShapeError(`output ${output} of ${name} is u8, which is for inputs only: cast it to u32 or f32`)
  }
  checkRead(name, unread, new Set([...Object.values(outputs as Record<string, Tensor>), ...context.updates.values()]))
  return checkLeaves({
    name,
    inputs: leaves.map(([, leaf]) => leaf),
    outputs,
    updates: [...context.updates].map(([leaf, value]) => ({ variable: leaf, value })),
  })
}

/** An answer that nothing takes was meant for JavaScript, which cannot see it: every tensor counts as true there. */
function checkRead(entry: string, unread: ReadonlySet<Tensor>, results: ReadonlySet<Tensor>): void {
  const node = [...unread].find(one => !results.has(one))
  if (!node) return
  const where = node.scope && ` (in ${node.scope})`
  throw new ShapeError(
    `entry ${entry} makes bool${show(node.shape)} by ${node.operation.name} and reads it nowhere${where}: if, ?:, && and ! of JavaScript take every tensor as true; choose with where(condition, a, b), join with logicalAnd, logicalOr and logicalNot, or leave it out`,
  )
}

/** The graph that gives every variable of `graphs` its initial value. The seed is left alone: the host sets it. */
export function traceInit(graphs: readonly Graph[]): Graph {
  const found = [
    ...new Set([seedVariable.tensor, stepVariable.tensor, ...graphs.flatMap(graph => variablesIn(graph))]),
  ].filter(leaf => leaf !== seedVariable.tensor)
  const context: Trace = {
    entry: 'init',
    updates: new Map(),
    seed: seedVariable.tensor,
    step: constant(0, [], 'u32'),
    training: true,
    held: false,
    streams: new Map(),
  }
  const updates = tracing(context, () => found.map(leaf => ({ variable: leaf, value: initialValue(variableOf(leaf)) })))
  const graph = checkLeaves({ name: 'init', inputs: [], outputs: {}, updates })
  const reads = nodes(graph).find(node => isVariable(node) && node !== seedVariable.tensor)
  if (reads) throw new ShapeError(`an initial value reads variable ${leafName(reads)}, which has no value yet`)
  return graph
}

/** A tensor of another trace has no value here: what lies in its place would be read. */
function checkOwn(graph: Graph, all: readonly Tensor[]): void {
  const own = new Set(graph.inputs)
  const foreign = all.find(node => isInput(node) && !own.has(node))
  if (foreign)
    throw new ShapeError(
      `entry ${graph.name} reads ${leafName(foreign) === PLACEHOLDER ? 'what only the steps of a scan or a map have' : `input ${leafName(foreign)} of another entry`}, through a tensor that was kept from there: compute it in this entry, return it from the loop, or give it as an input`,
    )
}

/** The way out for a module whose variables belong to one trace. */
const MADE_INSIDE = 'make it before, outside of entry(...), and call it there'
function checkLeaves(graph: Graph): Graph {
  const all = nodes(graph)
  checkOwn(graph, all)
  const updated = new Set(graph.updates.map(({ variable }) => variable))
  const seen = new Map<string, Tensor>()
  for (const leaf of variablesIn(graph, all)) {
    const name = leafName(leaf)
    if (isPassing(leaf) && !updated.has(leaf))
      throw new ShapeError(
        `the module of variable ${name} is made inside entry ${graph.name}, where nothing trains it, and nothing outside can: ${MADE_INSIDE}`,
      )
    if (seen.has(name) && seen.get(name) !== leaf)
      throw new ShapeError(
        `two variables are named ${name}: ${
          isPassing(leaf)
            ? `their module is made inside an entry or a cell, anew whenever that is traced: ${MADE_INSIDE}`
            : 'mount their modules under different names with use(name, module)'
        }`,
      )
    seen.set(name, leaf)
  }
  return graph
}
