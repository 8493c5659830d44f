/**
 * The `matrix` schedule of a contraction: subgroups multiply matrices of halves with sums in f32 (tensor cores). Slabs of
 * both factors pass through workgroup memory, where edges are clamped, so no matrix ever reaches beyond a tensor. They lie
 * there term by term, because that is how tensor cores take both factors. In the end the sums of one matrix per
 * subgroup at a time pass through workgroup memory, from where each invocation finishes and stores four at a time.
 */
import { type Axis, axisOf, laneOf } from '../graph/expression.js'
import type { Kernel } from '../kernels/kernel.js'
import { type Schedule, slabPadding } from '../kernels/schedule.js'
import { type At, fourOf, storesAt } from '../loops/expand.js'
import { both, defineFours, foursOf, scatter } from './fours.js'
import type { Context, Text } from './loops.js'
import { slabsOf } from './slabs.js'

export function matrix(
  kernel: Kernel,
  { rows, columns, depth, subgroups: [down, across] }: Extract<Schedule, { kind: 'matrix' }>,
  context: Context,
): Text {
  const shape = context.target.matrix
  if (!shape) throw new Error(`${context.target.name} has no subgroup matrices`)
  const lanes = down * across * shape.subgroup
  const layout = { element: 'f16', neighbours: 'terms', padding: slabPadding } as const
  const slabs = slabsOf(kernel, { rows, columns, depth }, lanes, layout, context)
  const { contraction, size, indexing, groups, lines } = slabs
  const own = { rows: rows / down, columns: columns / across }
  const list = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
  const [high, wide] = [list(own.rows / shape.rows), list(own.columns / shape.columns)]
  /** vec4s of a matrix of sums. */
  const fours = (shape.rows * shape.columns) / 4

  // Four columns of one row, at a place that a loop runs through.
  const row: Axis = { name: 'row', size: size.rows }
  const column = foursOf('column', size.columns)
  const group = column.positions.map((position, lane) => {
    const at: At = new Map(slabs.here)
    scatter(at, contraction.rows, axisOf(row))
    scatter(at, contraction.columns, position)
    return at.set(contraction.name, laneOf(fourOf('sum', contraction.dtype), lane))
  })
  const stores = contraction.stores.flatMap(({ results }) => storesAt(results, [group], indexing)[0]!)

  const { writer, vectors, store } = slabs.print(
    stores,
    writer => {
      writer.line(`let subgroup = thread / ${shape.subgroup};`)
      writer.line(`let own_row = (subgroup / ${across}) * ${own.rows};`)
      writer.line(`let own_column = (subgroup % ${across}) * ${own.columns};`)
      for (const i of high)
        for (const j of wide)
          writer.line(`var sum_${i}_${j}: subgroup_matrix_result<f32, ${shape.columns}, ${shape.rows}>;`)
    },
    (buffer, writer) => {
      // Offsets and strides count vec4s.
      writer.line(`let left_at = u32(${buffer} * ${lines.left.buffer} + own_row * ${lines.left.line});`)
      writer.line(`let right_at = u32(${buffer} * ${lines.right.buffer} + own_column * ${lines.right.line});`)
      for (let k = 0; k < depth; k += shape.depth)
        writer.nest('', [], () => {
          for (const i of high)
            writer.line(
              `let a${i} = subgroupMatrixLoad<subgroup_matrix_left<f16, ${shape.depth}, ${shape.rows}>, row_major>(&left, left_at + ${i * shape.rows * lines.left.line + k / 4}u, ${lines.left.line}u);`,
            )
          for (const j of wide)
            writer.line(
              `let b${j} = subgroupMatrixLoad<subgroup_matrix_right<f16, ${shape.columns}, ${shape.depth}>, col_major>(&right, right_at + ${j * shape.columns * lines.right.line + k / 4}u, ${lines.right.line}u);`,
            )
          for (const i of high)
            for (const j of wide)
              writer.line(`sum_${i}_${j} = subgroupMatrixMultiplyAccumulate(a${i}, b${j}, sum_${i}_${j});`)
        })
    },
  )
  writer.nest(`for (var part = 0; part < ${high.length * wide.length}; part++)`, [], () => {
    writer.nest('switch (part)', [], () => {
      for (const i of high)
        for (const j of wide) {
          const last = i === high.length - 1 && j === wide.length - 1
          writer.line(
            `${last ? 'default' : `case ${i * wide.length + j}`}: { subgroupMatrixStore<row_major>(&sums, u32(subgroup) * ${fours}u, sum_${i}_${j}, ${shape.columns / 4}u); }`,
          )
        }
    })
    writer.line('workgroupBarrier();')
    writer.nest(
      `for (var four = thread % ${shape.subgroup}; four < ${fours}; four += ${shape.subgroup})`,
      [row],
      () => {
        writer.line(`let sum = sums[subgroup * ${fours} + four];`)
        writer.define('sum')
        const whole = size.rows % rows === 0
        writer.line(
          `let row_number = row_block * ${rows} + own_row + (part / ${wide.length}) * ${shape.rows} + four / ${shape.columns / 4};`,
        )
        writer.line(`let row = ${whole ? 'row_number' : `min(row_number, ${size.rows - 1})`};`)
        const number = `column_block * ${columns / 4} + own_column / 4 + (part % ${wide.length}) * ${shape.columns / 4} + four % ${shape.columns / 4}`
        const exists = defineFours(writer, column, number, size.columns % columns === 0)
        store(
          stores,
          exists.map(condition => both(whole ? '' : `row_number < ${size.rows}`, condition)),
        )
      },
    )
    writer.line('workgroupBarrier();')
  })
  return {
    body: writer.text(),
    size: lanes,
    groups,
    shared: [...slabs.shared, `var<workgroup> sums: array<vec4<f32>, ${down * across * fours}>;`],
    vectors,
    directives: [
      'enable subgroups;',
      'enable chromium_experimental_subgroup_matrix;',
      'diagnostic(off, chromium.subgroup_matrix_uniformity);',
    ],
  }
}
