/**
 * Kernel IR and schedule to a WGSL module. `tiles`: an invocation computes a tile of grid points, every instance of an
 * expression in the tile is simplified by itself, and what instances share (the operands of a register tile) is bound
 * once. `rows`: a workgroup computes one grid point; invocations stride along the row and combine by a tree.
 */
import { type Axis, axisOf, delinearize, type Expression, literal, plus, times } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Combine } from '../graph/operation.js'
import { type Kernel, points, type Result, reads, type Store, writes } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import type { Target } from '../kernels/target.js'
import { createWriter, type Writer } from './block.js'
import { combineText, expressionText, identity, registerType, storageType, storedText } from './expression.js'
import { helpers } from './prelude.js'
import { vectorize } from './vector.js'

export interface Module {
  /** Without its name, so that equal kernels are found by text. */
  readonly code: string
  /** What each binding is, in order. */
  readonly bindings: readonly { readonly tensor: Tensor; readonly access: 'read' | 'read_write' }[]
  readonly workgroups: readonly [number, number, number]
}

export interface Storage {
  /** The tensor whose memory holds this one: itself, or the variable it replaces in place. */
  place(tensor: Tensor): Tensor
  /** The buffer of a place. All bindings of a buffer that is written must be writable. */
  buffer(tensor: Tensor): unknown
}

export function emit(kernel: Kernel, schedule: Schedule, target: Target, storage: Storage): Module {
  const written = new Set(writes(kernel).map(storage.place))
  const dirty = new Set([...written].map(storage.buffer))
  const tensors = [...new Set([...reads(kernel).map(storage.place), ...written])]
  const bindings = tensors.map(tensor => ({
    tensor,
    access: dirty.has(storage.buffer(tensor)) ? ('read_write' as const) : ('read' as const),
  }))
  if (bindings.length > target.storageBuffers)
    throw new Error(
      `kernel ${kernel.name} (${kernel.scope}) binds ${bindings.length} buffers, ${target.name} allows ${target.storageBuffers}`,
    )
  const bufferName = (tensor: Tensor): string => {
    const at = tensors.indexOf(storage.place(tensor))
    return written.has(tensors[at]!) ? `out${at}` : `in${at}`
  }
  const used = new Set<string>()
  const print = (e: Expression, part: (e: Expression) => string): string => {
    if (e.kind === 'apply') for (const helper of e.scalar.helpers ?? []) used.add(helper)
    return expressionText(e, part, load => bufferName(load.source))
  }
  const context: Context = { target, print, buffer: bufferName, place: storage.place, written }
  const { body, size, groups, shared, vectors } =
    schedule.kind === 'tiles' ? tiles(kernel, schedule, context) : rows(kernel, schedule, context)
  const declarations = bindings.map(({ tensor, access }, i) => {
    const type = storageType(tensor.dtype)
    return `@group(0) @binding(${i}) var<storage, ${access}> ${bufferName(tensor)}: array<${vectors.has(tensor) ? `vec4<${type}>` : type}>;`
  })
  return {
    code: [
      ...(tensors.some(({ dtype }) => dtype === 'f16') ? ['enable f16;'] : []),
      ...declarations,
      ...shared,
      ...[...used].map(name => helpers[name]!.trim()),
      `@compute @workgroup_size(${size})`,
      'fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {',
      body,
      '}',
      '',
    ].join('\n'),
    bindings,
    workgroups: groups,
  }
}

type Applied = Extract<Expression, { kind: 'apply' }>
type Print = Parameters<typeof createWriter>[0]
interface Context {
  readonly target: Target
  readonly print: Print
  readonly buffer: (tensor: Tensor) => string
  readonly place: (tensor: Tensor) => Tensor
  /** Places that the kernel stores to. */
  readonly written: ReadonlySet<Tensor>
}
interface Text {
  readonly body: string
  readonly size: number
  readonly groups: readonly [number, number, number]
  /** Declarations of workgroup memory. */
  readonly shared: readonly string[]
  /** Places declared as arrays of vec4s. */
  readonly vectors: ReadonlySet<Tensor>
}

