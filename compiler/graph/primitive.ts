/**
 * The primitives: what every target computes by itself, a closed table. Scalar functions of operations are formulas of
 * these (`Scalar.expand`), so what vectorizes, shares and prints knows this table alone, and a target is a text or an
 * instruction per row.
 */
import {
  call,
  choose,
  type Expression,
  index,
  literal,
  type Primitive,
  type Register,
  registerType,
  type Scalar,
} from './expression.js'

const NUMBER: readonly Register[] = ['f32', 'i32', 'u32']
const WORD: readonly Register[] = ['i32', 'u32']
const BITS: readonly Register[] = ['bool', ...WORD]
const ANY: readonly Register[] = [...NUMBER, 'bool']

type Row = Omit<Primitive, 'name'>
const row = (type: string, on: readonly Register[], js: Scalar['js'], more: Partial<Row> = {}): Row => ({
  type,
  on,
  js,
  ...more,
})
const float = (js: Scalar['js'], cost = 1): Row => row('f32 -> f32', [], js, { cost })
const conversion = (from: Register, to: Register, js: Scalar['js']): Row => row(`${from} -> ${to}`, [], js)
const clamped = (low: number, high: number) => (x: number | undefined) =>
  Math.min(Math.max(Math.trunc(x!) || 0, low), high)
/** Hands the value of invocation `i` of its quad to all four. */
const broadcast = row('T -> T', ANY, x => x!, { exchanges: 'quad' })
/** What the invocations of a subgroup hold, combined. */
const combined = row('T -> T', NUMBER, x => x!, { exchanges: 'subgroup' })

const bitsOf = (x: number | undefined): number => new Uint32Array(Float32Array.of(x!).buffer)[0]!
const floatOf = (x: number | undefined): number => new Float32Array(Uint32Array.of(x!).buffer)[0]!

const rows = {
  add: row('T T -> T', NUMBER, (a, b) => a! + b!),
  sub: row('T T -> T', NUMBER, (a, b) => a! - b!),
  mul: row('T T -> T', NUMBER, (a, b) => a! * b!, { integer: (a, b) => Math.imul(a!, b!) }),
  /** The upper word of the product of two. */
  mulHigh: row('u32 u32 -> u32', [], (a, b) => Number((BigInt(a!) * BigInt(b!)) >> 32n)),
  /** `a * b + c`, rounded once or twice: one way throughout a module. */
  fma: row('f32 f32 f32 -> f32', [], (a, b, c) => a! * b! + c!),
  /** Of integers towards 0; by 0 the dividend. */
  div: row('T T -> T', NUMBER, (a, b) => a! / b!, {
    cost: 4,
    integer: (a, b) => (b === 0 ? a! : Math.trunc(a! / b!)),
  }),
  /** `a - b * trunc(a / b)`; by the integer 0 it is 0. */
  rem: row('T T -> T', NUMBER, (a, b) => a! % b!, { cost: 4, integer: (a, b) => (b === 0 ? 0 : a! % b!) }),
  min: row('T T -> T', NUMBER, Math.min),
  max: row('T T -> T', NUMBER, Math.max),
  neg: row('T -> T', ['f32', 'i32'], x => -x!),
  abs: row('T -> T', NUMBER, Math.abs),
  sign: row('T -> T', ['f32', 'i32'], Math.sign),

  floor: float(Math.floor),
  ceil: float(Math.ceil),
  trunc: float(Math.trunc),
  /** The nearest integer, halves to even. */
  round: float(x => {
    const below = Math.floor(x!)
    const rest = x! - below
    return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
  }),
  sqrt: float(Math.sqrt, 4),
  rsqrt: float(x => 1 / Math.sqrt(x!), 4),
  exp: float(Math.exp, 8),
  exp2: float(x => 2 ** x!, 8),
  log: float(Math.log, 8),
  log2: float(Math.log2, 8),
  /** `a` is not negative. */
  pow: row('f32 f32 -> f32', [], (a, b) => a! ** b!, { cost: 16 }),
  atan: float(Math.atan, 8),
  atan2: row('f32 f32 -> f32', [], Math.atan2, { cost: 12 }),
  tanh: float(Math.tanh, 8),

  equal: row('T T -> bool', ANY, (a, b) => +(a === b)),
  notEqual: row('T T -> bool', ANY, (a, b) => +(a !== b)),
  less: row('T T -> bool', NUMBER, (a, b) => +(a! < b!)),
  lessEqual: row('T T -> bool', NUMBER, (a, b) => +(a! <= b!)),
  greater: row('T T -> bool', NUMBER, (a, b) => +(a! > b!)),
  greaterEqual: row('T T -> bool', NUMBER, (a, b) => +(a! >= b!)),

  and: row('T T -> T', BITS, (a, b) => a! & b!),
  or: row('T T -> T', BITS, (a, b) => a! | b!),
  xor: row('T T -> T', BITS, (a, b) => a! ^ b!),
  not: row('bool -> bool', [], x => +!x),
  /** By fewer than 32 bits. */
  shiftLeft: row('u32 u32 -> u32', [], (a, b) => a! << b!),
  shiftRight: row('u32 u32 -> u32', [], (a, b) => a! >>> b!),

  /** Towards 0, and to the ends of the range beyond it. */
  'convert.f32.i32': conversion('f32', 'i32', clamped(-(2 ** 31), 2 ** 31 - 1)),
  'convert.f32.u32': conversion('f32', 'u32', clamped(0, 2 ** 32 - 1)),
  'convert.i32.f32': conversion('i32', 'f32', x => x!),
  'convert.u32.f32': conversion('u32', 'f32', x => x!),
  'convert.i32.u32': conversion('i32', 'u32', x => x! >>> 0),
  'convert.u32.i32': conversion('u32', 'i32', x => x! | 0),
  'convert.bool.f32': conversion('bool', 'f32', x => x!),
  'convert.bool.i32': conversion('bool', 'i32', x => x!),
  'convert.bool.u32': conversion('bool', 'u32', x => x!),
  'bitcast.f32.u32': conversion('f32', 'u32', bitsOf),
  'bitcast.u32.f32': conversion('u32', 'f32', floatOf),

  /** The value of the other invocation of its quad to the side, and of the one below or above. */
  'quad.swapX': broadcast,
  'quad.swapY': broadcast,
  'subgroup.sum': combined,
  'subgroup.prod': combined,
  'subgroup.max': combined,
  'subgroup.min': combined,
  'subgroup.any': row('bool -> bool', [], x => x!, { exchanges: 'subgroup' }),
  /** How many invocations a subgroup has, and which of them this is. */
  'subgroup.size': row(' -> i32', [], () => 1, { exchanges: 'subgroup' }),
  'subgroup.lane': row(' -> i32', [], () => 0, { exchanges: 'subgroup' }),
  'quad.0': broadcast,
  'quad.1': broadcast,
  'quad.2': broadcast,
  'quad.3': broadcast,
} satisfies Record<string, Row>

