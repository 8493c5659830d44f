/** Checks a loop program: names, types, where memory is touched, and what its launch allows. Returns the first fault as a sentence. */
import {
  choose,
  type Expression,
  type Memory,
  type Primitive,
  partsOf,
  registerType,
  widthOf,
} from '../graph/expression.js'
import { postOrder } from '../graph/reach.js'
import { type LoopProgram, launched, printValue, type Statement, valuesOf } from './program.js'
import { createRanges } from './range.js'
import { MARGIN } from './vectors.js'

export function verify({ launch, memories, body }: LoopProgram): string | undefined {
  let ranges = createRanges()
  const known = new Set(memories)
  /** What is in scope, and of it what `set` may change. */
  const names = new Set<unknown>(launched(launch))
  const variables = new Set<string>()
  const values = new Map<string, Expression>()
  const taken = new Set<string>(launched(launch).map(({ name }) => name))
  let fault: string | undefined
  const check = (holds: boolean, sentence: () => string): void => {
    if (!holds) fault ??= sentence()
  }

  function expression(root: Expression): void {
    for (const e of postOrder([root], partsOf)) {
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
          applied(e)
          break
      }
    }
  }
  function applied(e: Expression & { kind: 'apply' }): void {
    const { type } = e.scalar as Primitive
    if (type === undefined) {
      check(false, () => `${e.scalar.name} is no primitive`)
      return
    }
    const [takes, gives] = type.split(' -> ').map(list => list.split(' ')) as [string[], string[]]
    const types = e.args.map(({ dtype }) => registerType(dtype))
    const own = types[takes.indexOf('T')]
    const fits = (name: string, register: string): boolean => (name === 'T' ? own : name) === register
    check(
      takes.length === types.length &&
        takes.every((name, i) => fits(name, types[i]!)) &&
        fits(gives[0]!, registerType(e.dtype)),
      () => `${printValue(e)} is ${type}, given ${types.join(' ')} for ${e.dtype}`,
    )
    const width = widthOf(e)
    check(
      e.args.every(arg => widthOf(arg) === width),
      () => `${printValue(e)} mixes scalars and vectors`,
    )
  }
  /** What a mask lets through is as far as its padding goes, so only the other side of a chosen index is known. */
  function access(memory: Memory, index: Expression, width: number, margin: number): void {
    check(known.has(memory), () => `${memory.name} is no memory of the program`)
    const bound = (index.kind === 'name' && values.get(index.name)) || index
    const at = bound.kind === 'apply' && bound.scalar === choose ? bound.args[2]! : index
    const [low, high] = ranges.of(at)
    const last = memory.count - (memory.unit === 4 ? 4 : width) + margin
    check(
      low >= -margin && high * memory.unit <= last,
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
  function statement(s: Statement): void {
    valuesOf(s).forEach(expression)
    switch (s.kind) {
      case 'let':
      case 'var':
        define(s.name, s.name)
        if (s.kind === 'var') variables.add(s.name)
        else {
          ranges.define(s.name, s.value)
          values.set(s.name, s.value)
        }
        break
      case 'set':
        check(variables.has(s.name) && names.has(s.name), () => `${s.name} is no variable here`)
        break
      case 'loop':
        within(s.body, () => define(s.axis.name, s.axis))
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
        check(
          bits || registerType(memory.dtype) === registerType(value.dtype),
          () => `${memory.name} holds ${memory.dtype}, and ${printValue(value)} is ${value.dtype}`,
        )
        break
      }
      case 'barrier':
        check(launch.kind === 'groups', () => 'points do not wait for each other')
        break
    }
  }
  for (const { name, space } of memories) {
    check(!taken.has(name), () => `${name} is defined twice`)
    taken.add(name)
    check(launch.kind === 'groups' || space !== 'group', () => `points have no ${space} memory`)
  }
  body.forEach(statement)
  return fault
}
