/**
 * Graphs of one example on many at once: values that depend on the example get a leading axis. Pointwise operations, movement,
 * reductions and products are themselves again, by a row each in `rules`; of all others the lowering says how: `each.NAME` reads the
 * operands of `NAME` at the example of the element that it computes, and has the gradient of `NAME`, on many at once.
 */
import { dependencies } from '../graph/dependencies.js'
import { axisOf } from '../graph/expression.js'
import { inputOperation, resultOf, resultOperation } from '../graph/graph.js'
import { apply, type Tensor, topological, type Untyped } from '../graph/node.js'
import {
  type Attributes,
  elementAt,
  type Host,
  isLeaf,
  type Lowering,
  type Operation,
  type Type,
} from '../graph/operation.js'
import { numel, ShapeError } from '../graph/shape.js'
import { hasOwnGradient } from './flow.js'
import { broadcastTo, permute, reshape } from './movement.js'
import { sum } from './reduce.js'
import { isScan, placeholder, type Scan, scanOf, tracedWith } from './scan.js'

/** The roots on all examples, `[examples, ...]`, given values of that shape for nodes of one. What depends on none is repeated. */
export function onEach(roots: readonly Tensor[], given: ReadonlyMap<Tensor, Tensor>, examples: number): Tensor[] {
  const done = new Map<Tensor, Tensor>(given)
  for (const node of topological(roots)) {
    if (done.has(node) || !node.operands.some(operand => done.has(operand))) continue
    const many = node.operands.map(operand => done.get(operand))
    if (isScan(node)) done.set(node, scanOnMany(node, many, examples, done))
    else if (node.operation === resultOperation) done.set(node, resultOnMany(node, many[0]!))
    else done.set(node, onMany(node, many, examples, done))
  }
  return roots.map(root => done.get(root) ?? repeated(root, examples))
}
const repeated = (x: Tensor, examples: number): Untyped =>
  broadcastTo(reshape(x as Untyped, [1, ...x.shape]) as Untyped, [examples, ...x.shape]) as Untyped

/** The same loop with the carries of all examples, which stacks `[steps, examples, ...]`. */
function scanOnMany(
  node: Tensor,
  many: readonly (Tensor | undefined)[],
  examples: number,
  onAll: ReadonlyMap<Tensor, Tensor>,
): Tensor {
  const { body, carries, sequences, ...scan } = scanOf(node)
  const given = new Map(
    body.inputs.flatMap((one, i): [Tensor, Tensor][] =>
      i < carries || many[i]
        ? [[one, placeholder({ ...one, shape: [examples, ...one.shape] }, one.attributes.name)]]
        : [],
    ),
  )
  const leaves = [...(tracedWith.get(body) ?? [])].flatMap(([leaf, input]): [Tensor, Tensor][] =>
    given.has(input) ? [[leaf, given.get(input)!]] : [],
  )
  const outputs = onEach(Object.values(body.outputs), new Map([...onAll, ...leaves, ...given]), examples)
  const operands = node.operands.map((operand, i) => {
    if (i < carries) return many[i] ?? repeated(operand, examples)
    return many[i] && i < carries + sequences ? swapped(many[i]) : (many[i] ?? operand)
  })
  const ofMany: Scan = {
    ...scan,
    carries,
    sequences,
    body: {
      ...body,
      inputs: body.inputs.map(one => given.get(one) ?? one),
      outputs: Object.fromEntries(Object.keys(body.outputs).map((name, i) => [name, outputs[i]!])),
    },
  }
  tracedWith.set(ofMany.body, new Map(leaves))
  return apply(node.operation, operands, ofMany as unknown as Attributes)
}
/** A result of a loop; `loop` is that of all examples. */
const resultOnMany = ({ attributes: { index } }: Tensor, loop: Tensor): Tensor =>
  index < scanOf(loop).carries ? resultOf(loop, index) : swapped(resultOf(loop, index))
/** `[examples, steps, ...]` as `[steps, examples, ...]`, and back. */
function swapped(x: Tensor): Untyped {
  if (x.dtype === 'u8') throw new ShapeError('map of a function with a scan over u8: cast them before the scan')
  return permute(x as Untyped, [1, 0, ...x.shape.map((_, axis) => axis).slice(2)] as never) as Untyped
}

