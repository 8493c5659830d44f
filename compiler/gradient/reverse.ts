/**
 * Reverse-mode differentiation as a graph transformation: walks the graph from the loss to the leaves and asks each
 * operation for its vector-Jacobian products. The driver, not the rules, adds up over uses and sums over broadcast axes.
 */
import { isFloat, resultOperation } from '../graph/graph.js'
import { given, isTensor, shapeOf, type Tensor, topological, withScope } from '../graph/node.js'
import { checkOptions } from '../graph/options.js'
import { ShapeError, show } from '../graph/shape.js'
import { add } from '../ops/binary.js'
import { constant } from '../ops/constant.js'
import { reshape } from '../ops/movement.js'
import { sum } from '../ops/reduce.js'
import type { Gradient } from '../types/tensor.js'

export interface GradOptions {
  /** Zeros where no gradient reaches any of the tensors, as for the second derivative of what may be linear. Default: refused. */
  readonly unreached?: 'zeros'
}
/**
 * Gradients of a scalar with respect to tensors it was computed from, shaped like them: by the names that the tensors are given
 * with, or of one tensor, `grad(loss, x)`. Zeros for those among several that nothing flows to. Throws `ShapeError` if the loss is
 * no floating-point scalar, for tensors of integers, and where nothing flows to any.
 */
export function grad<const P extends Tensor | Record<string, Tensor>, G extends Gradient>(
  loss: Tensor<[], 'f32', G>,
  wrt: P,
  options: GradOptions = {},
): Gradients<P, G> {
  if (isTensor(wrt)) return grad(loss, { 'the tensor': wrt as Tensor }, options)['the tensor'] as Gradients<P, G>
  checkOptions('grad', options, ['unreached'])
  const by: Record<string, Tensor> = Object(wrt)
  const names = Object.keys(by)
  const wrong = names.find(name => !isTensor(by[name]))
  if (typeof wrt !== 'object' || wrt === null || wrong !== undefined)
    throw new ShapeError(
      `grad takes a tensor, or tensors by name, as in grad(loss, { x }) or namedParameters(module), got ${wrong !== undefined && typeof wrt === 'object' ? `${wrong}, which is ${given(by[wrong])}` : given(wrt)}`,
    )
  const tensors = names.map(name => by[name]!)
  const integer = names.find(name => !isFloat(by[name]!.dtype))
  if (integer !== undefined)
    throw new ShapeError(`a gradient is taken with respect to f32 or f16, and ${integer} is ${by[integer]!.dtype}`)
  const gradients = gradientList(loss, tensors)
  if (options.unreached !== 'zeros' && names.length > 0) checkReached(loss, names, tensors)
  return Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) as Gradients<P, G>
}

/** A gradient is computed of all that its loss is: it can be differentiated again, with respect to whatever that could be. */
type Gradients<P, G extends Gradient> = 0 extends 1 & P
  ? Record<string, Tensor<any, 'f32', G>>
  : P extends Tensor<infer S, infer D>
    ? Tensor<S, D, G>
    : { [K in keyof P]: P[K] extends Tensor<infer S, infer D> ? Tensor<S, D, G> : never }

/** Throws unless a gradient of `loss` reaches one of `tensors`, with what is in the way. */
function checkReached(loss: Tensor, names: readonly string[], tensors: readonly Tensor[]): void {
  const ends: [Tensor, reason: string][] = []
  const reached = reachedBy([loss], (operand, reason) => ends.push([operand, reason]))
  if (tensors.some(tensor => reached.has(tensor))) return
  const before = (end: Tensor): boolean => {
    const behind = new Set(topological([end]))
    return tensors.some(tensor => behind.has(tensor))
  }
  const reason = [...new Map(ends)].find(([end]) => before(end))?.[1]
  const [what, they] = names.length === 1 ? [names[0]!, 'it'] : [`any of ${names.slice(0, 6).join(', ')}`, 'them']
  throw new ShapeError(
    `no gradient flows from the loss to ${what}: ${reason ?? `it was not computed from ${they}`}. Leave it out, or say { unreached: 'zeros' } to be given zeros`,
  )
}

