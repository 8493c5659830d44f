/**
 * A node of the graph: an operation, its operands and attributes, the type of the result and the module path that
 * built it. `Tensor` *is* the node, typed: users, gradient rules and passes handle the same object.
 */

import type { Shape } from '../types/shape.js'
import type { DType, Gradient, Tensor as TypedTensor } from '../types/tensor.js'
import type { Attributes, Operation } from './operation.js'
import { postOrder } from './reach.js'
import { checkShape, ShapeError, show } from './shape.js'

/**
 * A value while an entry is traced: a node of its graph with a shape, a dtype and the operation that makes it. It holds
 * no numbers.
 *
 * @typeParam S The shape: sizes, or names that `compile` binds, such as `['batch', 64]`.
 * @typeParam D The dtype: `'f32'` where nothing else is said.
 * @typeParam G `'flows'` where a gradient may pass to parameters, `'stopped'` where none does.
 */
export interface Tensor<
  out S extends Shape | string = any,
  out D extends DType = DType,
  out G extends Gradient = Gradient,
> extends TypedTensor<S, D, G> {
  /** What makes it from the operands. */
  readonly operation: Operation
  /** What it is made of, in the order that the operation takes. */
  readonly operands: readonly Tensor[]
  /** What the operation was told beside its operands: axes, a stride, the name of a variable. */
  readonly attributes: Attributes
  /** Path of the modules that were open when the node was built: `encoder.layer1.0`. */
  readonly scope: string
}
/** A tensor through which no gradient flows: a target, a key, a queue row. */
export type Stopped<S extends Shape = any, D extends DType = 'f32'> = Tensor<S, D, 'stopped'>
/** A tensor whose type is taken on trust: for bodies of functions whose signature says what they do. */
export type Untyped = Tensor<any, any, any>

let scope: readonly string[] = []
export const currentScope = (): string => scope.join('.')

/** Runs `body` with `name` appended to the scope of the nodes it builds. An empty name changes nothing. */
export function withScope<T>(name: string, body: () => T): T {
  const outer = scope
  if (name) scope = [...scope, name]
  try {
    return body()
  } finally {
    scope = outer
  }
}

export const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && Object.hasOwn(x, 'operation')
/** What was given instead of a tensor, for errors. */
export const given = (x: unknown): string =>
  typeof x === 'function'
    ? `a function${x.name && ` (${x.name})`}: call it`
    : Array.isArray(x)
      ? 'a list: tensor(list) makes one of numbers'
      : typeof x === 'object' && x !== null
        ? 'an object'
        : typeof x === 'boolean'
          ? `${x} of JavaScript, whose ! and === look at no values: logicalNot, equal and less give tensors`
          : `${typeof x === 'string' ? `'${x}'` : x}`
/** The same where what belongs is no tensor, which may be what was given. */
export const described = (x: unknown): string => (isTensor(x) ? 'a tensor' : given(x))

/** What JavaScript makes of a node where it wants a number or a text: no value is there to compare or add. */
const asValue = {
  [Symbol.toPrimitive](this: Tensor, wanted: string): string {
    const text = `${this.dtype}${show(this.shape)}`
    if (wanted === 'string') return `${text} made by ${this.operation.name}`
    throw new ShapeError(
      `a tensor (${text} made by ${this.operation.name}) has no number while it is traced, which JavaScript's + - * / < > == would take: use add, sub, mul, div, less, greater, equal`,
    )
  },
}

let unread: Set<Tensor> | undefined
/** Runs `body` and tells of the bools that it made which no operation has taken. */
export function withUnread<T>(body: () => T): { readonly result: T; readonly unread: ReadonlySet<Tensor> } {
  const [outer, own] = [unread, new Set<Tensor>()]
  unread = own
  try {
    return { result: body(), unread: own }
  } finally {
    unread = outer
  }
}
/** Takes note that something else than an operation depends on a bool. */
export const markRead = (x: Tensor): void => void unread?.delete(x)

/** Throws `ShapeError` unless all are tensors, saying that `what` takes such and what it got. */
export function checkTensors(what: string, all: readonly unknown[]): void {
  for (const one of all) if (!isTensor(one)) throw new ShapeError(`${what} takes tensors, got ${given(one)}`)
}