/** `many`: the operands that depend on the example, on all. `onAll`: all that has been computed on all. */
function onMany(
  node: Tensor,
  many: readonly (Tensor | undefined)[],
  examples: number,
  onAll: ReadonlyMap<Tensor, Tensor>,
): Tensor {
  const { operation, operands, attributes } = node
  const all = () => operands.map((operand, i) => many[i] ?? repeated(operand, examples))
  // Axes that broadcasting would add stand behind that of the examples.
  const aligned = (operand: Tensor, i: number): Tensor => {
    const value = many[i]
    const missing = node.shape.length - operand.shape.length
    if (!value || missing === 0) return value ?? operand
    return reshape(value as Untyped, [examples, ...Array(missing).fill(1), ...operand.shape]) as Untyped
  }
  if (operation.name === 'broadcast')
    return apply(operation, operands.map(aligned), { ...attributes, shape: [examples, ...node.shape] })
  if (isPointwise(node)) return apply(operation, operands.map(aligned), attributes)
  // All rows by one matrix are a product, not one for each example.
  if (operation.name === 'dot' && many[0] && !many[1] && attributes.batch[0].length === 0)
    return apply(operation, [many[0], operands[1]!], {
      ...attributes,
      contract: [later(attributes.contract[0]), attributes.contract[1]],
    })
  const rule = rules[operation.name]
  if (rule) return apply(operation, all(), rule(attributes, node, examples))
  const ofMany = { attributes, many: many.map(value => value !== undefined) }
  // No part of the text form, as the gradient that may read it.
  if (hasOwnGradient(attributes)) Object.defineProperty(ofMany, 'onAll', { value: onAll })
  return apply(
    eachOf(operation),
    operands.map((operand, i) => many[i] ?? operand),
    ofMany,
  )
}

/** An element of the result is made of the elements of the operands at its own position, and says nothing of where that is. */
function isPointwise({ operation, operands, attributes, shape, ...node }: Tensor): boolean {
  const { lower } = operation
  const moves = lower?.family === 'map' && lower.movement && (operands.length > 1 || Object.keys(attributes).length > 0)
  if (lower?.family !== 'map' || moves || 'backward' in attributes) return false
  const index = shape.map((size, axis) => axisOf({ name: `i${axis}`, size }))
  let inPlace = true
  const element = lower.element(
    (operand, at) => {
      const own = operands[operand]!
      const lead = shape.length - own.shape.length
      if (at.some((e, axis) => e !== index[axis + lead] && !(own.shape[axis] === 1 && e.kind === 'literal')))
        inPlace = false
      return { kind: 'name', name: `x${operand}`, dtype: own.dtype }
    },
    index,
    { operation, operands, attributes, shape, ...node } as Tensor,
  )
  return inPlace && [...dependencies(element)].every(dependency => typeof dependency === 'string')
}

type Rule = (attributes: Attributes, node: Tensor, examples: number) => Attributes
const later = (axes: readonly number[]): number[] => axes.map(axis => axis + 1)
const reduction: Rule = at => ({ ...at, axes: later(at.axes) })
/** Attributes of operations on values with one more axis, the first. */
const rules: Readonly<Record<string, Rule>> = {
  reshape: (at, _, examples) => ({ ...at, shape: [examples, ...at.shape] }),
  permute: at => ({ ...at, order: [0, ...later(at.order)] }),
  slice: (at, _, examples) => ({ start: [0, ...at.start], stop: [examples, ...at.stop], step: [1, ...at.step] }),
  pad: at => ({ ...at, low: [0, ...at.low], high: [0, ...at.high], interior: [0, ...at.interior] }),
  concat: at => ({ ...at, axis: at.axis + 1 }),
  flip: reduction,
  sum: reduction,
  max: reduction,
  min: reduction,
  prod: reduction,
  dot: at => ({
    ...at,
    batch: at.batch.map((axes: number[]) => [0, ...later(axes)]),
    contract: at.contract.map(later),
  }),
}

