/**
 * How fusion serves the updates of a training step. One kernel updates all parameters by the same formula, over flat
 * memory (`plan/flat.ts`), if their updates are kernels of their own that differ in nothing but their tensors.
 */
import { type Graph, isVariable } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isLeaf } from '../graph/operation.js'
import { postOrder, preOrder, remembered } from '../graph/reach.js'
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
  const ofSize = new Map<number, Map<Tensor, boolean>>()
  for (const { variable, value } of [...updates].sort((a, b) => +isParameter(b.variable) - +isParameter(a.variable))) {
    const size = numel(variable.shape)
    const own = ofSize.get(size) ?? new Map<Tensor, boolean>()
    ofSize.set(size, own)
    elementwise(value, size, own)
    // What lies below a node that has an owner has one, too.
    const open = postOrder([value], node => (own.get(node) && !owner.has(node) ? node.operands : []))
    const mixed = [...open].filter(node => own.get(node))
    const parameter = isParameter(variable) ? variable : mixed.flatMap(node => owner.get(node) ?? [])[0]
    if (parameter) for (const node of mixed) if (!owner.has(node)) owner.set(node, parameter)
  }
  const isFactor = (node: Tensor): boolean => {
    const tensors = new Set(node.operands.filter(({ shape }) => numel(shape) === numel(node.shape)))
    return tensors.size >= 2 && node.operation !== add.operation
  }
  const madeOf = reductionsOf()
  for (const own of ofSize.values()) {
    const mixed = [...own.keys()].filter(node => owner.has(node))
    const made = preOrder(
      mixed.flatMap(({ operands }) => operands),
      node => (own.get(node) === false && !isFactor(node) ? node.operands : []),
    )
    for (const node of made)
      if (own.get(node) === false && isFactor(node) && madeOf(node) === 'sums') gradients.add(node)
  }
  return { owner, gradients }
}

/** What a value is made of element by element, added to `found`; true for what variables of as many elements have a part in. */
function elementwise(value: Tensor, size: number, found: Map<Tensor, boolean>): void {
  const isOwn = (node: Tensor): boolean =>
    numel(node.shape) === size && !isLeaf(node.operation) && !isReduction(node) && !isMovement(node)
  const isOwnVariable = (node: Tensor): boolean => isVariable(node) && numel(node.shape) === size
  for (const node of postOrder([value], one => (isOwn(one) && !found.has(one) ? one.operands : [])))
    if (isOwn(node) && !found.has(node))
      found.set(
        node,
        node.operands.some(operand => found.get(operand) ?? isOwnVariable(operand)),
      )
}

/** Of a value, which reductions it is made of: none, contractions among them, or sums alone. */
const reductionsOf = () =>
  remembered<Tensor, 'none' | 'sums' | 'contractions'>(
    node => (isReduction(node) ? [] : node.operands),
    (node, again) => {
      if (isReduction(node)) return isContraction(node) ? 'contractions' : 'sums'
      const found = node.operands.map(again)
      return (['contractions', 'sums'] as const).find(kind => found.includes(kind)) ?? 'none'
    },
  )
