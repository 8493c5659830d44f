/** Tint, the WGSL compiler of Dawn and Chrome, on a device that exists on paper only: it needs no GPU. */
import * as assert from 'uvu/assert'

/** Dawn's instances: once one is collected as garbage, the next call of a device that came from it ends the process. */
const kept: GPU[] = []

async function open(features: readonly GPUFeatureName[]): Promise<GPUDevice> {
  const { create, globals } = await import('webgpu')
  for (const [key, value] of Object.entries(globals))
    if (!(key in globalThis)) Object.assign(globalThis, { [key]: value })
  const gpu = create(['backend=null', ...(features.length ? ['enable-dawn-features=allow_unsafe_apis'] : [])])
  kept.push(gpu)
  const adapter = (await gpu.requestAdapter())!
  assert.ok(features.every(feature => adapter.features.has(feature)))
  return adapter.requestDevice({ requiredFeatures: [...features] })
}

/** The errors of Tint in WGSL texts, each with its name and its line, on a device with these features and no other. */
export async function tintErrors(
  kernels: readonly { readonly name: string; readonly code: string }[],
  features: readonly GPUFeatureName[] = [],
): Promise<string[]> {
  const device = await open(features)
  const all: string[] = []
  for (const { name, code } of kernels) {
    device.pushErrorScope('validation')
    const { messages } = await device.createShaderModule({ code }).getCompilationInfo()
    all.push(
      ...messages
        .filter(({ type }) => type === 'error')
        .map(({ lineNum, message }) => `${name}, line ${lineNum}: ${message}\n${code}`),
    )
    const error = await device.popErrorScope()
    if (error && messages.length === 0) all.push(`${name}: ${error.message}`)
  }
  device.destroy()
  return all
}
