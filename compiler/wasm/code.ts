/** The code of a function while it is written: instructions, constants, and locals as they are needed. */
import type { Register } from '../graph/expression.js'
import { float, signed, unsigned, type Value } from './encode.js'
import { OP, SIMD } from './instructions.js'

export interface Code {
  readonly bytes: readonly number[]
  /** Beside the parameters. */
  readonly locals: readonly Value[]
  op(...bytes: readonly number[]): void
  simd(opcode: number, ...immediates: readonly number[]): void
  get(local: number): void
  set(local: number): void
  tee(local: number): void
  local(type: Value): number
  /** Takes a value from the stack into a local of its own. */
  held(type: Value): number
  integer(value: number): void
  literal(value: number, type: Register): void
  /** Four constants. A `bool` is 0 or -1 there. */
  constants(values: readonly number[], type: Register): void
  /** The immediates of an access: its alignment as a power of two, and what is added to the address. */
  access(align: number, offset: number): void
}

export function createCode(parameters: number): Code {
  const bytes: number[] = []
  const locals: Value[] = []
  const withIndex =
    (opcode: number) =>
    (index: number): void => {
      bytes.push(opcode)
      unsigned(index, bytes)
    }
  const set = withIndex(OP.set)
  const local = (type: Value): number => parameters + locals.push(type) - 1
  const simd = (opcode: number, ...immediates: readonly number[]): void => {
    bytes.push(0xfd)
    unsigned(opcode, bytes)
    bytes.push(...immediates)
  }
  const integer = (value: number): void => {
    bytes.push(OP.i32)
    signed(value, bytes)
  }
  return {
    bytes,
    locals,
    op: (...more) => void bytes.push(...more),
    simd,
    get: withIndex(OP.get),
    set,
    tee: withIndex(OP.tee),
    local,
    held(type) {
      const at = local(type)
      set(at)
      return at
    },
    integer,
    literal(value, type) {
      if (type !== 'f32') integer(value)
      else {
        bytes.push(OP.f32)
        float(value, bytes)
      }
    },
    constants(values, type) {
      simd(SIMD.constant)
      for (const value of values) {
        if (type === 'f32') float(value, bytes)
        else for (let i = 0; i < 4; i++) bytes.push(((type === 'bool' ? -value : value) >> (8 * i)) & 255)
      }
    },
    access(align, offset) {
      bytes.push(align)
      unsigned(offset, bytes)
    },
  }
}
