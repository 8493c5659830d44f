/**
 * A loop program as a function of WebAssembly. Parameters: the first task and the one after the last, this thread's scratch, then
 * the address of each place.
 */
import { type Axis, type Expression, type Memory, partsOf } from '../graph/expression.js'
import { preOrder } from '../graph/reach.js'
import { everything, type LoopProgram, type Statement, valuesOf } from '../loops/program.js'
import { createRanges } from '../loops/range.js'
import { BYTES, createAccesses } from './access.js'
import { createCode } from './code.js'
import type { WasmFunction } from './encode.js'
import { OP } from './instructions.js'
import { constantName, createValues, valueType } from './values.js'

/** The type of a block that leaves nothing on the stack. */
const VOID = 0x40

/** Bytes of scratch that a thread needs for a program. */
export const scratchOf = ({ memories }: LoopProgram): number =>
  memories.reduce((sum, memory) => (memory.space === 'worker' ? sum + workerBytes(memory) : sum), 0)
const workerBytes = ({ dtype, count }: Memory): number => Math.ceil((BYTES[dtype] * count) / 64) * 64

export function printFunction({ launch, memories, body, ...program }: LoopProgram, name: string): WasmFunction {
  if (launch.kind !== 'points') throw new Error(`${program.name} has groups of lanes, which a processor does not run`)
  const places = memories.filter(({ space }) => space === 'place')
  const parameters = 3 + places.length
  const code = createCode(parameters)
  const { op, get, set, tee, local, held, integer } = code
  const ranges = createRanges()
  const named = new Map<unknown, number>()
  const bases = new Map<Memory, number>(places.map((memory, i) => [memory, 3 + i]))
  const value = createValues(code, named, () => accesses)
  const accesses = createAccesses(code, ranges, value, memory => bases.get(memory)!)

  function statement(s: Statement): void {
    switch (s.kind) {
      case 'let':
      case 'var': {
        value(s.value)
        const at = held(valueType(s.value))
        named.set(s.name, at)
        if (s.kind === 'let') ranges.define(s.name, s.value)
        break
      }
      case 'set':
        value(s.value)
        set(named.get(s.name)!)
        break
      case 'store':
        accesses.store(s.memory, s.index, s.value)
        break
      case 'if':
        value(s.condition)
        op(OP.if, VOID)
        accesses.block(() => s.body.forEach(statement))
        op(OP.end)
        break
      case 'loop': {
        const entered = ranges.of(s.from)[1] < ranges.of(s.to)[0]
        loop(s.axis, () => value(s.from), s.to, s.step, entered, s.body)
        break
      }
      case 'fill':
      case 'barrier':
      case 'matrix':
      case 'multiply':
      case 'spill':
        throw new Error(`a processor has no ${s.kind}: its points have no lanes`)
    }
  }

  /** `entered`: whether the first pass is certain. */
  function loop(
    axis: Axis,
    from: () => void,
    to: Expression,
    step: number,
    entered: boolean,
    inside: readonly Statement[],
  ): void {
    const at = local('i32')
    named.set(axis, at)
    from()
    set(at)
    let end = () => value(to)
    if (to.kind !== 'literal' && to.kind !== 'name') {
      value(to)
      const last = held('i32')
      end = () => get(last)
    }
    if (!entered) {
      op(OP.block, VOID)
      get(at)
      end()
      op(OP.atLeast, OP.branchIf, 0)
    }
    op(OP.loop, VOID)
    accesses.block(() => inside.forEach(statement))
    get(at)
    integer(step)
    op(OP.add)
    tee(at)
    end()
    op(OP.less, OP.branchIf, 0, OP.end)
    if (!entered) op(OP.end)
  }

  let scratch = 0
  for (const memory of memories) {
    if (memory.space !== 'worker') continue
    get(2)
    integer(scratch)
    op(OP.add)
    bases.set(memory, held('i32'))
    scratch += workerBytes(memory)
  }
  // Vectors of constants are made before all loops: engines would make them again, by some four instructions, in each pass.
  for (const e of preOrder(everything(body).flatMap(valuesOf), partsOf)) {
    const constant = constantName(e)
    if (constant === undefined || named.has(constant)) continue
    value(e)
    named.set(constant, held('v128'))
  }
  // Tasks become points; the last task may have fewer. Both numbers fit: there are at most as many tasks as points.
  const { point, grain } = launch
  const pointOf = (task: number) => (): void => {
    get(task)
    integer(grain)
    op(OP.mul)
  }
  pointOf(1)()
  const last = held('i32')
  for (const bound of [() => get(last), () => integer(point.size), () => get(last), () => integer(point.size)]) bound()
  op(OP.less, OP.select)
  named.set('end', held('i32'))
  loop(point, pointOf(0), { kind: 'name', name: 'end', dtype: 'i32' }, 1, false, body)
  return { name, parameters, code }
}
