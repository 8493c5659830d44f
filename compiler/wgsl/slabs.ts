/**
 * The factors of a contraction on their way through workgroup memory. A workgroup computes a block of rows by columns; in
 * every step its invocations copy a slab of each factor, `depth` terms long, in units of four terms by four rows or columns.
 * The units of both slabs are dealt out together, so that no invocation copies many more than another.
 * There are two buffers: while one is read, the next slab is on its way into the other, so a step costs one barrier.
 */
import { type Axis, axisOf, delinearize, type Expression, registerType } from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { type Contraction, contractionOf, extents, staging } from '../kernels/contraction.js'
import { type Kernel, points } from '../kernels/kernel.js'
import type { At, StoreGroup } from '../loops/expand.js'
import { createPack, type Pack } from '../loops/pack.js'
import { vectorize } from '../loops/vectorize.js'
import { createWriter, type Writer } from './block.js'
import { both, defineFours, type Fours, foursOf, scatter } from './fours.js'
import { type Context, fold, groupNumber, storeAll } from './loops.js'

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

/** Where a workgroup is in a matrix product, in the text's own variables `row_block`, `column_block` and `batch`. */
export interface Slabs {
  readonly contraction: Contraction
  /** The type of what lies in workgroup memory. */
  readonly element: string
  readonly size: ReturnType<typeof extents>
  readonly indexing: Indexing
  /** Values of the batch axes. */
  readonly here: At
  readonly groups: readonly [number, number, number]
  /** Declarations of workgroup memory, `left` and `right`: arrays of vec4s, `[buffer][line][place / 4]`. */
  readonly shared: readonly string[]
  /** vec4s of a line of each, and of a buffer. */
  readonly lines: Readonly<Record<Side['name'], { readonly line: number; readonly buffer: number }>>
  /**
   * Writes the loop over all slabs. `multiply` adds the products of one: it is given the buffer that holds it. `stores` is
   * what will be stored afterwards, which decides what may be an array of vec4s.
   */
  print(
    stores: readonly StoreGroup[],
    before: (writer: Writer) => void,
    multiply: (buffer: string, writer: Writer) => void,
  ): Printed
}
export interface Printed {
  readonly writer: Writer
  readonly vectors: ReadonlySet<Tensor>
  /** Stores a group of four where it exists: one condition for each of the four, empty for always. */
  store(stores: readonly StoreGroup[], conditions: readonly string[]): void
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
  const { element = registerType(contraction.dtype), neighbours, padding } = layout
  const indexing = createIndexing()
  const size = extents(contraction)
  const rowBlocks = Math.ceil(size.rows / rows)
  const columnBlocks = Math.ceil(size.columns / columns)
  const count = rowBlocks * columnBlocks * size.batch
  const groups = fold(count, context.target)
  const { staged: together, outer } = staging(contraction.along, depth)
  const terms = points(together)
  const slabs = Math.ceil(terms / depth)
  const steps = slabs * points(outer)

  const batch: Axis = { name: 'batch', size: size.batch }
  const step: Axis = { name: 'step', size: steps }
  const [outside, slab] = delinearize(axisOf(step), [points(outer), slabs]) as [Expression, Expression]
  const here: At = new Map()
  scatter(here, contraction.batch, axisOf(batch))
  const inStep: At = new Map(here)
  scatter(inStep, outer, outside)

  const first = (rows * depth) / 16
  const sides = [
    makeSide('left', contraction.left, contraction.rows, rows, 0),
    makeSide('right', contraction.right, contraction.columns, columns, first),
  ]
  const copies = Math.ceil((first + (columns * depth) / 16) / lanes)
  const linesOf = (extent: number) => {
    const [line, count] = neighbours === 'across' ? [extent + padding, depth] : [depth + padding, extent]
    return { line: line / 4, buffer: (line * count) / 4 }
  }
  const lines = { left: linesOf(rows), right: linesOf(columns) }
  return {
    contraction,
    element,
    size,
    indexing,
    here,
    groups,
    lines,
    shared: sides.map(({ name }) => `var<workgroup> ${name}: array<vec4<${element}>, ${2 * lines[name].buffer}>;`),
    print,
  }

  function print(
    stores: readonly StoreGroup[],
    before: (writer: Writer) => void,
    multiply: (buffer: string, writer: Writer) => void,
  ): Printed {
    const { tensors: vectors, rewrite } = vectorize(
      [
        ...sides.flatMap(({ units }) => units.flatMap(({ values }) => values.flat())),
        ...stores.flatMap(({ indices, values }) => [...indices, ...values]),
      ],
      stores,
      indexing,
      context.place,
    )
    const pack = createPack()
    const writer = createWriter(context.print, [batch])
    writer.line(`let number = i32(${groupNumber(groups)});`)
    if (groups[0] * groups[1] > count) writer.line(`if (number >= ${count}) { return; }`)
    writer.line(`let row_block = number % ${rowBlocks};`)
    writer.line(`let column_block = (number / ${rowBlocks}) % ${columnBlocks};`)
    writer.line(`let batch = number / ${rowBlocks * columnBlocks};`)
    writer.line('let thread = i32(lane);')
    for (let copy = 0; copy < copies; copy++)
      for (let i = 0; i < 4; i++) writer.line(`var copy${copy}_${i} = vec4<${element}>();`)
    for (const { units, extent, block, size } of sides)
      for (const { name, number, inAcross, across } of units) {
        writer.line(`let ${name} = ${number};`)
        defineFours(writer, across, `${block} * ${extent / 4} + ${inAcross}`, size % extent === 0)
      }
    load(writer, rewrite, pack, '', '0')
    save(writer, '0')
    writer.line('workgroupBarrier();')
    before(writer)
    if (steps === 1) multiply('0', writer)
    else
      writer.nest(`for (var now = 0; now < ${steps}; now++)`, [], () => {
        load(writer, rewrite, pack, `if (now + 1 < ${steps})`, 'now + 1')
        multiply('(now % 2)', writer)
        save(writer, '((now + 1) % 2)')
        writer.line('workgroupBarrier();')
      })
    const options = { vectors, rewrite, pack, indexing }
    const store = (stores: readonly StoreGroup[], conditions: readonly string[]): void => {
      const together = new Set(conditions).size === 1
      for (const [i, condition] of (together ? conditions.slice(0, 1) : conditions).entries()) {
        const group = together
          ? stores
          : stores.map(({ target, indices, values }) => ({ target, indices: [indices[i]!], values: [values[i]!] }))
        storeAll([group], context, writer, { ...options, condition })
      }
    }
    return { writer, vectors, store }
  }

