/**
 * Work that outlives its device: a GPU's driver may reset, its process crash, a laptop change GPUs. A lost device takes its
 * buffers along, so the work begins again on a new one, from what it kept on the host (`Store`).
 */
import type { Device } from './device.js'
import { DeviceLost, NoAdapter } from './errors.js'

/** One attempt of work that survives the loss of its device: what `resilient` gives to it. */
export interface Attempt {
  /** 0, then the number of devices lost so far: what begins at 0 goes on from the store afterwards. */
  readonly lost: number
  /** To be called when the work has kept a state further than the last one: losses before it count no more. */
  kept(): void
}
/** What `resilient` may be told. */
export interface ResilientOptions {
  /** Called when the device is gone, before a new one is asked for. */
  readonly onLost?: (error: DeviceLost) => void
  /** Called where there is no new device yet, with the seconds until it is asked for again, and what has it asked for at once. */
  readonly onWait?: (seconds: number, error: NoAdapter, askNow: () => void) => void
  /** Opens a device of another kind where none comes back, or comes back often enough. */
  readonly otherwise?: () => Promise<Device>
  /** Devices that may be lost one after the other before the work has kept anything new. Default 3. */
  readonly most?: number
  /** Aborting ends the wait for a new device, with its reason. */
  readonly signal?: AbortSignal
}

/**
 * Milliseconds between requests of a new device: the driver or the browser's GPU process may still be starting. Together they are
 * longer than the two minutes for which Chromium keeps pages from a GPU whose process crashed several times.
 */
const PAUSES = [0, 100, 400, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]
/** How many of these are waited for where there is another kind of device. */
const WITH_ANOTHER = 5

/**
 * Runs `work` on the device that `open` gives, and again on a new one whenever that device is lost, which it notices by
 * the `DeviceLost` that sessions throw. Gives what `work` returns; the last device is left open. Throws what `work`
 * throws otherwise, its device destroyed, `DeviceLost` if the device was destroyed by its owner or was lost too often, and `NoAdapter` if none
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
  options: ResilientOptions = {},
): Promise<T> {
  const { onLost, otherwise, most = 3 } = options
  let inVain = 0
  const kept = () => {
    inVain = 0
  }
  let next: typeof open | undefined = open
  for (let lost = 0; ; lost++) {
    const device: Device = next ? await next() : await reopened(open, options)
    next = undefined
    try {
      return await work(device, { lost, kept })
    } catch (error) {
      // Whatever ended the work: nobody else has the device.
      device.destroy()
      if (!(error instanceof DeviceLost) || error.destroyed) throw error
      if (++inVain > most) {
        if (!otherwise || inVain > most + 1) throw error
        next = otherwise
      }
      onLost?.(error)
    }
  }
}

/** A new device. An adapter that is not there may not be there yet. */
async function reopened(open: () => Promise<Device>, { onWait, otherwise, signal }: ResilientOptions): Promise<Device> {
  const pauses = otherwise ? PAUSES.slice(0, WITH_ANOTHER) : PAUSES
  let wait = pause(pauses[0]!, signal)
  for (let tries = 0; ; ) {
    // Asking before a pause is over does not count.
    if (await wait.whole) tries++
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof NoAdapter)) throw error
      if (tries === pauses.length) {
        if (otherwise) return otherwise()
        throw error
      }
      wait = pause(pauses[tries]!, signal)
      onWait?.(pauses[tries]! / 1000, error, wait.end)
    }
  }
}

/** A pause that `end` ends before its time; `whole` is fulfilled with whether it was not. */
function pause(
  milliseconds: number,
  signal?: AbortSignal,
): { readonly whole: Promise<boolean>; readonly end: () => void } {
  const done = new AbortController()
  const whole = new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(() => finish(() => resolve(true)), milliseconds)
    const stop = (): void => finish(() => reject(signal!.reason))
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      settle()
    }
    done.signal.addEventListener('abort', () => finish(() => resolve(false)))
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
  })
  return { whole, end: () => done.abort() }
}
