/** The `pieces` schedule: points that each make, serially, a piece of what a scatter or an order gives. */
import type { Memory } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { type Kernel, type Order, piecesOf, type Scatter } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { inTasks } from './cpu.js'
import type { Context } from './expand.js'
import { orderPoints } from './order.js'
import { createPlaces } from './places.js'
import type { LoopProgram } from './program.js'
import { scatterInvocations, scatterPoints } from './scatter.js'
import { createVectors } from './vectors.js'

type Pieces = Extract<Schedule, { kind: 'pieces' }>

function statementOf(kernel: Kernel): Scatter | Order {
  const statement = piecesOf(kernel)
  if (!statement) throw new Error(`kernel ${kernel.name} neither scatters nor puts in order`)
  return statement
}

/** On a processor. */
export function piecesProgram(
  kernel: Kernel,
  schedule: Pieces,
  places: readonly Memory[],
  memoryOf: (tensor: Tensor) => Memory,
): LoopProgram {
  const statement = statementOf(kernel)
  const vectors = createVectors(createIndexing(), memoryOf)
  const { point, body } =
    statement.kind === 'scatter'
      ? scatterPoints(kernel, statement, schedule, { vectors, memoryOf })
      : orderPoints(kernel, statement, schedule, { scalar: vectors.scalar, memoryOf })
  return inTasks({ name: kernel.name, memories: places, body, point })
}

/** On WebGPU: a point is an invocation. */
export function pieces(kernel: Kernel, schedule: Pieces, context: Context): LoopProgram {
  const statement = statementOf(kernel)
  if (statement.kind === 'scatter') return scatterInvocations(kernel, statement, schedule, context)
  const indexing = createIndexing()
  const places = createPlaces(context.bindings, context.holder, new Set(), indexing)
  const inMemories = places.inMemories()
  const { point, body } = orderPoints(kernel, statement, schedule, {
    scalar: (e, at) => inMemories(indexing.substitute(e, at)),
    memoryOf: places.of,
  })
  const launch = { kind: 'points', point, grain: schedule.workgroup } as const
  return { name: kernel.name, launch, memories: places.memories, body }
}
