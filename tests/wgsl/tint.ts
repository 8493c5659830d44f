/** Tint, the WGSL compiler of Dawn and Chrome, on a device that exists on paper only: it needs no GPU. */
import * as assert from 'uvu/assert'

const features = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'] as GPUFeatureName[]
let opened: Promise<{ gpu: GPU; device: GPUDevice }> | undefined

async function open() {
  const { create, globals } = await import('webgpu')
  for (const [key, value] of Object.entries(globals))
    if (!(key in globalThis)) Object.assign(globalThis, { [key]: value })
  const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis'])
  const adapter = (await gpu.requestAdapter())!
  assert.ok(features.every(feature => adapter.features.has(feature)))
  // Dawn's instance is kept beside its device: once it is collected as garbage, the device's next call ends the process.
  return { gpu, device: await adapter.requestDevice({ requiredFeatures: features }) }
}

/** Tint's errors in WGSL texts, each with its name and its line. */
export async function tintErrors(kernels: readonly { name: string; code: string }[]): Promise<string[]> {
  const { device } = await (opened ??= open())
  const all: string[] = []
  for (const { name, code } of kernels) {
    device.pushErrorScope('validation')
    const { messages } = await device.createShaderModule({ code }).getCompilationInfo()
    all.push(
      ...messages
        .filter(({ type }) => type === 'error')
        .map(({ lineNum, message }) => `${name}, line ${lineNum}: ${message}`),
    )
    const error = await device.popErrorScope()
    if (error && messages.length === 0) all.push(`${name}: ${error.message}`)
  }
  return all
}
