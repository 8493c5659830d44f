/**
 * Checks in what order a loop program touches memory: where barriers and lanes that exchange values stand, what a barrier has to
 * separate, what may be replaced in place, and that nothing depends on who ran before. Returns the first fault as a sentence.
 */
import {
  type Axis,
  axisOf,
  type Expression,
  type Memory,
  type Primitive,
  partsOf,
  widthOf,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { preOrder } from '../graph/reach.js'
import {
  type LoopProgram,
  linesIn,
  type MatrixPlace,
  printStatement,
  printValue,
  type Statement,
  valuesOf,
} from './program.js'
import { createRanges, type Ranges } from './range.js'

/** Elements that a load or a store touches: from `index` on, an expression in axes. */
interface Access {
  readonly memory: Memory
  readonly index: Expression
  readonly length: number
  readonly stores: boolean
  /** The order of accesses, the loops around this one, and what is known there. */
  readonly number: number
  readonly loops: readonly Axis[]
  readonly ranges: Ranges
  readonly text: string
}

export function orderFault({ launch, body }: LoopProgram): string | undefined {
  const indexing = createIndexing()
  const own = launch.kind === 'points' ? launch.point : launch.lane
  const lets = new Map<Axis | string, Expression>()
  let ranges = createRanges()
  /** Names and axes that differ between lanes, or between points that exchange values. */
  const differing = new Set<Axis | string>([own])
  let loops: readonly Axis[] = []
  let uniform = true
  /** Accesses to memory of the group since the last barrier. */
  let open: Access[] = []
  const inPlace: Access[] = []
  const filled = new Set<Memory>()
  let count = 0
  let fault: string | undefined
  const check = (holds: boolean, sentence: () => string): void => {
    if (!holds) fault ??= sentence()
  }

  const differs = (root: Expression): boolean =>
    [...preOrder([root], partsOf)].some(e => {
      if (e.kind === 'axis') return differing.has(e.axis)
      if (e.kind === 'name') return differing.has(e.name)
      if (e.kind === 'apply') {
        const { exchanges, name } = e.scalar as Primitive
        return exchanges !== undefined && name !== 'subgroup.size'
      }
      return e.kind === 'element' && e.memory.space === 'lane'
    })
  const resolved = (e: Expression): Expression => indexing.substitute(e, lets)

  function meets(what: string): void {
    check(uniform, () => `${what} stands where not all lanes come`)
  }
  function touch(memory: Memory, index: Expression, length: number, stores: boolean, text: string): void {
    const { space } = memory
    if (space === 'lane') {
      check(filled.has(memory), () => `${text} is touched before ${memory.name} is filled`)
      return
    }
    if (space === 'worker') {
      check(stores || filled.has(memory), () => `${text} is loaded before this point has stored ${memory.name}`)
      if (stores) filled.add(memory)
      return
    }
    if (space === 'place' && memory.access !== 'read_write') return
    const access = { memory, index: resolved(index), length, stores, number: count++, loops, ranges, text }
    if (space === 'place') {
      inPlace.push(access)
      return
    }
    for (const other of open)
      if (other.memory === memory && other.stores !== stores)
        check(
          sameLane(other, access) || apart(other, access),
          () => `${other.text} and ${text} may be one element of two lanes, with no barrier between`,
        )
    open.push(access)
  }

  /** Whether two accesses are of one element only in one lane: the same elements, which are others in each lane. */
  function sameLane(a: Access, b: Access): boolean {
    if (a.index !== b.index || a.length !== b.length) return false
    const { terms } = indexing.linear(a.index)
    const varying = [...terms].filter(([atom]) => differs(atom))
    return (
      varying.length === 1 && varying[0]![0].kind === 'axis' && Math.abs(varying[0]![1]) * a.memory.unit >= a.length
    )
  }
  /** Whether two accesses of different lanes touch different elements, whatever the lanes are. */
  function apart(a: Access, b: Access): boolean {
    const [left, right] = [indexing.linear(a.index), indexing.linear(b.index)]
    let low = left.constant - right.constant
    let high = low
    const few: (readonly [number, number, number])[] = []
    const add = (ranges: Ranges, atom: Expression, by: number): void => {
      const [least, most] = ranges.of(atom)
      low += by > 0 ? by * least : by * most
      high += by > 0 ? by * most : by * least
    }
    for (const atom of new Set([...left.terms.keys(), ...right.terms.keys()])) {
      const [mine, theirs] = [left.terms.get(atom) ?? 0, right.terms.get(atom) ?? 0]
      if (differs(atom)) {
        if (mine) add(a.ranges, atom, mine)
        if (theirs) add(b.ranges, atom, -theirs)
        continue
      }
      // What all lanes agree on is one value in both; of few values, each is tried.
      if (mine === theirs) continue
      const there = theirs ? b.ranges : a.ranges
      const [least, most] = there.of(atom)
      if (most - least < FEW) few.push([mine - theirs, least, most])
      else add(there, atom, mine - theirs)
    }
    const { unit } = b.memory
    const clear = (from: number, rest: readonly (readonly [number, number, number])[]): boolean => {
      const [first, ...others] = rest
      if (!first) return (low + from) * unit >= b.length || (high + from) * unit <= -a.length
      const [by, least, most] = first
      return Array.from({ length: most - least + 1 }, (_, i) => from + by * (least + i)).every(n => clear(n, others))
    }
    return clear(0, few)
  }

  function values(roots: readonly Expression[]): void {
    for (const e of preOrder(roots, partsOf)) {
      if (e.kind === 'element') touch(e.memory, e.index, widthOf(e), false, printValue(e))
      const exchanges = e.kind === 'apply' && (e.scalar as Primitive).exchanges
      if (exchanges) meets(printValue(e))
      check(
        exchanges !== 'subgroup' || launch.kind === 'groups',
        () => `${printValue(e)} depends on who else runs: points have no subgroups`,
      )
    }
  }
  function lines({ memory, index, stride }: MatrixPlace, [count, length]: readonly [number, number], s: Statement) {
    const whole = (count - 1) * stride * memory.unit + length
    touch(memory, index, whole, s.kind === 'spill', printStatement(s))
  }

  function statement(s: Statement): void {
    values(valuesOf(s))
    switch (s.kind) {
      case 'let':
        ranges.define(s.name, s.value)
        if ((s.value.dtype === 'i32' || s.value.dtype === 'bool') && widthOf(s.value) === 1)
          lets.set(s.name, resolved(s.value))
        if (differs(s.value)) differing.add(s.name)
        break
      case 'var':
      case 'set':
        if (!uniform || differs(s.value)) differing.add(s.name)
        break
      case 'if':
        inside(differs(s.condition), ranges.where(s.condition), loops, s.body)
        break
      case 'loop': {
        const apart = differs(s.from) || differs(s.to)
        const pass = (axis: Axis): void =>
          inside(
            apart,
            ranges.inside(s.axis, s.from, s.to, s.step).inside(axis, s.from, s.to, s.step),
            [...loops, axis],
            s.body,
          )
        if (apart) differing.add(s.axis)
        pass(s.axis)
        if (open.length === 0) break
        // The next pass begins where this one ended.
        const next: Axis = { name: `the next ${s.axis.name}`, size: s.axis.size }
        if (apart) differing.add(next)
        lets.set(s.axis, axisOf(next))
        pass(next)
        lets.delete(s.axis)
        break
      }
      case 'store':
        touch(s.memory, s.index, widthOf(s.value), true, `${s.memory.name}[${printValue(s.index)}]`)
        break
      case 'fill':
        filled.add(s.memory)
        break
      case 'barrier':
        meets(s.kind)
        open = []
        break
      case 'matrix':
        meets(printStatement(s))
        if (s.from) lines(s.from, linesIn(s.matrix), s)
        break
      case 'multiply':
        meets(printStatement(s))
        break
      case 'spill':
        meets(printStatement(s))
        lines(s.to, linesIn(s.matrix), s)
        break
    }
  }
  function inside(apart: boolean, known: Ranges, within: readonly Axis[], statements: readonly Statement[]): void {
    const before = [uniform, ranges, loops] as const
    ;[uniform, ranges, loops] = [uniform && !apart, known, within]
    statements.forEach(statement)
    ;[uniform, ranges, loops] = before
  }
  body.forEach(statement)

  // Of what it replaces, a point loads the same elements, before it stores them, or none that any point replaces.
  const stored = inPlace.filter(({ stores }) => stores)
  for (const load of inPlace) {
    const stores = stored.filter(({ memory }) => memory === load.memory)
    if (load.stores || stores.every(store => apart(load, store))) continue
    const same = stores.filter(store => {
      const by = new Map(load.loops.map((axis, i): [Axis, Expression] => [axis, axisOf(store.loops[i] ?? axis)]))
      return store.length === load.length && indexing.substitute(load.index, by) === store.index
    })
    check(same.length > 0, () => `${load.text} may be an element that another point replaces`)
    check(
      same.some(({ number }) => number > load.number),
      () => `${load.text} is loaded after it was replaced`,
    )
  }
  return fault
}

/** So few values of what lanes agree on are tried one by one: which of two buffers is read. */
const FEW = 4
