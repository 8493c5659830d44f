/**
 * The lowering of an operation, run on the host: its scalar expressions interpreted with the JavaScript meaning of
 * each scalar function. It refuses what a device would not survive: a read outside of a tensor where the mask holds.
 */
import { type Axis, axisOf, type Expression, type Primitive } from '../../compiler/graph/expression.js'
import { type Tensor, topological } from '../../compiler/graph/node.js'
import type { Combine, Host, Lowering, Read } from '../../compiler/graph/operation.js'
import { numel, strides } from '../../compiler/graph/shape.js'
import { inPrimitives } from '../../compiler/kernels/expanded.js'
import { wrap } from '../../compiler/ops/elementwise.js'

/** A read that the interpreter resolves; it travels as an `apply` of a scalar without arguments. */
interface Reading {
  readonly operand: number
  readonly index: readonly Expression[]
  readonly mask: Expression | undefined
}

const START: Record<Combine, number> = { sum: 0, prod: 1, max: -Infinity, min: Infinity }
const JOIN: Record<Combine, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
}

/**
 * The value of `output`, every node on the way computed from its lowering; `leaves` holds the values of those without. In
 * primitives: by the formulas that devices compute, instead of what the functions of operations mean.
 */
export function evaluateLowered(
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Host>,
  { primitives = false } = {},
): Host[] {
  const values = new Map<Tensor, Host>(leaves)
  for (const node of topological(outputs))
    if (!values.has(node))
      values.set(
        node,
        lowered(
          node,
          node.operands.map(operand => values.get(operand)!),
          primitives,
        ),
      )
  return outputs.map(output => values.get(output)!)
}

/** One node from the values of its operands. */
export function lowered(node: Tensor, operands: readonly Host[], primitives = false): Host {
  const { lower, name } = node.operation
  if (!lower) throw new Error(`${name} has no lowering`)
  const readings = new Map<string, Reading>()
  const read = (operand: number, index: readonly Expression[], mask?: Expression): Expression => {
    if (index.length !== operands[operand]!.shape.length)
      throw new Error(`${name} reads operand ${operand} at ${index.length} indices`)
    const reading = `read ${readings.size}`
    readings.set(reading, { operand, index, mask })
    return { kind: 'name', name: reading, dtype: node.operands[operand]!.dtype }
  }
  const axes = node.shape.map((size, i): Axis => ({ name: `i${i}`, size }))
  if (lower.family === 'order') return inOrder(node, operands, primitives)
  const along = lower.family === 'reduce' ? lower.along(node) : []
  const position = along.map(axisOf)
  const index = axes.map(axisOf)
  const written =
    lower.family === 'reduce' ? lower.element(read, index, position, node) : lower.element(read, index, node)

  const expression = primitives ? inPrimitives([written]).get(written)! : written

  const at = new Map<Axis, number>()
  /** Of the parts, at one point. */
  const values = new Map<Expression, number>()
  const value = (x: Expression): number => {
    if (!values.has(x)) values.set(x, computed(x))
    return values.get(x)!
  }
  const computed = (x: Expression): number => {
    switch (x.kind) {
      case 'literal':
        return x.value
      case 'axis':
        if (!at.has(x.axis)) throw new Error(`${name} uses axis ${x.axis.name} that it was not given`)
        return at.get(x.axis)!
      case 'apply':
        return applied(x, x.args.map(value))
      case 'name': {
        const { operand, index: where, mask } = readings.get(x.name)!
        if (mask && !value(mask)) return Number.NaN
        const { shape, data } = operands[operand]!
        const step = strides(shape)
        return data[
          where.reduce((sum, expression, axis) => {
            const i = value(expression)
            if (!(Number.isInteger(i) && i >= 0 && i < shape[axis]!))
              throw new Error(`${name} reads element ${i} along axis ${axis} of [${shape}]`)
            return sum + i * step[axis]!
          }, 0)
        ]!
      }
      default:
        throw new Error(`${name} lowers to a ${x.kind}`)
    }
  }
  const data = new Float64Array(numel(node.shape))
  visit(axes, at, i => {
    values.clear()
    if (lower.family === 'map') data[i] = value(expression)
    else {
      let total = START[lower.combine]
      visit(along, at, () => {
        values.clear()
        total = JOIN[lower.combine](total, value(expression))
      })
      data[i] = total
    }
  })
  return { shape: node.shape, data }
}

/** Rows in order of their keys: these are what a map would give. */
function inOrder(node: Tensor, operands: readonly Host[], primitives: boolean): Host {
  const lower = node.operation.lower as Extract<Lowering, { family: 'order' }>
  const { shape } = node.operands[0]!
  const element = (read: Read, index: readonly Expression[]): Expression => lower.key(read, index, node)
  const operation = { ...node.operation, lower: { family: 'map', element } as const }
  const keys = lowered({ ...node, operation, shape } as Tensor, operands, primitives)
  const axis = lower.axis(node)
  const step = strides(shape)[axis]!
  const data = new Float64Array(numel(node.shape))
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor(i / (step * node.shape[axis]!))
    const start = row * step * shape[axis]! + (i % step)
    const key = (j: number): number => keys.data[start + j * step]!
    const order = Array.from({ length: shape[axis]! }, (_, j) => j).sort((a, b) => key(a) - key(b) || a - b)
    data[i] = order[Math.floor(i / step) % node.shape[axis]!]!
  }
  return { shape: node.shape, data }
}

/** Registers of integers wrap. */
function applied({ scalar, dtype }: Extract<Expression, { kind: 'apply' }>, args: readonly number[]): number {
  const { js, integer = js } = scalar as Primitive
  return dtype === 'i32' || dtype === 'u32' ? wrap(integer(...args), dtype) : js(...args)
}

/** Sets `at` to every position along `axes`, row-major. */
function visit(axes: readonly Axis[], at: Map<Axis, number>, body: (position: number) => void): void {
  const shape = axes.map(axis => axis.size)
  const step = strides(shape)
  for (let i = 0; i < numel(shape); i++) {
    axes.forEach((axis, k) => {
      at.set(axis, Math.floor(i / step[k]!) % axis.size)
    })
    body(i)
  }
}
