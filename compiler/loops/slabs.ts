/**
 * The factors of a contraction on their way through workgroup memory. A workgroup computes a block of rows by columns; in
 * every step its lanes copy a slab of each factor, `depth` terms long, in units of four terms by four rows or columns.
 * The units of both slabs are dealt out together, so that no lane copies many more than another.
 * There are two buffers: while one is read, the next slab is on its way into the other, so a step costs one barrier.
 */
import {
  type Axis,
  axisOf,
  both,
  delinearize,
  type Expression,
  less,
  literal,
  type Memory,
  minus,
  plus,
  quotient,
  registerType,
  remainder,
  select,
  splat,
  times,
} from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { type Contraction, contractionOf, extents, staging } from '../kernels/contraction.js'
import { type Kernel, points } from '../kernels/kernel.js'
import { accumulator, initialOf } from './accumulate.js'
import { type Builder, createBuilder } from './build.js'
import { type At, type Context, type StoreGroup, storeAll } from './expand.js'
import { type Definitions, defineFours, type Existing, type Fours, foursOf, scatter } from './fours.js'
import { createPack } from './pack.js'
import { createPlaces } from './places.js'
import type { LoopProgram } from './program.js'
import { vectorize } from './vectorize.js'

export interface Block {
  readonly rows: number
  readonly columns: number
  readonly depth: number
}

/** How a slab lies in workgroup memory. */
export interface Layout {
  /** `'f16'`: factors lie there as halves. Default: as in registers. */
  readonly element?: 'f16'
  /** What neighbours there are: rows or columns of one term (`across`), or terms of one row or column. */
  readonly neighbours: 'across' | 'terms'
  /** Elements left free after each line of neighbours, so that lines begin in different banks; a multiple of four. */
  readonly padding: number
}

/** A slab in workgroup memory: two buffers of lines, which are counted in vectors. */
export interface Slab {
  readonly memory: Memory
  readonly line: number
  readonly buffer: number
}

/** A matrix product, cut into blocks. */
export interface Slabs {
  readonly contraction: Contraction
  readonly size: ReturnType<typeof extents>
  readonly indexing: Indexing
  /** Where a workgroup is: which block of the rows and of the columns, and the values of the batch axes. */
  readonly rowBlock: Axis
  readonly columnBlock: Axis
  readonly here: At
  readonly lane: Axis
  readonly left: Slab
  readonly right: Slab
  /** The program. `stores` is what `finish` will store, which decides what may be accessed in vectors. */
  program(stores: readonly StoreGroup[], parts: Parts): LoopProgram
}
/** What a schedule does with slabs. */
export interface Parts {
  /** Before the first. */
  begin(within: Within): void
  /** Adds the products of one, which lies in this buffer, 0 or 1. */
  multiply(within: Within, buffer: Expression): void
  /** After the last. */
  finish(within: Within): void
  /** What it has in workgroup memory beside slabs. */
  readonly memories?: readonly Memory[]
}
/** The program that is being built. */
export interface Within extends Definitions {
  readonly builder: Builder
  /** An expression of the kernel as one of the program. */
  at(e: Expression): Expression
  /** Stores a group of four where it exists. */
  store(stores: readonly StoreGroup[], exists: Existing): void
}

