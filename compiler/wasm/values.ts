/** Expressions as instructions that leave their value on the stack. A `bool` is 0 or 1 as a scalar, 0 or -1 in a vector. */
import { type Expression, type Register, registerType, widthOf } from '../graph/expression.js'
import { type Accesses, isWord } from './access.js'
import type { Code } from './code.js'
import type { Value } from './encode.js'
import { CONVERT, OP, SCALAR, SIMD, type Table, VECTOR } from './instructions.js'

type Apply = Extract<Expression, { kind: 'apply' }>

export const valueType = (e: Expression): Value =>
  widthOf(e) === 4 ? 'v128' : registerType(e.dtype) === 'f32' ? 'f32' : 'i32'

const isConstant = (e: Expression): boolean =>
  e.kind === 'splat' && e.of.kind === 'literal' && !Number.isNaN(e.of.value)

/** The name of a vector of four equal constants; those that differ in a bit differ in it. */
export const constantName = (e: Expression): string | undefined =>
  e.kind === 'splat' && e.of.kind === 'literal'
    ? `${registerType(e.dtype)} ${Object.is(e.of.value, -0) ? '-0' : e.of.value}`
    : undefined

const COMBINE = { sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const

/** `named`: the locals of axes, names and constants. */
export function createValues(
  code: Code,
  named: Map<unknown, number>,
  accesses: () => Accesses,
): (e: Expression) => void {
  const { op, simd, get, held, integer } = code

  function value(e: Expression): void {
    switch (e.kind) {
      case 'literal':
        code.literal(e.value, registerType(e.dtype))
        break
      case 'axis':
        get(found(e.axis, e.axis.name))
        break
      case 'name':
        get(found(e.name, e.name))
        break
      case 'element':
        accesses().load(e)
        break
      case 'splat': {
        const known = named.get(constantName(e))
        if (known === undefined) splat(e.of)
        else get(known)
        break
      }
      case 'vector':
        vector(e.parts)
        break
      case 'lane':
        value(e.of)
        lane(registerType(e.dtype), e.lane)
        break
      case 'fold': {
        const type = registerType(e.dtype)
        value(e.of)
        const all = held('v128')
        const part = (i: number) => (): void => {
          get(all)
          lane(type, i)
        }
        part(0)()
        for (const i of [1, 2, 3]) binary(COMBINE[e.combine], type, part(i))
        break
      }
      case 'apply':
        if (widthOf(e) === 4) onVectors(e)
        else onScalars(e)
        break
      case 'load':
        throw new Error('a loop program loads from memories, not from tensors')
    }
  }
  const found = (what: unknown, name: string): number => {
    const at = named.get(what)
    if (at === undefined) throw new Error(`${name} is not defined here`)
    return at
  }

  // Vectors and their lanes

  function splat(of: Expression): void {
    const type = registerType(of.dtype)
    if (of.kind === 'literal') code.constants(new Array(4).fill(of.value), type)
    else if (isWord(of)) {
      const offset = accesses().address(of.memory, of.index)
      simd(SIMD.load32Splat)
      code.access(2, offset)
    } else {
      part(of)
      simd(type === 'f32' ? SIMD.splatF32 : SIMD.splatI32)
    }
  }
  /** A scalar as a lane of a vector. */
  function part(e: Expression): void {
    if (registerType(e.dtype) !== 'bool') value(e)
    else {
      integer(0)
      value(e)
      op(OP.sub)
    }
  }
  function lane(type: Register, i: number): void {
    simd(type === 'f32' ? SIMD.laneF32 : SIMD.laneI32, i)
    if (type !== 'bool') return
    integer(1)
    op(OP.and)
  }
  function vector(parts: readonly Expression[]): void {
    const type = registerType(parts[0]!.dtype)
    const constants = parts.flatMap(part => (part.kind === 'literal' ? [part.value] : []))
    if (constants.length === 4) return void code.constants(constants, type)
    const lanes = parts.flatMap(each => (each.kind === 'lane' ? [each] : []))
    if (lanes.length === 4) {
      shuffled(lanes)
      return
    }
    for (const [i, each] of parts.entries()) {
      if (!isWord(each)) {
        part(each)
        if (i === 0) simd(type === 'f32' ? SIMD.splatF32 : SIMD.splatI32)
        else simd(type === 'f32' ? SIMD.setLaneF32 : SIMD.setLaneI32, i)
        continue
      }
      // The address lies below the vector.
      const before = i > 0 ? held('v128') : undefined
      const offset = accesses().address(each.memory, each.index)
      if (before !== undefined) get(before)
      simd(i > 0 ? SIMD.load32Lane : SIMD.load32)
      code.access(2, offset)
      if (i > 0) op(i)
    }
  }

  /** Lanes of vectors: of two at once, of more those of two at a time. */
  function shuffled(lanes: readonly (Expression & { kind: 'lane' })[]): void {
    const bytes = (lane: number): number[] => [0, 1, 2, 3].map(byte => 4 * lane + byte)
    const [first, second, ...more] = new Set(lanes.map(({ of }) => of))
    if (second && !more.length) {
      value(first!)
      value(second)
      simd(SIMD.shuffle, ...lanes.flatMap(({ of, lane }) => bytes(of === first ? lane : 4 + lane)))
      return
    }
    for (const [one, other] of [lanes.slice(0, 2), lanes.slice(2)] as [(typeof lanes)[0], (typeof lanes)[0]][]) {
      value(one.of)
      value(other.of)
      const pair = [...bytes(one.lane), ...bytes(4 + other.lane)]
      simd(SIMD.shuffle, ...pair, ...pair)
    }
    simd(SIMD.shuffle, ...bytes(0), ...bytes(1), ...bytes(4), ...bytes(5))
  }

  // Scalars

  /** An operation of what is on the stack and what `second` puts there. */
  function binary(name: string, type: Register, second: () => void): void {
    const opcode = SCALAR[type][name]
    if (opcode !== undefined || (name !== 'min' && name !== 'max')) {
      second()
      op(instruction(SCALAR[type], type, name))
      return
    }
    const a = held('i32')
    second()
    const b = held('i32')
    for (const local of [a, b, a, b]) get(local)
    const [less, greater] = type === 'i32' ? [OP.less, OP.greater] : [OP.lessU, OP.greaterU]
    op(name === 'min' ? less : greater, OP.select)
  }

  const scalars: Readonly<Record<string, (a: Expression, b: Expression, c: Expression) => void>> = {
    choose(a, b, c) {
      value(b)
      value(c)
      value(a)
      op(OP.select)
    },
    fma(a, b, c) {
      value(a)
      value(b)
      op(SCALAR.f32.mul!)
      value(c)
      op(SCALAR.f32.add!)
    },
    'convert.bool.f32'(a) {
      value(a)
      op(OP.floatU)
    },
    'convert.bool.i32': value,
    'convert.bool.u32': value,
    mulHigh(a, b) {
      value(a)
      op(OP.extendU)
      value(b)
      op(OP.extendU, OP.i64Mul, OP.i64, 32, OP.i64ShiftRight, OP.wrap)
    },
    'index.clamp'(a, last) {
      value(a)
      binary('min', 'i32', () => value(last))
      binary('max', 'i32', () => integer(0))
    },
  }
  const integers: typeof scalars = {
    neg(a) {
      integer(0)
      value(a)
      op(OP.sub)
    },
    abs(a) {
      value(a)
      if (registerType(a.dtype) === 'u32') return
      const x = held('i32')
      integer(0)
      get(x)
      op(OP.sub)
      get(x)
      get(x)
      integer(0)
      op(OP.less, OP.select)
    },
    div: (a, b) => divide('div', a, b),
    rem: (a, b) => divide('rem', a, b),
  }
  function onScalars({ scalar: { name }, args }: Apply): void {
    const [a, b, c] = args as [Expression, Expression, Expression]
    const type = registerType(a.dtype)
    const own = scalars[name] ?? (type === 'f32' ? undefined : integers[name])
    if (own) {
      own(a, b, c)
      return
    }
    value(a)
    if (CONVERT[name]) op(...CONVERT[name].scalar)
    else if (args.length === 1) op(instruction(SCALAR[type], type, name))
    else binary(name, type, () => value(b))
  }
  /** Without a trap: by 0 the quotient is the dividend and the rest 0, and the lowest number by -1 is itself. */
  function divide(name: 'div' | 'rem', a: Expression, b: Expression): void {
    const signed = registerType(a.dtype) === 'i32'
    const opcode = signed ? (name === 'div' ? OP.divS : OP.remS) : name === 'div' ? OP.divU : OP.remU
    value(a)
    if (b.kind === 'literal' && b.value !== 0 && b.value !== -1) {
      value(b)
      op(opcode)
      return
    }
    const x = held('i32')
    value(b)
    const y = held('i32')
    get(x)
    integer(1)
    get(y)
    get(y)
    op(OP.eqz)
    if (signed) {
      get(x)
      integer(-(2 ** 31))
      op(OP.equal)
      get(y)
      integer(-1)
      op(OP.equal, OP.and, OP.or)
    }
    op(OP.select, opcode)
  }

  // Vectors

  const vectors: typeof scalars = {
    choose(a, b, c) {
      value(b)
      value(c)
      value(a)
      simd(SIMD.select)
    },
    fma(a, b, c) {
      value(a)
      value(b)
      code.either({ plain: VECTOR.f32.mul! })
      value(c)
      code.either({ relaxed: SIMD.multiplyAdd, plain: VECTOR.f32.add! })
    },
    'convert.bool.f32'(a) {
      value(a)
      code.constants([1, 1, 1, 1], 'f32')
      simd(VECTOR.i32.and!)
    },
    'convert.bool.i32'(a) {
      value(a)
      simd(SIMD.negate)
    },
    'convert.bool.u32'(a) {
      value(a)
      simd(SIMD.negate)
    },
    mulHigh(a, b) {
      value(a)
      const x = held('v128')
      value(b)
      const y = held('v128')
      for (const half of [SIMD.multiplyLow, SIMD.multiplyHigh]) {
        get(x)
        get(y)
        simd(half)
      }
      // The upper words of four products.
      simd(SIMD.shuffle, ...[1, 3, 5, 7].flatMap(word => [0, 1, 2, 3].map(byte => 4 * word + byte)))
    },
  }
  /**
   * The greater or lesser of floats: engines take eight instructions for what follows the standard. Beside a constant one does,
   * which gives the first operand where the second one is not beyond it, as where the first is NaN.
   */
  function beside(name: string, a: Expression, b: Expression): void {
    const swap = isConstant(a)
    value(swap ? b : a)
    value(swap ? a : b)
    simd(name === 'max' ? SIMD.pseudoMax : SIMD.pseudoMin)
  }
  const shifts: Table = { shiftLeft: SIMD.shiftLeft, shiftRight: SIMD.shiftRight }
  function onVectors(e: Apply): void {
    const { name } = e.scalar
    const [a, b, c] = e.args as [Expression, Expression, Expression]
    const type = registerType(a.dtype)
    const opcode = VECTOR[type][name]
    if (type === 'f32' && (name === 'min' || name === 'max') && (isConstant(a) || isConstant(b))) beside(name, a, b)
    else if (vectors[name]) vectors[name](a, b, c)
    else if (CONVERT[name]) {
      value(a)
      op(...CONVERT[name].vector)
    } else if (shifts[name] !== undefined && b.kind === 'splat') {
      value(a)
      value(b.of)
      simd(shifts[name])
    } else if (opcode !== undefined) {
      e.args.forEach(value)
      simd(opcode)
    } else laneByLane(e)
  }
  /** What vectors have no instruction for. */
  function laneByLane(e: Apply): void {
    const registers = e.args.map((arg): Expression => {
      value(arg)
      const at = held('v128')
      const name = `v128 ${at}`
      named.set(name, at)
      return { kind: 'name', name, dtype: arg.dtype, width: 4 }
    })
    vector(
      [0, 1, 2, 3].map(lane => ({
        ...e,
        args: registers.map((of): Expression => ({ kind: 'lane', of, lane, dtype: of.dtype })),
      })),
    )
  }

  function instruction(table: Table, type: Register, name: string): number {
    const opcode = table[name]
    if (opcode === undefined) throw new Error(`WebAssembly has no ${name} of ${type}`)
    return opcode
  }
  return value
}
