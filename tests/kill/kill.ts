/**
 * Kills a run (`child.ts`) with signal 9 at random moments and lets it go on, over and over. After every kill there must
 * be a checkpoint that can be read, or nothing yet; and a run that comes to its end must have the losses, weights and
 * optimizer state of one that was never killed, bit by bit.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generator } from '../../models/data/random.js'
import { readCheckpoint } from '../../runtime/checkpoint.js'
import { root } from '../runtime/process.js'

export interface Killed {
  readonly kills: number
  /** Runs that came to their end after one or more kills, all equal to the one never killed. */
  readonly finished: number
  /** Kills that found no checkpoint yet, and those that found only the one before the last. */
  readonly early: number
  readonly between: number
}

/** Throws with what differs. `count` kills, at moments that `seed` draws. */
export async function killing(count: number, seed: number, tell: (line: string) => void = () => {}): Promise<Killed> {
  const place = mkdtempSync(join(tmpdir(), 'facet-kill-'))
  const random = generator(seed)
  try {
    const whole = await life(join(place, 'whole'))
    const expected = await readCheckpoint(join(place, 'whole'))
    let [kills, finished, early, between, runs] = [0, 0, 0, 0, 0]
    let folder = join(place, `${runs}`)
    let killedHere = 0
    while (kills < count || killedHere > 0) {
      // One in five anywhere in the life of the process, the others while it trains and saves.
      const anywhere = random() < 0.2
      const after = kills >= count ? undefined : random() * (anywhere ? whole.train : whole.end - whole.train)
      const { ended } = await life(folder, after, anywhere)
      if (ended) {
        const found = await readCheckpoint(folder)
        const different = Object.keys(expected.tensors).filter(
          name => !same(expected.tensors[name]!, found.tensors[name]),
        )
        if (different.length > 0 || found.state.step !== expected.state.step)
          throw new Error(`seed ${seed}: after ${killedHere} kills the run has other ${different.join(', ')}`)
        if (killedHere > 0) finished++
        killedHere = 0
        folder = join(place, `${++runs}`)
        continue
      }
      kills++
      killedHere++
      const files = existsSync(folder) ? readdirSync(folder) : []
      if (!files.some(name => name.endsWith('.safetensors'))) early++
      else {
        if (!files.includes('weights.safetensors')) between++
        const { state } = await readCheckpoint(folder)
        tell(`kill ${kills}: step ${state.step} of ${expected.state.step}`)
      }
    }
    return { kills, finished, early, between }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** One process, killed `after` milliseconds from its start or from its first step, or left alone. */
async function life(
  folder: string,
  after?: number,
  fromStart = false,
): Promise<{ ended: boolean; train: number; end: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/kill/child.ts', folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let train = 0
  let errors = ''
  const kill = () => setTimeout(() => child.kill('SIGKILL'), after)
  if (after !== undefined && fromStart) kill()
  child.stderr.on('data', data => (errors += data))
  child.stdout.on('data', data => {
    if (!`${data}`.includes('train')) return
    train = performance.now() - start
    if (after !== undefined && !fromStart) kill()
  })
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.on('close', (...how) => resolve(how)),
  )
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the run cannot go on (exit code ${code}): ${errors}`)
  return { ended: code === 0, train, end: performance.now() - start }
}

const same = (a: ArrayBufferView, b: ArrayBufferView | undefined): boolean =>
  b !== undefined &&
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