/** Throws for a kernel that is no matrix product. */
export function slabsOf(
  kernel: Kernel,
  { rows, columns, depth }: Block,
  lanes: number,
  layout: Layout,
  context: Context,
): Slabs {
  const contraction = contractionOf(kernel)
  if (!contraction) throw new Error(`kernel ${kernel.name} is no contraction: it has no slabs`)
  const { neighbours, padding } = layout
  const indexing = createIndexing()
  const { simplify, substitute } = indexing
  const size = extents(contraction)
  const blocks = [size.batch, Math.ceil(size.columns / columns), Math.ceil(size.rows / rows)] as const
  const { staged: together, outer } = staging(contraction.along, depth)
  const terms = points(together)
  const slabs = Math.ceil(terms / depth)
  const steps = slabs * points(outer)

  const number: Axis = { name: 'number', size: blocks[0] * blocks[1] * blocks[2] }
  const lane: Axis = { name: 'lane', size: lanes }
  const batch: Axis = { name: 'batch', size: blocks[0] }
  const columnBlock: Axis = { name: 'column_block', size: blocks[1] }
  const rowBlock: Axis = { name: 'row_block', size: blocks[2] }
  const step: Axis = { name: 'step', size: steps }
  const [outside, slab] = delinearize(axisOf(step), [points(outer), slabs]) as [Expression, Expression]
  const here: At = new Map()
  scatter(here, contraction.batch, axisOf(batch))
  const inStep: At = new Map(here)
  scatter(inStep, outer, outside)

  const first = (rows * depth) / 16
  const sides = [
    sideOf('left', contraction.left, contraction.rows, rows, 0),
    sideOf('right', contraction.right, contraction.columns, columns, first),
  ] as const
  const copies = Array.from({ length: Math.ceil((first + (columns * depth) / 16) / lanes) }, (_, copy) =>
    [0, 1, 2, 3].map(i => accumulator(`copy${copy}_${i}`, 'sum', registerType(contraction.dtype), 4)),
  )
  const [{ slab: left }, { slab: right }] = sides
  return { contraction, size, indexing, rowBlock, columnBlock, here, lane, left, right, program }

  function program(stores: readonly StoreGroup[], parts: Parts): LoopProgram {
    const roots = [
      ...sides.flatMap(({ units }) => units.flatMap(({ values }) => values.flat())),
      ...stores.flatMap(({ indices, values }) => [...indices, ...values]),
    ]
    const { tensors: vectors, rewrite: inFours } = vectorize(roots, stores, indexing, context.holder)
    const places = createPlaces(context.bindings, context.holder, vectors, indexing)
    const builder = createBuilder([number, lane])
    const defined = new Map<Axis, Expression>()
    const at = places.inMemories(defined)
    const pack = createPack()
    const named = (name: string, value: Expression): Expression => {
      const made = at(simplify(value))
      return made.kind === 'apply' ? builder.let(name, made) : made
    }
    const define = (axis: Axis, value: Expression): void => void defined.set(axis, named(axis.name, value))
    const rewrite = (e: Expression): Expression => at(inFours(e))
    const within: Within = {
      builder,
      at,
      named,
      define,
      store(stores, exists) {
        const options = { vectors, places, rewrite, pack, indexing }
        if (new Set(exists).size === 1) storeAll([stores], context, builder, { ...options, condition: exists[0] })
        else
          for (const [i, condition] of exists.entries()) {
            const one = stores.map(
              ({ target, indices, values, where }): StoreGroup => ({
                target,
                indices: [indices[i]!],
                values: [values[i]!],
                ...(where && { where: [where[i]!] }),
              }),
            )
            storeAll([one], context, builder, { ...options, condition })
          }
      },
    }
    const only = (condition: Expression, body: () => void): void =>
      condition.kind === 'literal' ? body() : builder.when(condition, body)

    /** From storage into registers: the slab of the step; of the first one, positions along the terms have names of their own. */
    function load(first: boolean): void {
      const by = new Map<Axis, Expression>(first ? [[step, literal(0)]] : [])
      for (const { units } of sides)
        for (const { name, copy, condition, inTerms, along, values } of units)
          only(condition, () => {
            const own = first ? foursOf(`${name}_first`, terms) : along
            for (const [i, axis] of along.axes.entries()) by.set(axis, axisOf(own.axes[i]!))
            const number = plus(times(substitute(slab, by), depth / 4), inTerms)
            const exists = defineFours(within, own, number, terms % depth === 0)
            for (const [i, axis] of along.axes.entries()) {
              const value = defined.get(own.axes[i]!)!
              if (value.kind === 'literal') by.set(axis, value)
            }
            const packed = values.map(four => pack(four.map(e => at(substitute(inFours(e), by)))))
            const loaded = packed.map((value, i) => existing(value, neighbours === 'across' ? exists[i] : exists))
            builder.share(loaded)
            for (const [i, value] of loaded.entries()) builder.set(copies[copy]![i]!.name, value)
          })
    }
    /** From registers into a buffer of workgroup memory. */
    function save(buffer: Expression): void {
      for (const { units, slab } of sides)
        for (const { copy, condition, inTerms, inAcross } of units)
          only(condition, () => {
            const [line, inLine] = neighbours === 'across' ? [inTerms, inAcross] : [inAcross, inTerms]
            const start = plus(times(buffer, slab.buffer), plus(times(line, 4 * slab.line), inLine))
            const indices = [0, 1, 2, 3].map(i => at(simplify(plus(start, i * slab.line))))
            builder.share(indices)
            for (const [i, index] of indices.entries()) builder.store(slab.memory, index, copies[copy]![i]!.value)
          })
    }

    const block = delinearize(axisOf(number), blocks) as [Expression, Expression, Expression]
    for (const [i, axis] of [batch, columnBlock, rowBlock].entries()) define(axis, block[i]!)
    for (const register of copies.flat()) builder.declare(register.name, initialOf(register))
    for (const { units, extent, size, block } of sides)
      for (const { number, axis, inAcross, across } of units) {
        if (axis) define(axis, number)
        defineFours(within, across, plus(times(axisOf(block), extent / 4), inAcross), size % extent === 0)
      }
    load(true)
    save(literal(0))
    builder.barrier()
    parts.begin(within)
    if (steps === 1) parts.multiply(within, literal(0))
    else {
      const now: Axis = { name: 'now', size: steps }
      const buffer = remainder(axisOf(now), 2)
      builder.loop(now, () => {
        builder.when(less(axisOf(now), literal(steps - 1)), () => {
          define(step, plus(axisOf(now), 1))
          load(false)
        })
        parts.multiply(within, buffer)
        save(minus(literal(1), buffer))
        builder.barrier()
      })
    }
    parts.finish(within)
    return {
      name: kernel.name,
      launch: { kind: 'groups', group: number, lane },
      memories: [...places.memories, left.memory, right.memory, ...(parts.memories ?? [])],
      body: builder.statements(),
    }
  }

  /** What each lane copies of a factor, whose units have the numbers from `start` on among those of both factors. */
  function sideOf(
    name: 'left' | 'right',
    factor: Expression,
    axes: readonly Axis[],
    extent: number,
    start: number,
  ): Side {
    const inUnits = (extent * depth) / 16
    const alongFirst = stepsAlong(factor, together, axes, inStep, indexing)
    const firstCopy = Math.floor(start / lanes)
    const units = Array.from({ length: Math.ceil((start + inUnits) / lanes) - firstCopy }, (_, u): Unit => {
      const copy = firstCopy + u
      const offset = copy * lanes - start
      const raw = plus(axisOf(lane), offset)
      // Lanes that have none of it may load what another one has: what they load is in memory.
      const number = simplify(p['index.clamp'](raw, inUnits - 1))
      const clamped = number.kind === 'apply' && number.scalar.name === 'index.clamp'
      const axis = clamped ? { name: `${name}${u}`, size: inUnits } : undefined
      const unit = axis ? axisOf(axis) : number
      const [inTerms, inAcross] = alongFirst
        ? [remainder(unit, depth / 4), quotient(unit, depth / 4)]
        : [quotient(unit, extent / 4), remainder(unit, extent / 4)]
      const [across, along] = [foursOf(`${name}${u}_at`, points(axes)), foursOf(`${name}${u}_term`, terms)]
      const value = (position: Expression, term: Expression): Expression => {
        const at = new Map(inStep)
        scatter(at, axes, position)
        scatter(at, together, term)
        return substitute(factor, at)
      }
      return {
        name: `${name}${u}`,
        copy,
        axis,
        number,
        condition: simplify(
          both(less(literal(-offset - 1), axisOf(lane)), less(axisOf(lane), literal(inUnits - offset))),
        ),
        inTerms,
        inAcross,
        across,
        along,
        values:
          neighbours === 'across'
            ? along.positions.map(term => across.positions.map(position => value(position, term)))
            : across.positions.map(position => along.positions.map(term => value(position, term))),
      }
    })
    const [line, count] = neighbours === 'across' ? [extent + padding, depth] : [depth + padding, extent]
    const dtype = layout.element ?? registerType(contraction!.dtype)
    const memory: Memory = { space: 'group', name, dtype, count: 2 * line * count, unit: 4 }
    const slab = { memory, line: line / 4, buffer: (line * count) / 4 }
    return { extent, units, slab, size: points(axes), block: name === 'left' ? rowBlock : columnBlock }
  }
}