/** The shape of what must be a tensor, for a function that reads it before any operation does. Throws `ShapeError` as `checkTensors` does. */
export function shapeOf<T extends { readonly shape: unknown }>(what: string, x: T): T['shape'] {
  checkTensors(what, [x])
  return x.shape
}

/** Throws `ShapeError` unless `f` is a function, saying that `what` takes one and what it got. */
export function checkFunction(what: string, f: unknown): void {
  if (typeof f !== 'function') throw new ShapeError(`${what} takes a function, got ${described(f)}`)
}

/** Throws `ShapeError` unless `list` is a list (of so many), saying that `what` takes one, such as `example`, and what it got. */
export function checkList(what: string, list: unknown, example: string, length?: number): void {
  if (!Array.isArray(list) || (length !== undefined && list.length !== length))
    throw new ShapeError(
      `${what} takes ${length === undefined ? 'a list' : `a list of ${length}`}, as in ${example}, got ${Array.isArray(list) ? `[${list}]` : described(list)}`,
    )
}

let standIns: ReadonlyMap<Tensor, Tensor> | undefined

/** Runs `body` with other nodes in the place of some wherever these would be an operand. */
export function withStandIns<T>(others: ReadonlyMap<Tensor, Tensor>, body: () => T): T {
  const outer = standIns
  standIns = new Map([...(outer ?? []), ...others])
  try {
    return body()
  } finally {
    standIns = outer
  }
}

/** `body`, which is run later with what stands in for other nodes now. */
export function withTheseStandIns<A extends readonly unknown[], T>(body: (...inputs: A) => T): (...inputs: A) => T {
  const these = standIns
  return these ? (...inputs) => withStandIns(these, () => body(...inputs)) : body
}

/** Whether bools of this operation are answers: computed, and not moved, given or carried by a loop, which may leave some of them. */
const answers = ({ lower }: Operation): boolean =>
  lower !== undefined && !(lower.family === 'map' && lower.movement === true)

/** Builds a node: the one place where shapes are inferred. Errors say which operation, on what, in which module. */
export function apply(
  operation: Operation,
  all: readonly Tensor[],
  attributes: Attributes = {},
): Tensor<any, any, any> {
  const operands = standIns ? all.map(operand => standIns?.get(operand) ?? operand) : all
  checkTensors(operation.name, operands)
  try {
    const { shape, dtype } = operation.infer(operands, attributes)
    const node = {
      __proto__: asValue,
      operation,
      operands,
      attributes,
      shape: checkShape(shape, `the result of ${operation.name}`),
      dtype,
      scope: currentScope(),
    } as unknown as Tensor<any, any, any>
    for (const operand of all) markRead(operand)
    if (dtype === 'bool' && answers(operation)) unread?.add(node)
    return node
  } catch (error) {
    if (error instanceof ShapeError && scope.length && !error.message.includes(' (in '))
      error.message += ` (in ${currentScope()})`
    throw error
  }
}

/** The same node with some of its parts replaced; nothing is inferred. */
export const changed = (node: Tensor, parts: Partial<Tensor>): Tensor =>
  ({ __proto__: asValue, ...node, ...parts }) as Tensor

/** The same node on other operands, in its own scope. Used by passes; types are inferred anew. */
export function rebuild(node: Tensor, operands: readonly Tensor[]): Tensor {
  if (operands.every((operand, i) => operand === node.operands[i])) return node
  const { shape, dtype } = node.operation.infer(operands, node.attributes)
  return changed(node, { operands, shape: shape as number[], dtype })
}

/** Nodes as they are with other nodes in the place of some of which they are made. */
export function substituted(roots: readonly Tensor[], others: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const done = new Map(others)
  const now = (node: Tensor): Tensor => done.get(node) ?? node
  for (const node of topological(roots)) if (!done.has(node)) done.set(node, rebuild(node, node.operands.map(now)))
  return roots.map(now)
}

/** Every node that the outputs need, operands before users. */
export function topological(outputs: Iterable<Tensor>): Tensor[] {
  return [...postOrder(outputs, ({ operands }) => operands)]
}
