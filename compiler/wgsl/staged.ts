/**
 * The `staged` schedule of a contraction: a workgroup computes a block of rows by columns. Its invocations copy slabs of
 * both factors into workgroup memory, units of four by four elements each, and compute a tile of the block from there.
 * There are two buffers: while one is read, the next slab is on its way into the other, so a slab costs one barrier.
 */
import { type Axis, axisOf, delinearize, type Expression } from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { type Contraction, contractionOf, extents, staging } from '../kernels/contraction.js'
import { type Kernel, points } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { createWriter, type Writer } from './block.js'
import { defineFours, type Fours, foursOf, scatter } from './fours.js'
import { type At, type Context, fold, groupNumber, type StoreGroup, storeAll, storesAt, type Text } from './loops.js'
import { createPack, LANES, type Pack } from './pack.js'
import { vectorize } from './vector.js'

export function staged(
  kernel: Kernel,
  { rows, columns, depth, tile: [high, wide] }: Extract<Schedule, { kind: 'staged' }>,
  context: Context,
): Text {
  const contraction = contractionOf(kernel)
  if (!contraction) throw new Error(`kernel ${kernel.name} is no contraction: it cannot be staged`)
  const indexing = createIndexing()
  const size = extents(contraction)
  const across = columns / wide
  const lanes = across * (rows / high)
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

  const left: Side = makeSide('left', contraction.left, contraction.rows, rows)
  const right: Side = makeSide('right', contraction.right, contraction.columns, columns)
  const sides = [left, right]
  const tile = tileOf(contraction, high, wide, here, indexing)
  const { tensors, rewrite } = vectorize(
    [
      ...sides.flatMap(({ units }) => units.flatMap(({ values }) => values.flat())),
      ...tile.flatMap(({ stores }) => stores.flatMap(({ indices, values }) => [...indices, ...values])),
    ],
    tile.flatMap(({ stores }) => stores),
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
  for (const { units, extent, block, size } of sides)
    for (const { name, number, inAcross, across } of units) {
      writer.line(`let ${name} = ${number};`)
      defineFours(writer, across, `${block} * ${extent / 4} + ${inAcross}`, size % extent === 0)
      for (let k = 0; k < 4; k++) writer.line(`var ${name}_${k} = vec4<f32>();`)
    }
  load('', '0')
  save('0')
  writer.line('workgroupBarrier();')
  for (const { sum } of tile) writer.line(`var ${sum} = vec4<f32>();`)
  writer.line(`let tile_row = (thread / ${across}) * ${high / 4};`)
  writer.line(`let tile_column = thread % ${across};`)
  writer.nest(steps > 1 ? `for (var now = 0; now < ${steps}; now++)` : '', [], () => {
    if (steps > 1) load(`if (now + 1 < ${steps})`, 'now + 1')
    multiply(steps > 1 ? '(now % 2)' : '0')
    if (steps === 1) return
    save('((now + 1) % 2)')
    writer.line('workgroupBarrier();')
  })
  finish()
  return {
    body: writer.text(),
    size: lanes,
    groups,
    shared: sides.map(({ name, extent }) => `var<workgroup> ${name}: array<vec4<f32>, ${(2 * depth * extent) / 4}>;`),
    vectors: tensors,
  }

  /** What each invocation copies of a factor: units of four terms by four rows or columns. */
  function makeSide(name: Side['name'], factor: Expression, axes: readonly Axis[], extent: number): Side {
    const inUnits = (extent * depth) / 16
    const alongFirst = stepsAlong(factor, together, axes, inStep, indexing)
    const units = Array.from({ length: Math.ceil(inUnits / lanes) }, (_, u): Unit => {
      const own = `${name}${u}`
      const [inTerms, inAcross] = alongFirst
        ? [`(${own} % ${depth / 4})`, `(${own} / ${depth / 4})`]
        : [`(${own} / ${extent / 4})`, `(${own} % ${extent / 4})`]
      const [across, along] = [foursOf(`${own}_at`, points(axes)), foursOf(`${own}_term`, terms)]
      const values = along.positions.map(term =>
        across.positions.map(position => {
          const at = new Map(inStep)
          scatter(at, axes, position)
          scatter(at, together, term)
          return indexing.substitute(factor, at)
        }),
      )
      const condition = (u + 1) * lanes <= inUnits ? '' : `if (${own} < ${inUnits})`
      return {
        name: own,
        number: u ? `thread + ${u * lanes}` : 'thread',
        condition,
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
  function load(head: string, which: string): void {
    writer.nest(head, [step], () => {
      writer.line(`let step = ${which};`)
      const start = writer.value(indexing.simplify(slab))
      for (const { units } of sides)
        for (const { name, condition, inTerms, along, values } of units)
          only(condition, () => {
            const exists = defineFours(writer, along, `${start} * ${depth / 4} + ${inTerms}`, terms % depth === 0)
            const packed = values.map(four => pack(four.map(rewrite)))
            writer.share(packed)
            for (const [k, value] of packed.entries()) {
              const text = writer.value(value)
              // Beyond the last term there is nothing to add.
              writer.line(`${name}_${k} = ${exists[k] ? `select(vec4<f32>(), ${text}, ${exists[k]})` : text};`)
            }
          })
    })
  }

  /** From registers into a buffer of workgroup memory: `[buffer][term][row or column / 4]`. */
  function save(buffer: string): void {
    for (const { name: array, extent, units } of sides)
      for (const { name, condition, inTerms, inAcross } of units)
        only(condition, () => {
          writer.line(`let ${name}_to = ${buffer} * ${(depth * extent) / 4} + ${inTerms} * ${extent} + ${inAcross};`)
          for (let k = 0; k < 4; k++) writer.line(`${array}[${name}_to + ${(k * extent) / 4}] = ${name}_${k};`)
        })
  }

  /** Some invocations only, if there is a condition. */
  function only(condition: string, body: () => void): void {
    if (condition) writer.nest(condition, [], body)
    else body()
  }

  /** Adds a slab's products to the tile. */
  function multiply(buffer: string): void {
    writer.nest(`for (var k = 0; k < ${depth}; k++)`, [], () => {
      writer.line(`let left_row = (${buffer} * ${depth} + k) * ${rows / 4} + tile_row;`)
      writer.line(`let right_row = (${buffer} * ${depth} + k) * ${columns / 4} + tile_column;`)
      for (let i = 0; i < high / 4; i++) writer.line(`let a${i} = left[left_row + ${i}];`)
      for (let j = 0; j < wide / 4; j++) writer.line(`let b${j} = right[right_row + ${j * across}];`)
      for (const { sum, row, column } of tile)
        writer.line(`${sum} = fma(vec4<f32>(a${row >> 2}.${LANES[row % 4]}), b${column}, ${sum});`)
    })
  }

  /** Stores what follows from the sums, where rows and columns exist. */
  function finish(): void {
    for (const { sum } of tile) for (const name of [sum, ...LANES.map(lane => `${sum}.${lane}`)]) writer.define(name)
    const existing = new Map<Fours, string[]>()
    for (const { rowFours, columnFours, row, column } of tile) {
      const define = (at: Fours, number: string, inside: boolean) => {
        if (!existing.has(at)) existing.set(at, defineFours(writer, at, number, inside))
      }
      define(rowFours, `row_block * ${rows / 4} + tile_row + ${row >> 2}`, size.rows % rows === 0)
      define(
        columnFours,
        `column_block * ${columns / 4} + tile_column + ${column * across}`,
        size.columns % columns === 0,
      )
    }
    for (const { rowFours, columnFours, row, stores } of tile) {
      const conditions = existing.get(columnFours)!.map(column => both(existing.get(rowFours)![row % 4]!, column))
      storeGuarded(stores, conditions, context, writer, { vectors: tensors, rewrite, pack, indexing })
    }
  }
}

interface Unit {
  readonly name: string
  readonly number: string
  /** Which invocations have it; empty for all. */
  readonly condition: string
  /** Which four terms of a slab, and which four rows or columns of a block. */
  readonly inTerms: string
  readonly inAcross: string
  readonly across: Fours
  readonly along: Fours
  /** By term, then row or column. */
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

/** Four columns of one row of an invocation's tile. */
interface Four {
  readonly sum: string
  readonly row: number
  readonly column: number
  readonly rowFours: Fours
  readonly columnFours: Fours
  readonly stores: readonly StoreGroup[]
}

function tileOf(contraction: Contraction, high: number, wide: number, here: At, indexing: Indexing): Four[] {
  const size = extents(contraction)
  const list = (n: number, name: string, extent: number) =>
    Array.from({ length: n / 4 }, (_, i) => foursOf(`${name}${i}`, extent))
  const rows = list(high, 'row', size.rows)
  const columns = list(wide, 'column', size.columns)
  return Array.from({ length: high }, (_, row) =>
    columns.map((columnFours, column): Four => {
      const rowFours = rows[row >> 2]!
      const sum = `${contraction.name}_${row}_${column}`
      const group = columnFours.positions.map((position, lane) => {
        const at: At = new Map(here)
        scatter(at, contraction.rows, rowFours.positions[row % 4]!)
        scatter(at, contraction.columns, position)
        return at.set(contraction.name, { kind: 'name', name: `${sum}.${LANES[lane]}`, dtype: contraction.dtype })
      })
      const stores = contraction.stores.flatMap(({ results }) => storesAt(results, [group], indexing)[0]!)
      return { sum, row, column, rowFours, columnFours, stores }
    }),
  ).flat()
}

const both = (a: string, b: string): string => (a && b ? `(${a}) & (${b})` : a || b)

/** Stores a group of four under its condition; one by one if the four have different conditions. */
export function storeGuarded(
  stores: readonly StoreGroup[],
  conditions: readonly string[],
  context: Context,
  writer: Writer,
  options: Omit<Parameters<typeof storeAll>[3], 'condition'> & { pack: Pack },
): void {
  if (new Set(conditions).size === 1) {
    storeAll([stores], context, writer, { ...options, condition: conditions[0]! })
    return
  }
  for (const [i, condition] of conditions.entries()) {
    const single = stores.map(({ target, indices, values }) => ({
      target,
      indices: [indices[i]!],
      values: [values[i]!],
    }))
    storeAll([single], context, writer, { ...options, condition })
  }
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