/** Beyond the last term there is nothing to add: a vector, or 0 instead, or instead of those that do not exist. */
function existing(value: Expression, exists: Expression | undefined | Existing): Expression {
  const each = Array.isArray(exists) ? (exists as Existing) : [exists as Expression | undefined]
  if (each.some(e => e === undefined)) return value
  const parts = each as readonly Expression[]
  const mask: Expression = new Set(parts).size === 1 ? splat(parts[0]!) : { kind: 'vector', parts, dtype: 'bool' }
  return select(mask, value, splat(literal(0, registerType(value.dtype))))
}

interface Unit {
  readonly name: string
  /** The registers it passes through, which units of both factors share where no lane has both. */
  readonly copy: number
  /** Which unit a lane has, by this name if there is one; and which lanes have it. */
  readonly number: Expression
  readonly axis: Axis | undefined
  readonly condition: Expression
  /** Which four terms of a slab, and which four rows or columns of a block. */
  readonly inTerms: Expression
  readonly inAcross: Expression
  readonly across: Fours
  readonly along: Fours
  /** By line, then along it. */
  readonly values: readonly (readonly Expression[])[]
}
interface Side {
  readonly slab: Slab
  /** Rows or columns of a block, and in all. */
  readonly extent: number
  readonly size: number
  readonly units: readonly Unit[]
  readonly block: Axis
}

/** Whether neighbours in memory are neighbours along the terms, rather than along the rows or columns. */
function stepsAlong(
  factor: Expression,
  terms: readonly Axis[],
  axes: readonly Axis[],
  at: At,
  indexing: Indexing,
): boolean {
  const stepOf = (axis: Axis | undefined): number => {
    if (!axis) return Number.POSITIVE_INFINITY
    let smallest = Number.POSITIVE_INFINITY
    const visit = (e: Expression): void => {
      if (e.kind === 'apply') e.args.forEach(visit)
      if (e.kind !== 'load') return
      const { terms: coefficients } = indexing.linear(indexing.substitute(e.index, at))
      for (const [atom, coefficient] of coefficients)
        if (atom.kind === 'axis' && atom.axis === axis) smallest = Math.min(smallest, Math.abs(coefficient))
    }
    visit(factor)
    return smallest
  }
  return stepOf(terms.at(-1)) < stepOf(axes.at(-1))
}
