/**
 * A loop over steps: a graph that is replayed, each time with the carries that the time before gave and with the next element
 * of the sequences. `language/scan.ts` traces a function to such a graph; `kernels/repeat.ts` makes kernels of it that run
 * again and again. Its gradient is a loop in the other direction, which computes each step again from the carries before it.
 */

import { evaluate } from '../graph/evaluate.js'
import { type Graph, inputOperation, isFloat, isInput, isVariable, resultOf } from '../graph/graph.js'
import { apply, changed, rebuild, substituted, type Tensor, topological, type Untyped } from '../graph/node.js'
import { type Attributes, isLeaf, type Operation, operation, type Type } from '../graph/operation.js'
import { showType } from '../graph/print.js'
import { numel, ShapeError } from '../graph/shape.js'
import { add } from './binary.js'
import { constant } from './constant.js'
import { hasOwnGradient } from './flow.js'
import { summedAfter } from './summed.js'

/** What a `scan` node is told. Its operands are the carries before the first step, sequences, and constants, in this order. */
export interface Scan {
  /** Inputs: as the operands, with one element of each sequence. Outputs: the next carries, then what is stacked. */
  readonly body: Graph
  /** Steps. */
  readonly length: number
  /** How many of the operands are carries, and sequences. */
  readonly carries: number
  readonly sequences: number
  /** From the last element to the first; results stand where their elements do. */
  readonly reverse: boolean
}
export const scanOf = ({ attributes }: Tensor): Scan => attributes as unknown as Scan
/** Where the results of a `scan` begin: first come the carries after the last step. */
export const resultsOf = ({ body, carries }: Scan) => {
  const all = Object.values(body.outputs)
  return { stacked: carries, states: all.length, count: all.length + carries, outputs: all }
}

const stackOf = ({ shape, dtype }: Type, length: number): Type => ({ shape: [length, ...shape], dtype })

const scanDefinition: Operation = {
  name: 'scan',
  infer(operands, attributes) {
    const { body, length, carries, sequences } = attributes as unknown as Scan
    const wrong = (problem: string): never => {
      throw new ShapeError(`scan: ${problem}`)
    }
    if (operands.length !== body.inputs.length)
      wrong(`${body.inputs.length} operands are needed, got ${operands.length}`)
    if (body.updates.length) wrong('its body updates a variable')
    body.inputs.forEach((input, i) => {
      const isSequence = i >= carries && i < carries + sequences
      const wanted = isSequence ? stackOf(input, length) : input
      if (showType(operands[i]!) !== showType(wanted))
        wrong(`operand ${i} is ${showType(operands[i]!)}, its body takes ${showType(wanted)}`)
      const next = i < carries ? Object.values(body.outputs)[i]! : input
      if (showType(next) !== showType(input))
        wrong(`carry ${i} is ${showType(input)}, and ${showType(next)} after a step`)
    })
    return { shape: [scanDefinition.results!(attributes).reduce((n, { shape }) => n + numel(shape), 0)], dtype: 'f32' }
  },
  /** The carries after the last step, what is stacked, and the carries before each step, stacked. */
  results(attributes) {
    const scan = attributes as unknown as Scan
    const { outputs } = resultsOf(scan)
    const carries = outputs.slice(0, scan.carries)
    const stacked = [...outputs.slice(scan.carries), ...carries].map(type => stackOf(type, scan.length))
    return [...carries, ...stacked]
  },
  vjpOfResults: ({ grads, out, backward }) => reversed(out, grads, backward),
  stopsOfResults: ({ results, attributes, reachedBy }) => stopsOf(attributes as unknown as Scan, results, reachedBy),
  evaluate(operands, attributes) {
    const scan = attributes as unknown as Scan
    const { body, length, carries, sequences, reverse } = scan
    const { stacked, states } = resultsOf(scan)
    const results = scanDefinition.results!(attributes).map(({ shape }) => new Float64Array(numel(shape)))
    let carry = operands.slice(0, carries).map(({ data }) => data)
    for (let step = 0; step < length; step++) {
      const at = reverse ? length - 1 - step : step
      const given = body.inputs.map((input, i) => {
        if (i < carries) return carry[i]!
        const size = numel(input.shape)
        return i < carries + sequences ? operands[i]!.data.subarray(at * size, (at + 1) * size) : operands[i]!.data
      })
      for (const [i, data] of carry.entries()) results[states + i]!.set(data, at * data.length)
      const inputs = Object.fromEntries(body.inputs.map((input, i) => [input.attributes.name, given[i]!]))
      const values = Object.values(evaluate(body, { inputs }).outputs)
      for (const [i, { data }] of values.slice(carries).entries()) results[stacked + i]!.set(data, at * data.length)
      carry = values.slice(0, carries).map(({ data }) => data)
    }
    for (const [i, data] of carry.entries()) results[i]!.set(data)
    const all = new Float64Array(results.reduce((n, { length }) => n + length, 0))
    let end = 0
    for (const result of results) {
      all.set(result, end)
      end += result.length
    }
    return all
  },
}

