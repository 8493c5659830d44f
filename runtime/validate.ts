/**
 * Whether a program can run on a device: every place lies in its slab, and nothing exceeds a limit. Before any buffer is made.
 */
import type { Place, Program, Stored } from '../compiler/plan/program.js'
import type { Device } from './device.js'
import { BadInput, OutOfMemory } from './errors.js'
import { bytesOf, words } from './values.js'

/** Whether a device runs what the program was compiled to. */
export const runsOn = ({ adapter }: Pick<Device, 'adapter'>, { wasm }: Pick<Program, 'wasm'>): boolean =>
  (adapter.kind === 'cpu') === (wasm !== undefined)

/** Throws `BadInput` where the program is wrong in itself or exceeds a limit, `OutOfMemory` where it cannot fit. */
export function validate(program: Program, { limits, memory, adapter }: Device): void {
  if (program.format !== 'facet-program/1')
    throw new BadInput(`this runtime reads facet-program/1, not ${JSON.stringify(program.format)}: compile it again.`)
  const device = adapter.name
  const { wasm } = program
  if (!runsOn({ adapter }, program))
    throw new BadInput(
      `the program was compiled to ${wasm ? 'WebAssembly' : 'WGSL'} for target ${program.target}, which ${device} does not run: compile it for this device, with target: targetFor(device).`,
    )
  if (wasm && !(Number.isSafeInteger(wasm.scratch) && wasm.scratch >= 0))
    throw new BadInput(`the program wants ${wasm.scratch} bytes for each thread: not a whole number from 0.`)
  let total = 0
  program.slabs.forEach((bytes, slab) => {
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % 4)
      throw new BadInput(`slab ${slab} has ${bytes} bytes: not a multiple of 4.`)
    if (bytes > limits.maxBufferSize)
      throw new OutOfMemory(
        `slab ${slab} needs ${mebibytes(bytes)}, but a buffer of ${device} holds ${mebibytes(limits.maxBufferSize)} at most: use a smaller batch.`,
      )
    total += bytes
  })
  if (memory !== undefined && total > memory)
    throw new OutOfMemory(
      `the program needs ${mebibytes(total)}, but ${device} may take ${mebibytes(memory)}: use a smaller batch.`,
    )

  const place = (what: string, { slab, offset, bytes }: Place, align: number) => {
    const size = program.slabs[slab]
    if (size === undefined) throw new BadInput(`${what} lies in slab ${slab}, but there are ${program.slabs.length}.`)
    const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(bytes) && offset >= 0 && bytes > 0
    if (!whole || offset % align || bytes % 4 || offset + bytes > size)
      throw new BadInput(
        `${what} lies at ${offset} with ${bytes} bytes, which does not fit slab ${slab} of ${size} bytes (offsets are multiples of ${align}).`,
      )
  }
  const stored = (what: string, tensor: Stored) => {
    place(what, tensor, 4)
    if (words(bytesOf(tensor)) > tensor.bytes)
      throw new BadInput(
        `${what} of shape [${tensor.shape.join(', ')}] needs ${bytesOf(tensor)} bytes but has ${tensor.bytes}.`,
      )
  }
  for (const variable of program.variables) stored(`variable ${variable.name}`, variable)
  const inOrder = [...program.variables].sort((a, b) => a.slab - b.slab || a.offset - b.offset)
  inOrder.forEach((variable, i) => {
    const before = inOrder[i - 1]
    if (before?.slab === variable.slab && before.offset + before.bytes > variable.offset)
      throw new BadInput(`variables ${before.name} and ${variable.name} overlap in slab ${variable.slab}.`)
  })
  for (const kernel of program.kernels)
    if (kernel.bindings.length > limits.maxStorageBuffersPerShaderStage)
      throw new BadInput(
        `kernel ${kernel.name} reads and writes ${kernel.bindings.length} buffers, but ${device} allows ${limits.maxStorageBuffersPerShaderStage}: compile for this device's limits.`,
      )
  for (const [name, entry] of Object.entries(program.entries)) {
    for (const input of entry.inputs) stored(`input ${input.name} of ${name}`, input)
    for (const output of entry.outputs) stored(`output ${output.name} of ${name}`, output)
    for (const { from, to, times } of entry.repeats ?? []) {
      const right = [from, to, times].every(Number.isSafeInteger) && 0 <= from && from < to && times >= 1
      if (!right || to > entry.dispatches.length)
        throw new BadInput(
          `${name} repeats dispatches ${from} to ${to} ${times} times, but there are ${entry.dispatches.length}.`,
        )
    }
    for (const { kernel: index, bindings, workgroups, scope } of entry.dispatches) {
      const kernel = program.kernels[index]
      if (!kernel) throw new BadInput(`${name} runs kernel ${index}, but there are ${program.kernels.length}.`)
      const what = `${name}: kernel ${kernel.name}${scope && ` of ${scope}`}`
      if (bindings.length !== kernel.bindings.length)
        throw new BadInput(`${what} is given ${bindings.length} buffers but has ${kernel.bindings.length} bindings.`)
      bindings.forEach((binding, i) => {
        place(`binding ${i} of ${what}`, binding, limits.minStorageBufferOffsetAlignment)
        if (binding.bytes > limits.maxStorageBufferBindingSize)
          throw new BadInput(
            `binding ${i} of ${what} has ${mebibytes(binding.bytes)}, but ${device} binds ${mebibytes(limits.maxStorageBufferBindingSize)} at most: use a smaller batch.`,
          )
      })
      if (wasm && (workgroups[1] !== 1 || workgroups[2] !== 1))
        throw new BadInput(`${what} wants ${workgroups.join(' x ')} tasks, which are counted in one dimension.`)
      for (const count of workgroups)
        if (!Number.isInteger(count) || count < 0 || count > limits.maxComputeWorkgroupsPerDimension)
          throw new BadInput(
            `${what} wants ${workgroups.join(' x ')} workgroups, but ${device} allows ${limits.maxComputeWorkgroupsPerDimension} per dimension.`,
          )
    }
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
