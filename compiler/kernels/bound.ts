/**
 * The work that no schedule of a kernel can do without, for choices that are made before there is a schedule. Each distinct value is
 * computed once and in full vectors, what is read or written passes through memory once, and all else is free. Masks that a
 * schedule may know when it prints a loop leave out their terms.
 */
import { dependencies } from '../graph/dependencies.js'
import { type Axis, choose, type Expression, index as op, partsOf } from '../graph/expression.js'
import type { Machine } from '../graph/machine.js'
import type { Tensor } from '../graph/node.js'
import { postOrder } from '../graph/reach.js'
import { contractionOf } from './contraction.js'
import { byteSize, bytesPerElement, time, type Work } from './cost.js'
import { expanded } from './expanded.js'
import { type Kernel, points } from './kernel.js'
import { multipliesHalves } from './schedule.js'

const bounds = new WeakMap<Kernel, Work>()
/** Nanoseconds that a kernel takes at least, on a machine that is busy with it. */
export function bound(kernel: Kernel, machine: Machine): number {
  const work = bounds.get(kernel) ?? leastWork(expanded(kernel))
  bounds.set(kernel, work)
  const contraction = contractionOf(kernel)
  const rate = contraction && multipliesHalves(contraction) ? machine.matrices : 1
  return time({ ...work, multiplyAdds: work.multiplyAdds / rate }, machine)
}

/** Of a kernel of primitives. */
function leastWork(kernel: Kernel): Work {
  const work = { simple: 0, multiplyAdds: 0, accesses: 0, passes: 0, barriers: 0 }
  const depends = new Map<Expression, Set<Axis | string>>()
  const touched = new Map<Tensor, number>()
  /** What each name stands for has this many values. */
  const names = new Map<string, number>()
  const numbers = numbering()
  const counted = new Set<number>()
  /** How many values an expression has at least: as many as the loads, indices and names in it that have most. */
  const values = new Map<Expression, number>()
  const valuesOf = (e: Expression, fraction: number): number => {
    if (e.kind === 'name') return names.get(e.name) ?? 1
    if (e.kind === 'load' || isIndex(e)) return distinct(e.kind === 'load' ? e.index : e, depends) * fraction
    return partsOf(e).reduce((most, part) => Math.max(most, values.get(part) ?? 1), 1)
  }
  for (const statement of kernel.body) {
    const results = statement.kind === 'accumulate' ? [] : statement.results
    const roots = statement.kind === 'order' ? [statement.key] : results.map(({ value }) => value)
    const steps = points([...kernel.grid, ...statement.along])
    if (statement.kind === 'scatter') work.simple += steps * results.length
    if (statement.kind === 'order') work.simple += steps * Math.ceil(Math.log2(statement.to / statement.from))
    if (statement.kind === 'accumulate')
      for (const { name, value, dtype } of statement.terms) {
        const needs = dependencies(value, depends)
        const own = points(kernel.grid.filter(axis => needs.has(axis)))
        const sums = own * points(statement.along) * fractionOf([value], depends)
        const product = value.kind === 'apply' && value.scalar.name === 'mul' && dtype === 'f32'
        if (product) work.multiplyAdds += sums
        else work.simple += sums
        roots.push(...(product ? value.args : [value]))
        names.set(name, own)
      }
    const fraction = fractionOf(roots, depends)
    // An index is a value as a whole: what it is made of is counted nowhere.
    for (const e of postOrder(roots, e => (e.kind === 'load' || isIndex(e) ? [] : partsOf(e)))) {
      const number = numbers(e)
      values.set(e, valuesOf(e, fraction))
      if (e.kind === 'load') touch(touched, e.source, values.get(e)!)
      if (e.kind !== 'apply' || isIndex(e) || e.scalar === choose || counted.has(number)) continue
      counted.add(number)
      const computes = e.args.some(part => part.kind !== 'literal' && !isIndex(part))
      if (computes && e.dtype === 'f32' && !e.scalar.name.startsWith('convert'))
        work.simple += values.get(e)! * (e.scalar.cost ?? 1)
    }
    for (const { target, index } of results) touch(touched, target, distinct(index, depends))
  }
  const bytes = [...touched].reduce(
    (sum, [tensor, count]) => sum + Math.min(byteSize(tensor), count * bytesPerElement[tensor.dtype]),
    0,
  )
  return { ...work, bytes, points: Number.POSITIVE_INFINITY }
}
const touch = (touched: Map<Tensor, number>, tensor: Tensor, count: number): void => {
  touched.set(tensor, Math.max(touched.get(tensor) ?? 0, count))
}

/** Integer arithmetic on axes alone, at which no value is looked up, and masks of such. */
const isIndex = (e: Expression): boolean =>
  e.kind === 'axis' || e.kind === 'literal' || (e.kind === 'apply' && e.scalar.name.startsWith('index.'))

