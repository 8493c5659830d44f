/**
 * Builds the statements of a loop program. A value that is used twice is bound once by `let`, and one that does not change in the
 * loop it is used in is bound outside of it: loop-invariant code moves out by construction. Loads do not move out of conditions.
 */

import { type Dependencies, dependencies, united } from '../graph/dependencies.js'
import { type Axis, type Expression, literal, type Memory, partsOf, widthOf, withParts } from '../graph/expression.js'
import { DEEP, postOrder, preOrder, remembered } from '../graph/reach.js'
import type { MatrixPlace, MatrixStatement, Statement } from './program.js'

interface Scope {
  readonly kind: 'program' | 'loop' | 'condition'
  readonly statements: Statement[]
  /** Axes and names that exist from here inwards, and expressions that have a name. */
  readonly defines: (Axis | string)[]
  readonly lets: Expression[]
}

export interface Builder {
  /** The expression at this place, after binding what is worth binding. */
  value(e: Expression): Expression
  /** `value`, bound by `let` unless it is a leaf: computed here, whatever is stored later. */
  bind(e: Expression): Expression
  /** Counts the uses of what `roots` share, for the `value` calls that follow. */
  share(roots: readonly Expression[]): void
  declare(name: string, initial: Expression): void
  set(name: string, value: Expression): void
  store(memory: Memory, index: Expression, value: Expression): void
  fill(memory: Memory, values: readonly Expression[]): void
  barrier(): void
  matrix(statement: MatrixStatement): void
  /** Runs `body` inside a loop over `axis`, or over a part of it. */
  loop(axis: Axis, body: () => void, bounds?: Bounds): void
  when(condition: Expression, body: () => void): void
  /** A value by a name that is given. */
  let(name: string, value: Expression): Expression
  /** No further `set` of these: what is made of them may be computed outside of loops. */
  settle(names: readonly string[]): void
  /** Makes a name or an axis available to expressions from here on in this scope. */
  define(what: string | Axis): void
  /** A name that no other statement has. */
  fresh(prefix: string): string
  statements(): readonly Statement[]
}
export interface Bounds {
  readonly from?: Expression
  readonly to?: Expression
  readonly step?: number
}

const isLeaf = (e: Expression): boolean => e.kind === 'literal' || e.kind === 'axis' || e.kind === 'name'

/** Levels of one statement, at most: parsers of text allow some 128 of parentheses, of which a level may take two. */
const NESTED = 24

