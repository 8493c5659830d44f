/** Everything a device could refuse, refused here with a sentence. */
import type { Target } from '../kernels/target.js'
import type { Program } from './program.js'

/** A program needs more than its target offers. */
export class LimitError extends Error {
  override name = 'LimitError'
}

export function checkLimits(program: Program, target: Target): void {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  for (const [slab, bytes] of program.slabs.entries())
    if (bytes > target.bufferBytes)
      throw new LimitError(
        `buffer ${slab} needs ${mib(bytes)}, ${target.name} allows ${mib(target.bufferBytes)}: make the batch or the model smaller, or compile for the device`,
      )
  const half = program.kernels.find(({ code }) => code.startsWith('enable f16;'))
  if (half && !target.f16)
    throw new LimitError(
      `kernel ${half.name} stores f16, which ${target.name} does not offer: compile for a device that has shader-f16, or use f32`,
    )
  for (const [name, entry] of Object.entries(program.entries))
    for (const { kernel, bindings, workgroups, scope } of entry.dispatches) {
      const where = `kernel ${program.kernels[kernel]!.name} of entry ${name}${scope && ` (${scope})`}`
      const large = bindings.find(({ bytes }) => bytes > target.bindingBytes)
      if (large)
        throw new LimitError(
          `${where} binds a tensor of ${mib(large.bytes)}, ${target.name} allows ${mib(target.bindingBytes)}: make the batch smaller`,
        )
      if (workgroups.some(count => count > target.workgroupsPerDimension))
        throw new LimitError(
          `${where} needs ${workgroups.join(' x ')} workgroups, ${target.name} allows ${target.workgroupsPerDimension} per dimension`,
        )
    }
}