/** The inputs of a body by the placeholders that it was traced with, which a gradient of one's own may read when it is asked for. */
export const tracedWith = new WeakMap<Graph, ReadonlyMap<Tensor, Tensor>>()
/** Whether what is read of the steps is known only once a gradient is asked for: `customGradient`. */
const readsLater = (node: Tensor): boolean =>
  hasOwnGradient(node.attributes) ||
  (isScan(node) && topological(Object.values(scanOf(node).body.outputs)).some(readsLater))

/** The name of stand-ins, until their body is whole. */
export const PLACEHOLDER = 'placeholder'
/** A stand-in for a value inside a body that is being built: of no module, as inputs are. */
export const placeholder = ({ shape, dtype }: Type, name = PLACEHOLDER): Untyped =>
  changed(apply(inputOperation, [], { name, shape: [...shape], dtype }), { scope: '' }) as Untyped

export interface Steps {
  readonly length: number
  readonly reverse: boolean
  /** `next` is made of placeholders; `initial` is the value before the first step. */
  readonly carries: readonly { readonly placeholder: Tensor; readonly initial: Tensor; readonly next: Tensor }[]
  /** `value` has an element per step, along its first axis. */
  readonly sequences: readonly { readonly placeholder: Tensor; readonly value: Tensor }[]
  readonly outputs: readonly Tensor[]
  /** Further placeholders, and what they are in every step. */
  readonly constants?: ReadonlyMap<Tensor, Tensor>
}

/**
 * The loop whose steps are made of placeholders: its `scan` node. What no placeholder is behind is computed once, before it, and
 * read as a constant; sequences that no step reads are left out.
 */
