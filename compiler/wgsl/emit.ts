/** Kernel IR and schedule to a WGSL module: bindings, helper functions, and a body by the printer of the schedule. */
import type { Expression } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { numel } from '../graph/shape.js'
import { expanded } from '../kernels/expanded.js'
import { type Kernel, writes } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import type { Target } from '../kernels/target.js'
import type { Context as LoopContext } from '../loops/expand.js'
import { bindingsOf, type Module, type Storage } from '../loops/module.js'
import type { LoopProgram } from '../loops/program.js'
import { rows } from '../loops/rows.js'
import { tiles } from '../loops/tiles.js'
import { transposed } from '../loops/transposed.js'
import { expressionText } from './expression.js'
import { declarationsFor } from './functions.js'
import type { Context, Text } from './loops.js'
import { matrix } from './matrix.js'
import { printModule } from './print.js'
import { staged } from './staged.js'
import { storageType } from './types.js'

const BUILTINS = ['@builtin(workgroup_id) group: vec3<u32>', '@builtin(local_invocation_index) lane: u32']

export function emit(kernel: Kernel, schedule: Schedule, target: Target, storage: Storage): Module {
  const bindings = bindingsOf(kernel, storage)
  const tensors = bindings.map(({ tensor }) => tensor)
  const written = new Set(writes(kernel).map(storage.place))
  if (bindings.length > target.storageBuffers)
    throw new Error(
      `kernel ${kernel.name} (${kernel.scope}) binds ${bindings.length} buffers, ${target.name} allows ${target.storageBuffers}`,
    )
  const bufferName = (tensor: Tensor): string => {
    const at = tensors.indexOf(storage.place(tensor))
    return written.has(tensors[at]!) ? `out${at}` : `in${at}`
  }
  const named = bindings.map(({ tensor, access }) => ({ tensor, access, name: bufferName(tensor) }))
  const made = scheduled(expanded(kernel), schedule, { target, bindings: named, place: storage.place })
  if (made) return { ...printModule(made, target), bindings, program: made }
  const print = (e: Expression, part: (e: Expression) => string): string =>
    expressionText(e, part, load => bufferName(load.source))
  const context: Context = { target, print, buffer: bufferName, place: storage.place }
  const {
    body,
    size,
    groups,
    shared,
    vectors,
    directives = [],
    builtins = [],
  } = printed(expanded(kernel), schedule, context)
  const declarations = bindings.map(({ tensor, access }, i) => {
    const type = arrayType(tensor, vectors.has(tensor))
    return `@group(0) @binding(${i}) var<storage, ${access}> ${bufferName(tensor)}: ${type};`
  })
  return {
    code: [
      ...(tensors.some(({ dtype }) => dtype === 'f16') ? ['enable f16;'] : []),
      ...directives,
      ...declarations,
      ...shared,
      ...declarationsFor(body),
      `@compute @workgroup_size(${size})`,
      `fn main(${[...BUILTINS, ...builtins].join(', ')}) {`,
      body,
      '}',
      '',
    ].join('\n'),
    bindings,
    workgroups: groups,
  }
}

/**
 * The type of a buffer: an array of a known size. Of an array without one, Dawn asks the length at every access, to keep it
 * in bounds; software drivers answer with a division per lane.
 */
function arrayType({ dtype, shape }: Tensor, vectors: boolean): string {
  const type = storageType(dtype)
  const count = vectors || dtype === 'u8' ? Math.ceil(numel(shape) / 4) : numel(shape)
  return `array<${vectors ? `vec4<${type}>` : type}, ${Math.max(count, 1)}>`
}

function scheduled(kernel: Kernel, schedule: Schedule, context: LoopContext): LoopProgram | undefined {
  switch (schedule.kind) {
    case 'tiles':
      return tiles(kernel, schedule, context)
    case 'rows':
      return rows(kernel, schedule, context)
    case 'transposed':
      return transposed(kernel, schedule, context)
    default:
      return undefined
  }
}
function printed(kernel: Kernel, schedule: Schedule, context: Context): Text {
  switch (schedule.kind) {
    case 'staged':
      return staged(kernel, schedule, context)
    case 'matrix':
      return matrix(kernel, schedule, context)
    default:
      throw new Error(`there is no text for the schedule ${schedule.kind}`)
  }
}
