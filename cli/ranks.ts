/**
 * One voice for several processes. Before they train together, ranks tell each other whether they can: what all of them refuse
 * is said once, and what one of them refuses ends all.
 */
import { abortRanks, joinedRanks, launched, mpiRanks } from '../runtime/distributed/mpi.js'
import { digestOf, RankLost, type Ranks } from '../runtime/distributed/ranks.js'
import { exitCodes } from './errors.js'

export interface Failure {
  readonly text: string
  readonly code: number
}
/** What this rank need not say: another one does. */
export class SaidElsewhere extends Error {
  override name = 'SaidElsewhere'
  constructor(readonly code: number) {
    super('another rank says why')
  }
}

/** Milliseconds that a rank waits for the others to come to the same, and for the first of them to end the job. */
const [LATE, ENDING] = [60_000, 10_000]

/** Whether the ranks have told each other, and whether one of them could not. */
let met: 'ready' | 'failed' | undefined

/** Waits for all ranks to be ready. Throws `SaidElsewhere` if one of them is not. */
export async function meet(ranks: Ranks): Promise<void> {
  const failed = await exchange(ranks, undefined)
  if (failed) throw new SaidElsewhere(failed.code)
}

/** Whether this process is the one that says what it failed with. */
export async function speaks(error: unknown, failure: Failure): Promise<boolean> {
  const job = launched()
  if (!job) return true
  const { rank } = job
  if (error instanceof SaidElsewhere) return false
  if (error instanceof RankLost) return error.lost.length > 0 ? rank === firstBut(error.lost) : rank < 2
  // Rank 0 ends the job meanwhile, if it has failed too.
  if (met) return rank === 0 || !(await ended(ENDING))
  // Others may be in the middle of something that takes no ranks.
  if (failure.code !== exitCodes.badInput && !joinedRanks()) return true
  return Promise.race([
    mpiRanks().then(
      async ranks => !ranks || (await exchange(ranks, failure))!.first,
      () => rank === 0,
    ),
    ended(LATE).then(() => true),
  ])
}

/** Leaves the others: in order where all are to end, else at once. */
export async function leave(code: number): Promise<void> {
  if (met === 'failed') await (await mpiRanks())?.close()
  else await abortRanks(code)
}

/** The first rank that is not lost. */
function firstBut(lost: readonly number[]): number {
  let rank = 0
  while (lost.includes(rank)) rank++
  return rank
}

/** Whether the launcher ends this process within so many milliseconds. */
const ended = (within: number): Promise<boolean> =>
  new Promise(resolve => {
    process.once('SIGTERM', () => resolve(true))
    setTimeout(resolve, within, false).unref()
  })

/** The code of the first rank that failed, and whether this one is the first that failed as it did; nothing if none did. */
async function exchange(
  ranks: Ranks,
  failure: Failure | undefined,
): Promise<{ readonly code: number; readonly first: boolean } | undefined> {
  const own = failure ? [failure.code, ...(await digestOf(failure.text))] : []
  const WORDS = 9
  const all = new Uint32Array(ranks.size * WORDS)
  all.set(own, ranks.rank * WORDS)
  await ranks.allReduce(all, 'sum')
  const rows = Array.from({ length: ranks.size }, (_, rank) => [...all.slice(rank * WORDS, (rank + 1) * WORDS)])
  const failed = rows.find(([code]) => code !== 0)
  met = failed ? 'failed' : 'ready'
  return failed && { code: failed[0]!, first: rows.findIndex(row => row.join() === own.join()) === ranks.rank }
}
