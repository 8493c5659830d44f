/**
 * The `transposed` schedule: a workgroup fills a square tile of workgroup memory along the axis in which loads are
 * neighbours, and empties it along the axis in which stores are, so that both touch whole lines of memory. A row of the
 * tile is one longer than it holds: its columns, too, then lie in different banks.
 */
import { type Axis, axisOf, delinearize, type Expression, partsOf, times, withParts } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { type Kernel, points } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { transpositionOf } from '../kernels/transpose.js'
import { createWriter } from './block.js'
import { both } from './fours.js'
import { type Context, fold, groupNumber, storeAll, storesAt, type Text } from './loops.js'
import { createPack } from './pack.js'
import { typeText } from './types.js'

/** Elements of a tile per invocation. */
const EACH = 4

export function transposed(
  kernel: Kernel,
  { side }: Extract<Schedule, { kind: 'transposed' }>,
  context: Context,
): Text {
  const found = transpositionOf(kernel)
  if (!found) throw new Error(`kernel ${kernel.name} is no transposition`)
  const { loaded, stored, rest } = found
  const indexing = createIndexing()
  const [down, across] = [Math.ceil(loaded.size / side), Math.ceil(stored.size / side)]
  const count = down * across * points(rest)
  const groups = fold(count, context.target)
  const tiles = found.loads.map((load, i) => ({
    name: `tile${i}`,
    load: indexing.simplify(load),
    value: { kind: 'name', name: `moved${i}`, dtype: load.dtype } as const,
  }))
  const rewrite = replacing(new Map(tiles.map(({ load, value }) => [load, value])), indexing.simplify)

  const number: Axis = { name: 'number', size: count }
  const writer = createWriter(context.print, [number])
  writer.line(`let number = i32(${groupNumber(groups)});`)
  if (groups[0] * groups[1] > count) writer.line(`if (number >= ${count}) { return; }`)
  const parts = delinearize(axisOf(number), [...rest.map(({ size }) => size), across, down]).map(indexing.simplify)
  for (const [i, axis] of rest.entries()) {
    writer.line(`let ${axis.name} = ${writer.value(parts[i]!)};`)
    writer.define(axis)
  }
  /** Where the tile begins, as `start + `; nothing where there is one tile. */
  const begin = (name: string, tile: Expression): string => {
    if (tile.kind === 'literal') return ''
    writer.line(`let ${name} = ${writer.value(indexing.simplify(times(tile, side)))};`)
    return `${name} + `
  }
  const [tileAcross, tileDown] = parts.slice(-2) as [Expression, Expression]
  const begins = new Map([
    [stored, begin('stores_start', tileAcross)],
    [loaded, begin('loads_start', tileDown)],
  ])
  writer.line(`let near = i32(lane) % ${side};`)
  writer.line(`let far = i32(lane) / ${side};`)
  /** Invocations walk over the tile: neighbours along one axis, lines along the other. Only what exists counts. */
  const walk = (near: Axis, body: () => void): void => {
    const exists = both(
      loaded.size % side ? `${loaded.name} < ${loaded.size}` : '',
      stored.size % side ? `${stored.name} < ${stored.size}` : '',
    )
    writer.nest(`for (var k = 0; k < ${side}; k += ${side / EACH})`, [], () => {
      writer.line('let line = far + k;')
      for (const axis of [loaded, stored])
        writer.line(`let ${axis.name} = ${begins.get(axis)}${axis === near ? 'near' : 'line'};`)
      if (exists) writer.nest(`if (${exists})`, [loaded, stored], body)
      else {
        writer.define(loaded)
        writer.define(stored)
        body()
      }
    })
  }
  walk(loaded, () => {
    writer.share(tiles.map(({ load }) => load))
    for (const { name, load } of tiles) writer.line(`${name}[near * ${side + 1} + line] = ${writer.value(load)};`)
  })
  writer.line('workgroupBarrier();')
  walk(stored, () => {
    for (const { name, value } of tiles) {
      writer.line(`let ${value.name} = ${name}[line * ${side + 1} + near];`)
      writer.define(value.name)
    }
    const options = { vectors: new Set<never>(), rewrite, pack: createPack(), indexing }
    for (const results of found.stores) storeAll(storesAt(results, [[new Map()]], indexing), context, writer, options)
  })
  return {
    body: writer.text(),
    size: (side * side) / EACH,
    groups,
    shared: tiles.map(
      ({ name, value }) => `var<workgroup> ${name}: array<${typeText(value.dtype, 1)}, ${side * (side + 1)}>;`,
    ),
    vectors: new Set(),
  }
}

/** Expressions with some parts replaced, made canonical again. */
function replacing(by: ReadonlyMap<Expression, Expression>, simplify: (e: Expression) => Expression) {
  const memo = new Map<Expression, Expression>()
  const rewrite = (e: Expression): Expression => {
    const known = by.get(e) ?? memo.get(e)
    if (known) return known
    const made = simplify(withParts(e, partsOf(e).map(rewrite)))
    memo.set(e, made)
    return made
  }
  return rewrite
}
