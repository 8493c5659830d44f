/**
 * A graph: the leaves it reads, the values it returns and the variables it replaces. It is pure: an update names the
 * value that a variable has after the run, and every read sees the value from before it.
 */
import type { DType } from '../types/tensor.js'
import { apply, rebuild, type Tensor, topological } from './node.js'
import type { Operation, Type } from './operation.js'
import { numel, ShapeError } from './shape.js'

/**
 * A traced entry: a directed acyclic graph of tensors from its inputs and the variables to its outputs and updates.
 * `print` shows it.
 */
export interface Graph {
  /** The name of the entry. */
  readonly name: string
  /** What the entry returns, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>
  /** `variable` is a leaf node; `value` has its shape and dtype. */
  readonly updates: readonly { readonly variable: Tensor; readonly value: Tensor }[]
  /** Declared inputs, in order, also those that nothing reads. */
  readonly inputs: readonly Tensor[]
}

const given = (name: string): Operation => ({
  name,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: (_, attributes) => {
    throw new Error(`${name} ${attributes.name} has no value: evaluate was given none`)
  },
})
/** Attributes `name`, `shape`, `dtype`. Its value is given at each run. */
export const inputOperation = given('input')
/** Attributes `name`, `shape`, `dtype`, `kind`. Its value is kept between runs. */
export const variableOperation = given('variable')

/** Attributes `index` and `offset`: one of the results of an operation that has several, and where it begins in its `evaluate`. */
export const resultOperation: Operation = {
  name: 'result',
  infer([of], { index }) {
    const { operation, attributes } = of as Tensor
    const type = operation?.results?.(attributes)[index]
    if (!type) throw new ShapeError(`${operation?.name ?? 'an operand'} has no result ${index}`)
    return type
  },
  evaluate: ([of], { offset }, { shape }) => of!.data.subarray(offset, offset + numel(shape)),
}
/** A result of `of`, by its position among `Operation.results`. */
export function resultOf(of: Tensor, index: number): Tensor<any, any, any> {
  const before: readonly Type[] = of.operation.results!(of.attributes).slice(0, index)
  return apply(resultOperation, [of], { index, offset: before.reduce((n, { shape }) => n + numel(shape), 0) })
}

/** `'parameter'`: trained, gradients flow to it. `'state'`: replaced by updates only. */
export type VariableKind = 'parameter' | 'state'

export const isGraph = (value: unknown): value is Graph =>
  typeof value === 'object' && value !== null && 'outputs' in value && 'updates' in value

export const isVariable = (node: Tensor): boolean => node.operation === variableOperation
export const isInput = (node: Tensor): boolean => node.operation === inputOperation
/** The name of an input, or of a variable with the path of its module: `encoder.layer1.0.conv1.weight`. */
export const leafName = (node: Tensor): string => node.attributes.name as string

export const roots = (graph: Graph): Tensor[] => [
  ...Object.values(graph.outputs),
  ...graph.updates.map(update => update.value),
]
/** Every node, operands before users. */
export const nodes = (graph: Graph): Tensor[] => topological([...graph.inputs, ...roots(graph)])
/** The variables that are read or updated, by name. `all`: the graph's nodes, where they are known. */
export function variables(graph: Graph, all: readonly Tensor[] = nodes(graph)): Tensor[] {
  const found = new Set([...all.filter(isVariable), ...graph.updates.map(update => update.variable)])
  return [...found].sort((a, b) => (leafName(a) < leafName(b) ? -1 : 1))
}

/** How often each node is read, by operands of other nodes and by the graph's results. */
export function users(graph: Graph): Map<Tensor, Tensor[]> {
  const out = new Map<Tensor, Tensor[]>(nodes(graph).map(node => [node, []]))
  for (const node of out.keys()) for (const operand of node.operands) out.get(operand)!.push(node)
  return out
}

/** The graph with every node replaced by what `rewrite` makes of it (operands are rewritten first); `before` is the node as it was. */
export function mapGraph(graph: Graph, rewrite: (node: Tensor, before: Tensor) => Tensor): Graph {
  const done = new Map<Tensor, Tensor>()
  for (const node of nodes(graph))
    done.set(
      node,
      rewrite(
        rebuild(
          node,
          node.operands.map(operand => done.get(operand)!),
        ),
        node,
      ),
    )
  return {
    ...graph,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, done.get(value)!])),
    updates: graph.updates.map(({ variable, value }) => ({ variable, value: done.get(value)! })),
  }
}

export const isInteger = (dtype: DType): boolean => dtype === 'i32' || dtype === 'u32' || dtype === 'u8'
export const isFloat = (dtype: DType): boolean => dtype === 'f32' || dtype === 'f16'
