/**
 * A loop program as JavaScript on typed arrays, for tests: one operation at a time, rounded and wrapped as registers are, without a
 * driver. A lane is a generator that yields at barriers and where it exchanges values; all lanes of a group have to meet at the same
 * yield. Each access is held to its memory, and to what others touch without a barrier between.
 */
import {
  type Expression,
  type Memory,
  type Primitive,
  type Register,
  registerType,
  widthOf,
} from '../graph/expression.js'
import { fromHalf, halfBits } from '../graph/halves.js'
import { primitives } from '../graph/primitive.js'
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
} from './program.js'
import { MARGIN } from './vectors.js'

type Apply = Expression & { kind: 'apply' }
type Value = number | readonly number[]
/** What a lane yields: where it is, and what it hands to the others. */
type Lane = Generator<readonly [site: number, value?: number], void, number | undefined>

/** Where lanes meet. */
type Site = 'barrier' | Apply | MatrixStatement
const siteText = (site: Site): string =>
  site === 'barrier' ? site : site.kind === 'apply' ? printValue(site) : printStatement(site)

/** Who runs. An element remembers `now + lane` of who last touched it: stamps from `now` on are of this phase, from `first` on of this group. */
interface Clock {
  first: number
  now: number
  lane: number
}

const QUAD = 4
/** A subgroup here: drivers have 4 to 128 lanes. */
const SUBGROUP = 8
const COMBINE = { sum: primitives.add, prod: primitives.mul, max: primitives.max, min: primitives.min }
const ARRAY = {
  f32: Float32Array,
  f16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint32Array,
  u8: Uint8Array,
}

/** A number as a register holds it. */
const held: Readonly<Record<Register, (x: number) => number>> = {
  f32: Math.fround,
  i32: x => x | 0,
  u32: x => x >>> 0,
  bool: x => +(x !== 0),
}
function evaluate({ name, js, integer = js }: Primitive, type: Register, x: readonly number[]): number {
  const exact = type === 'f32' ? js(...x) : integer(...x)
  const value = held[type](exact)
  if (name.startsWith('index.') && value !== exact) throw new Error(`${name} of ${x.join(' and ')} leaves 32 bits`)
  return value
}

/** What each lane gets of what all hand in. */
function exchanged(site: Apply | MatrixStatement, values: readonly number[]): readonly number[] {
  if (site.kind !== 'apply') {
    const { lanes } = site.kind === 'multiply' ? site.sum : site.matrix
    const other = values.findIndex((value, lane) => value !== values[lane - (lane % lanes)])
    if (other >= 0) throw new Error(`lanes of a subgroup differ in where ${siteText(site)} lies`)
    return values
  }
  const {
    scalar: { name },
    dtype,
  } = site
  const [kind, what] = name.split('.') as [string, string]
  return values.map((_, lane) => {
    const start = lane - (lane % (kind === 'quad' ? QUAD : SUBGROUP))
    const all = values.slice(start, start + (kind === 'quad' ? QUAD : SUBGROUP))
    if (kind === 'quad')
      return all[what === 'swapX' ? (lane - start) ^ 1 : what === 'swapY' ? (lane - start) ^ 2 : Number(what)]!
    if (what === 'size') return Math.min(SUBGROUP, values.length)
    if (what === 'lane') return lane - start
    const combine = what === 'any' ? primitives.or : COMBINE[what as keyof typeof COMBINE]
    return all.reduce((a, b) => evaluate(combine, registerType(dtype), [a, b]))
  })
}

