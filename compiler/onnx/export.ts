/**
 * A graph as an ONNX model (opset 17), for inference elsewhere. An entry is traced at two batch sizes: sizes that differ
 * are multiples of the batch, which stays a name in the model. What depends on nothing is computed here, in float64.
 *
 * @module facet-tensor/onnx
 */
import { type Graph, inputOperation, isVariable, leafName, nodes } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import type { Host } from '../graph/operation.js'
import { show } from '../graph/shape.js'
import { type Entry, trace } from '../language/entry.js'
import { unrolled } from '../passes/loops.js'
import { optimize } from '../passes/pipeline.js'
import type { DType } from '../types/tensor.js'
import { type Builder, operations, type Parameters, type Size } from './operations.js'
import {
  attributeKind,
  elementType,
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './proto.js'

/** A graph that has no form in ONNX. */
export class OnnxError extends Error {
  override name = 'OnnxError'
}

/** What `onnxModel` is told. */
export interface OnnxOptions {
  /** What the model is called. Default: `model`. */
  readonly name?: string
  /** Named sizes of the entry's inputs other than `batch`. Default: none. */
  readonly sizes?: Readonly<Record<string, number>>
  /** Values of the variables, by name, little-endian as the device gives them. */
  readonly values: Readonly<Record<string, ArrayBufferView>>
  /** What variables are called in the model. Default: their names. */
  readonly rename?: (name: string) => string
}

const IR_VERSION = 8
const OPSET = 17
/** Two batch sizes that no shape mixes up. */
const [SMALL, LARGE] = [2, 3]

/**
 * The bytes of a model of an entry, with its inputs and outputs by name; the size that its inputs call `batch` is free.
 * Throws `OnnxError`, with the operation and its module path, for what has no form there: updates of variables, random
 * numbers, gradients, sizes that do not grow with the batch alone.
 *
 * ```ts
 * const embed = entry({ x: ['batch', 3, 32, 32] }, ({ x }) => ({ features: evaluating(() => encoder(x)) }))
 * writeFileSync('encoder.onnx', onnxModel(embed, { values: await session.readVariables() }))
 * ```
 */
export function onnxModel(
  entry: Entry,
  { name: title = 'model', sizes: bound = {}, values, rename = name => name }: OnnxOptions,
): Uint8Array {
  const [graph, larger] = [SMALL, LARGE].map(batch => optimize(unrolled(trace(title, entry, { ...bound, batch })))) as [
    Graph,
    Graph,
  ]
  if (graph.updates.length > 0)
    throw new OnnxError(
      `${graph.name} updates ${leafName(graph.updates[0]!.variable)}: export an entry that only computes`,
    )
  const order = nodes(graph)
  const others = nodes(larger)
  const alike = order.length === others.length && order.every((node, i) => node.operation === others[i]!.operation)
  if (!alike) throw new OnnxError(`${graph.name} is another graph for batches of ${SMALL} and of ${LARGE}`)
  const sizes = new Map(order.map((node, i) => [node, sizesOf(node, others[i]!)]))

  const made: OnnxNode[] = []
  const initializers = new Map<string, OnnxTensor>()
  const names = new Map<Tensor, string>()
  const folded = new Map<Tensor, Host>()
  let batch: string | undefined

  const constant = (name: string, type: number, dims: readonly number[], data: ArrayBufferView): string => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    if (!initializers.has(name)) initializers.set(name, { name, type, dims, bytes })
    return name
  }
  const build = (node: Tensor): Builder => {
    const builder: Builder = {
      add(type, inputs, attributes = {}, result = 0) {
        const name = [node.scope, `${type}.${made.length}`].filter(Boolean).join('/')
        const outputs = [...Array.from({ length: result }, (_, i) => `${name}:${i}`), name]
        made.push({ name, type, inputs, outputs, attributes: attributesOf(attributes) })
        return name
      },
      ints: list =>
        constant(
          `[${list}]`,
          elementType.i64,
          [list.length],
          BigInt64Array.from(list, value => BigInt(value)),
        ),
      scalar: (value, { dtype }) => constant(`${dtype} ${value}`, elementType[dtype], [], encode([value], dtype)),
      sizes: of => sizes.get(of)!,
      shape(list) {
        if (list.every(size => typeof size === 'number')) return builder.ints(list as number[])
        const first = graph.inputs.find(input => typeof sizes.get(input)![0] === 'object')
        if (!first) return builder.refuse('has a size of the batch, which no input has as its first')
        batch ??= builder.add('Shape', [names.get(first)!], { start: 0, end: 1 })
        const { batch: per } = sizes.get(first)![0] as { batch: number }
        const parts = list.map(size => {
          if (typeof size === 'number') return builder.ints([size])
          if (size.batch % per !== 0) return builder.refuse(`has ${size.batch} / ${per} of the batch`)
          return size.batch === per ? batch! : builder.add('Mul', [batch!, builder.ints([size.batch / per])])
        })
        return builder.add('Concat', parts, { axis: 0 })
      },
      refuse(reason) {
        const where = node.scope && ` in ${node.scope}`
        throw new OnnxError(`${node.operation.name}${where} cannot be exported to ONNX: ${reason}`)
      },
    }
    return builder
  }

  for (const node of order) {
    const builder = build(node)
    const known = node.operands.map(operand => folded.get(operand))
    const leaf = node.operation === inputOperation || isVariable(node)
    const fixed = sizes.get(node)!.every(size => typeof size === 'number')
    if (leaf) {
      const name = leafName(node)
      names.set(node, node.operation === inputOperation ? name : rename(name))
      if (!isVariable(node)) continue
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (!value) throw new OnnxError(`variable ${name} has no value`)
      constant(rename(name), elementType[node.dtype], node.shape, value)
    } else if (fixed && known.every(host => host !== undefined)) {
      const { shape, dtype } = node
      const data = node.operation.evaluate(known as Host[], node.attributes, node)
      folded.set(node, { shape, data })
      // A scalar by its value, so that equal ones are one; it is kept only if something that remains reads it.
      const name = shape.length === 0 ? `${dtype} ${data[0]}` : `constant.${folded.size}`
      names.set(node, constant(name, elementType[dtype], shape, encode(data, dtype)))
    } else {
      const form = Object.hasOwn(operations, node.operation.name) ? operations[node.operation.name] : undefined
      if (!form) builder.refuse('there is no form of it')
      names.set(
        node,
        form!(
          builder,
          node.operands.map(operand => names.get(operand)!),
          node,
        ),
      )
    }
  }
  // An output has the name it is known by, even if it is an input or a constant.
  const outputs = Object.entries(graph.outputs).map(([name, node]): OnnxValue => {
    made.push({ name: `output ${name}`, type: 'Identity', inputs: [names.get(node)!], outputs: [name], attributes: [] })
    return interfaceOf(name, node, sizes.get(node)!)
  })
  const read = new Set(made.flatMap(({ inputs }) => inputs))
  return encodeModel({
    irVersion: IR_VERSION,
    producer: 'facet',
    opsets: [{ domain: '', version: OPSET }],
    graph: {
      name: graph.name,
      nodes: made,
      initializers: [...initializers.values()].filter(({ name }) => read.has(name)),
      inputs: graph.inputs.map(input => interfaceOf(leafName(input), input, sizes.get(input)!)),
      outputs,
    },
  })
}

