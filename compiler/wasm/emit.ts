/** Kernel IR and schedule to a loop program for a processor, and the programs of all kernels to a module of WebAssembly. */
import type { Memory } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { numel } from '../graph/shape.js'
import { expanded } from '../kernels/expanded.js'
import { type Kernel, writes } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { pointsProgram } from '../loops/cpu.js'
import { bindingsOf, type Module, type Storage } from '../loops/module.js'
import { packedProgram } from '../loops/packed.js'
import { piecesProgram } from '../loops/pieces.js'
import { type LoopProgram, printProgram } from '../loops/program.js'
import { moduleOf } from './encode.js'
import { legalized } from './legal.js'
import { printFunction, scratchOf } from './print.js'

export function emit(kernel: Kernel, schedule: Schedule, storage: Storage): Module {
  const bindings = bindingsOf(kernel, storage)
  const written = new Set(writes(kernel).map(storage.holder))
  const memories = new Map(
    bindings.map(({ tensor }, i): [Tensor, Memory] => {
      const access = written.has(tensor) ? 'read_write' : 'read'
      const name = `${access === 'read' ? 'in' : 'out'}${i}`
      return [tensor, { space: 'place', name, dtype: tensor.dtype, count: numel(tensor.shape), unit: 1, access }]
    }),
  )
  const memoryOf = (tensor: Tensor): Memory => memories.get(storage.holder(tensor))!
  const loops = lowered(legalized(expanded(kernel)), schedule, [...memories.values()], memoryOf)
  if (loops.launch.kind !== 'points') throw new Error(`${kernel.name} was not lowered to points`)
  const { point, grain } = loops.launch
  // Without its name, so that equal kernels are found by text.
  const code = printProgram({ ...loops, name: '' })
  return { code, bindings, workgroups: [Math.ceil(point.size / grain), 1, 1], loops }
}

function lowered(
  kernel: Kernel,
  schedule: Schedule,
  places: readonly Memory[],
  memoryOf: (tensor: Tensor) => Memory,
): LoopProgram {
  switch (schedule.kind) {
    case 'points':
      return pointsProgram(kernel, schedule, places, memoryOf)
    case 'packed':
      return packedProgram(kernel, schedule, places, memoryOf)
    case 'pieces':
      return piecesProgram(kernel, schedule, places, memoryOf)
    default:
      throw new Error(`a processor has no schedule ${schedule.kind}`)
  }
}

/** Function `k0` for the first program, and so on: with multiply-adds that round once, and without. */
export function wasmModule(programs: readonly LoopProgram[]): {
  readonly relaxed: Uint8Array<ArrayBuffer>
  readonly plain: Uint8Array<ArrayBuffer>
  readonly scratch: number
} {
  const functions = programs.map((program, i) => printFunction(program, `k${i}`))
  return {
    relaxed: moduleOf(functions, 'relaxed'),
    plain: moduleOf(functions, 'plain'),
    scratch: programs.reduce((most, program) => Math.max(most, scratchOf(program)), 0),
  }
}
