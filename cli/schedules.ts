/** `facet pretrain --tune`: the schedules of a run's kernels, of which those that a cache file lacks are timed before training. */
import type { Chooser } from '../compiler/kernels/schedule.js'
import { tuned } from '../compiler/kernels/tuning.js'
import { type PretrainOptions, traced } from '../models/pretrain.js'
import type { Device } from '../runtime/device.js'
import { agree } from '../runtime/distributed/ranks.js'
import { readCache, withTable, writeCache } from '../tuner/cache.js'
import { sectionOf, tuneGraphs, worthTuning } from '../tuner/tune.js'
import { progress } from './progress.js'

/**
 * Of several ranks, 0 times and writes, and all read the file, in a folder that all see. `undefined`: stopped meanwhile; what
 * was timed is in the file. Throws `TuningError` for a file that is not right, and `BadInput` where ranks read different ones.
 */
export async function schedulesFor(
  device: Device,
  options: PretrainOptions,
  file: string,
  signal: AbortSignal,
): Promise<Chooser | undefined> {
  const { graphs, how } = traced(options, device)
  const { ranks } = options
  const section = sectionOf(device)
  if (!ranks?.rank) {
    const cache = readCache(file)
    const line = progress({ label: 'tuning', steps: 0, imagesPerStep: 0 })
    let timed = 0
    line.stage('looking for kernels to time')
    await tuneGraphs(device, graphs, {
      ...how,
      table: cache[section] ?? {},
      signal,
      onKernel({ done, total }, table) {
        // Kernel by kernel, so that a run that is stopped goes on where it was.
        writeCache(file, withTable(cache, section, table))
        timed = done
        if (!signal.aborted) line.stage('kernels timed', done, total)
      },
    })
    line.end()
    console.log(
      timed || signal.aborted
        ? `${file} written, kernels timed: ${timed}`
        : `${file} has every kernel: nothing was timed`,
    )
  }
  // Here the other ranks wait for what the first finds.
  const stopped = Uint32Array.of(Number(signal.aborted))
  await ranks?.allReduce(stopped, 'max')
  if (stopped[0]) return undefined
  // The file may be shared: what other runs add to it, for kernels that are not worth timing here, changes nothing here.
  const known = readCache(file)[section] ?? {}
  const kernels = worthTuning(graphs, how)
  const own = kernels.flatMap(({ key }) => (Object.hasOwn(known, key) ? [[key, known[key]!] as const] : []))
  if (ranks) await agree(ranks, [[file, JSON.stringify(own)]])
  return tuned(Object.fromEntries(own))
}
