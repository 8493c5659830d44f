/**
 * The code of a function while it is written: instructions, constants, and locals as they are needed. It is written once for both
 * kinds of engines, those that multiply and add with one rounding and those that do not: where they differ stands what either has.
 */
import type { Register } from '../graph/expression.js'
import { float, signed, unsigned, type Value } from './encode.js'
import { OP, SIMD } from './instructions.js'

/** Of engines with relaxed multiply-adds, or of all. */
export type Engine = 'relaxed' | 'plain'

export interface Code {
  /** The code for one kind of engine. */
  bytes(engine: Engine): readonly number[]
  /** Beside the parameters. */
  readonly locals: readonly Value[]
  op(...bytes: readonly number[]): void
  simd(opcode: number, ...immediates: readonly number[]): void
  /** An operation on vectors of which each engine has its own, or none. */
  either(opcodes: Readonly<Partial<Record<Engine, number>>>): void
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

/** The prefix of operations on vectors. */
const VECTORS = 0xfd

export function createCode(parameters: number): Code {
  const bytes: number[] = []
  const forks: { readonly at: number; readonly opcodes: Readonly<Partial<Record<Engine, number>>> }[] = []
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
    bytes.push(VECTORS)
    unsigned(opcode, bytes)
    for (const immediate of immediates) bytes.push(immediate)
  }
  const integer = (value: number): void => {
    bytes.push(OP.i32)
    signed(value, bytes)
  }
  return {
    bytes(engine) {
      if (!forks.length) return bytes
      const all: number[] = []
      let done = 0
      for (const { at, opcodes } of forks) {
        for (; done < at; done++) all.push(bytes[done]!)
        const opcode = opcodes[engine]
        if (opcode === undefined) continue
        all.push(VECTORS)
        unsigned(opcode, all)
      }
      for (; done < bytes.length; done++) all.push(bytes[done]!)
      return all
    },
    locals,
    op(...more) {
      for (const byte of more) bytes.push(byte)
    },
    simd,
    either: opcodes => void forks.push({ at: bytes.length, opcodes }),
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
