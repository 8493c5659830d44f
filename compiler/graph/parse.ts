/** The text form back to a graph (its grammar: `grammar.ts`). Types stand in the text and are inferred too: both must agree. */
import type { IToken } from 'chevrotain'
import type { DType } from '../types/tensor.js'
import { type GraphText, read, TextError, type TypeText } from './grammar.js'
import { type Graph, inputOperation, isVariable, leafName } from './graph.js'
import { nearest } from './nearest.js'
import { apply, type Tensor, withScope } from './node.js'
import type { Attributes, Operation, Value } from './operation.js'
import { showType } from './print.js'
import { ShapeError } from './shape.js'

export { TextError } from './grammar.js'

/**
 * The graph that `text` describes; `operations` are the known ones by name (`ops/index.ts`).
 * Throws `TextError`.
 */
export function parse(text: string, operations: ReadonlyMap<string, Operation>): Graph {
  return build(read(text), text, operations)
}

const isGraphText = (value: Value | GraphText): value is GraphText =>
  typeof value === 'object' && value !== null && 'nodes' in value && 'updates' in value

const DTYPES: readonly string[] = ['f32', 'f16', 'i32', 'u32', 'u8', 'bool'] satisfies DType[]

function build(tree: GraphText, text: string, operations: ReadonlyMap<string, Operation>): Graph {
  const fail = (problem: string, at: IToken): never => {
    throw new TextError(problem, text, at.startOffset, at.image.length)
  }
  const known = new Map<string, Tensor>()
  const variables = new Map<string, Tensor>()
  const node = (id: IToken): Tensor =>
    known.get(id.image) ?? fail(`${id.image} is not defined: operands stand before their users`, id)

  const dtypeOf = ({ dtype }: TypeText): DType =>
    DTYPES.includes(dtype.name)
      ? (dtype.name as DType)
      : fail(`${dtype.name} is no dtype: the dtypes are ${DTYPES.join(', ')}`, dtype.at)

  /** Builds a node, puts what its rules say at its place in the text, and holds it to the type that the text gives it. */
  function define(id: IToken, type: TypeText, at: IToken, make: () => Tensor): Tensor {
    if (known.has(id.image)) fail(`${id.image} is defined twice`, id)
    const stated = showType({ dtype: dtypeOf(type), shape: type.shape })
    let made: Tensor
    try {
      made = make()
    } catch (error) {
      return fail((error as Error).message, at)
    }
    if (showType(made) !== stated)
      fail(`${made.operation.name} gives ${showType(made)}, the text says ${stated}`, type.dtype.at)
    known.set(id.image, made)
    return made
  }

  const inputs = tree.inputs.map(({ id, type, name }) =>
    define(id, type, name.at, () => {
      if (tree.inputs.find(other => other.name.name === name.name)!.id !== id)
        throw new ShapeError(`two inputs are named "${name.name}"`)
      return apply(inputOperation, [], { name: name.name, shape: type.shape, dtype: dtypeOf(type) })
    }),
  )

  for (const { id, type, operation: word, operands, attributes, scope } of tree.nodes) {
    const operation =
      operations.get(word.image) ??
      fail(`operation ${word.image} is unknown, the nearest are ${nearest(word.image, [...operations.keys()])}`, word)
    const given: Record<string, Value | Graph> = {}
    for (const { name, value } of attributes) {
      if (name.image in given) fail(`attribute ${name.image} is given twice`, name)
      if (value !== undefined) given[name.image] = isGraphText(value) ? build(value, text, operations) : value
      else if (name.image === 'shape') given.shape = type.shape
      else if (name.image === 'dtype') given.dtype = dtypeOf(type)
      else fail(`attribute ${name.image} has no value: only shape and dtype may be left to the type`, name)
    }
    const values = operands.map(node)
    const made = define(id, type, word, () => withScope(scope, () => apply(operation, values, given as Attributes)))
    if (isVariable(made)) {
      if (variables.has(leafName(made))) fail(`two variables are named "${leafName(made)}"`, word)
      variables.set(leafName(made), made)
    }
  }

  const outputs: Record<string, Tensor> = {}
  for (const { name, id } of tree.outputs) {
    if (name.name in outputs) fail(`output ${name.name} is given twice`, name.at)
    outputs[name.name] = node(id)
  }
  const updated = new Set<Tensor>()
  const updates = tree.updates.map(({ name, id }) => {
    const variable =
      variables.get(name.name) ??
      fail(
        `no variable is named ${name.name}` +
          (variables.size ? `, the nearest are ${nearest(name.name, [...variables.keys()])}` : ''),
        name.at,
      )
    if (updated.has(variable)) fail(`variable ${name.name} is updated twice`, name.at)
    updated.add(variable)
    const value = node(id)
    if (showType(value) !== showType(variable))
      fail(`variable ${name.name} is ${showType(variable)}, its update is ${showType(value)}`, id)
    return { variable, value }
  })
  return { name: tree.name, inputs, outputs, updates }
}