  /** What each invocation copies of a factor, whose units have the numbers from `start` on among those of both factors. */
  function makeSide(
    name: Side['name'],
    factor: Expression,
    axes: readonly Axis[],
    extent: number,
    start: number,
  ): Side {
    const inUnits = (extent * depth) / 16
    const alongFirst = stepsAlong(factor, together, axes, inStep, indexing)
    const firstCopy = Math.floor(start / lanes)
    const units = Array.from({ length: Math.ceil((start + inUnits) / lanes) - firstCopy }, (_, u): Unit => {
      const own = `${name}${u}`
      const copy = firstCopy + u
      const offset = copy * lanes - start
      const [inTerms, inAcross] = alongFirst
        ? [`(${own} % ${depth / 4})`, `(${own} / ${depth / 4})`]
        : [`(${own} / ${extent / 4})`, `(${own} % ${extent / 4})`]
      const [across, along] = [foursOf(`${own}_at`, points(axes)), foursOf(`${own}_term`, terms)]
      const value = (position: Expression, term: Expression): Expression => {
        const at = new Map(inStep)
        scatter(at, axes, position)
        scatter(at, together, term)
        return indexing.substitute(factor, at)
      }
      const values =
        neighbours === 'across'
          ? along.positions.map(term => across.positions.map(position => value(position, term)))
          : across.positions.map(position => along.positions.map(term => value(position, term)))
      const conditions = [
        offset < 0 ? `thread >= ${-offset}` : '',
        offset + lanes > inUnits ? `thread < ${inUnits - offset}` : '',
      ]
      const condition = both(conditions[0]!, conditions[1]!)
      return {
        name: own,
        copy: `copy${copy}`,
        number: offset === 0 ? 'thread' : offset < 0 ? `thread - ${-offset}` : `thread + ${offset}`,
        condition: condition && `if (${condition})`,
        inTerms,
        inAcross,
        across,
        along,
        values,
      }
    })
    return { name, extent, units, size: points(axes), block: name === 'left' ? 'row_block' : 'column_block' }
  }

  /** From storage into registers: the slab of a step. */
  function load(writer: Writer, rewrite: (e: Expression) => Expression, pack: Pack, head: string, which: string): void {
    writer.nest(head, [step], () => {
      writer.line(`let step = ${which};`)
      const start = writer.value(indexing.simplify(slab))
      for (const { units } of sides)
        for (const { copy, condition, inTerms, along, values } of units)
          only(writer, condition, () => {
            const exists = defineFours(writer, along, `${start} * ${depth / 4} + ${inTerms}`, terms % depth === 0)
            const ofAll = new Set(exists).size === 1 ? exists[0]! : `vec4<bool>(${exists.join(', ')})`
            const packed = values.map(four => pack(four.map(rewrite)))
            writer.share(packed)
            for (const [i, value] of packed.entries()) {
              const text = layout.element ? `vec4<${element}>(${writer.value(value)})` : writer.value(value)
              // Beyond the last term there is nothing to add.
              const condition = neighbours === 'across' ? exists[i]! : ofAll
              writer.line(`${copy}_${i} = ${condition ? `select(vec4<${element}>(), ${text}, ${condition})` : text};`)
            }
          })
    })
  }

  /** From registers into a buffer of workgroup memory. */
  function save(writer: Writer, buffer: string): void {
    for (const { name: array, units } of sides) {
      const { line, buffer: size } = lines[array]
      for (const { name, copy, condition, inTerms, inAcross } of units)
        only(writer, condition, () => {
          const [number, place] = neighbours === 'across' ? [inTerms, inAcross] : [inAcross, inTerms]
          writer.line(`let ${name}_to = ${buffer} * ${size} + ${number} * ${4 * line} + ${place};`)
          for (let i = 0; i < 4; i++) writer.line(`${array}[${name}_to + ${i * line}] = ${copy}_${i};`)
        })
    }
  }
}

/** For some invocations only, if there is a condition. */
function only(writer: Writer, condition: string, body: () => void): void {
  if (condition) writer.nest(condition, [], body)
  else body()
}

interface Unit {
  readonly name: string
  /** The registers it passes through, which units of both factors share where no invocation has both. */
  readonly copy: string
  readonly number: string
  /** Which invocations have it; empty for all. */
  readonly condition: string
  /** Which four terms of a slab, and which four rows or columns of a block. */
  readonly inTerms: string
  readonly inAcross: string
  readonly across: Fours
  readonly along: Fours
  /** By line, then place. */
  readonly values: readonly (readonly Expression[])[]
}
interface Side {
  readonly name: 'left' | 'right'
  /** Rows or columns of a block, and in all. */
  readonly extent: number
  readonly size: number
  readonly units: readonly Unit[]
  readonly block: string
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
