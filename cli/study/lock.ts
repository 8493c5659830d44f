/**
 * One process per trial, among all that share the folder of a study. A lock is a file that names its owner; it is made as a
 * link, which is there whole or not at all and fails if there is one, on network file systems too.
 */
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Another process runs the trial. */
export class Locked extends Error {
  override name = 'Locked'
}

/** Seconds between two signs of life of a lock, and after how many without one its owner is taken for dead. */
const BEAT = 20
const DEAD = 300

/**
 * Takes the lock of a trial; what is returned gives it back. A lock is stale if its process is dead (on this machine), or if
 * it has given no sign of life for five minutes (anywhere). Throws `Locked` if another process has it.
 */
export async function lockTrial(out: string, id: string): Promise<() => Promise<void>> {
  const folder = join(out, 'locks')
  await mkdir(folder, { recursive: true })
  const lock = join(folder, id)
  const own = join(folder, `${id}.${hostname()}.${process.pid}`)
  await writeFile(own, JSON.stringify({ host: hostname(), pid: process.pid, at: Date.now() }))
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
    await rm(lock, { force: true })
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
  const { host, pid } = JSON.parse(text) as { host: string; pid: number }
  // In a container that was started again, the dead owner may have had the host and the number of this process.
  const dead = host === hostname() && (pid === process.pid || !alive(pid))
  return { host, pid, text, stale: dead || Date.now() - times.mtimeMs > DEAD * 1000 }
}

/** Removes a stale lock, unless another process has put its own in place of it meanwhile. */
async function discard(lock: string, text: string, own: string): Promise<void> {
  const aside = `${own}.stale`
  await rename(lock, aside).catch(() => {})
  const taken = await readFile(aside, 'utf8').catch(() => text)
  if (taken !== text) await linked(aside, lock)
  await rm(aside, { force: true })
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
