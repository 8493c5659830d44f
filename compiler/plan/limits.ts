/** Everything a device could refuse, refused here with a sentence. */
import { type Kernel, reads, writes } from '../kernels/kernel.js'
import type { Target } from '../kernels/target.js'
import type { Program } from './program.js'

/** A program needs more than its target offers. */
export class LimitError extends Error {
  override name = 'LimitError'
}

/** A number of bytes as errors say it. */
export const mib = (bytes: number): string =>
  bytes < 2 ** 16 ? `${bytes} bytes` : `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** A number of bytes, or text with a unit: `'512MiB'`, `'1.5GiB'`. */
export type Bytes = number | `${number}${'KiB' | 'MiB' | 'GiB'}`
/** Throws `LimitError` for other text. */
export function bytesOf(given: Bytes): number {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(KiB|MiB|GiB)?$/.exec(`${given}`) ?? []
  if (value === undefined || (unit === undefined && typeof given !== 'number'))
    throw new LimitError(`memory takes a number of bytes or text such as '512MiB' or '2GiB', got ${given}`)
  return Math.floor(Number(value) * { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, '': 1 }[unit ?? '']!)
}

/** `fixed` bytes of the buffers are variables and inputs. */
export function checkMemory({ slabs }: Program, budget: number, fixed: number): void {
  const needed = slabs.reduce((a, b) => a + b, 0)
  if (needed > budget)
    throw new LimitError(
      `memory is limited to ${mib(budget)}, and the smallest plan found takes ${mib(needed)}, of which ${mib(fixed)} are variables and inputs: make the batch smaller`,
    )
}

/** Buffers of a kernel hold what the target has. Bytes are read alone: none has stores of them. */
export function checkDtypes(kernel: Kernel, target: Target): void {
  if (writes(kernel).some(({ dtype }) => dtype === 'u8'))
    throw new LimitError(`kernel ${kernel.name} stores u8, which is for inputs only: cast it to u32 or f32`)
  if (!target.f16 && [...reads(kernel), ...writes(kernel)].some(({ dtype }) => dtype === 'f16'))
    throw new LimitError(
      `kernel ${kernel.name} stores f16, which ${target.name} does not offer: compile for a device that has shader-f16, or use f32`,
    )
}

export function checkLimits(program: Program, target: Target): void {
  for (const [slab, bytes] of program.slabs.entries())
    if (bytes > target.bufferBytes)
      throw new LimitError(
        `buffer ${slab} needs ${mib(bytes)}, ${target.name} allows ${mib(target.bufferBytes)}: make the batch or the model smaller, or compile for the device`,
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
