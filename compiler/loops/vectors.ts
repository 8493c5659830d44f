/**
 * Expressions on four neighbours along an axis at once. What does not depend on the axis is splat, loads of neighbouring elements
 * become one load, everything else is put together from four scalars: for targets that load four elements from any position.
 */

import { dependencies } from '../graph/dependencies.js'
import {
  type Axis,
  call,
  choose,
  type Expression,
  laneOf,
  literal,
  type Memory,
  index as op,
  partsOf,
  plus,
  type Scalar,
  splat,
  withParts,
} from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { p, primitives } from '../graph/primitive.js'
import { remembered } from '../graph/reach.js'
import { conjuncts } from '../kernels/contraction.js'

/** Values of axes and names at one point. */
export type At = ReadonlyMap<Axis | string, Expression>

/** Elements beyond a memory's ends, either way, that a load may touch where a mask discards them: runtimes leave 64 KiB free. */
export const MARGIN = 16380

export interface Vectors {
  /** The value at one point. */
  scalar(e: Expression, at: At): Expression
  /** The values at a point and its next three neighbours along an axis, of which `at` has the position of the first. */
  vector(e: Expression, at: At, along: Axis): Expression
  /** How far apart the positions of neighbours are, if they can be loaded together: 1, 2, or not. */
  apart(index: Expression, at: At, along: Axis): 1 | 2 | undefined
}

/** Of indices as vectors: of what no vector has an instruction for, the lanes are computed one by one. */
const ON_VECTORS = new Map<Scalar, Scalar>([
  [op.add, primitives.add],
  [op.sub, primitives.sub],
  [op.mul, primitives.mul],
  [op.less, primitives.less],
  [op.equal, primitives.equal],
  [op.and, primitives.and],
])
const ONE_BY_ONE = new Set<Scalar>([op.div, op.mod, primitives.div, primitives.rem])

