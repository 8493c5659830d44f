/**
 * Scatters: a point owns some neighbours of the scattered axis. It sets them to 0, then looks at all steps, and adds those that
 * name a result of its own, in their order. No two points store to one element, and what they compute does not depend on how many
 * there are.
 */
import {
  type Axis,
  axisOf,
  both,
  delinearize,
  type Expression,
  less,
  literal,
  minus,
  plus,
  select,
  times,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { type Kernel, points, type Result, type Scatter } from '../kernels/kernel.js'
import { inFours, pointAxes } from '../kernels/pieces.js'
import type { Schedule } from '../kernels/schedule.js'
import { accumulated } from './accumulate.js'
import { type Builder, createBuilder } from './build.js'
import { type At, type Context, nested, steps, storeAll, storesAt } from './expand.js'
import { createPack } from './pack.js'
import { createPlaces } from './places.js'
import { emitPoints, type Context as PointContext } from './points.js'
import type { LoopProgram, Statement } from './program.js'
import { vectorize } from './vectorize.js'

type Pieces = Extract<Schedule, { kind: 'pieces' }>

/** What a target makes of the parts of a scatter. */
interface Parts {
  readonly at: Expression
  /** Stores zeros at a position, and adds a step at another one. */
  clear(): void
  add(): void
  /** Software drivers run what stands under a condition for all lanes, masked, unless it is a loop that none of them enters. */
  readonly loopsOnce: boolean
}
/** The positions that parts are made for. */
interface Positions {
  readonly cleared: Axis
  readonly loops: ReadonlyMap<Axis, Axis>
  /** Of a step that names a result of the point: known there alone, so that nothing of it is computed for others. */
  readonly own: ReadonlyMap<Axis, Expression>
}

function positionsOf({ along, onto }: Scatter): Positions {
  const named = (name: string): Expression => ({ kind: 'name', name, dtype: 'i32' })
  return {
    cleared: { name: 'v', size: onto.size },
    loops: new Map(along.map((axis, i) => [axis, { name: `k${i}`, size: axis.size }])),
    own: new Map([[onto, named('own')], ...along.map((axis, i): [Axis, Expression] => [axis, named(`step${i}`)])]),
  }
}

/** What a step makes of the results that it names. */
const sums = ({ results }: Scatter): Result[] =>
  results.map(({ target, index, value }) => {
    const before: Expression = { kind: 'load', source: target, index, dtype: value.dtype }
    return { target, index, value: accumulated('sum', before, value) }
  })
const zeros = ({ results }: Scatter): Result[] =>
  results.map(({ target, index, value }) => ({ target, index, value: literal(0, value.dtype) }))

/** The axes of points, after the parts of the scattered axis, and where each point stands on them. */
function launchOf(axes: readonly Axis[], { onto }: Scatter, { piece }: Pieces) {
  const parts = Math.ceil(onto.size / piece)
  const point: Axis = { name: 't', size: parts * points(axes) }
  const [part, ...positions] = delinearize(axisOf(point), [parts, ...axes.map(({ size }) => size)])
  return { point, part: part!, positions, parts }
}

function emit(
  builder: Builder,
  { onto, along }: Scatter,
  { piece }: Pieces,
  { part, parts }: ReturnType<typeof launchOf>,
  { cleared, loops, own }: Positions,
  { at, clear, add, loopsOnce }: Parts,
): void {
  builder.share([])
  const from = builder.bind(times(part, piece))
  const end = plus(from, piece)
  const to = parts === 1 ? literal(onto.size) : builder.bind(onto.size % piece ? p.min(end, literal(onto.size)) : end)
  builder.loop(cleared, clear, { from, to })
  nested(
    builder,
    along.map(axis => loops.get(axis)!),
    () => {
      const named = builder.let('to', at)
      const inside = (): void => {
        builder.let('own', named)
        for (const axis of along)
          builder.let((own.get(axis) as Expression & { kind: 'name' }).name, axisOf(loops.get(axis)!))
        add()
      }
      const belongs = both(less(minus(from, literal(1)), named), less(named, to))
      const once: Axis = { name: 'once', size: 1 }
      if (parts === 1) inside()
      else if (loopsOnce) builder.loop(once, inside, { to: select(belongs, literal(1), literal(0)) })
      else builder.when(belongs, inside)
    },
  )
}

/** For a processor. */
export function scatterPoints(
  kernel: Kernel,
  scatter: Scatter,
  schedule: Pieces,
  { vectors, memoryOf }: Pick<PointContext, 'vectors' | 'memoryOf'>,
): { readonly point: Axis; readonly body: readonly Statement[] } {
  const axes = pointAxes(kernel, scatter, { class: 'cpu' })
  const inner = kernel.grid.filter(axis => !axes.includes(axis))
  const last = inner.at(-1)
  const along = last && last.size >= 4 && last === kernel.grid.at(-1) ? last : undefined
  const launch = launchOf(axes, scatter, schedule)
  const positions = positionsOf(scatter)
  const builder = createBuilder([launch.point])
  const context: PointContext = { builder, vectors, memoryOf, unroll: () => false, side: 1 }
  const here: At = new Map(axes.map((axis, i) => [axis, launch.positions[i]!]))
  const store = (results: readonly Result[], more: Iterable<[Axis, Expression]>): void =>
    emitPoints(context, [{ at: new Map([...here, ...more]) }], [{ kind: 'store', along: inner, results }], along)
  const loops = [...positions.loops].map(([axis, loop]): [Axis, Expression] => [axis, axisOf(loop)])
  emit(builder, scatter, schedule, launch, positions, {
    at: vectors.scalar(scatter.at, new Map([...here, ...loops])),
    clear: () => store(zeros(scatter), [[scatter.onto, axisOf(positions.cleared)]]),
    add: () => store(sums(scatter), positions.own),
    loopsOnce: false,
  })
  return { point: launch.point, body: builder.statements() }
}

/** For WebGPU: each invocation has one or four columns of its results. */
export function scatterInvocations(kernel: Kernel, scatter: Scatter, schedule: Pieces, context: Context): LoopProgram {
  const indexing = createIndexing()
  const axes = pointAxes(kernel, scatter, context.target)
  const launch = launchOf(axes, scatter, schedule)
  const positions = positionsOf(scatter)
  const fours = inFours(kernel, scatter)
  const columns = steps(kernel.grid, launch.positions, new Map(fours ? [[fours, 4]] : []))
  const at = (more: Iterable<[Axis, Expression]>): At[] => columns.map(column => new Map([...column, ...more]))
  const cleared = storesAt(zeros(scatter), [at([[scatter.onto, axisOf(positions.cleared)]])], indexing)
  const added = storesAt(sums(scatter), [at(positions.own)], indexing)
  const loops = [...positions.loops].map(([axis, loop]): [Axis, Expression] => [axis, axisOf(loop)])
  const named = indexing.substitute(scatter.at, new Map([...columns[0]!, ...loops]))
  const stores = [...cleared, ...added].flat()
  const roots = [named, ...stores.flatMap(({ indices, values }) => [...indices, ...values])]
  const { tensors, rewrite } = vectorize(roots, stores, indexing, context.holder)
  const places = createPlaces(context.bindings, context.holder, tensors, indexing)
  const inMemories = places.inMemories()
  const options = {
    vectors: tensors,
    places,
    rewrite: (e: Expression) => inMemories(rewrite(e)),
    pack: createPack(),
    indexing,
  }
  const builder = createBuilder([launch.point])
  emit(builder, scatter, schedule, launch, positions, {
    at: options.rewrite(named),
    clear: () => storeAll(cleared, context, builder, options),
    add: () => storeAll(added, context, builder, options),
    loopsOnce: context.target.class === 'software',
  })
  return {
    name: kernel.name,
    launch: { kind: 'points', point: launch.point, grain: schedule.workgroup },
    memories: places.memories,
    body: builder.statements(),
  }
}