/** What of a shape grows with the batch. */
const sizesOf = (small: Tensor, large: Tensor): Size[] =>
  small.shape.map((size, axis) => {
    const other = large.shape[axis]!
    if (size === other) return size
    if (size % SMALL === 0 && (size / SMALL) * LARGE === other) return { batch: size / SMALL }
    throw new OnnxError(
      `${small.operation.name}${small.scope && ` in ${small.scope}`} has shape ${show(small.shape)} for batches of ${SMALL} and ${show(large.shape)} for ${LARGE}: no multiple of the batch`,
    )
  })

const interfaceOf = (name: string, { dtype }: Tensor, sizes: readonly Size[]): OnnxValue => ({
  name,
  type: {
    tensor: {
      element: elementType[dtype],
      shape: {
        dims: sizes.map(size =>
          typeof size === 'number' ? { size } : { name: size.batch === 1 ? 'batch' : `${size.batch} batch` },
        ),
      },
    },
  },
})

const attributesOf = (attributes: Parameters): OnnxAttribute[] =>
  Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') return { name, kind: attributeKind.int, int: value }
    if (typeof value === 'string') return { name, kind: attributeKind.text, text: new TextEncoder().encode(value) }
    return { name, kind: attributeKind.ints, ints: value }
  })

function encode(values: ArrayLike<number>, dtype: DType): ArrayBufferView {
  if (dtype === 'i32') return Int32Array.from(values)
  if (dtype === 'u32') return Uint32Array.from(values)
  if (dtype === 'u8' || dtype === 'bool') return Uint8Array.from(values)
  if (dtype === 'f32') return Float32Array.from(values)
  throw new OnnxError(`constants of ${dtype} cannot be exported to ONNX: compile with precision 'f32'`)
}
