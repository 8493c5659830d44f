/**
 * Work that outlives its device: a GPU's driver may reset, its process crash, a laptop change GPUs. A lost device takes its
 * buffers along, so the work begins again on a new one, from what it kept on the host (`Store`).
 */
import type { Device } from './device.js'
import { DeviceLost, NoAdapter } from './errors.js'

export interface Attempt {
  /** 0, then the number of devices lost so far: what begins at 0 goes on from the store afterwards. */
  readonly lost: number
  /** To be called when the work has kept a state further than the last one: losses before it count no more. */
  kept(): void
}
export interface ResilientOptions {
  /** Called when the device is gone, before a new one is asked for. */
  readonly onLost?: (error: DeviceLost) => void
  /** Devices that may be lost one after the other before the work has kept anything new. Default 3. */
  readonly most?: number
}

/** Milliseconds between requests of a new device: the driver or the browser's GPU process may still be starting. */
const PAUSES = [0, 100, 400, 1600, 3200]

/**
 * Runs `work` on the device that `open` gives, and again on a new one whenever that device is lost, which it notices by
 * the `DeviceLost` that sessions throw. Gives what `work` returns; the last device is left open. Throws what `work`
 * throws otherwise, `DeviceLost` if the device was destroyed by its owner or was lost too often, and `NoAdapter` if none
 * comes back.
 *
 * ```ts
 * const store = checkpointsInMemory()
 * await resilient(openDevice, (device, { lost }) => pretrain(device, { ...run, checkpoint: { store, resume: lost > 0 } }))
 * ```
 */
export async function resilient<T>(
  open: () => Promise<Device>,
  work: (device: Device, attempt: Attempt) => Promise<T>,
  { onLost, most = 3 }: ResilientOptions = {},
): Promise<T> {
  let inVain = 0
  const kept = () => {
    inVain = 0
  }
  for (let lost = 0; ; lost++) {
    const device = lost === 0 ? await open() : await reopened(open)
    try {
      return await work(device, { lost, kept })
    } catch (error) {
      if (!(error instanceof DeviceLost) || error.destroyed || ++inVain > most) throw error
      onLost?.(error)
      device.destroy()
    }
  }
}

async function reopened(open: () => Promise<Device>, [pause, ...rest] = PAUSES): Promise<Device> {
  await new Promise(resolve => setTimeout(resolve, pause))
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof NoAdapter) || rest.length === 0) throw error
    return reopened(open, rest)
  }
}