/** A one-dimensional count of workgroups as a two-dimensional dispatch, because a dimension holds at most 65535. */
function fold(count: number, target: Target): readonly [number, number, number] {
  if (count <= target.workgroupsPerDimension) return [count, 1, 1]
  const y = Math.ceil(count / target.workgroupsPerDimension)
  return [Math.ceil(count / y), y, 1]
}

function tiles(
  kernel: Kernel,
  { tile, unroll, workgroup }: Extract<Schedule, { kind: 'tiles' }>,
  context: Context,
): Text {
  const indexing = createIndexing()
  const blocks = kernel.grid.map(axis => axis.size / (tile.get(axis) ?? 1))
  const invocations = blocks.reduce((a, b) => a * b, 1)
  const groups = fold(Math.ceil(invocations / workgroup), context.target)
  const t: Axis = { name: 't', size: invocations }
  const block = delinearize(axisOf(t), blocks)
  const instances = steps(kernel.grid, tile).map(
    offsets =>
      new Map<Axis | string, Expression>(
        kernel.grid.map((axis, i) => [axis, plus(times(block[i]!, tile.get(axis) ?? 1), offsets[i]!)]),
      ),
  )

  // Every instance of every expression is made first, so that vectorization sees all loads of the kernel.
  const expanded = kernel.body.map(statement => {
    const { outer, iterations } = cut(statement.along, statement.kind === 'accumulate' ? unroll : new Map())
    if (statement.kind === 'store') {
      const results = iterations.flatMap(along =>
        instances.flatMap(at => resultsAt(statement, new Map([...at, ...along]), indexing)),
      )
      return { kind: 'store' as const, outer, results }
    }
    const named = statement.terms.flatMap(term =>
      instances.map((at, n) => {
        const name = instances.length === 1 ? term.name : `${term.name}_${n}`
        const values = iterations.map(along => indexing.substitute(term.value, new Map([...at, ...along])))
        at.set(term.name, { kind: 'name', name, dtype: term.dtype })
        return { term, name, values }
      }),
    )
    return { kind: 'accumulate' as const, outer, named }
  })
  const roots = expanded.flatMap(s =>
    s.kind === 'store'
      ? s.results.flatMap(({ index, value }) => [index, value])
      : s.named.flatMap(({ values }) => values),
  )
  const { tensors, rewrite } = vectorize(roots, indexing, context.place, place => !context.written.has(place))

  const writer = createWriter(context.print, [t])
  const folded = groups[1] > 1 ? `(group.x + group.y * ${groups[0]}u)` : 'group.x'
  writer.line(`let t = i32(${folded} * ${workgroup}u + lane);`)
  if (groups[0] * groups[1] * workgroup > invocations) writer.line(`if (t >= ${invocations}) { return; }`)
  for (const statement of expanded) {
    if (statement.kind === 'store') {
      const results = statement.results.map(({ target, index, value }) => ({
        target,
        index: rewrite(index),
        value: rewrite(value),
      }))
      nested(writer, statement.outer, () => storeAll(results, context.buffer, writer))
      continue
    }
    for (const { term, name } of statement.named) writer.line(`var ${name} = ${identity(term.combine, term.dtype)};`)
    nested(writer, statement.outer, () => {
      const passes = statement.named[0]!.values.map((_, i) =>
        statement.named.map(({ term, name, values }) => ({ term, name, value: rewrite(values[i]!) })),
      )
      writer.share(passes.flat().map(({ value }) => value))
      for (let first = 0; first < passes.length; first += TOGETHER)
        for (const [n, { term, name }] of statement.named.entries()) {
          const values = passes.slice(first, first + TOGETHER).map(pass => pass[n]!.value)
          const text = accumulateText(
            term.combine,
            name,
            values.filter(value => contributes(term.combine, value)),
            writer,
          )
          if (text) writer.line(text)
        }
    })
    for (const { name } of statement.named) writer.define(name)
  }
  return { body: writer.text(), size: workgroup, groups, shared: [], vectors: tensors }
}

