/**
 * The `matrix` schedule of a contraction: subgroups multiply matrices of halves with sums in f32 (tensor cores). Slabs of
 * both factors pass through workgroup memory, where edges are clamped, so no matrix ever reaches beyond a tensor; sums
 * go back through workgroup memory, from where each invocation finishes and stores four at a time.
 */
import { type Axis, axisOf } from '../graph/expression.js'
import type { Kernel } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { both, defineFours, foursOf, scatter } from './fours.js'
import { type At, type Context, defineVector, storesAt, type Text } from './loops.js'
import { LANES } from './pack.js'
import { slabsOf } from './slabs.js'

export function matrix(
  kernel: Kernel,
  { rows, columns, depth, subgroups: [down, across] }: Extract<Schedule, { kind: 'matrix' }>,
  context: Context,
): Text {
  const shape = context.target.matrix
  if (!shape) throw new Error(`${context.target.name} has no subgroup matrices`)
  const lanes = down * across * shape.subgroup
  const slabs = slabsOf(kernel, { rows, columns, depth }, lanes, 'f16', context)
  const { contraction, size, indexing, groups } = slabs
  const own = { rows: rows / down, columns: columns / across }
  const list = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
  const [high, wide] = [list(own.rows / shape.rows), list(own.columns / shape.columns)]

  // Four columns of one row of the block, at a place that a loop runs through.
  const row: Axis = { name: 'row', size: size.rows }
  const column = foursOf('column', size.columns)
  const group = column.positions.map((position, lane) => {
    const at: At = new Map(slabs.here)
    scatter(at, contraction.rows, axisOf(row))
    scatter(at, contraction.columns, position)
    return at.set(contraction.name, { kind: 'name', name: `sum.${LANES[lane]}`, dtype: contraction.dtype })
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
    (buffer, writer) =>
      writer.nest(`for (var k = 0; k < ${depth}; k += ${shape.depth})`, [], () => {
        // Offsets and strides count vec4s.
        writer.line(`let left_at = ((${buffer} * ${depth} + k) * ${rows} + own_row) / 4;`)
        writer.line(`let right_at = ((${buffer} * ${depth} + k) * ${columns} + own_column) / 4;`)
        for (const i of high)
          writer.line(
            `let a${i} = subgroupMatrixLoad<subgroup_matrix_left<f16, ${shape.depth}, ${shape.rows}>, col_major>(&left, u32(left_at + ${(i * shape.rows) / 4}), ${rows / 4}u);`,
          )
        for (const j of wide)
          writer.line(
            `let b${j} = subgroupMatrixLoad<subgroup_matrix_right<f16, ${shape.columns}, ${shape.depth}>, row_major>(&right, u32(right_at + ${(j * shape.columns) / 4}), ${columns / 4}u);`,
          )
        for (const i of high)
          for (const j of wide)
            writer.line(`sum_${i}_${j} = subgroupMatrixMultiplyAccumulate(a${i}, b${j}, sum_${i}_${j});`)
      }),
  )
  for (const i of high)
    for (const j of wide)
      writer.line(
        `subgroupMatrixStore<row_major>(&sums, u32(((own_row + ${i * shape.rows}) * ${columns} + own_column + ${j * shape.columns}) / 4), sum_${i}_${j}, ${columns / 4}u);`,
      )
  writer.line('workgroupBarrier();')
  writer.nest(`for (var four = thread; four < ${(rows * columns) / 4}; four += ${lanes})`, [row], () => {
    writer.line('let sum = sums[four];')
    defineVector(writer, 'sum')
    const whole = size.rows % rows === 0
    writer.line(`let row_number = row_block * ${rows} + four / ${columns / 4};`)
    writer.line(`let row = ${whole ? 'row_number' : `min(row_number, ${size.rows - 1})`};`)
    const number = `column_block * ${columns / 4} + four % ${columns / 4}`
    const exists = defineFours(writer, column, number, size.columns % columns === 0)
    store(
      stores,
      exists.map(condition => both(whole ? '' : `row_number < ${size.rows}`, condition)),
    )
  })
  return {
    body: writer.text(),
    size: lanes,
    groups,
    shared: [...slabs.shared, `var<workgroup> sums: array<vec4<f32>, ${(rows * columns) / 4}>;`],
    vectors,
    directives: [
      'enable subgroups;',
      'enable chromium_experimental_subgroup_matrix;',
      'diagnostic(off, chromium.subgroup_matrix_uniformity);',
    ],
  }
}
