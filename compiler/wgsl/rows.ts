/**
 * The `rows` schedule: a workgroup computes one grid point. Its invocations stride along the row, four neighbours at a
 * time where the row divides, and combine what they accumulated: in workgroup memory, or in registers by quads or subgroups.
 */
import { type Axis, axisOf, delinearize, type Expression, plus, times, widthOf } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { type Kernel, points, type Statement, type Term } from '../kernels/kernel.js'
import { QUAD, type Schedule } from '../kernels/schedule.js'
import { createWriter, type Writer } from './block.js'
import { combineText } from './expression.js'
import { isNaNText, nonFiniteText } from './functions.js'
import {
  type At,
  accumulateText,
  accumulator,
  type Context,
  cut,
  fold,
  groupNumber,
  nested,
  storeAll,
  storesAt,
  type Text,
} from './loops.js'
import { createPack } from './pack.js'
import { typeText } from './types.js'
import { vectorize } from './vector.js'

export function rows(kernel: Kernel, { lanes }: Extract<Schedule, { kind: 'rows' }>, context: Context): Text {
  const indexing = createIndexing()
  const pack = createPack()
  const count = points(kernel.grid)
  const groups = fold(count, context.target)
  const row: Axis = { name: 'row', size: count }
  const sizes = kernel.grid.map(({ size }) => size)
  const here: At = new Map(delinearize(axisOf(row), sizes).map((index, i) => [kernel.grid[i]!, index]))

  const expanded = kernel.body.map(statement => {
    const walked = stride(statement, lanes, here)
    const terms =
      statement.kind === 'accumulate'
        ? statement.terms.map(term => ({
            term,
            register: accumulator(`${term.name}_own`, term.combine, term.dtype, walked.points.length),
            values: walked.points.map(at => indexing.substitute(term.value, at)),
          }))
        : []
    const stores = statement.kind === 'store' ? storesAt(statement.results, [walked.points], indexing) : []
    return { statement, walked, terms, stores }
  })
  const stores = expanded.flatMap(s => s.stores.flat())
  const roots = expanded.flatMap((s): Expression[] => [
    ...s.terms.flatMap(({ values }) => values),
    ...s.stores.flat().flatMap(({ indices, values }) => [...indices, ...values]),
  ])
  const { tensors, rewrite } = vectorize(roots, stores, indexing, context.place)

  const writer = createWriter(context.print, [row])
  writer.line(`let row = i32(${groupNumber(groups)});`)
  if (groups[0] * groups[1] > count) writer.line(`if (row >= ${count}) { return; }`)
  const shared: string[] = []
  const quad = context.target.quads && lanes === QUAD
  for (const { statement, walked, terms, stores: own } of expanded) {
    const along = (body: () => void): void => {
      if (!walked.inner) body()
      else
        nested(writer, walked.outer, () =>
          writer.nest(`for (var k = i32(lane); k < ${walked.inner!.size}; k += ${lanes})`, [walked.inner!], body),
        )
    }
    if (statement.kind === 'store') {
      const condition = statement.along.length ? '' : 'lane == 0u'
      along(() => storeAll(own, context, writer, { vectors: tensors, rewrite, pack, indexing, condition }))
      continue
    }
    for (const { register } of terms) writer.line(`var ${register.name} = ${register.initial};`)
    along(() => {
      const values = terms.map(term => term.values.map(rewrite))
      writer.share(values.map(pack))
      for (const [i, { register }] of terms.entries()) writer.line(accumulateText(register, [values[i]!], pack, writer))
    })
    // A sum over no axis is whole in every invocation.
    const suffix = walked.inner ? '_sum' : ''
    for (const { term, register } of terms) {
      writer.define(register.name)
      const { value: of, combine } = register
      const sum: Expression = widthOf(of) === 1 ? of : { kind: 'fold', of, combine, dtype: of.dtype }
      writer.line(`let ${term.name}${suffix} = ${writer.value(sum)};`)
    }
    if (walked.inner && quad) combineQuad(writer, statement.terms)
    else if (walked.inner) {
      for (const { name, dtype } of statement.terms)
        shared.push(`var<workgroup> ${name}_all: array<${typeText(dtype, 1)}, ${lanes}>;`)
      if (context.target.subgroups) combineSubgroups(writer, statement.terms, lanes)
      else if (lanes <= FEW) combineLoop(writer, statement.terms, lanes)
      else combineTree(writer, statement.terms, lanes)
    }
    for (const { name } of statement.terms) writer.define(name)
  }
  const bySubgroups = context.target.subgroups && shared.length > 0
  return {
    body: writer.text(),
    size: lanes,
    groups,
    shared,
    vectors: tensors,
    ...(quad || bySubgroups ? { directives: ['enable subgroups;'] } : {}),
    ...(bySubgroups ? { builtins: SUBGROUP_BUILTINS } : {}),
  }
}