// Operations of which the lowering says how

const made = new Map<Operation, Operation>()
/** Attributes `attributes` (of the operation on one example) and `many` (which operands have a leading axis). */
export function eachOf(operation: Operation): Operation {
  const known = made.get(operation)
  if (known) return known
  const each: Operation = {
    name: `each.${operation.name}`,
    infer(operands, { attributes, many }) {
      const { shape, dtype } = operation.infer(onesOf(operands, many), attributes)
      return { shape: [examplesOf(operands, many), ...shape], dtype }
    },
    evaluate(operands, { attributes, many }, { shape, dtype }) {
      const [examples, ...own] = shape as [number, ...number[]]
      const data = new Float64Array(numel(shape))
      for (let i = 0; i < examples; i++) {
        const one = onesOf(operands, many).map((type, at): Host => {
          const size = numel(type.shape)
          return many[at] ? { ...type, data: type.data.subarray(i * size, (i + 1) * size) } : type
        })
        data.set(operation.evaluate(one, attributes, { shape: own, dtype }), i * numel(own))
      }
      return data
    },
    ...(operation.stops && { stops: operation.stops }),
    ...(operation.vjp && {
      vjp({ grad, out, operands, attributes: { attributes, many, onAll } }) {
        const one = oneOf(out)
        const own = one.operands.map((operand, i) => (many[i] ? stand(operand) : operands[i]!))
        const [example, gradient] = [{ ...one, operands: own } as Tensor, stand(one)]
        const parts = operation.vjp!({
          grad: gradient as Untyped,
          out: example as Untyped,
          operands: own as Untyped[],
          attributes,
        })
        const given = new Map<Tensor, Tensor>([
          ...((onAll as ReadonlyMap<Tensor, Tensor> | undefined) ?? []),
          [gradient, grad],
          [example, out],
          ...own.flatMap((operand, i): [Tensor, Tensor][] => (many[i] ? [[operand, operands[i]!]] : [])),
        ])
        return parts.map((part, i) => {
          if (!part) return null
          const [all] = onEach([part], given, grad.shape[0]!) as [Untyped]
          return many[i] ? all : (sum(all, 0) as Untyped)
        })
      },
    }),
    ...(operation.lower && { lower: lowerEach(operation.lower) }),
  }
  made.set(operation, each)
  return each

  /** The node of one example, as far as rules look at it. */
  function oneOf(node: Tensor): Tensor {
    const { attributes, many } = node.attributes
    return {
      ...node,
      operation,
      attributes,
      operands: onesOf(node.operands, many),
      shape: node.shape.slice(1),
    } as unknown as Tensor
  }
  function lowerEach(lower: Lowering): Lowering {
    type Args = Parameters<typeof elementAt>
    const at = (read: Args[1], index: Args[2], node: Tensor, position: Args[4] = []) =>
      elementAt(
        lower,
        (operand, own, mask) => read(operand, node.attributes.many[operand] ? [index[0]!, ...own] : own, mask),
        index.slice(1),
        oneOf(node),
        position,
      )
    if (lower.family === 'reduce')
      return {
        ...lower,
        along: node => lower.along(oneOf(node)),
        element: (read, index, position, node) => at(read, index, node, position),
      }
    if (lower.family === 'order') return { ...lower, axis: node => lower.axis(oneOf(node)) + 1, key: at }
    return { ...lower, element: at }
  }
}
const onesOf = <T extends Pick<Type, 'shape'>>(operands: readonly T[], many: readonly boolean[]): T[] =>
  operands.map((operand, i) => (many[i] ? { ...operand, shape: operand.shape.slice(1) } : operand))
const examplesOf = (operands: readonly Type[], many: readonly boolean[]): number =>
  operands[many.indexOf(true)]!.shape[0]!
const stand = ({ shape, dtype }: Type): Tensor =>
  apply(inputOperation, [], { name: 'example', shape: [...shape], dtype })

/** `each.NAME` of every operation that has a lowering. */
export const eachOperations = (operations: Iterable<Operation>): Operation[] =>
  [...operations].filter(operation => !isLeaf(operation) && !operation.exchanged).map(eachOf)