type Named = keyof typeof rows
export const primitives = Object.fromEntries([
  ...Object.entries(rows).map(([name, about]) => [name, { name, ...about }]),
  ...[...Object.values(index), choose].map(primitive => [primitive.name, primitive]),
]) as Readonly<Record<Named | `index.${keyof typeof index}` | 'choose', Primitive>>
export type PrimitiveName = keyof typeof primitives

type Operand = Expression | number
/** What formulas are written with: a function per primitive. A number is a constant of the type that the other operands have. */
export const p = Object.fromEntries(
  Object.values(primitives).map(primitive => [primitive.name, formulaOf(primitive)]),
) as Readonly<Record<PrimitiveName, (...operands: Operand[]) => Expression>>

function formulaOf(primitive: Primitive): (...operands: Operand[]) => Expression {
  const [takes, gives] = primitive.type.split(' -> ').map(list => list.split(' ')) as [string[], string[]]
  return (...operands) => {
    let T: Register | undefined
    for (let i = 0; !T && i < operands.length; i++) {
      const x = operands[i]!
      if (takes[i] === 'T' && typeof x !== 'number') T = registerType(x.dtype)
    }
    const type = (name: string): Register => {
      if (name === 'T' && !T) throw new Error(`${primitive.name} of numbers alone has no type`)
      return name === 'T' ? T! : (name as Register)
    }
    const args = operands.map((x, i) => (typeof x === 'number' ? literal(x, type(takes[i]!)) : x))
    return call(primitive, args, type(gives[0]!))
  }
}

/** A value as another type: integers by their bits, floats to integers towards 0, booleans as 0 and 1. */
export function convert(x: Expression, to: Register): Expression {
  const from = registerType(x.dtype)
  if (from === to) return x
  if (to === 'bool') return p.notEqual(x, 0)
  return p[`convert.${from}.${to}` as PrimitiveName](x)
}

/** `c[0] + x * (c[1] + x * (c[2] + ...))`. */
export const polynomial = (x: Expression, coefficients: readonly number[]): Expression =>
  coefficients.slice(0, -1).reduceRight<Operand>((sum, c) => p.fma(x, sum, c), coefficients.at(-1)!) as Expression