export function createVectors(indexing: Indexing, memoryOf: (tensor: Tensor) => Memory): Vectors {
  const depends = new Map<Expression, Set<Axis | string>>()
  const on = (e: Expression, axis: Axis): boolean => dependencies(e, depends).has(axis)

  const resolved = new Map<Expression, Expression>()
  /** Loads of tensors as loads of their memories. */
  function resolve(e: Expression): Expression {
    const known = resolved.get(e)
    if (known) return known
    const parts = partsOf(e).map(resolve)
    const made =
      e.kind === 'load'
        ? indexing.simplify({ kind: 'element', memory: memoryOf(e.source), index: parts[0]!, dtype: e.dtype })
        : parts.some((part, i) => part !== partsOf(e)[i])
          ? indexing.simplify(withParts(e, parts))
          : e
    resolved.set(e, made)
    return made
  }
  const scalar = (e: Expression, at: At): Expression => resolve(indexing.substitute(e, at))

  /** The masks that loads below an expression stand under: no other changes how it is widened. */
  const masksBelow = remembered<Expression, ReadonlySet<Expression>>(partsOf, (e, again) => {
    const own = e.kind === 'load' && isMasked(e.index) ? conjuncts(e.index.args[0]!) : []
    const below = partsOf(e)
      .map(again)
      .filter(({ size }) => size > 0)
    return own.length === 0 && below.length < 2
      ? (below[0] ?? NONE)
      : new Set([...own, ...below.flatMap(set => [...set])])
  })

  /** By the masks that matter, as one digit for each: what several branches share is widened once. */
  const memos = new WeakMap<At, Map<Expression, Map<string, Expression>>>()
  function vector(root: Expression, at: At, along: Axis): Expression {
    const memo = memos.get(at) ?? new Map<Expression, Map<string, Expression>>()
    memos.set(at, memo)
    const lanes = lanesAt(at, along)
    const varies = variesAt(at, along)
    /** `masks`: where one of them does not hold, the value is not used. */
    function widen(e: Expression, masks: ReadonlySet<Expression>): Expression {
      const key = [...masksBelow(e)].map(mask => +masks.has(mask)).join('')
      const known = memo.get(e)?.get(key)
      if (known) return known
      const made = indexing.simplify(widened(e, masks))
      memo.set(e, (memo.get(e) ?? new Map<string, Expression>()).set(key, made))
      return made
    }
    const four = (e: Expression): Expression => {
      const parts = lanes.map(lane => scalar(e, lane))
      return parts.every(part => part === parts[0]) ? splat(parts[0]!) : { kind: 'vector', parts, dtype: e.dtype }
    }
    function widened(e: Expression, masks: ReadonlySet<Expression>): Expression {
      if (!varies(e)) return splat(scalar(e, at))
      if (e.kind === 'name') return at.get(e.name)!
      if (e.kind === 'axis') return p.add(splat(scalar(e, at)), STEPS)
      if (e.kind === 'load') return neighbours(e, masks) ?? four(e)
      if (e.kind !== 'apply' || (ONE_BY_ONE.has(e.scalar) && e.dtype !== 'f32')) return four(e)
      if (ON_VECTORS.has(e.scalar)) {
        const known = four(e)
        if (known.kind === 'splat' || partsOf(known).every(part => part.kind === 'literal')) return known
      }
      if (e.scalar === op.clamp) {
        const [x, last] = e.args.map(arg => widen(arg, masks)) as [Expression, Expression]
        return p.max(p.min(x, last), splat(literal(0)))
      }
      const chosen = e.scalar === choose ? new Set([...masks, ...conjuncts(e.args[0]!)]) : masks
      const args = e.args.map((arg, i) => widen(arg, i === 1 ? chosen : masks))
      if (e.scalar === choose && isTrue(args[0]!)) return args[1]!
      if (e.scalar === op.and && args.some(isTrue)) return args.find(arg => !isTrue(arg)) ?? args[0]!
      return call(ON_VECTORS.get(e.scalar) ?? e.scalar, args, e.dtype)
    }
    /**
     * Four elements side by side, or every other one of seven. Under a mask that discards the others, they may lie beyond the ends of
     * memory.
     */
    function neighbours(load: Expression & { kind: 'load' }, masks: ReadonlySet<Expression>): Expression | undefined {
      const { index, dtype } = load
      const memory = memoryOf(load.source)
      const masked = isMasked(index)
      const position = masked ? index.args[1]! : index
      const step = apart(position, at, along)
      if (!step || memory.count <= 3 * step) return undefined
      const four = (index: Expression): Expression =>
        indexing.simplify({ kind: 'element', memory, index, dtype, width: 4 })
      function element(index: Expression): Expression {
        const first = four(index)
        if (step === 1) return first
        const last = four(plus(index, literal(3)))
        return { kind: 'vector', parts: [laneOf(first, 0), laneOf(first, 2), laneOf(last, 1), laneOf(last, 3)], dtype }
      }
      if (!masked || !on(index.args[0]!, along)) return element(scalar(index, at))
      if (!conjuncts(index.args[0]!).every(mask => masks.has(mask))) return undefined
      const first = scalar(position, at)
      const [low, high] = indexing.range(first)
      const last = memory.count - 1 - 3 * step + MARGIN
      return element(low >= -MARGIN && high <= last ? first : p.max(p.min(first, last), -MARGIN))
    }
    return widen(indexing.simplify(root), NONE)
  }

  const variesAt =
    (at: At, along: Axis) =>
    (e: Expression): boolean =>
      on(e, along) || [...dependencies(e, depends)].some(d => typeof d === 'string' && isVector(at.get(d)))
  function apart(index: Expression, at: At, along: Axis): 1 | 2 | undefined {
    const varies = variesAt(at, along)
    const { terms } = indexing.linear(indexing.simplify(index))
    let step: 1 | 2 | undefined
    for (const [atom, coefficient] of terms)
      if (atom.kind === 'axis' && atom.axis === along) {
        if (coefficient !== 1 && coefficient !== 2) return undefined
        step = coefficient
      } else if (varies(atom)) return undefined
    return step
  }
  return { scalar, vector, apart }
}

/** Four neighbours one by one: the first is `at`. */
export const lanesAt = (at: At, along: Axis): At[] =>
  [0, 1, 2, 3].map(lane => {
    const own = new Map(at).set(along, plus(at.get(along)!, literal(lane)))
    for (const [name, value] of at) if (isVector(value)) own.set(name, laneOf(value, lane))
    return own
  })

const NONE: ReadonlySet<Expression> = new Set()
const isMasked = (index: Expression): index is Expression & { kind: 'apply' } =>
  index.kind === 'apply' && index.scalar === choose
const isTrue = (mask: Expression): boolean => mask.kind === 'splat' && mask.of.kind === 'literal' && mask.of.value !== 0

const STEPS: Expression = { kind: 'vector', parts: [0, 1, 2, 3].map(i => literal(i)), dtype: 'i32' }
const isVector = (e: Expression | undefined): boolean => e?.kind === 'name' && e.width === 4
