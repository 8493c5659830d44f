/**
 * The loop program of a kernel on a target: what stands between a scheduled kernel and its text. Already cut, vectorized, unrolled
 * and shared; a printer decides nothing but words.
 *
 *   program    = name launch memory* statement*
 *   statement  = let name value  |  var name value  |  set name value
 *              | loop axis from to step statement*  |  if condition statement*
 *              | store memory index value  |  fill memory value*  |  barrier
 *              | matrix name from?  |  multiply left right sum  |  spill name to
 *
 * Values are `graph/expression.ts`: scalars of f32, i32, u32 or bool, or vectors of four. f16 and u8 exist in memory alone: a load
 * widens, a store of f16 saturates. All integers stay within 32 bits in the order they are written.
 */
import { type Axis, type Expression, type Memory, registerType } from '../graph/expression.js'

export type Statement =
  /** A name for a value, once and for all. */
  | { readonly kind: 'let'; readonly name: string; readonly value: Expression }
  /** A register that `set` changes. */
  | { readonly kind: 'var'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  /** `from <= axis < to`; without bounds over the whole axis. */
  | {
      readonly kind: 'loop'
      readonly axis: Axis
      readonly from: Expression
      readonly to: Expression
      readonly step: number
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'if'; readonly condition: Expression; readonly body: readonly Statement[] }
  /** A vector goes to four neighbouring elements, or one unit of four. */
  | { readonly kind: 'store'; readonly memory: Memory; readonly index: Expression; readonly value: Expression }
  /** The memory of a lane, which begins with these values: one for each unit. */
  | { readonly kind: 'fill'; readonly memory: Memory; readonly values: readonly Expression[] }
  /** All lanes of a group have come here, and see what the others stored. */
  | { readonly kind: 'barrier' }
  | MatrixStatement

/** What a target may do that has matrices in the registers of subgroups: all lanes of a subgroup do it together. */
export type MatrixStatement =
  /** Loads one; without a source, the name of a sum that starts from zeros. */
  | { readonly kind: 'matrix'; readonly matrix: Matrix; readonly from?: MatrixPlace }
  /** Adds the product of two. */
  | { readonly kind: 'multiply'; readonly left: Matrix; readonly right: Matrix; readonly sum: Matrix }
  /** Stores a sum. */
  | { readonly kind: 'spill'; readonly matrix: Matrix; readonly to: MatrixPlace }
/** A matrix that the registers of a subgroup hold: a factor in halves, or a sum in f32. */
export interface Matrix {
  readonly name: string
  readonly role: 'left' | 'right' | 'sum'
  readonly rows: number
  readonly columns: number
  /** Of the subgroup. */
  readonly lanes: number
}
/** Its lines lie `stride` apart from `index` on, which both count units of the memory: rows, but columns of a right factor. */
export interface MatrixPlace {
  readonly memory: Memory
  readonly index: Expression
  readonly stride: number
}
/** How many lines it has in memory, and elements of each. */
export const linesIn = ({ role, rows, columns }: Matrix): readonly [number, number] =>
  role === 'right' ? [columns, rows] : [rows, columns]

/** Where a program runs: the axes that its body finds defined. */
export type Launch =
  /** Independent points, in any order on any number of threads, at least `grain` of them at a time. */
  | { readonly kind: 'points'; readonly point: Axis; readonly grain: number }
  /** Groups of lanes that meet at barriers. */
  | { readonly kind: 'groups'; readonly group: Axis; readonly lane: Axis }

export interface LoopProgram {
  readonly name: string
  readonly launch: Launch
  /** Places first, in the order they are bound. */
  readonly memories: readonly Memory[]
  readonly body: readonly Statement[]
}

/** The axes that a launch defines. */
export const launched = (launch: Launch): readonly Axis[] =>
  launch.kind === 'points' ? [launch.point] : [launch.group, launch.lane]

/** The statements of a body and those inside them. */
export const everything = (body: readonly Statement[]): Statement[] =>
  body.flatMap(statement =>
    statement.kind === 'loop' || statement.kind === 'if' ? [statement, ...everything(statement.body)] : [statement],
  )

/** The expressions of one statement, without those inside it. */
export function valuesOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'let':
    case 'var':
    case 'set':
      return [statement.value]
    case 'loop':
      return [statement.from, statement.to]
    case 'if':
      return [statement.condition]
    case 'store':
      return [statement.index, statement.value]
    case 'fill':
      return statement.values
    case 'matrix':
      return statement.from ? [statement.from.index] : []
    case 'spill':
      return [statement.to.index]
    case 'multiply':
    case 'barrier':
      return []
  }
}

