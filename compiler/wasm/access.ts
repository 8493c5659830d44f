/** Loads and stores. A `bool` takes a word of 0 or 1 in memory; halves are loaded and stored as their bits (`legal.ts`). */
import { type Axis, type Expression, type Memory, widthOf } from '../graph/expression.js'
import { primitives } from '../graph/primitive.js'
import type { Ranges } from '../loops/range.js'
import type { Code } from './code.js'
import { OP, SIMD } from './instructions.js'

export const BYTES = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2, u8: 1 } as const

/** Whether an element is a word as it is in a register. */
export const isWord = (e: Expression): e is Expression & { kind: 'element' } =>
  e.kind === 'element' && BYTES[e.memory.dtype] === 4 && e.memory.dtype !== 'bool'

export interface Accesses {
  /** Statements of one block: addresses that are computed in it are known until its end. */
  block(body: () => void): void
  /** Puts the address of an element on the stack, but for what it returns: the instruction adds that. */
  address(memory: Memory, index: Expression): number
  load(e: Expression & { kind: 'element' }): void
  store(memory: Memory, index: Expression, stored: Expression): void
}

/** `baseOf`: the local that holds the address of a memory. */
export function createAccesses(
  code: Code,
  ranges: Ranges,
  value: (e: Expression) => void,
  baseOf: (memory: Memory) => number,
): Accesses {
  const { op, simd, get, integer, access } = code

  function address(memory: Memory, index: Expression): number {
    const bytes = BYTES[memory.dtype] * memory.unit
    if (index.kind === 'literal' && index.value >= 0) {
      get(baseOf(memory))
      return index.value * bytes
    }
    const [at, offset] = apart(index)
    const leaf = leafOf(at)
    const known = leaf === undefined ? undefined : find(memory, leaf)
    if (known !== undefined) {
      get(known)
      return offset * bytes
    }
    get(baseOf(memory))
    value(at)
    if (bytes > 1) {
      integer(Math.log2(bytes))
      op(OP.shiftLeft)
    }
    op(OP.add)
    if (leaf !== undefined) {
      const own = code.local('i32')
      code.tee(own)
      keep(memory, leaf, own)
    }
    return offset * bytes
  }
  /** Addresses of elements by name, block by block: of neighbours one is computed, and engines see that they are neighbours. */
  const blocks: Map<Memory, Map<Axis | string, number>>[] = [new Map()]
  function find(memory: Memory, leaf: Axis | string): number | undefined {
    for (const block of blocks) {
      const known = block.get(memory)?.get(leaf)
      if (known !== undefined) return known
    }
    return undefined
  }
  function keep(memory: Memory, leaf: Axis | string, local: number): void {
    const block = blocks.at(-1)!
    if (!block.has(memory)) block.set(memory, new Map())
    block.get(memory)!.set(leaf, local)
  }
  /** Names of `let` and axes keep their value to the end of their block; what `set` changes has none. */
  const leafOf = (e: Expression): Axis | string | undefined =>
    e.kind === 'axis' ? e.axis : e.kind === 'name' && ranges.definition(e.name) ? e.name : undefined
  /**
   * An index as another one and a constant, which the instruction adds, but only to what is not negative: addresses do not wrap around
   * there. A name of such a sum is looked through, so that neighbours have one address, whatever they are called.
   */
  function apart(index: Expression): [Expression, number] {
    const sum = (index.kind === 'name' && ranges.definition(index.name)) || index
    if (sum.kind !== 'apply' || sum.scalar !== primitives['index.add']) return [index, 0]
    const [rest, constant] = sum.args as [Expression, Expression]
    const fits = constant.kind === 'literal' && constant.value >= 0 && ranges.of(rest)[0] >= 0
    if (!fits || (sum !== index && leafOf(rest) === undefined)) return [index, 0]
    const [first, before] = apart(rest)
    return [first, before + constant.value]
  }

  const SCALAR = {
    f32: [OP.loadF32, 2],
    i32: [OP.loadI32, 2],
    u32: [OP.loadI32, 2],
    bool: [OP.loadI32, 2],
    f16: [OP.load16, 1],
    u8: [OP.load8, 0],
  } as const

  return {
    block(body) {
      blocks.push(new Map())
      body()
      blocks.pop()
    },
    address,
    load(e) {
      const { dtype } = e.memory
      const offset = address(e.memory, e.index)
      if (widthOf(e) === 1) {
        const [opcode, align] = SCALAR[dtype]
        op(opcode)
        access(align, offset)
      } else {
        simd(dtype === 'u8' ? SIMD.load32 : dtype === 'f16' ? SIMD.load16x4 : SIMD.load)
        access(0, offset)
        if (dtype === 'u8') {
          simd(SIMD.extend8)
          simd(SIMD.extend16)
        }
        if (dtype === 'bool') simd(SIMD.negate)
      }
    },
    store(memory, index, stored) {
      const offset = address(memory, index)
      value(stored)
      if (widthOf(stored) === 1) {
        op(memory.dtype === 'f16' ? OP.store16 : memory.dtype === 'f32' ? OP.storeF32 : OP.storeI32)
        access(memory.dtype === 'f16' ? 1 : 2, offset)
      } else if (memory.dtype === 'f16') {
        const words = code.held('v128')
        get(words)
        get(words)
        simd(SIMD.narrow)
        simd(SIMD.store64Lane)
        access(0, offset)
        op(0)
      } else {
        if (memory.dtype === 'bool') simd(SIMD.negate)
        simd(SIMD.store)
        access(0, offset)
      }
    },
  }
}