/** Loads and stores of a memory, each checked. Memory of a group, a lane or a worker is new in each group. */
function createCells({ space, name, dtype, count, unit, access }: Memory, array: ArrayLike<number>, clock: Clock) {
  const cells = array as number[]
  const shared = space === 'place'
  const loaded = new Float64Array(access === 'read' ? 0 : array.length)
  const stored = new Float64Array(loaded.length)
  /** Whether a stamp is of somebody else, with no barrier between. */
  const apart = (stamp: number): boolean =>
    stamp >= clock.now ? stamp !== clock.now + clock.lane : shared && stamp > 0 && stamp < clock.first
  const position = (index: number, width: number, margin: number): number => {
    const at = index * unit
    if (!(at >= -margin && at + width <= count + margin))
      throw new Error(`${name}[${index}] lies outside of its ${count} elements`)
    return at + (space === 'lane' ? clock.lane * count : 0)
  }
  function load(at: number): number {
    // Beyond the ends of a place lies what a mask discards.
    if (at < 0 || at >= cells.length) return dtype === 'f32' ? Number.NaN : 0x7fff
    if (access !== 'read') {
      const [by, before] = [stored[at]!, loaded[at]!]
      if (!shared && by < clock.first) throw new Error(`${name}[${at}] is loaded before it is stored`)
      if (apart(by)) throw new Error(`${name}[${at}] is loaded where another stores it, with no barrier between`)
      // Of several lanes, the stamp is none of theirs in this phase; of several groups, for good.
      const several =
        before >= clock.first && before < Number.POSITIVE_INFINITY ? clock.now + 0.5 : Number.POSITIVE_INFINITY
      loaded[at] = apart(before) ? several : clock.now + clock.lane
    }
    return dtype === 'bool' ? held.bool(cells[at]!) : cells[at]!
  }
  function store(at: number, x: number): void {
    if (access === 'read') throw new Error(`${name} is for reading only`)
    if (apart(stored[at]!) || apart(loaded[at]!))
      throw new Error(`${name}[${at}] is stored where another touches it, with no barrier between`)
    stored[at] = clock.now + clock.lane
    cells[at] = x
  }
  const half = (x: number): number => (dtype === 'f16' ? fromHalf(x) : x)
  return {
    one: (index: number): number => load(position(index, 1, 0)),
    four(index: number): readonly number[] {
      const at = position(index, 4, shared && unit === 1 ? MARGIN : 0)
      return [0, 1, 2, 3].map(i => load(at + i))
    },
    store(index: number, value: Value): void {
      const values = typeof value === 'number' ? [value] : value
      const at = position(index, values.length, 0)
      for (const [i, x] of values.entries()) store(at + i, x)
    },
    /** Lines of a matrix. */
    lines(index: number, stride: number, [count, length]: readonly [number, number]): readonly number[][] {
      return Array.from({ length: count }, (_, line) => {
        const at = position(index + line * stride, length, 0)
        return Array.from({ length }, (_, i) => half(load(at + i)))
      })
    },
    /** The part that one of so many lanes stores of them. */
    spill(index: number, stride: number, lines: readonly number[][], own: number, lanes: number): void {
      for (const [line, values] of lines.entries()) {
        const at = position(index + line * stride, values.length, 0)
        for (const [i, x] of values.entries()) if ((line * values.length + i) % lanes === own) store(at + i, x)
      }
    },
  }
}

/** `sum + left * right`, whose lines are rows, but columns of `right`. */
const multiplied = (sum: readonly number[][], left: readonly number[][], right: readonly number[][]): number[][] =>
  sum.map((line, i) =>
    line.map((x, j) => left[i]!.reduce((total, a, k) => Math.fround(total + Math.fround(a * right[j]![k]!)), x)),
  )