const INFIX: Readonly<Record<string, string>> = {
  'index.add': '+',
  'index.sub': '-',
  'index.mul': '*',
  'index.div': '/',
  'index.mod': '%',
  'index.less': '<',
  'index.equal': '==',
  'index.and': '&',
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
}

/** Text for people and tests. */
export function printProgram({ name, launch, memories, body }: LoopProgram): string {
  const axis = ({ name, size }: Axis): string => `${name} < ${size}`
  const where =
    launch.kind === 'points'
      ? `points ${axis(launch.point)} by ${launch.grain}`
      : `groups ${axis(launch.group)}, lanes ${axis(launch.lane)}`
  const declared = memories.map(
    ({ space, name, dtype, count, unit, access }) =>
      `  ${space} ${name}: ${dtype}${unit === 4 ? 'x4' : ''}[${count}]${access ? ` ${access}` : ''}`,
  )
  return [`program ${name} ${where}`, ...declared, ...lines(body, '  '), ''].join('\n')
}

const lines = (body: readonly Statement[], indent: string): string[] =>
  body.flatMap(statement => linesOf(statement, indent))

export const printStatement = (statement: Statement): string => linesOf(statement, '').join('\n')

function linesOf(statement: Statement, indent: string): string[] {
  const nested = (head: string, inside: readonly Statement[]): string[] => [
    `${indent}${head} {`,
    ...lines(inside, `${indent}  `),
    `${indent}}`,
  ]
  switch (statement.kind) {
    case 'let':
    case 'var':
    case 'set':
      return [`${indent}${statement.kind} ${statement.name} = ${printValue(statement.value)}`]
    case 'loop': {
      const { axis, from, to, step, body } = statement
      const start = from.kind === 'literal' && from.value === 0 ? '' : ` from ${printValue(from)}`
      return nested(`loop ${axis.name}${start} to ${printValue(to)}${step === 1 ? '' : ` step ${step}`}`, body)
    }
    case 'if':
      return nested(`if ${printValue(statement.condition)}`, statement.body)
    case 'store':
      return [
        `${indent}store ${statement.memory.name}[${printValue(statement.index)}] = ${printValue(statement.value)}`,
      ]
    case 'fill':
      return [`${indent}fill ${statement.memory.name} = ${statement.values.map(printValue).join(', ')}`]
    case 'barrier':
      return [`${indent}barrier`]
    case 'matrix': {
      const { matrix, from } = statement
      const { name, role, rows, columns } = matrix
      return [`${indent}matrix ${name}: ${role} ${rows} x ${columns}${from ? ` = ${placeText(from)}` : ''}`]
    }
    case 'multiply':
      return [`${indent}multiply ${statement.sum.name} += ${statement.left.name} * ${statement.right.name}`]
    case 'spill':
      return [`${indent}spill ${placeText(statement.to)} = ${statement.matrix.name}`]
  }
}
const placeText = ({ memory, index, stride }: MatrixPlace): string =>
  `${memory.name}[${printValue(index)} by ${stride}]`

export function printValue(e: Expression): string {
  switch (e.kind) {
    case 'literal':
      return e.dtype === 'bool'
        ? `${e.value !== 0}`
        : registerType(e.dtype) === 'f32' && Number.isInteger(e.value)
          ? `${e.value.toFixed(1)}`
          : `${e.value}`
    case 'axis':
      return e.axis.name
    case 'name':
      return e.name
    case 'load':
      return `${e.source.operation.name}[${printValue(e.index)}]`
    case 'element':
      return `${e.memory.name}[${printValue(e.index)}${e.width === 4 && e.memory.unit === 1 ? ' to +3' : ''}]`
    case 'splat':
      return `splat ${printValue(e.of)}`
    case 'vector':
      return `vector(${e.parts.map(printValue).join(', ')})`
    case 'lane':
      return `${printValue(e.of)}.${e.lane}`
    case 'fold':
      return `fold ${e.combine} ${printValue(e.of)}`
    case 'apply': {
      const args = e.args.map(printValue)
      const infix = args.length === 2 ? INFIX[e.scalar.name] : undefined
      return infix ? `(${args.join(` ${infix} `)})` : `${e.scalar.name}(${args.join(', ')})`
    }
  }
}
