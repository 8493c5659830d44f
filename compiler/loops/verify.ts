/**
 * Checks a loop program: names, types, where memory is touched, that integers fit, and that its text does not repeat itself; and the
 * order of accesses (`phases.ts`). Returns the first fault as a sentence.
 */
import {
  type Axis,
  axisOf,
  choose,
  type Expression,
  index as indices,
  literal,
  type Memory,
  type Primitive,
  partsOf,
  plus,
  registerType,
  times,
  widthOf,
  withParts,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { primitives } from '../graph/primitive.js'
import { postOrder, preOrder, remembered } from '../graph/reach.js'
import { orderFault } from './phases.js'
import {
  type LoopProgram,
  launched,
  linesIn,
  type Matrix,
  type MatrixPlace,
  type MatrixStatement,
  printStatement,
  printValue,
  type Statement,
  valuesOf,
} from './program.js'
import { createRanges } from './range.js'
import { MARGIN } from './vectors.js'

export function verify(program: LoopProgram): string | undefined {
  const { launch, memories, body } = program
  let ranges = createRanges()
  const known = new Set(memories)
  /** What is in scope, and of it what `set` may change. */
  const names = new Set<unknown>(launched(launch))
  const variables = new Set<string>()
  const values = new Map<string, Expression>()
  /** Variables, and what is made of them. */
  const varying = new Set<string>()
  const matrices = new Map<string, Matrix>()
  const { linear, simplify, substitute } = createIndexing()
  /** What an axis is at most, where its loop ends at no constant. */
  const ends = new Map<Axis, readonly Expression[]>()
  const lets = new Map<string, Expression>()
  const taken = new Set<string>(launched(launch).map(({ name }) => name))
  let fault: string | undefined
  const check = (holds: boolean, sentence: () => string): void => {
    if (!holds) fault ??= sentence()
  }

  /** What a statement computes. */
  function expressions(roots: readonly Expression[]): void {
    const open = new Set<Expression>()
    const uses = new Map<Expression, number>()
    const use = (e: Expression): void => void uses.set(e, (uses.get(e) ?? 0) + 1)
    roots.forEach(use)
    for (const e of postOrder(roots, partsOf)) {
      partsOf(e).forEach(use)
      if ((e.kind === 'name' && varying.has(e.name)) || partsOf(e).some(part => open.has(part))) open.add(e)
      const text = (): string => printValue(e)
      switch (e.kind) {
        case 'axis':
          check(names.has(e.axis), () => `${e.axis.name} is used outside of its loop`)
          break
        case 'name':
          check(names.has(e.name), () => `${e.name} is not defined where it is used`)
          break
        case 'load':
          check(false, () => `${text()} loads from a tensor`)
          break
        case 'element':
          access(e.memory, e.index, widthOf(e), e.memory.space === 'place' && widthOf(e) === 4 ? MARGIN : 0)
          break
        case 'vector':
          check(
            e.parts.length === 4 && e.parts.every(part => widthOf(part) === 1),
            () => `${text()} is no vector of four`,
          )
          break
        case 'splat':
          check(widthOf(e.of) === 1, () => `${text()} spreads a vector`)
          break
        case 'lane':
        case 'fold':
          check(widthOf(e.of) === 4, () => `${text()} takes a part of a scalar`)
          break
        case 'apply':
          applied(e, !open.has(e))
          break
      }
    }
    for (const [e, times] of uses)
      check(times < 2 || isShort(e), () => `${printValue(e)} is computed ${times} times in one statement`)
  }
  /** `known`: whether its integers hold no variable, whose range is not: what these become is checked where programs run. */
  function applied(e: Expression & { kind: 'apply' }, known: boolean): void {
    const { type } = e.scalar as Primitive
    if (type === undefined) {
      check(false, () => `${e.scalar.name} is no primitive`)
      return
    }
    const [takes, gives] = type.split(' -> ').map(list => list.split(' ').filter(Boolean)) as [string[], string[]]
    const types = e.args.map(({ dtype }) => registerType(dtype))
    const own = types[takes.indexOf('T')]
    const fits = (name: string, register: string): boolean => (name === 'T' ? own : name) === register
    check(
      takes.length === types.length &&
        takes.every((name, i) => fits(name, types[i]!)) &&
        fits(gives[0]!, registerType(e.dtype)),
      () => `${printValue(e)} is ${type}, given ${types.join(' ')} for ${e.dtype}`,
    )
    if (INDICES.has(e.scalar) && known) {
      const [low, high] = ranges.of(e)
      check(low >= -(2 ** 31) && high < 2 ** 31, () => `${printValue(e)} goes from ${low} to ${high}, beyond 32 bits`)
    }
    const width = widthOf(e)
    check(
      e.args.every(arg => widthOf(arg) === width),
      () => `${printValue(e)} mixes scalars and vectors`,
    )
  }
  /**
   * Whether something holds of an expression, if need be for each value of what has few: where a phase of a window starts. `last`
   * says what axes are at most, for what holds of an expression if it does of a larger one; or, with `side` -1, of a smaller one.
   */
  function cases(
    e: Expression,
    holds: (e: Expression) => boolean,
    last: ReadonlyMap<Axis, readonly Expression[]>,
    side: 1 | -1,
    depth = 0,
  ): boolean {
    if (holds(e)) return true
    if (depth === DEPTH) return false
    const all = (part: Expression, values: readonly Expression[]): boolean =>
      values.every(value => cases(replaced(e, part, value), holds, last, side, depth + 1))
    for (const [atom, by] of linear(e).terms)
      if (atom.kind === 'axis' && by * side > 0 && last.get(atom.axis)?.some(value => all(atom, [value]))) return true
    const uses = new Map<Expression, number>()
    const parts = [...preOrder([e], partsOf)]
    // Of the quotients of an axis, those by a smaller divisor hold the others: in terms of two axes.
    for (const part of parts) {
      const [whole, divisor] = part.kind === 'apply' && part.scalar === indices.div ? part.args : []
      if (whole?.kind !== 'axis' || divisor?.kind !== 'literal' || whole.axis.size <= divisor.value) continue
      const { name, size } = whole.axis
      const most: Axis = { name: `${name} / ${divisor.value}`, size: Math.ceil(size / divisor.value) }
      const rest: Axis = { name: `${name} % ${divisor.value}`, size: divisor.value }
      if (most.size <= FEW && all(whole, [plus(times(axisOf(most), divisor.value), axisOf(rest))])) return true
    }
    for (const part of parts) for (const each of partsOf(part)) uses.set(each, (uses.get(each) ?? 0) + 1)
    return [...uses].some(([part, times]) => {
      const [low, high] = ranges.of(part)
      const few = times > 1 && part.dtype === 'i32' && high > low && high - low < FEW
      return (
        few &&
        all(
          part,
          Array.from({ length: high - low + 1 }, (_, i) => literal(low + i)),
        )
      )
    })
  }
  const replaced = (root: Expression, part: Expression, value: Expression): Expression => {
    const rewrite = remembered(
      (e: Expression) => (e === part ? [] : partsOf(e)),
      (e: Expression, again: (e: Expression) => Expression): Expression =>
        e === part ? value : withParts(e, partsOf(e).map(again)),
    )
    return simplify(rewrite(root))
  }
  /** What a mask lets through is as far as its padding goes, so only the other side of a chosen index is known. */
  function access(memory: Memory, index: Expression, width: number, margin: number): void {
    check(known.has(memory), () => `${memory.name} is no memory of the program`)
    const bound = (index.kind === 'name' && values.get(index.name)) || index
    const at = bound.kind === 'apply' && bound.scalar === choose ? bound.args[2]! : index
    const last = memory.count - (memory.unit === 4 ? 4 : width) + margin
    const [low, high] = ranges.of(at)
    const least = (e: Expression): boolean => ranges.of(e)[0] >= -margin
    const most = (e: Expression): boolean => ranges.of(e)[1] * memory.unit <= last
    // In the terms of axes, parts that belong together are found.
    const whole = (): Expression => substitute(at, lets)
    check(
      (least(at) || cases(whole(), least, ends, -1)) && (most(at) || cases(whole(), most, ends, 1)),
      () => `${memory.name}[${printValue(index)}] goes from ${low} to ${high}, of ${memory.count} elements`,
    )
  }
  const define = (name: string, what: unknown): void => {
    check(!taken.has(name), () => `${name} is defined twice`)
    taken.add(name)
    names.add(what)
  }
  function within(inside: readonly Statement[], defined?: () => void): void {
    const before = new Set(names)
    defined?.()
    inside.forEach(statement)
    for (const name of names) if (!before.has(name)) names.delete(name)
  }
  function matrix(s: MatrixStatement): void {
    const lies = ({ memory, index, stride }: MatrixPlace, of: Matrix): void => {
      const [lines, length] = linesIn(of)
      const [low, high] = ranges.of(index)
      const last = (high + (lines - 1) * stride) * memory.unit + length
      check(low >= 0 && last <= memory.count, () => `${printStatement(s)} goes to ${last}, of ${memory.count} elements`)
      const dtype = of.role === 'sum' ? 'f32' : 'f16'
      check(
        memory.dtype === dtype,
        () => `${printStatement(s)}: ${of.name} is of ${dtype}, ${memory.name} of ${memory.dtype}`,
      )
    }
    const exists = (of: Matrix, role: Matrix['role']): void =>
      check(matrices.get(of.name) === of && of.role === role, () => `${of.name} is no ${role} matrix here`)
    if (s.kind === 'multiply') {
      const { left, right, sum } = s
      for (const [of, role] of [
        [left, 'left'],
        [right, 'right'],
        [sum, 'sum'],
      ] as const)
        exists(of, role)
      const fits = left.rows === sum.rows && right.columns === sum.columns && left.columns === right.rows
      check(fits, () => `${printStatement(s)}: their sizes do not match`)
    } else if (s.kind === 'spill') {
      exists(s.matrix, 'sum')
      lies(s.to, s.matrix)
    } else {
      check(
        (s.matrix.role === 'sum') === !s.from,
        () => `${printStatement(s)}: factors are loaded, and sums start from zeros`,
      )
      if (s.from) lies(s.from, s.matrix)
      define(s.matrix.name, s.matrix.name)
      matrices.set(s.matrix.name, s.matrix)
    }
  }
  const holds = (memory: Memory, value: Expression): void =>
    check(
      registerType(memory.dtype) === registerType(value.dtype),
      () => `${memory.name} holds ${memory.dtype}, and ${printValue(value)} is ${value.dtype}`,
    )
  function statement(s: Statement): void {
    expressions(valuesOf(s))
    switch (s.kind) {
      case 'let':
      case 'var':
        define(s.name, s.name)
        if (s.kind === 'var' || [...preOrder([s.value], partsOf)].some(e => e.kind === 'name' && varying.has(e.name)))
          varying.add(s.name)
        if (s.kind === 'var') variables.add(s.name)
        else {
          ranges.define(s.name, s.value)
          if (s.value.dtype === 'i32' && widthOf(s.value) === 1) lets.set(s.name, substitute(s.value, lets))
          values.set(s.name, s.value)
        }
        break
      case 'set':
        check(variables.has(s.name) && names.has(s.name), () => `${s.name} is no variable here`)
        break
      case 'loop':
        {
          const everywhere = ranges
          ranges = everywhere.inside(s.axis, s.from, s.to, s.step)
          const to = substitute(s.to, lets)
          const all = to.kind === 'apply' && to.scalar === primitives.min ? to.args : [to]
          if (to.kind !== 'literal')
            ends.set(
              s.axis,
              all.map(end => simplify(plus(end, -1))),
            )
          within(s.body, () => define(s.axis.name, s.axis))
          ranges = everywhere
        }
        break
      case 'if':
        check(s.condition.dtype === 'bool', () => `${printValue(s.condition)} is no condition`)
        {
          const everywhere = ranges
          ranges = everywhere.where(s.condition)
          within(s.body)
          ranges = everywhere
        }
        break
      case 'store': {
        const { memory, index, value } = s
        const bits = memory.dtype === 'f16' && value.dtype === 'u32'
        access(memory, index, widthOf(value), 0)
        check(memory.access !== 'read', () => `${memory.name} is stored to, and for reading only`)
        if (!bits) holds(memory, value)
        break
      }
      case 'fill': {
        const { memory, values } = s
        const units = values.filter(value => widthOf(value) === memory.unit)
        check(known.has(memory) && memory.space === 'lane', () => `${memory.name} is no memory of a lane`)
        check(
          units.length === values.length && memory.unit * values.length === memory.count,
          () =>
            `${memory.name} has ${memory.count / memory.unit} units, filled by ${values.map(printValue).join(', ')}`,
        )
        for (const value of values) holds(memory, value)
        break
      }
      case 'barrier':
        check(launch.kind === 'groups', () => 'points do not wait for each other')
        break
      default:
        check(launch.kind === 'groups', () => `${printStatement(s)}: points have no subgroups`)
        matrix(s)
    }
  }
  for (const { name, space } of memories) {
    check(!taken.has(name), () => `${name} is defined twice`)
    taken.add(name)
    check(launch.kind === 'groups' || space !== 'group', () => `points have no ${space} memory`)
  }
  body.forEach(statement)
  return fault ?? orderFault(program)
}

/** So few values are tried one by one, and so many such parts of an expression at once. */
const FEW = 4
const DEPTH = 3

const INDICES = new Set<unknown>(Object.values(indices).filter(({ type }) => type.endsWith('i32')))
/** What is no more text than its name would be. */
const isShort = (e: Expression): boolean =>
  e.kind === 'literal' ||
  e.kind === 'axis' ||
  e.kind === 'name' ||
  ((e.kind === 'splat' || e.kind === 'lane') && isShort(e.of))