/** A function on the bytes of its places, in their order. Throws a sentence for what no program may do. */
export function javascript({
  name,
  launch,
  memories,
  body,
}: LoopProgram): (places: readonly ArrayBufferView[]) => void {
  const functions: ((...x: never[]) => Value)[] = []
  const known = new Map<string, number>()
  const sites: Site[] = []
  const site = (what: Site): number => sites.push(what) - 1
  const memory = (of: Memory): string => `$memories[${memories.indexOf(of)}]`

  function call(key: string, of: (...x: never[]) => Value, args: readonly string[]): string {
    const at = known.get(key) ?? functions.push(of) - 1
    known.set(key, at)
    return `$functions[${at}](${args.join(', ')})`
  }
  /** A function of scalars, on vectors for each of their parts. */
  function each(key: string, one: (...x: number[]) => number, width: 1 | 4, args: readonly string[]): string {
    const four = (...x: number[][]): number[] => [0, 1, 2, 3].map(i => one(...x.map(part => part[i]!)))
    return width === 4 ? call(`four ${key}`, four, args) : call(key, one, args)
  }
  function text(e: Expression): string {
    const type = registerType(e.dtype)
    switch (e.kind) {
      case 'literal': {
        const value = held[type](e.value)
        return Object.is(value, -0) ? '-0' : `${value}`
      }
      case 'axis':
        return e.axis.name
      case 'name':
        return e.name
      case 'element': {
        const loaded = `${memory(e.memory)}.${widthOf(e) === 4 ? 'four' : 'one'}(${text(e.index)})`
        return halves(e.memory, type) ? each('of halves', fromHalf, widthOf(e), [loaded]) : loaded
      }
      case 'splat':
        return call('splat', (x: number) => [x, x, x, x], [text(e.of)])
      case 'vector':
        return `[${e.parts.map(text).join(', ')}]`
      case 'lane':
        return `${text(e.of)}[${e.lane}]`
      case 'fold': {
        const all = (x: readonly number[]): number => x.reduce((a, b) => evaluate(COMBINE[e.combine], type, [a, b]))
        return call(`fold ${e.combine} ${type}`, all, [text(e.of)])
      }
      case 'apply': {
        const scalar = e.scalar as Primitive
        const args = e.args.map(text)
        if (scalar.exchanges) return `(yield [${site(e)}, ${args[0] ?? 0}])`
        return each(`${scalar.name} ${type}`, (...x) => evaluate(scalar, type, x), widthOf(e), args)
      }
      case 'load':
        throw new Error('a loop program loads from memories, not from tensors')
    }
  }
  /** Halves come as f32, unless their bits are asked for. */
  const halves = ({ dtype }: Memory, type: Register): boolean => dtype === 'f16' && type === 'f32'
  /** Where a matrix lies, on which its lanes agree. */
  const met = (s: MatrixStatement, { index, stride }: MatrixPlace, of?: Matrix): string =>
    [`yield [${site(s)}, ${text(index)}]`, stride, ...(of ? [`[${linesIn(of)}]`] : [])].join(', ')
  function line(s: Statement): string {
    switch (s.kind) {
      case 'let':
      case 'var':
        return `let ${s.name} = ${text(s.value)}`
      case 'set':
        return `${s.name} = ${text(s.value)}`
      case 'loop': {
        const at = s.axis.name
        return `for (let ${at} = ${text(s.from)}; ${at} < ${text(s.to)}; ${at} += ${s.step}) {\n${lines(s.body)}\n}`
      }
      case 'if':
        return `if (${text(s.condition)}) {\n${lines(s.body)}\n}`
      case 'store': {
        const [value, type] = [text(s.value), registerType(s.value.dtype)]
        const stored = halves(s.memory, type) ? each('as halves', halfBits, widthOf(s.value), [value]) : value
        return `${memory(s.memory)}.store(${text(s.index)}, ${stored})`
      }
      case 'fill':
        return s.values.map((value, i) => `${memory(s.memory)}.store(${i}, ${text(value)})`).join('; ')
      case 'barrier':
        return `yield [${site('barrier')}]`
      case 'matrix': {
        const { matrix, from } = s
        if (from) return `let ${matrix.name} = ${memory(from.memory)}.lines(${met(s, from, matrix)})`
        const [count, length] = linesIn(matrix)
        const zeros = (): number[][] => Array.from({ length: count }, () => Array.from({ length }, () => 0))
        return `let ${matrix.name} = ${call(`zeros ${count} ${length}`, zeros as never, [])}`
      }
      case 'multiply': {
        const product = call('multiplied', multiplied as never, [s.sum.name, s.left.name, s.right.name])
        return `yield [${site(s)}, 0]; ${s.sum.name} = ${product}`
      }
      case 'spill': {
        const { name, lanes } = s.matrix
        return `${memory(s.to.memory)}.spill(${met(s, s.to)}, ${name}, ${launched(launch).at(-1)!.name} % ${lanes}, ${lanes})`
      }
    }
  }
  const lines = (all: readonly Statement[]): string => all.map(s => `${line(s)};`).join('\n')

  const axes = launched(launch)
  const code = `return function* (${axes.map(axis => axis.name).join(', ')}) {\n${lines(body)}\n}`
  const make = new Function('$memories', '$functions', code)
  // Points that exchange values are neighbours by four.
  const width = launch.kind === 'groups' ? launch.lane.size : sites.length ? QUAD : 1
  const groups = launch.kind === 'groups' ? launch.group.size : launch.point.size / width

  return places => {
    const clock: Clock = { first: 0, now: 0, lane: 0 }
    const cells = memories.map((each, i) => {
      const Kind = ARRAY[each.dtype]
      const view = places[i]
      if (each.space !== 'place')
        return createCells(each, new Kind(each.count * (each.space === 'lane' ? width : 1)), clock)
      if (!view) throw new Error(`${name} has no bytes for ${each.name}`)
      return createCells(each, new Kind(view.buffer as ArrayBuffer, view.byteOffset, each.count), clock)
    })
    const start = make(cells, functions) as (...axes: number[]) => Lane
    const phase = (): number => (clock.now += width)
    for (let group = 0; group < groups; group++) {
      const at = (lane: number): number[] => (launch.kind === 'groups' ? [group, lane] : [group * width + lane])
      clock.first = phase()
      const lanes = Array.from({ length: width }, (_, lane) => start(...at(lane)))
      for (let handed: readonly number[] = [], ended = false; !ended; ) {
        const reached = lanes.map((lane, i) => {
          clock.lane = i
          try {
            return lane.next(handed[i])
          } catch (error) {
            const where = at(i).map((x, n) => `${axes[n]!.name} ${x}`)
            throw new Error(`${name}, ${where.join(', ')}: ${(error as Error).message}`)
          }
        })
        const siteOf = ({ done, value }: (typeof reached)[0]): number => (done ? -1 : value![0])
        const other = reached.findIndex(each => siteOf(each) !== siteOf(reached[0]!))
        const wait = (lane: number): string => {
          const here = sites[siteOf(reached[lane]!)]
          return `lane ${lane} ${here ? `waits at ${siteText(here)}` : 'has ended'}`
        }
        if (other > 0) throw new Error(`${name}, ${axes[0]!.name} ${group}: ${wait(0)}, and ${wait(other)}`)
        const here = sites[siteOf(reached[0]!)]
        if (here === 'barrier') phase()
        else if (here)
          handed = exchanged(
            here,
            reached.map(({ value }) => value![1]!),
          )
        ended = here === undefined
      }
    }
  }
}
