/** A loop program as a module of WGSL: bindings, functions that primitives call, and the statements of `main`. */
import { type Expression, type Memory, type Primitive, partsOf } from '../graph/expression.js'
import { preOrder } from '../graph/reach.js'
import type { Target } from '../kernels/target.js'
import { everything, type LoopProgram, type Matrix, type Statement, valuesOf } from '../loops/program.js'
import { expressionText, storedText } from './expression.js'
import { declarationsFor } from './functions.js'
import { storageType } from './types.js'

export interface Printed {
  readonly code: string
  readonly workgroups: readonly [number, number, number]
}

export function printModule(program: LoopProgram, target: Target): Printed {
  const { launch, memories, body } = program
  const all = everything(body)
  const values = preOrder(all.flatMap(valuesOf), partsOf)
  const applied = [...values].flatMap(e => (e.kind === 'apply' ? [e.scalar as Primitive] : []))
  const uses = (name: string): boolean => applied.some(scalar => scalar.name === name)

  const points = launch.kind === 'points'
  const size = points ? launch.grain : launch.lane.size
  const number = points ? launch.point : launch.group
  const groups = fold(points ? Math.ceil(number.size / size) : number.size, target)
  const launched = groups[0] * groups[1] * (points ? size : 1)
  const at = groups[1] > 1 ? `(group.x + group.y * ${groups[0]}u)` : 'group.x'
  // What only moves through memory is numbered as the target wants.
  const byId = points && target.numbering === 'id' && !all.some(({ kind }) => kind === 'var')
  const hasLane = !points && [...values].some(e => e.kind === 'axis' && e.axis === launch.lane)
  const head = [
    `let ${number.name} = i32(${points ? `${at} * ${size}u + ${byId ? 'id.x' : 'index'}` : at});`,
    ...(launched > number.size ? [`if (${number.name} >= ${number.size}) { return; }`] : []),
    ...(hasLane ? [`let ${launch.lane.name} = i32(index);`] : []),
  ]
  const places = memories.filter(({ space }) => space === 'place')
  const matrices = all.some(({ kind }) => kind === 'matrix')
  const main = [...head, ...body.flatMap(linesOf)].map(line => `  ${line}`)
  const code = [
    ...(memories.some(({ dtype }) => dtype === 'f16') ? ['enable f16;'] : []),
    ...(matrices || applied.some(({ exchanges }) => exchanges) ? ['enable subgroups;'] : []),
    ...(matrices ? MATRICES : []),
    ...places.map(
      (memory, i) => `@group(0) @binding(${i}) var<storage, ${memory.access}> ${memory.name}: ${arrayType(memory)};`,
    ),
    ...memories
      .filter(({ space }) => space === 'group')
      .map(memory => `var<workgroup> ${memory.name}: ${arrayType(memory)};`),
    ...declarationsFor(main.join('\n')),
    `@compute @workgroup_size(${size})`,
    `fn main(${[
      '@builtin(workgroup_id) group: vec3<u32>',
      '@builtin(local_invocation_index) index: u32',
      ...(byId ? ['@builtin(local_invocation_id) id: vec3<u32>'] : []),
      ...(uses('subgroup.size') ? ['@builtin(subgroup_size) subgroup: u32'] : []),
      ...(uses('subgroup.lane') ? ['@builtin(subgroup_invocation_id) subgroup_lane: u32'] : []),
    ].join(', ')}) {`,
    ...main,
    '}',
    '',
  ].join('\n')
  return { code, workgroups: groups }
}

const MATRICES = [
  'enable chromium_experimental_subgroup_matrix;',
  'diagnostic(off, chromium.subgroup_matrix_uniformity);',
]

/** A one-dimensional count of workgroups as a two-dimensional dispatch, because a dimension holds at most 65535. */
function fold(count: number, target: Target): readonly [number, number, number] {
  if (count <= target.workgroupsPerDimension) return [count, 1, 1]
  const y = Math.ceil(count / target.workgroupsPerDimension)
  return [Math.ceil(count / y), y, 1]
}

/**
 * The type of a memory: an array of a known size. Of an array without one, Dawn asks the length at every access, to keep it
 * in bounds; software drivers answer with a division per lane.
 */
function arrayType({ dtype, count, unit }: Memory): string {
  const type = storageType(dtype)
  return unit === 4 ? `array<vec4<${type}>, ${Math.max(1, Math.ceil(count / 4))}>` : `array<${type}, ${count}>`
}

function linesOf(statement: Statement): string[] {
  switch (statement.kind) {
    case 'let':
    case 'var':
      return [`${statement.kind} ${statement.name} = ${text(statement.value)};`]
    case 'set':
      return [`${statement.name} = ${text(statement.value)};`]
    case 'loop': {
      const { axis, from, to, step, body } = statement
      const next = step === 1 ? `${axis.name}++` : `${axis.name} += ${step}`
      return nested(`for (var ${axis.name} = ${text(from)}; ${axis.name} < ${text(to)}; ${next})`, body)
    }
    case 'if':
      return nested(`if (${text(statement.condition)})`, statement.body)
    case 'store': {
      const { memory, index, value } = statement
      return [`${memory.name}[${text(index)}] = ${storedText(text(value), memory.dtype, memory.unit === 4)};`]
    }
    case 'fill': {
      const { memory, values } = statement
      const units = values.map(value => storedText(text(value), memory.dtype, memory.unit === 4))
      return [`var ${memory.name} = ${arrayType(memory)}(${units.join(', ')});`]
    }
    case 'barrier':
      return ['workgroupBarrier();']
    case 'matrix': {
      const { matrix, from } = statement
      const type = matrixType(matrix)
      if (!from) return [`var ${matrix.name}: ${type};`]
      return [
        `let ${matrix.name} = subgroupMatrixLoad<${type}, ${majorOf(matrix)}>(&${from.memory.name}, ${offsetText(from.index)}, ${from.stride}u);`,
      ]
    }
    case 'multiply': {
      const { left, right, sum } = statement
      return [`${sum.name} = subgroupMatrixMultiplyAccumulate(${left.name}, ${right.name}, ${sum.name});`]
    }
    case 'spill': {
      const { matrix, to } = statement
      const [at, stride] = [`&${to.memory.name}, ${offsetText(to.index)}`, `${to.stride}u`]
      return [`subgroupMatrixStore<${majorOf(matrix)}>(${at}, ${matrix.name}, ${stride});`]
    }
  }
}
const matrixType = ({ role, rows, columns }: Matrix): string =>
  role === 'sum'
    ? `subgroup_matrix_result<f32, ${columns}, ${rows}>`
    : `subgroup_matrix_${role}<f16, ${columns}, ${rows}>`
/** How its lines lie in memory. */
const majorOf = ({ role }: Matrix): string => (role === 'right' ? 'col_major' : 'row_major')
/** Offsets and strides count elements of the array, which are vectors of four. */
const offsetText = (index: Expression): string => (index.kind === 'literal' ? `${index.value}u` : `u32(${text(index)})`)

const nested = (head: string, body: readonly Statement[]): string[] => [
  `${head} {`,
  ...body.flatMap(linesOf).map(line => `  ${line}`),
  '}',
]

const part = (e: Expression): string => expressionText(e, part)
/** Without the parentheses around the whole. */
function text(e: Expression): string {
  const whole = part(e)
  if (e.kind !== 'apply' || !whole.startsWith('(')) return whole
  let open = 0
  for (let i = 0; i < whole.length - 1; i++) {
    open += whole[i] === '(' ? 1 : whole[i] === ')' ? -1 : 0
    if (open === 0) return whole
  }
  return whole.slice(1, -1)
}