export const scanSteps = operation(scanDefinition, (steps: Steps): Tensor => {
  const { length, reverse, carries, constants: given = new Map<Tensor, Tensor>() } = steps
  const roots = [...carries.map(({ next }) => next), ...steps.outputs]
  const order = topological(roots)
  const read = new Set(order)
  const later = order.some(readsLater)
  const sequences = steps.sequences.filter(sequence => later || read.has(sequence.placeholder))
  const leaves = [...carries, ...sequences].map(({ placeholder }) => placeholder)
  const inside = new Set<Tensor>(leaves)
  for (const node of order) if (node.operands.some(operand => inside.has(operand))) inside.add(node)

  const names = ['carry', 'element'].flatMap((name, i) => (i ? sequences : carries).map((_, at) => `${name}${at}`))
  const inputs = leaves.map((leaf, i) => placeholder(leaf, names[i]!))
  const done = new Map<Tensor, Tensor>(leaves.map((leaf, i) => [leaf, inputs[i]!]))
  const constants = new Map<Tensor, Tensor>()
  /** Outside of the loop: with the values that placeholders have in every step. */
  const outer = new Map<Tensor, Tensor>(given)
  for (const node of order) {
    if (inside.has(node)) {
      if (!done.has(node)) done.set(node, rebuild(node, node.operands.map(bodyOf)))
    } else if (!outer.has(node))
      outer.set(
        node,
        rebuild(
          node,
          node.operands.map(operand => outer.get(operand)!),
        ),
      )
  }
  const outputs = Object.fromEntries(
    roots.map((root, i) => [i < carries.length ? `carry${i}` : `output${i - carries.length}`, bodyOf(root)]),
  )
  const operands = [
    ...carries.map(({ initial }) => initial),
    ...sequences.map(({ value }) => value),
    ...constants.keys(),
  ]
  const body: Graph = { name: 'body', inputs: [...inputs, ...constants.values()], outputs, updates: [] }
  tracedWith.set(body, new Map(leaves.map((leaf, i) => [leaf, inputs[i]!])))
  const scan: Scan = { body, length, carries: carries.length, sequences: sequences.length, reverse }
  return apply(scanDefinition, operands, scan as unknown as Attributes)

  /** A node as the body has it. */
  function bodyOf(node: Tensor): Tensor {
    if (inside.has(node)) return done.get(node)!
    const value = outer.get(node)!
    if (isInline(value))
      return rebuild(
        value,
        value.operands.map(operand => bodyOfOuter(operand)),
      )
    return bodyOfOuter(value)
  }
  function bodyOfOuter(value: Tensor): Tensor {
    const known = constants.get(value) ?? placeholder(value, `constant${constants.size}`)
    constants.set(value, known)
    return known
  }
})
/** Computed in every step rather than kept: numbers and counters. Bytes are in memory only where they come from outside. */
const isInline = (value: Tensor): boolean =>
  !isLeaf(value.operation) && (value.operands.length === 0 || value.dtype === 'u8')

