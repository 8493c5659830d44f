/** A kernel by itself, once per schedule: what a tuner runs. Operands and results are variables; results are outputs, too. */
import type { Tensor } from '../graph/node.js'
import { byteSize, bytes, flops } from '../kernels/cost.js'
import { type Kernel, reads, writes } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import type { Target } from '../kernels/target.js'
import { backendOf } from './backend.js'
import { checkDtypes, checkLimits } from './limits.js'
import type { Program, Stored } from './program.js'

/**
 * Entry `i` runs the kernel under `schedules[i]`, `repeats` times over. Variables are called `operand0`, ..., `result0`, ... and,
 * where the kernel replaces what it reads, `replaced0`, ...; outputs `result0`, .... Throws `LimitError`, and what the printer of a schedule throws where it does not fit the kernel.
 */
export function trial(kernel: Kernel, schedules: readonly Schedule[], target: Target, repeats = 1): Program {
  const [read, written] = [new Set(reads(kernel)), new Set(writes(kernel))]
  const tensors = [...new Set([...read, ...written])]
  const operands = [...read].filter(tensor => !written.has(tensor))
  const at = (name: string, tensor: Tensor): Stored => ({
    name,
    shape: [...tensor.shape],
    dtype: tensor.dtype,
    slab: tensors.indexOf(tensor),
    offset: 0,
    bytes: Math.max(4, byteSize(tensor)),
  })
  const storage = { holder: (tensor: Tensor) => tensor, buffer: (tensor: Tensor) => tensor }
  const backend = backendOf(target)
  checkDtypes(kernel, target)
  const modules = schedules.map(schedule => backend.module(kernel, schedule, storage))
  const program: Program = {
    format: 'facet-program/1',
    target: target.name,
    kernels: modules.map(({ code, bindings }, i) => ({
      name: `${kernel.name}.${i}`,
      code,
      bindings: bindings.map(({ access }) => access),
    })),
    ...backend.whole(modules),
    slabs: tensors.map(tensor => Math.max(4, byteSize(tensor))),
    variables: [
      ...operands.map((tensor, i) => at(`operand${i}`, tensor)),
      ...[...written].map((tensor, i) => at(`${read.has(tensor) ? 'replaced' : 'result'}${i}`, tensor)),
    ].map(variable => ({ ...variable, kind: 'state' as const })),
    entries: Object.fromEntries(
      modules.map(({ bindings, workgroups }, i) => [
        `${i}`,
        {
          inputs: [],
          outputs: [...written].map((tensor, n) => at(`result${n}`, tensor)),
          dispatches: Array.from({ length: repeats }, () => ({
            kernel: i,
            bindings: bindings.map(({ tensor }) => {
              const { slab, offset, bytes: size } = at('', tensor)
              return { slab, offset, bytes: size }
            }),
            workgroups,
            scope: kernel.scope,
            flops: flops(kernel),
            bytes: bytes(kernel),
          })),
        },
      ]),
    ),
  }
  checkLimits(program, target)
  return program
}
