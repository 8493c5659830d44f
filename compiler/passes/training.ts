/**
 * How fusion serves the updates of a training step. One kernel updates all parameters by the same formula, over flat
 * memory (`plan/flat.ts`), if their updates are kernels of their own that differ in nothing but their tensors.
 */
import { type Graph, isVariable } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isLeaf } from '../graph/operation.js'
import { numel } from '../graph/shape.js'
import { add } from '../ops/binary.js'
import { isContraction, isMovement, isReduction } from './group.js'

export interface Training {
  /**
   * The parameter, of its new value, of what that is made of together with variables (momentum), and of what follows it
   * (averages). Such values share a kernel with those of the same parameter only: in a contraction each would make
   * another large kernel, and where the old value is read as well the new one would have to be copied.
   */
  readonly owner: ReadonlyMap<Tensor, Tensor>
  /** Products in their gradients, as of a normalization's scale, which differ from layer to layer: the kernels of the sums store them. */
  readonly gradients: ReadonlySet<Tensor>
}

export function training({ updates }: Graph): Training {
  const owner = new Map<Tensor, Tensor>()
  const gradients = new Set<Tensor>()
  const isParameter = (variable: Tensor) => variable.attributes.kind === 'parameter'
  if (updates.filter(({ variable }) => isParameter(variable)).length < 2) return { owner, gradients } // nothing to share
  for (const { variable, value } of [...updates].sort((a, b) => +isParameter(b.variable) - +isParameter(a.variable))) {
    const own = elementwise(value, numel(variable.shape))
    const parameter = isParameter(variable) ? variable : [...own.keys()].flatMap(node => owner.get(node) ?? [])[0]
    if (!parameter) continue
    const gather = (node: Tensor): void => {
      if (own.get(node) !== false) return
      const tensors = new Set(node.operands.filter(({ shape }) => numel(shape) === numel(node.shape)))
      if (tensors.size < 2 || node.operation === add.operation) node.operands.forEach(gather)
      else if (isOfSums(node)) gradients.add(node)
    }
    for (const [node, mixed] of own) {
      if (!mixed) continue
      if (!owner.has(node)) owner.set(node, parameter)
      node.operands.forEach(gather)
    }
  }
  return { owner, gradients }
}

/** What a value is made of element by element; true for what variables of as many elements have a part in. */
function elementwise(value: Tensor, size: number): Map<Tensor, boolean> {
  const found = new Map<Tensor, boolean>()
  const visit = (node: Tensor): boolean => {
    if (numel(node.shape) !== size || isVariable(node)) return isVariable(node) && numel(node.shape) === size
    if (isLeaf(node.operation) || isReduction(node) || isMovement(node)) return false
    const mixed = found.get(node) ?? node.operands.map(visit).includes(true)
    found.set(node, mixed)
    return mixed
  }
  visit(value)
  return found
}

/** Whether a value is made of reductions, none of them a contraction. */
function isOfSums(value: Tensor): boolean {
  const seen = new Set<Tensor>()
  const visit = (node: Tensor): void => {
    if (seen.has(node)) return
    seen.add(node)
    if (!isReduction(node)) node.operands.forEach(visit)
  }
  visit(value)
  const reductions = [...seen].filter(isReduction)
  return reductions.length > 0 && !reductions.some(isContraction)
}