/** Every combination of offsets `0 .. count - 1` along the axes that have a count. */
function steps(axes: readonly Axis[], counts: ReadonlyMap<Axis, number>): Expression[][] {
  return axes.reduce<Expression[][]>(
    (all, axis) =>
      all.flatMap(before => Array.from({ length: counts.get(axis) ?? 1 }, (_, i) => [...before, literal(i)])),
    [[]],
  )
}

/** Loop axes cut into what is left to loop over and the unrolled iterations, each a substitution. */
function cut(
  axes: readonly Axis[],
  unroll: ReadonlyMap<Axis, number>,
): { outer: readonly Axis[]; iterations: Map<Axis | string, Expression>[] } {
  const outer = axes.map((axis, i): Axis => ({ name: `k${i}`, size: axis.size / (unroll.get(axis) ?? 1) }))
  const iterations = steps(axes, unroll).map(
    offsets =>
      new Map<Axis | string, Expression>(
        axes.map((axis, i) => [axis, plus(times(axisOf(outer[i]!), unroll.get(axis) ?? 1), offsets[i]!)]),
      ),
  )
  return { outer: outer.filter(({ size }) => size > 1), iterations }
}

/** `body` inside loops over axes. */
function nested(writer: Writer, [axis, ...rest]: readonly Axis[], body: () => void): void {
  if (!axis) body()
  else
    writer.nest(`for (var ${axis.name} = 0; ${axis.name} < ${axis.size}; ${axis.name}++)`, [axis], () =>
      nested(writer, rest, body),
    )
}

/** A term that a mask removed adds nothing. */
const contributes = (combine: Combine, value: Expression): boolean =>
  !(combine === 'sum' && value.kind === 'literal' && value.value === 0)

/**
 * Products that are added up before the accumulator sees them: its rounding errors then grow with a third of the terms.
 * More at once would keep more operands in registers than there are.
 */
const TOGETHER = 3

/** `name` with terms accumulated: one fused chain of products, otherwise one after the other. */
function accumulateText(combine: Combine, name: string, values: readonly Expression[], writer: Writer): string {
  const products = values.filter(
    (v): v is Applied => v.kind === 'apply' && v.scalar.name === 'mul' && v.dtype === 'f32',
  )
  if (combine !== 'sum' || products.length < values.length || values.length === 0)
    return values.map(value => `${name} = ${combineText(combine, name, writer.value(value))};`).join(' ')
  const factors = products.map(({ args }) => args.map(writer.value) as [string, string])
  const [[a, b], ...rest] = factors as [[string, string], ...[string, string][]]
  if (rest.length === 0) return `${name} = fma(${a}, ${b}, ${name});`
  return `${name} += ${rest.reduce((sum, [x, y]) => `fma(${x}, ${y}, ${sum})`, `${a} * ${b}`)};`
}

const resultsAt = (
  { results }: Store,
  by: ReadonlyMap<Axis | string, Expression>,
  indexing: ReturnType<typeof createIndexing>,
): Result[] =>
  results.map(({ target, index, value }) => ({
    target,
    index: indexing.substitute(index, by),
    value: indexing.substitute(value, by),
  }))

/** Computes all values, then stores them under `condition`. */
function storeAll(results: readonly Result[], buffer: (t: Tensor) => string, writer: Writer, condition = ''): void {
  writer.share(results.flatMap(({ index, value }) => [index, value]))
  const stores = results.map(({ target, index, value }) => {
    const text = storedText(results.length > 1 ? writer.bind(value) : writer.value(value), target.dtype)
    return `${buffer(target)}[${writer.value(index)}] = ${text};`
  })
  if (condition) writer.line(`if (${condition}) { ${stores.join(' ')} }`)
  else stores.forEach(writer.line)
}