/** What the four invocations of a workgroup have accumulated, combined in their registers. */
function combineQuad(writer: Writer, terms: readonly Term[]): void {
  for (const { name, combine, dtype } of terms) {
    writer.line(`let ${name}_pair = ${combineText(combine, `${name}_sum`, `quadSwapX(${name}_sum)`, dtype, 1)};`)
    writer.line(`let ${name} = ${combineText(combine, `${name}_pair`, `quadSwapY(${name}_pair)`, dtype, 1)};`)
  }
}

/** So few invocations that each combines what all have by itself: software drivers pay more for a barrier. */
const FEW = 16
function combineLoop(writer: Writer, terms: readonly Term[], lanes: number): void {
  share(writer, terms)
  combineAll(writer, terms, `var i = 1; i < ${lanes}`)
}

/** The same, combined two by two. */
function combineTree(writer: Writer, terms: readonly Term[], lanes: number): void {
  share(writer, terms)
  for (let half = lanes / 2; half >= 1; half /= 2) {
    const adds = terms.map(
      ({ name, combine, dtype }) =>
        `${name}_all[lane] = ${combineText(combine, `${name}_all[lane]`, `${name}_all[lane + ${half}u]`, dtype, 1)};`,
    )
    writer.line(`if (lane < ${half}u) { ${adds.join(' ')} }`)
    writer.line('workgroupBarrier();')
  }
  for (const { name } of terms) writer.line(`let ${name} = ${name}_all[0];`)
}

const SUBGROUP_BUILTINS = ['@builtin(subgroup_size) subgroup: u32', '@builtin(subgroup_invocation_id) place: u32']
const SUBGROUP_FUNCTIONS = { sum: 'subgroupAdd', prod: 'subgroupMul', max: 'subgroupMax', min: 'subgroupMin' } as const

/** The same with subgroups of whatever size: each combines in registers, and everybody combines the few results. */
function combineSubgroups(writer: Writer, terms: readonly Term[], lanes: number): void {
  for (const { name, combine, dtype } of terms) {
    const own = `${SUBGROUP_FUNCTIONS[combine]}(${name}_sum)`
    const checked = dtype === 'f32' && (combine === 'max' || combine === 'min')
    const broken = `subgroupAny(${isNaNText(`${name}_sum`, 1)})`
    writer.line(`let ${name}_own_subgroup = ${checked ? `select(${own}, ${nonFiniteText(NaN)}, ${broken})` : own};`)
  }
  const keep = terms.map(({ name }) => `${name}_all[lane / subgroup] = ${name}_own_subgroup;`)
  writer.line(`if (place == 0u) { ${keep.join(' ')} }`)
  writer.line('workgroupBarrier();')
  combineAll(writer, terms, `var i = 1u; i < (${lanes}u + subgroup - 1u) / subgroup`)
}

/** What each invocation has goes to workgroup memory. */
function share(writer: Writer, terms: readonly Term[]): void {
  for (const { name } of terms) writer.line(`${name}_all[lane] = ${name}_sum;`)
  writer.line('workgroupBarrier();')
}

/** Every invocation combines what lies in workgroup memory, the rest of it by a loop over `range`. */
function combineAll(writer: Writer, terms: readonly Term[], range: string): void {
  for (const { name } of terms) writer.line(`var ${name} = ${name}_all[0];`)
  const rest = terms.map(
    ({ name, combine, dtype }) => `${name} = ${combineText(combine, name, `${name}_all[i]`, dtype, 1)};`,
  )
  writer.line(`for (${range}; i++) { ${rest.join(' ')} }`)
}

/**
 * How the invocations of a row walk along a statement's axes: plain loops over the outer ones, and strides along the
 * innermost that are long enough together, so that positions need no division.
 */
function stride(
  { along }: Statement,
  lanes: number,
  here: At,
): { outer: readonly Axis[]; inner: Axis | undefined; points: At[] } {
  if (along.length === 0) return { outer: [], inner: undefined, points: [here] }
  const first = Math.max(
    0,
    along.findLastIndex((_, i) => points(along.slice(i)) >= 4 * lanes),
  )
  const strided = along.slice(first)
  const length = points(strided)
  const width = length % 4 === 0 ? 4 : 1
  const { outer, iterations } = cut(along.slice(0, first), new Map())
  const inner: Axis = { name: 'k', size: length / width }
  const sizes = strided.map(({ size }) => size)
  return {
    outer,
    inner,
    points: Array.from({ length: width }, (_, i): At => {
      const position = delinearize(plus(times(axisOf(inner), width), i), sizes)
      return new Map([...here, ...iterations[0]!, ...strided.map((axis, j) => [axis, position[j]!] as const)])
    }),
  }
}
