/**
 * ONNX files: the messages of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that a model needs, as
 * types and as a table of field numbers, written in protobuf's wire format.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { DType } from '../types/tensor.js'

export interface OnnxModel {
  readonly irVersion: number
  readonly producer: string
  readonly opsets: readonly { readonly domain: string; readonly version: number }[]
  readonly graph: OnnxGraph
}
export interface OnnxGraph {
  readonly name: string
  readonly doc?: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}
export interface OnnxNode {
  readonly name: string
  /** The operator, `Conv`. */
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly OnnxAttribute[]
}
export type OnnxAttribute = { readonly name: string; readonly kind: number } & (
  | { readonly int: number }
  | { readonly text: Uint8Array }
  | { readonly ints: readonly number[] }
)
export interface OnnxTensor {
  readonly name: string
  readonly type: number
  readonly dims: readonly number[]
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array
}
export interface OnnxValue {
  readonly name: string
  readonly type: {
    readonly tensor: {
      readonly element: number
      /** A size, or the name of one that a caller chooses. */
      readonly shape: { readonly dims: readonly ({ readonly size: number } | { readonly name: string })[] }
    }
  }
}

/** `TensorProto.DataType`. */
export const elementType: Readonly<Record<DType | 'i64', number>> = {
  f32: 1,
  u8: 2,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  u32: 12,
}
/** `AttributeProto.AttributeType`. */
export const attributeKind = { int: 2, text: 3, ints: 7 } as const

type Field = readonly [number: number, kind: 'int' | 'text' | 'bytes' | keyof typeof messages]
/** Field numbers and kinds; a list is a repeated field. */
const messages = {
  model: { irVersion: [1, 'int'], producer: [2, 'text'], graph: [7, 'graph'], opsets: [8, 'opset'] },
  opset: { domain: [1, 'text'], version: [2, 'int'] },
  graph: {
    nodes: [1, 'node'],
    name: [2, 'text'],
    initializers: [5, 'tensor'],
    doc: [10, 'text'],
    inputs: [11, 'value'],
    outputs: [12, 'value'],
  },
  node: {
    inputs: [1, 'text'],
    outputs: [2, 'text'],
    name: [3, 'text'],
    type: [4, 'text'],
    attributes: [5, 'attribute'],
  },
  attribute: { name: [1, 'text'], int: [3, 'int'], text: [4, 'bytes'], ints: [8, 'int'], kind: [20, 'int'] },
  tensor: { dims: [1, 'int'], type: [2, 'int'], name: [8, 'text'], bytes: [9, 'bytes'] },
  value: { name: [1, 'text'], type: [2, 'type'] },
  type: { tensor: [1, 'tensorType'] },
  tensorType: { element: [1, 'int'], shape: [2, 'shape'] },
  shape: { dims: [1, 'dim'] },
  dim: { size: [1, 'int'], name: [2, 'text'] },
} as const

/** The bytes of a model. */
export const encodeModel = (model: OnnxModel): Uint8Array => write(new BinaryWriter(), 'model', model).finish()

function write(writer: BinaryWriter, message: keyof typeof messages, value: object): BinaryWriter {
  for (const [name, [number, kind]] of Object.entries<Field>(messages[message])) {
    const given = (value as Record<string, unknown>)[name]
    for (const item of Array.isArray(given) ? given : given === undefined ? [] : [given]) {
      if (kind === 'int') writer.tag(number, WireType.Varint).int64(item)
      else if (kind === 'text') writer.tag(number, WireType.LengthDelimited).string(item)
      else if (kind === 'bytes') writer.tag(number, WireType.LengthDelimited).bytes(item)
      else write(writer.tag(number, WireType.LengthDelimited).fork(), kind, item).join()
    }
  }
  return writer
}