/** The gradients of a loop's operands: a loop in the other direction over the carries before each step. */
function reversed(
  out: Tensor,
  grads: readonly (Tensor | undefined)[],
  backward: Parameters<NonNullable<Operation['vjpOfResults']>>[0]['backward'],
): (Tensor | null)[] {
  const scan = scanOf(out)
  const { body, length, carries, sequences, reverse } = scan
  const { stacked, states, outputs } = resultsOf(scan)
  const isSequence = (i: number) => i >= carries && i < carries + sequences
  const floats = body.inputs.flatMap((leaf, i) => (isFloat(leaf.dtype) ? [i] : []))
  const zeros = ({ shape, dtype }: Type): Tensor => constant(0, [...shape], dtype)

  // What flows back into a step: through its carries, and from what is stacked.
  const flowing = floats.filter(i => i < carries).map(i => ({ i, cotangent: placeholder(outputs[i]!) }))
  const given = outputs.flatMap((output, i) => {
    const value = i < carries ? undefined : grads[stacked + i - carries]
    return value ? [{ placeholder: placeholder(output), value, output }] : []
  })
  const gradients = substituted(
    backward(
      [
        ...flowing.map(({ i, cotangent }) => [outputs[i]!, cotangent] as const),
        ...given.map(one => [one.output, one.placeholder] as const),
      ],
      floats.map(i => body.inputs[i]!),
    ),
    tracedWith.get(body) ?? new Map(),
  )
  const gradientOf = new Map(floats.map((i, at) => [i, gradients[at]!]))
  // The carry before a step may have been read by itself.
  const read = flowing.flatMap(({ i }) => {
    const value = grads[states + i]
    return value ? [{ i, placeholder: placeholder(outputs[i]!), value }] : []
  })
  const carried = flowing.map(({ i, cotangent }) => {
    const own = read.find(one => one.i === i)
    const next = gradientOf.get(i)!
    return {
      placeholder: cotangent,
      initial: grads[i] ?? zeros(cotangent),
      next: own ? (add(next, own.placeholder) as Tensor) : next,
    }
  })
  const constants = floats.filter(i => i >= carries + sequences && !isZero(gradientOf.get(i)!))
  /** Of each step, stacked already. */
  const known = new Map<Tensor, Tensor>([
    ...body.inputs.slice(0, carries).map((leaf, i) => [leaf, resultOf(out, states + i)] as const),
    ...body.inputs.slice(carries, carries + sequences).map((leaf, i) => [leaf, out.operands[carries + i]!] as const),
    ...given.map(one => [one.placeholder, one.value] as const),
    ...read.map(one => [one.placeholder, one.value] as const),
  ])
  const varying = dependents([...flowing.map(one => one.cotangent), ...known.keys()], [...gradientOf.values()])
  const after = new Map(
    constants.flatMap(i => {
      const found = summedAfter(gradientOf.get(i)!, x => known.has(x))
      return found?.stacked.every(x => varying.has(x)) ? [[i, found] as const] : []
    }),
  )
  const summed = constants
    .filter(i => !after.has(i))
    .map(i => {
      const so = placeholder(body.inputs[i]!)
      return { i, placeholder: so, initial: zeros(so), next: add(so, gradientOf.get(i)!) as Tensor }
    })
  const elements = floats.filter(i => isSequence(i) && !isZero(gradientOf.get(i)!))
  const stacks = [...new Set([...after.values()].flatMap(({ stacked }) => stacked))].filter(x => !known.has(x))
  const loop = scanSteps({
    length,
    reverse: !reverse,
    carries: [...carried, ...summed],
    sequences: [...known].map(([placeholder, value]) => ({ placeholder, value })),
    outputs: [...elements.map(i => gradientOf.get(i)!), ...stacks],
    constants: new Map(
      body.inputs.slice(carries + sequences).map((leaf, i) => [leaf, out.operands[carries + sequences + i]!]),
    ),
  })
  const results = [...flowing.map(({ i }) => i), ...summed.map(({ i }) => i), ...elements]
  const stackOf = (x: Tensor): Tensor => known.get(x) ?? resultOf(loop, results.length + stacks.indexOf(x))
  return body.inputs.map((_, i) => {
    const at = results.indexOf(i)
    const made = after.get(i)
    if (made) return made.make(made.stacked.map(stackOf))
    return at < 0 ? null : resultOf(loop, at)
  })
}
type Flow = Parameters<NonNullable<Operation['stopsOfResults']>>[0]
/** Why no gradient of some results flows to operands: what flows to a carry of one step flows to all that the step before made it of. */
function stopsOf(scan: Scan, results: Flow['results'], reachedBy: Flow['reachedBy']): Map<number, string> {
  const { body, carries } = scan
  const { stacked, states, outputs } = resultsOf(scan)
  const ends = new Map<Tensor, string>()
  const roots = new Set<Tensor>()
  for (const result of results) {
    if (result < carries) roots.add(outputs[result]!)
    else if (result < states) roots.add(outputs[result - stacked + carries]!)
    else roots.add(body.inputs[result - states]!)
  }
  let reached: ReadonlySet<Tensor>
  let before: number
  do {
    before = roots.size
    reached = reachedBy([...roots], (operand, reason) => ends.set(operand, reason))
    for (const [i, carry] of body.inputs.slice(0, carries).entries()) if (reached.has(carry)) roots.add(outputs[i]!)
  } while (roots.size > before)
  /** The reason of the first end that is made of a node. */
  const reasons = new Map<Tensor, string>()
  for (const [end, reason] of ends) {
    const behind = [end]
    for (const node of behind)
      if (!reasons.has(node)) {
        reasons.set(node, reason)
        behind.push(...node.operands)
      }
  }
  return new Map(
    body.inputs.flatMap((input, i) =>
      reached.has(input)
        ? []
        : [[i, reasons.get(input) ?? 'what is used of the scan is not computed from it'] as const],
    ),
  )
}
/** What is computed from `leaves`, among all that `roots` are. */
function dependents(leaves: readonly Tensor[], roots: readonly Tensor[]): Set<Tensor> {
  const found = new Set(leaves)
  for (const node of topological(roots)) if (node.operands.some(operand => found.has(operand))) found.add(node)
  return found
}
const isZero = (x: Tensor): boolean => x.operation === constant.operation && x.attributes.value === 0

export const isScan = (node: Tensor): boolean => node.operation === scanDefinition
/** A leaf that is given from outside, rather than computed by a loop. */
export const isGiven = (node: Tensor): boolean => isInput(node) || isVariable(node)