function rows(
  kernel: Kernel,
  { lanes }: Extract<Schedule, { kind: 'rows' }>,
  { target, print, buffer }: Context,
): Text {
  const indexing = createIndexing()
  const count = points(kernel.grid)
  const groups = fold(count, target)
  const row: Axis = { name: 'row', size: count }
  const writer = createWriter(print, [row])
  writer.line(`let row = i32(${groups[1] > 1 ? `group.x + group.y * ${groups[0]}u` : 'group.x'});`)
  if (groups[0] * groups[1] > count) writer.line(`if (row >= ${count}) { return; }`)
  const at = new Map<Axis | string, Expression>(
    kernel.grid.map((axis, i) => [
      axis,
      delinearize(
        axisOf(row),
        kernel.grid.map(({ size }) => size),
      )[i]!,
    ]),
  )
  const shared: string[] = []

  /**
   * Invocations stride along the innermost axes, four positions at a time where they divide; the outer axes are plain
   * loops, so that positions need no division.
   */
  const stride = (along: readonly Axis[], inner: (positions: Map<Axis | string, Expression>[]) => void): void => {
    const first = Math.max(
      0,
      along.findLastIndex((_, i) => points(along.slice(i)) >= 4 * lanes),
    )
    const strided = along.slice(first)
    const length = points(strided)
    const passes = length % (4 * lanes) === 0 ? 4 : 1
    const k: Axis = { name: 'k', size: length - (passes - 1) * lanes }
    const { outer, iterations } = cut(along.slice(0, first), new Map())
    nested(writer, outer, () => {
      writer.nest(`for (var k = i32(lane); k < ${length}; k += ${lanes * passes})`, [k], () =>
        inner(
          Array.from({ length: passes }, (_, i) => {
            const position = delinearize(
              plus(axisOf(k), i * lanes),
              strided.map(({ size }) => size),
            )
            return new Map([...at, ...iterations[0]!, ...strided.map((axis, j) => [axis, position[j]!] as const)])
          }),
        ),
      )
    })
  }

  for (const statement of kernel.body) {
    if (statement.kind === 'accumulate') {
      for (const term of statement.terms) writer.line(`var ${term.name}_own = ${identity(term.combine, term.dtype)};`)
      stride(statement.along, positions => {
        const values = positions.flatMap(by =>
          statement.terms.map(term => ({ term, value: indexing.substitute(term.value, by) })),
        )
        writer.share(values.map(({ value }) => value))
        for (const { term, value } of values)
          writer.line(accumulateText(term.combine, `${term.name}_own`, [value], writer))
      })
      for (const { name, dtype } of statement.terms) {
        shared.push(`var<workgroup> ${name}_all: array<${registerType(dtype)}, ${lanes}>;`)
        writer.line(`${name}_all[lane] = ${name}_own;`)
      }
      writer.line('workgroupBarrier();')
      for (let half = lanes / 2; half >= 1; half /= 2) {
        const adds = statement.terms.map(
          ({ name, combine }) =>
            `${name}_all[lane] = ${combineText(combine, `${name}_all[lane]`, `${name}_all[lane + ${half}u]`)};`,
        )
        writer.line(`if (lane < ${half}u) { ${adds.join(' ')} }`)
        writer.line('workgroupBarrier();')
      }
      for (const term of statement.terms) {
        writer.line(`let ${term.name} = ${term.name}_all[0];`)
        writer.define(term.name)
      }
    } else if (statement.along.length)
      stride(statement.along, positions =>
        storeAll(
          positions.flatMap(by => resultsAt(statement, by, indexing)),
          buffer,
          writer,
        ),
      )
    else storeAll(resultsAt(statement, at, indexing), buffer, writer, 'lane == 0u')
  }
  return { body: writer.text(), size: lanes, groups, shared, vectors: new Set() }
}
