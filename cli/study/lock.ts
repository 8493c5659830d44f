/**
 * One process per trial, among all that share the folder of a study. A lock is a file that names its owner; it is made as a
 * link, which is there whole or not at all and fails if there is one, on network file systems too.
 */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isGone, type Peer, self } from '../../runtime/distributed/peer.js'
import { pause } from './runner.js'

/** Another process runs the trial. */
export class Locked extends Error {
  override name = 'Locked'
}

/**
 * Runs `act` with the lock of a trial, waiting while another process has it, of which `busy` is told once. Resolves to nothing
 * if the signal is aborted first.
 */
export async function whenFree<T>(
  act: () => Promise<T>,
  { signal, busy }: { readonly signal: AbortSignal; readonly busy: (error: Locked) => void },
): Promise<T | undefined> {
  for (let told = false; !signal.aborted; told = true)
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Locked)) throw error
      if (!told) busy(error)
      await pause(AGAIN * 1000, signal)
    }
  return undefined
}

/**
 * Seconds between two signs of life of a lock, after how many without one its owner is taken for dead, and between two looks of
 * who waits for it.
 */
const [BEAT, DEAD, AGAIN] = [20, 300, 2]

/**
 * Takes the lock of a trial; what is returned gives it back. A lock is stale if its process is seen to be dead (on this
 * machine, in this container), or if it has given no sign of life for five minutes (anywhere). Throws `Locked` if another
 * process has it.
 */
export async function lockTrial(out: string, id: string): Promise<() => Promise<void>> {
  const folder = join(out, 'locks')
  await mkdir(folder, { recursive: true })
  const lock = join(folder, id)
  // Containers may all be process 1 of one host.
  const own = join(folder, `${id}.${randomUUID()}`)
  const text = JSON.stringify({ ...self(), at: Date.now() })
  await writeFile(own, text)
  try {
    for (let tries = 0; !(await linked(own, lock)); tries++) {
      const holder = await holderOf(lock)
      if (holder === undefined) continue
      if (!holder.stale || tries > 3) throw new Locked(`trial ${id} is run by process ${holder.pid} on ${holder.host}`)
      await discard(lock, holder.text, own)
    }
  } finally {
    await rm(own, { force: true })
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(lock, now, now).catch(() => {})
  }, BEAT * 1000)
  beat.unref()
  return async () => {
    clearInterval(beat)
    // Somebody else's, if this process gave no sign of life for too long.
    if ((await readFile(lock, 'utf8').catch(() => '')) === text) await rm(lock, { force: true })
  }
}

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    error => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

/** Who holds a lock; nothing if it has been given back meanwhile. */
async function holderOf(lock: string) {
  const text = await readFile(lock, 'utf8').catch(() => undefined)
  const times = await stat(lock).catch(() => undefined)
  if (text === undefined || !times) return undefined
  const holder = JSON.parse(text) as Peer
  const { host, pid } = holder
  return { host, pid, text, stale: isGone(holder) ?? Date.now() - times.mtimeMs > DEAD * 1000 }
}

/** Removes a stale lock, unless another process has put its own in place of it meanwhile. */
async function discard(lock: string, text: string, own: string): Promise<void> {
  const aside = `${own}.stale`
  await rename(lock, aside).catch(() => {})
  const taken = await readFile(aside, 'utf8').catch(() => text)
  if (taken !== text) await linked(aside, lock)
  await rm(aside, { force: true })
}