/** Equal expressions have equal numbers. */
function numbering(): (e: Expression) => number {
  const known = new Map<Expression, number>()
  const byText = new Map<string, number>()
  const things = new Map<unknown, number>()
  const id = (thing: unknown): number => things.get(thing) ?? things.set(thing, things.size).get(thing)!
  return root => {
    for (const e of postOrder([root], part => (known.has(part) ? [] : partsOf(part)))) {
      if (known.has(e)) continue
      const own =
        e.kind === 'literal'
          ? e.value
          : e.kind === 'axis'
            ? id(e.axis)
            : e.kind === 'name'
              ? e.name
              : e.kind === 'load'
                ? id(e.source)
                : ''
      const text = `${e.kind} ${e.dtype} ${e.kind === 'apply' ? e.scalar.name : own} ${partsOf(e).map(part => known.get(part))}`
      known.set(e, byText.get(text) ?? byText.set(text, byText.size).get(text)!)
    }
    return known.get(root)!
  }
}

// Indices

/**
 * Values of an index that certainly differ: those of its axes whose steps do not reach into each other, while the rest stands still.
 * Of a quotient or remainder, the values it takes.
 */
function distinct(index: Expression, depends: Map<Expression, Set<Axis | string>>): number {
  const inside = index.kind === 'apply' && index.scalar === choose ? index.args[1]! : index
  const digits = [...linear(inside)].map(([atom, step]) => ({
    atom,
    step: Math.abs(step),
    count: countOf(atom, depends),
  }))
  let [reach, product] = [0, 1]
  const used = new Set<Axis | string>()
  for (const { atom, step, count } of digits.sort((a, b) => a.step - b.step || b.count - a.count)) {
    const axes = dependencies(atom, depends)
    if (step <= reach || count < 2 || [...axes].some(axis => used.has(axis))) continue
    for (const axis of axes) used.add(axis)
    reach += step * (count - 1)
    product *= count
  }
  return product
}
function countOf(atom: Expression, depends: Map<Expression, Set<Axis | string>>): number {
  if (atom.kind === 'axis') return atom.axis.size
  if (atom.kind !== 'apply' || atom.args[1]?.kind !== 'literal') return 1
  const [x, { value: n }] = atom.args as [Expression, Expression & { value: number }]
  const count = distinct(x, depends)
  if (atom.scalar === op.mod) return linear(x).size === 1 && x.kind === 'axis' ? Math.min(n, count) : 1
  return atom.scalar === op.div && x.kind === 'axis' ? Math.ceil(count / n) : 1
}
/** Coefficients of a sum, by what is no sum. */
function linear(e: Expression, by = 1, found = new Map<Expression, number>()): Map<Expression, number> {
  if (e.kind === 'apply' && e.scalar === op.add) for (const part of e.args) linear(part, by, found)
  else if (e.kind === 'apply' && e.scalar === op.sub) {
    linear(e.args[0]!, by, found)
    linear(e.args[1]!, -by, found)
  } else if (e.kind === 'apply' && e.scalar === op.mul && e.args[1]!.kind === 'literal')
    linear(e.args[0]!, by * e.args[1]!.value, found)
  else if (e.kind !== 'literal') found.set(e, (found.get(e) ?? 0) + by)
  return found
}

// Masks

/** Combinations of axes that are tried: no schedule prints a loop of more. */
const TRIED = 4096

/** Fraction of the points and terms at which masks let through what some expressions compute. */
function fractionOf(roots: readonly Expression[], depends: Map<Expression, Set<Axis | string>>): number {
  const masks = new Set<Expression>()
  const conjuncts = (e: Expression): void => {
    if (e.kind === 'apply' && e.scalar === op.and) for (const part of e.args) conjuncts(part)
    else if ([...postOrder([e], partsOf)].every(isIndex)) masks.add(e)
  }
  for (const e of postOrder(roots, partsOf)) if (e.kind === 'apply' && e.scalar === choose) conjuncts(e.args[0]!)
  const groups: { readonly axes: Set<Axis>; readonly masks: Expression[] }[] = []
  for (const mask of masks) {
    const axes = [...dependencies(mask, depends)].filter((axis): axis is Axis => typeof axis !== 'string')
    const joined = groups.filter(group => axes.some(axis => group.axes.has(axis)))
    for (const group of joined) groups.splice(groups.indexOf(group), 1)
    groups.push({
      axes: new Set([...joined.flatMap(group => [...group.axes]), ...axes]),
      masks: [...joined.flatMap(group => group.masks), mask],
    })
  }
  return groups.reduce((fraction, group) => fraction * fractionOfGroup([...group.axes], group.masks), 1)
}

function fractionOfGroup(axes: readonly Axis[], masks: readonly Expression[]): number {
  const count = points(axes)
  // Every n-th: only that is known in a loop of any length.
  if (count > TRIED)
    return masks.reduce((fraction, mask) => {
      const position = mask.kind === 'apply' && mask.scalar === op.equal ? mask.args[0]! : undefined
      const n = position?.kind === 'apply' && position.scalar === op.mod ? position.args[1]! : undefined
      return n?.kind === 'literal' ? fraction / n.value : fraction
    }, 1)
  let through = 0
  for (let i = 0; i < count; i++) {
    const at = new Map<Axis, number>()
    let rest = i
    for (const axis of axes) {
      at.set(axis, rest % axis.size)
      rest = Math.floor(rest / axis.size)
    }
    const value = (e: Expression): number =>
      e.kind === 'literal'
        ? e.value
        : e.kind === 'axis'
          ? at.get(e.axis)!
          : e.kind === 'apply'
            ? e.scalar.js(...e.args.map(value))
            : 0
    if (masks.every(mask => value(mask))) through++
  }
  return through / count
}
