/** Kernel IR and schedule to a module of WGSL: by the loop program that the schedule makes. */
import type { Tensor } from '../graph/node.js'
import { expanded } from '../kernels/expanded.js'
import { type Kernel, writes } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import type { Target } from '../kernels/target.js'
import type { Context } from '../loops/expand.js'
import { matrix } from '../loops/matrix.js'
import { bindingsOf, type Module, type Storage } from '../loops/module.js'
import { pieces } from '../loops/pieces.js'
import type { LoopProgram } from '../loops/program.js'
import { rows } from '../loops/rows.js'
import { staged } from '../loops/staged.js'
import { tiles } from '../loops/tiles.js'
import { transposed } from '../loops/transposed.js'
import { printModule } from './print.js'

export function emit(kernel: Kernel, schedule: Schedule, target: Target, storage: Storage): Module {
  const bindings = bindingsOf(kernel, storage)
  const tensors = bindings.map(({ tensor }) => tensor)
  const written = new Set(writes(kernel).map(storage.holder))
  if (bindings.length > target.storageBuffers)
    throw new Error(
      `kernel ${kernel.name} (${kernel.scope}) binds ${bindings.length} buffers, ${target.name} allows ${target.storageBuffers}`,
    )
  const bufferName = (tensor: Tensor): string => {
    const at = tensors.indexOf(storage.holder(tensor))
    return written.has(tensors[at]!) ? `out${at}` : `in${at}`
  }
  const named = bindings.map(({ tensor, access }) => ({ tensor, access, name: bufferName(tensor) }))
  const loops = scheduled(expanded(kernel), schedule, { target, bindings: named, holder: storage.holder })
  return { ...printModule(loops, target), bindings, loops }
}

function scheduled(kernel: Kernel, schedule: Schedule, context: Context): LoopProgram {
  switch (schedule.kind) {
    case 'tiles':
      return tiles(kernel, schedule, context)
    case 'rows':
      return rows(kernel, schedule, context)
    case 'transposed':
      return transposed(kernel, schedule, context)
    case 'pieces':
      return pieces(kernel, schedule, context)
    case 'staged':
      return staged(kernel, schedule, context)
    case 'matrix':
      return matrix(kernel, schedule, context)
    default:
      throw new Error(`${context.target.name} has no schedule ${schedule.kind}`)
  }
}
