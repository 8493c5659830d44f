/**
 * The `tiles` schedule: an invocation computes a tile of grid points straight from storage. Every point's instance of an
 * expression is simplified by itself; what instances share (the operands of a register tile) is bound once, and
 * neighbouring points are computed in vec4s.
 */
import { type Axis, axisOf, delinearize, type Expression } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { contractionOf } from '../kernels/contraction.js'
import { expressionsOf, type Kernel } from '../kernels/kernel.js'
import { periodic } from '../kernels/periodic.js'
import type { Schedule } from '../kernels/schedule.js'
import { createWriter } from './block.js'
import { linesOf } from './lines.js'
import {
  type Accumulator,
  type At,
  accumulateText,
  accumulator,
  type Context,
  cut,
  fold,
  groupNumber,
  inGroups,
  nested,
  readOnlyOwn,
  steps,
  storeAll,
  storesAt,
  type Text,
} from './loops.js'
import { createPack } from './pack.js'
import { quadsOf } from './quads.js'
import { vectorize } from './vector.js'

export function tiles(
  kernel: Kernel,
  { tile, unroll, workgroup, block = 0 }: Extract<Schedule, { kind: 'tiles' }>,
  context: Context,
): Text {
  const indexing = createIndexing()
  const blocksOf = (axis: Axis): number => axis.size / (tile.get(axis) ?? 1)
  const invocations = kernel.grid.reduce((n, axis) => n * blocksOf(axis), 1)
  const groups = fold(Math.ceil(invocations / workgroup), context.target)
  const t: Axis = { name: 't', size: invocations }
  const whole = groups[0] * groups[1] * workgroup === invocations
  const quads = context.target.quads && whole ? quadsOf(kernel, tile, indexing) : undefined
  const grid = quads?.grid ?? kernel.grid
  const origins = new Map(delinearize(axisOf(t), grid.map(blocksOf)).map((origin, i) => [grid[i]!, origin]))
  const order = inFours(kernel, tile)
  const starts = order.map(axis => origins.get(axis)!)
  const points = inGroups(steps(order, starts, tile))
  const product = context.target.class === 'software' ? contractionOf(kernel) : undefined
  const lines = product && linesOf(order, starts, tile, product)

  // Every instance of every expression is made first, so that vectorization sees all accesses of the kernel.
  const expanded = kernel.body.map(statement => {
    const { outer, iterations } = cut(statement.along, unroll)
    if (statement.kind === 'store') {
      if (lines) {
        const stores = storesAt(statement.results, lines.points, indexing)
        if (readOnlyOwn(stores, context.place)) return { kind: 'store' as const, outer: [lines.axis], stores, lines }
      }
      const everywhere = iterations.flatMap(along => points.flat().map((point): At => new Map([...point, ...along])))
      const at = points.length > 1 || iterations.length > 1 ? inGroups(everywhere) : [everywhere]
      return { kind: 'store' as const, outer, stores: storesAt(statement.results, at, indexing), lines: undefined }
    }
    const registers = statement.terms.flatMap(term =>
      points.map((group, n) => {
        const name = points.length === 1 ? term.name : `${term.name}_${n}`
        const values = iterations.map(along =>
          group.map(point => {
            const at = new Map([...point, ...along])
            return quads ? quads.value(at) : indexing.substitute(term.value, at)
          }),
        )
        return { term, group, values, register: accumulator(name, term.combine, term.dtype, group.length) }
      }),
    )
    for (const { term, group, register } of registers)
      for (const [i, point] of group.entries()) point.set(term.name, register.parts[i]!)
    return { kind: 'accumulate' as const, outer, registers }
  })
  const roots = expanded.flatMap((s): Expression[] =>
    s.kind === 'store'
      ? s.stores.flat().flatMap(({ indices, values }) => [...indices, ...values])
      : s.registers.flatMap(({ values }) => values.flat()),
  )
  const stores = expanded.flatMap(s => (s.kind === 'store' ? s.stores.flat() : []))
  const { tensors, rewrite } = vectorize(roots, stores, indexing, context.place)
  const pack = createPack()

  const writer = createWriter(context.print, [t])
  const byId = context.target.numbering === 'id' && kernel.body.every(({ kind }) => kind === 'store')
  writer.line(`let t = i32(${groupNumber(groups)} * ${workgroup}u + ${byId ? 'id.x' : 'lane'});`)
  if (!whole) writer.line(`if (t >= ${invocations}) { return; }`)
  if (quads) {
    writer.define(quads.axis)
    writer.line('let quad = t % 4;')
  }
  for (const statement of expanded) {
    const { outer } = statement
    if (statement.kind === 'store') {
      nested(writer, outer, () => {
        statement.lines?.pick(writer)
        storeAll(statement.stores, context, writer, { vectors: tensors, rewrite, pack, indexing })
      })
      continue
    }
    const registers = statement.registers.map(({ register }) => register)
    const values = statement.registers.map(each => each.values.map(four => four.map(rewrite)))
    const accumulate = (into: readonly Accumulator[], loops: readonly Axis[]): void =>
      nested(writer, loops, () => {
        writer.share(values.flat().map(pack))
        for (const [i, register] of into.entries()) writer.line(accumulateText(register, values[i]!, pack, writer))
      })
    const declare = (list: readonly Accumulator[]): void => {
      for (const { name, initial } of list) writer.line(`var ${name} = ${initial};`)
    }
    declare(registers)
    const [first, ...rest] = outer
    if (first && block && block < first.size && registers.every(({ combine }) => combine === 'sum')) {
      // Partial sums, so that rounding errors grow with the length of a block and the number of blocks, not with their product.
      const partial = registers.map(register => ({ ...register, name: `${register.name}_part` }))
      const blockwise = (head: string, defines: readonly Axis[], body: () => void): void =>
        writer.nest(head, defines, () => {
          declare(partial)
          body()
          for (const [i, { name }] of registers.entries()) writer.line(`${name} += ${partial[i]!.name};`)
        })
      const each = (from: string, to: string): string =>
        `for (var ${first.name} = ${from}; ${first.name} < ${to}; ${first.name}++)`
      if (block === 1) blockwise(each('0', `${first.size}`), [first], () => accumulate(partial, rest))
      else
        blockwise(`for (var start = 0; start < ${first.size}; start += ${block})`, [], () => {
          const end = first.size % block ? `min(start + ${block}, ${first.size})` : `start + ${block}`
          writer.nest(each('start', end), [first], () => accumulate(partial, rest))
        })
    } else accumulate(registers, outer)
    for (const { name } of registers) writer.define(name)
    if (expanded.some(each => each.kind === 'store' && each.lines)) lines!.declare(writer, registers)
  }
  return {
    body: writer.text(),
    size: workgroup,
    groups,
    shared: [],
    vectors: tensors,
    ...(quads ? { directives: ['enable subgroups;'] } : {}),
    ...(byId ? { builtins: ['@builtin(local_invocation_id) id: vec3<u32>'] } : {}),
  }
}

/**
 * The grid with the innermost axis whose tile is a whole number of fours last: vec4s along it compute one formula, where fours
 * of points that cross from one row to the next would mix masks and factors, and fours along a periodic mask have gaps.
 */
function inFours({ grid, body }: Kernel, tile: ReadonlyMap<Axis, number>): readonly Axis[] {
  const masked = new Set(body.flatMap(expressionsOf).flatMap(e => [...periodic(e).periods.keys()]))
  const fours = (axis: Axis): boolean => (tile.get(axis) ?? 1) % 4 === 0
  const along = grid.findLast(axis => fours(axis) && !masked.has(axis)) ?? grid.findLast(fours)
  return along ? [...grid.filter(axis => axis !== along), along] : grid
}