/** `defined`: what the launch of the program defines. */
export function createBuilder(defined: readonly Axis[]): Builder {
  const scopes: Scope[] = []
  /** How deep the scope lies that defines an axis or a name. */
  const depths = new Map<Axis | string, number>()
  const lets = new Map<Expression, Expression>()
  const enter = (kind: Scope['kind'], defines: readonly Axis[]): void => {
    scopes.push({ kind, statements: [], defines: [], lets: [] })
    for (const axis of defines) define(axis)
  }
  const define = (what: Axis | string, depth = scopes.length - 1): void => {
    depths.set(what, depth)
    scopes[depth]!.defines.push(what)
  }
  const leave = (): readonly Statement[] => {
    const { statements, defines, lets: own } = scopes.pop()!
    for (const what of defines) depths.delete(what)
    for (const e of own) lets.delete(e)
    return statements
  }
  enter('program', defined)
  const depends = new Map<Expression, Dependencies>()
  let uses = new Map<Expression, number>()
  let counter = 0
  const here = (): Scope => scopes.at(-1)!
  const emit = (statement: Statement): void => void here().statements.push(statement)
  const fresh = (prefix: string): string => `${prefix}${counter++}`

  const variables = new Set<string>()
  /** What may be another value each time: the variables in it, and the memories that the program itself fills. */
  const changing = new Map<Expression, ReadonlySet<string | Memory>>()
  const changesWith = remembered(
    partsOf,
    (e: Expression, again: (e: Expression) => ReadonlySet<string | Memory>): ReadonlySet<string | Memory> => {
      if (e.kind === 'name' && variables.has(e.name)) return new Set([e.name])
      const all = united(partsOf(e), again)
      return e.kind === 'element' && e.memory.space !== 'place' ? new Set([...all, e.memory]) : all
    },
    changing,
  )

  const loads = remembered(
    partsOf,
    (e: Expression, again: (e: Expression) => boolean): boolean => e.kind === 'element' || partsOf(e).some(again),
  )

  /** The scope where a value is bound: outside of all loops that it does not change in. */
  const depthOf = (e: Expression): number => {
    if (changesWith(e).size) return scopes.length - 1
    let depth = loads(e) ? scopes.findLastIndex(({ kind }) => kind === 'condition') : 0
    for (const d of dependencies(e, depends)) {
      const found = depths.get(d)
      if (found === undefined)
        throw new Error(`an expression uses ${typeof d === 'string' ? d : d.name}, which is not in scope here`)
      depth = Math.max(depth, found)
    }
    const loop = scopes.findIndex(({ kind }, i) => i > depth && kind === 'loop')
    return (loop < 0 ? scopes.length : loop) - 1
  }
  const bound = (e: Expression): Expression | undefined => lets.get(e)
  /** Named expressions that change. */
  const unsettled = new Set<Expression>()
  /** Values that are known no longer: what they are made of has changed. */
  const forget = (changed: (what: string | Memory) => boolean): void => {
    for (const e of unsettled) {
      if (lets.has(e) && ![...changesWith(e)].some(changed)) continue
      lets.delete(e)
      unsettled.delete(e)
    }
  }
  const whole = (e: Expression, depth: number): Expression =>
    withParts(
      e,
      partsOf(e).map(part => value(part, depth)),
    )
  /** How deep what was made nests. */
  const nesting = new WeakMap<Expression, number>()
  const nest = (made: Expression): number =>
    1 + partsOf(made).reduce((n, part) => Math.max(n, nesting.get(part) ?? 0), 0)
  let calls = 0

  /** As part of a statement in the scope at `here`. */
  function value(e: Expression, here = scopes.length - 1): Expression {
    if (isLeaf(e)) return e
    const known = bound(e)
    if (known) return known
    calls++
    // Below, what nests too deep for one statement is bound on the way up.
    if (calls === DEEP)
      for (const part of postOrder(partsOf(e), part => (bound(part) ? [] : partsOf(part)))) value(part)
    const depth = depthOf(e)
    const made = whole(e, depth)
    calls--
    nesting.set(made, nest(made))
    const once = depth === here && (uses.get(e) ?? 1) < 2 && nesting.get(made)! < NESTED
    return once || (e.kind === 'splat' && (e.of.kind === 'literal' || e.dtype === 'bool'))
      ? made
      : letIn(e, depth, made)
  }
  function bind(e: Expression): Expression {
    if (isLeaf(e)) return e
    if (!uses.has(e)) countUses([e])
    const depth = depthOf(e)
    return bound(e) ?? letIn(e, depth, whole(e, depth))
  }
  function letIn(e: Expression, depth: number, made: Expression): Expression {
    const name = fresh(e.kind === 'element' ? 'x' : e.dtype === 'i32' ? 'at' : 'v')
    const named: Expression = { kind: 'name', name, dtype: e.dtype, ...(widthOf(e) === 4 && { width: 4 as const }) }
    scopes[depth]!.statements.push({ kind: 'let', name, value: made })
    scopes[depth]!.lets.push(e)
    lets.set(e, named)
    if (changesWith(e).size) unsettled.add(e)
    define(name, depth)
    return named
  }
  function inside(kind: Scope['kind'], defines: readonly Axis[], body: () => void): readonly Statement[] {
    enter(kind, defines)
    body()
    return leave()
  }

  function share(roots: readonly Expression[]): void {
    uses = new Map()
    countUses(roots)
  }
  function countUses(roots: readonly Expression[]): void {
    const count = (e: Expression): void => void uses.set(e, (uses.get(e) ?? 0) + 1)
    roots.forEach(count)
    for (const e of preOrder(roots, partsOf)) partsOf(e).forEach(count)
  }
  return {
    value: e => value(e),
    bind,
    fresh,
    share,
    declare(name, initial) {
      emit({ kind: 'var', name, value: value(initial) })
      variables.add(name)
      define(name)
    },
    set(name, e) {
      emit({ kind: 'set', name, value: value(e) })
      forget(what => what === name)
    },
    store(memory, index, e) {
      emit({ kind: 'store', memory, index: value(index), value: value(e) })
      if (memory.space !== 'place') forget(what => what === memory)
    },
    fill: (memory, values) => emit({ kind: 'fill', memory, values: values.map(e => value(e)) }),
    barrier() {
      emit({ kind: 'barrier' })
      forget(what => typeof what !== 'string' && what.space === 'group')
    },
    matrix(statement) {
      const at = (place: MatrixPlace): MatrixPlace => ({ ...place, index: value(place.index) })
      if (statement.kind === 'matrix' && statement.from) emit({ ...statement, from: at(statement.from) })
      else if (statement.kind === 'spill') {
        emit({ ...statement, to: at(statement.to) })
        forget(what => what === statement.to.memory)
      } else emit(statement)
    },
    let(name, e) {
      emit({ kind: 'let', name, value: value(e) })
      define(name)
      return { kind: 'name', name, dtype: e.dtype, ...(widthOf(e) === 4 && { width: 4 as const }) }
    },
    settle(names) {
      for (const name of names) variables.delete(name)
      changing.clear()
    },
    loop(axis, body, { from = literal(0), to = literal(axis.size), step = 1 } = {}) {
      share([from, to])
      const bounds = { from: value(from), to: value(to) }
      emit({ kind: 'loop', axis, ...bounds, step, body: inside('loop', [axis], body) })
    },
    when: (condition, body) => emit({ kind: 'if', condition: value(condition), body: inside('condition', [], body) }),
    define: what => define(what),
    statements: () => scopes[0]!.statements,
  }
}
