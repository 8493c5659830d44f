/**
 * Accesses to neighbouring elements become accesses to vec4s. In the expanded text of a kernel every position is a linear
 * form with a constant, so elements `4q .. 4q + 3` of one buffer are found by their constants; masked positions count by
 * the position under the mask. A buffer is accessed in fours only if all its accesses allow it and loads become fewer.
 */
import {
  call,
  choose,
  type Expression,
  laneOf,
  literal,
  partsOf,
  select,
  splat,
  walk,
  withParts,
} from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { remembered } from '../graph/reach.js'
import { numel } from '../graph/shape.js'
import type { DType } from '../types/tensor.js'

type Load = Extract<Expression, { kind: 'load' }>

/** Dtypes that WGSL has vectors of in memory. */
const WHOLE: readonly DType[] = ['f32', 'f16', 'i32', 'u32']

/** Elements stored one after the other. */
export interface Stored {
  readonly target: Tensor
  readonly indices: readonly Expression[]
}
export interface Vectorized {
  /** Tensors whose buffer is an array of vec4s. */
  readonly tensors: ReadonlySet<Tensor>
  /** The expression with loads of those buffers replaced. */
  rewrite(e: Expression): Expression
}

/** `holder` identifies buffers. */
export function vectorize(
  roots: readonly Expression[],
  stores: readonly Stored[],
  indexing: Indexing,
  holder: (tensor: Tensor) => Tensor,
): Vectorized {
  const loads = new Map<Tensor, Load[]>()
  walk(roots, e => {
    if (e.kind !== 'load') return
    const same = loads.get(holder(e.source))
    if (same) same.push(e)
    else loads.set(holder(e.source), [e])
  })
  const written = new Set(stores.map(({ target }) => holder(target)))
  const scattered = new Set(
    stores.filter(({ indices }) => !fourthOf(indices, indexing)).map(({ target }) => holder(target)),
  )
  const replaced = new Map<Expression, Expression>()
  /** How many elements of a vector are asked for. */
  const lanesOf = new Map<Expression, number>()
  const tensors = new Set<Tensor>()
  for (const tensor of new Set([...loads.keys(), ...written])) {
    if (!WHOLE.includes(tensor.dtype) || numel(tensor.shape) % 4 !== 0 || scattered.has(tensor)) continue
    const list = loads.get(tensor) ?? []
    const fours = list.map(load => inFours(load, indexing))
    const distinct = new Set(fours.map(four => four?.load))
    if (fours.includes(undefined) || (!written.has(tensor) && distinct.size * 2 > list.length)) continue
    tensors.add(tensor)
    for (const [i, load] of list.entries()) {
      const { load: vector, lane } = fours[i]!
      lanesOf.set(vector, (lanesOf.get(vector) ?? 0) + 1)
      replaced.set(load, laneOf(vector, lane))
    }
  }
  const rewrite = remembered(partsOf, (e: Expression) => {
    // The index of a vector may hold loads, too: a gathered row is found by an index that was loaded.
    const result = parts(replaced.get(e) ?? e)
    // What holds no such load stays as it is.
    return result === e ? e : indexing.simplify(result)
  })
  function parts(e: Expression): Expression {
    const masked = e.kind === 'apply' ? maskedLane(e) : undefined
    return masked ?? withParts(e, partsOf(e).map(rewrite))
  }
  /**
   * Elements that are loaded under a mask, and 0 elsewhere, are lanes of a vector under that mask: those who read them, as
   * neighbouring windows do, share what it lets through. One element of a vector is masked alone.
   */
  function maskedLane({ scalar, args }: Extract<Expression, { kind: 'apply' }>): Expression | undefined {
    const [mask, load, other] = args
    if (scalar !== choose || load?.kind !== 'load' || other?.kind !== 'literal' || other.value !== 0) return undefined
    const { index } = load
    const sameMask = index.kind === 'apply' && index.scalar === choose && index.args[0] === mask
    const lane = sameMask ? replaced.get(load) : undefined
    if (lane?.kind !== 'lane' || lanesOf.get(lane.of)! < 2) return undefined
    return laneOf(select(splat(rewrite(mask!)), rewrite(lane.of), splat(other)), lane.lane)
  }
  return { tensors, rewrite: tensors.size ? rewrite : e => e }
}

/** `q`, if the positions are `4q, 4q + 1, 4q + 2, 4q + 3`. */
export function fourthOf(indices: readonly Expression[], indexing: Indexing): Expression | undefined {
  if (indices.length !== 4) return undefined
  const [first, ...rest] = indices.map(index => indexing.linear(index))
  const { terms, constant } = first!
  const inOrder = rest.every(
    (form, i) =>
      form.constant === constant + i + 1 &&
      form.terms.size === terms.size &&
      [...form.terms].every(([atom, coefficient]) => terms.get(atom) === coefficient),
  )
  if (!inOrder || constant % 4 !== 0 || [...terms.values()].some(coefficient => coefficient % 4 !== 0)) return undefined
  return indexing.linearExpression(terms, constant / 4, 4)
}

/** The load of the four elements around one, and which of them it is, if that is known when the kernel is printed. */
function inFours(load: Load, indexing: Indexing): { load: Expression; lane: number } | undefined {
  const { index } = load
  const masked =
    index.kind === 'apply' && index.scalar === choose && index.args[2]!.kind === 'literal' && index.args[2]!.value === 0
  const position = masked ? index.args[1]! : index
  const { terms, constant } = indexing.linear(position)
  if ([...terms.values()].some(coefficient => coefficient % 4 !== 0)) return undefined
  const lane = ((constant % 4) + 4) % 4
  const four = indexing.linearExpression(terms, (constant - lane) / 4, 4)
  const at = masked ? call(choose, [index.args[0]!, four, literal(0)], 'i32') : four
  return { load: indexing.simplify({ ...load, index: at, width: 4 }), lane }
}
