/**
 * Facet as one of the peers: the interface at the top of the peers' `harness.mjs`. It runs on the `navigator.gpu` that the
 * harness made, as it would in a browser, so that what it asks of WebGPU is counted like everybody else's; or on the processor,
 * where the harness made none.
 */
import { compile, targetFor } from '../../compiler/index.js'
import { type Device, load, openDevice, type Session } from '../../runtime/browser.js'
import { openCpuInNode } from '../../runtime/cpu/node.js'
import { benchProgram, type Workload } from './programs.js'

let device: Device

export const peer = {
  name: 'facet',
  label: 'Facet',
  sync: 'ops: the end of the queue; train: the loss, read through the ring of staging buffers',

  async init() {
    device = process.env.FACET_ADAPTER === 'cpu' ? openCpuInNode() : await openDevice()
    return { adapter: device.adapter.name }
  },

  async setup(workload: Workload, inputs: Record<string, { data: Float32Array }>) {
    const { entry, results } = benchProgram(workload)
    let session: Session | undefined
    // The first run compiles: the harness counts it so.
    const loaded = async () => {
      if (session) return session
      session = await load(device, compile({ run: entry }, {}, { target: targetFor(device) }))
      session.writeVariables(Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data])))
      return session
    }
    return {
      async run(): Promise<number | undefined> {
        const ready = await loaded()
        ready.run('run')
        if (results.length === 0) {
          const { loss } = (await ready.read('run')) as unknown as { loss: Float32Array }
          return loss[0]
        }
        await device.done()
        return undefined
      },
      async outputs() {
        return await session!.readVariables(results)
      },
      dispose: () => session?.destroy(),
    }
  },
}