/** What gradients of `roots` flow to; `ends` is told what they do not go on to, and why. */
export function reachedBy(
  roots: readonly Tensor[],
  ends?: (operand: Tensor, reason: string) => void,
): ReadonlySet<Tensor> {
  const reached = new Set(roots)
  /** Of operations with several results, those with a gradient. */
  const several = new Map<Tensor, Set<number>>()
  for (const node of topological(roots).reverse()) {
    if (!reached.has(node)) continue
    const { operation, operands, attributes } = node
    if (operation === resultOperation) {
      const [of] = operands as [Tensor]
      several.set(of, (several.get(of) ?? new Set()).add(attributes.index))
      reached.add(of)
      continue
    }
    const results = several.get(node)
    const stopped = results && operation.stopsOfResults?.({ results, attributes, reachedBy })
    operands.forEach((operand, i) => {
      const reason = operation.stops?.includes(i) ? `${operation.name} lets none through` : stopped?.get(i)
      if (reason !== undefined) ends?.(operand, reason)
      else if (!isFloat(operand.dtype)) ends?.(operand, 'integers and booleans carry none')
      else reached.add(operand)
    })
  }
  return reached
}

/** `grad` on a list. */
function gradientList(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (shapeOf('grad', loss).length !== 0 || loss.dtype !== 'f32')
    throw new ShapeError(
      `a gradient is taken of an f32 scalar, got ${loss.dtype}${show(loss.shape)}: reduce it with sum or mean first`,
    )
  return backward([[loss, constant(1, [])]], wrt)
}

/** Pulls cotangents of several tensors back to `wrt`: the gradients of the sum of `<cotangent, output>`. */
export function backward(cotangents: readonly (readonly [Tensor, Tensor])[], wrt: readonly Tensor[]): Tensor[] {
  const order = topological(cotangents.map(([output]) => output))
  // Only nodes between the leaves asked for and the outputs take part.
  const needed = new Set<Tensor>(wrt)
  for (const node of order) if (node.operands.some(operand => needed.has(operand))) needed.add(node)
  const gradients = new Map<Tensor, Tensor>()
  const accumulate = (node: Tensor, gradient: Tensor) => {
    const so = gradients.get(node)
    gradients.set(node, so ? add(so, gradient) : gradient)
  }
  for (const [output, cotangent] of cotangents) if (needed.has(output)) accumulate(output, cotangent)
  /** Of operations with several results, by their position. */
  const several = new Map<Tensor, Tensor[]>()
  for (const node of order.reverse()) {
    const gradient = gradients.get(node)
    if (node.operation === resultOperation) {
      const [of] = node.operands as [Tensor]
      if (gradient && needed.has(of)) addTo(several, of, node.attributes.index, gradient)
      continue
    }
    const grads = several.get(node)
    if (!(gradient ?? grads) || !node.operands.some(operand => needed.has(operand))) continue
    const { vjp, vjpOfResults, name } = node.operation
    if (!(vjp ?? vjpOfResults))
      throw new ShapeError(`${name} has no gradient: wrap it in stopGradient, or keep it out of the loss`)
    withScope(node.scope && `${node.scope}'`, () => {
      const parts = grads
        ? vjpOfResults!({ grads, out: node, backward })
        : vjp!({ grad: gradient!, out: node, operands: node.operands, attributes: node.attributes })
      parts.forEach((part, i) => {
        const operand = node.operands[i]!
        if (part && isFloat(operand.dtype) && needed.has(operand)) accumulate(operand, sumTo(part, operand.shape))
      })
    })
  }
  return wrt.map(node => gradients.get(node) ?? constant(0, node.shape, node.dtype))
}

function addTo(several: Map<Tensor, Tensor[]>, of: Tensor, index: number, gradient: Tensor): void {
  const grads = several.get(of) ?? []
  several.set(of, grads)
  grads[index] = grads[index] ? add(grads[index], gradient) : gradient
}

/** The gradient of a broadcast operand is the sum over its repeats. */
function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []))
  const total: Tensor = axes.length ? sum(x, axes as never) : x
  return total.shape.join() === shape.join() ? total : reshape(total, [...shape] as never)
}
