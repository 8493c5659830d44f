/**
 * The lowering of an operation, run on the host: its scalar expressions interpreted with the JavaScript meaning of
 * each scalar function. It refuses what a device would not survive: a read outside of a tensor where the mask holds.
 */
import { type Axis, axisOf, type Expression } from '../../compiler/graph/expression.js'
import { type Tensor, topological } from '../../compiler/graph/node.js'
import type { Combine, Host } from '../../compiler/graph/operation.js'
import { numel, strides } from '../../compiler/graph/shape.js'

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

/** The value of `output`, every node on the way computed from its lowering; `leaves` holds the values of those without. */
export function evaluateLowered(outputs: readonly Tensor[], leaves: ReadonlyMap<Tensor, Host>): Host[] {
  const values = new Map<Tensor, Host>(leaves)
  for (const node of topological(outputs))
    if (!values.has(node))
      values.set(
        node,
        lowered(
          node,
          node.operands.map(operand => values.get(operand)!),
        ),
      )
  return outputs.map(output => values.get(output)!)
}

/** One node from the values of its operands. */
export function lowered(node: Tensor, operands: readonly Host[]): Host {
  const { lower, name } = node.operation
  if (!lower) throw new Error(`${name} has no lowering`)
  const readings = new Map<Expression, Reading>()
  const read = (operand: number, index: readonly Expression[], mask?: Expression): Expression => {
    if (index.length !== operands[operand]!.shape.length)
      throw new Error(`${name} reads operand ${operand} at ${index.length} indices`)
    const expression: Expression = { kind: 'name', name: `read ${readings.size}`, dtype: node.operands[operand]!.dtype }
    readings.set(expression, { operand, index, mask })
    return expression
  }
  const axes = node.shape.map((size, i): Axis => ({ name: `i${i}`, size }))
  const along = lower.family === 'reduce' ? lower.along(node) : []
  const position = along.map(axisOf)
  const index = axes.map(axisOf)
  const expression =
    lower.family === 'reduce' ? lower.element(read, index, position, node) : lower.element(read, index, node)

  const at = new Map<Axis, number>()
  const value = (x: Expression): number => {
    switch (x.kind) {
      case 'literal':
        return x.value
      case 'axis':
        if (!at.has(x.axis)) throw new Error(`${name} uses axis ${x.axis.name} that it was not given`)
        return at.get(x.axis)!
      case 'apply':
        return x.scalar.js(...x.args.map(value))
      case 'name': {
        const { operand, index: where, mask } = readings.get(x)!
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
    if (lower.family === 'map') data[i] = value(expression)
    else {
      let total = START[lower.combine]
      visit(along, at, () => {
        total = JOIN[lower.combine](total, value(expression))
      })
      data[i] = total
    }
  })
  return { shape: node.shape, data }
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
