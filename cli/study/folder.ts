/**
 * The folder of a study: the only thing that its processes share, on one machine or on many.
 *
 * ```text
 * study.json         its trials, and what was left out
 * results/ID.json    of a finished trial; there whole or not at all
 * failures/ID.json   why a trial failed
 * running/ID/        the checkpoint of a trial that has not finished
 * weights/ID/        of the trials whose weights are kept
 * locks/ID           who runs it now
 * ```
 */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProtocolName, Scores } from '../../models/evaluate/protocols.js'
import type { Hypothesis, Trial } from '../../models/study/study.js'
import type { LeftOut } from '../../models/study/trials.js'
import { replaceFile } from '../../runtime/checkpoint.js'
import { reasonOf } from '../../runtime/reasons.js'
import { UsageError } from '../errors.js'

/** What a trial leaves: its configuration, and its numbers. */
export interface TrialResult {
  readonly trial: Trial
  /** What the protocols gave. */
  readonly scores: { readonly [P in ProtocolName]?: Scores }
  /** The same after earlier steps, of studies with milestones. */
  readonly milestones?: readonly Milestone[]
  /** Test examples that the shares among them were counted on. Results of earlier versions do not say it. */
  readonly tested?: number
  /** `[step, mean loss since the last point]`, few enough to be drawn. */
  readonly losses: readonly (readonly [number, number])[]
  readonly cost: {
    /** Median time of a training step, in milliseconds. */
    readonly stepMilliseconds: number
    /** Device memory of the program, and what a step reads and writes at least, in bytes. */
    readonly memory: number
    readonly moved: number
    /** Seconds of the whole trial in its last process. */
    readonly seconds: number
  }
  /** Counts of cosines in bins of equal width over [-1, 1]. */
  readonly histograms?: { readonly positive: readonly number[]; readonly negative: readonly number[] }
  /** Test images in the plane. */
  readonly projection?: {
    readonly labels: readonly number[]
    readonly points: readonly (readonly [number, number])[]
  }
  readonly warnings: readonly string[]
  readonly adapter: string
  readonly classes: readonly string[]
  /** When it was finished, ISO 8601. */
  readonly finished: string
}
export interface Milestone {
  readonly step: number
  readonly scores: TrialResult['scores']
}
export interface Failure {
  readonly id: string
  readonly reason: string
}
/** `study.json`. */
export interface StudyRecord {
  readonly name: string
  readonly trials: readonly Trial[]
  readonly leftOut: readonly LeftOut[]
  readonly hypotheses?: readonly Hypothesis[]
}

const resultFile = (out: string, id: string): string => join(out, 'results', `${id}.json`)
const milestoneFile = (out: string, id: string, step: number): string =>
  join(runningFolder(out, id), `scores-${step}.json`)
const failureFile = (out: string, id: string): string => join(out, 'failures', `${id}.json`)
/** Where a trial keeps its checkpoint, and its weights. */
export const runningFolder = (out: string, id: string): string => join(out, 'running', id)
export const weightsFolder = (out: string, id: string): string => join(out, 'weights', id)

export async function writeStudy(out: string, record: StudyRecord): Promise<void> {
  await mkdir(out, { recursive: true })
  const text = `${JSON.stringify(record, null, 1)}\n`
  if ((await readFile(join(out, 'study.json'), 'utf8').catch(() => '')) === text) return
  // Others may write it at the same time, from containers that all have one host and one process number.
  const partial = join(out, `study.${randomUUID()}.partial`)
  await writeFile(partial, text)
  await rename(partial, join(out, 'study.json'))
}

/** Throws `UsageError` where there is no study. */
export function readStudy(out: string): StudyRecord {
  try {
    return JSON.parse(readFileSync(join(out, 'study.json'), 'utf8'))
  } catch (error) {
    throw new UsageError(`${out} holds no study: ${reasonOf(error) ?? (error as Error).message}`)
  }
}

/** The result of a trial, if it has finished. Throws `UsageError` for a file that is none. */
export function readResult(out: string, id: string): TrialResult | undefined {
  const file = resultFile(out, id)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${file} is damaged: ${(error as Error).message}; remove it to run the trial again`)
  }
}

/** Scores after a milestone, in the folder of the running trial; nothing if it has not been reached. */
export const readMilestone = (out: string, id: string, step: number): Milestone | undefined => {
  try {
    return JSON.parse(readFileSync(milestoneFile(out, id, step), 'utf8'))
  } catch {
    return undefined
  }
}
export async function writeMilestone(out: string, id: string, milestone: Milestone): Promise<void> {
  await mkdir(runningFolder(out, id), { recursive: true })
  await replaceFile(milestoneFile(out, id, milestone.step), `${JSON.stringify(milestone)}\n`)
}

/** The finished trials. */
export const finished = (out: string): Set<string> => namesIn(join(out, 'results'))
function namesIn(folder: string): Set<string> {
  try {
    return new Set(
      readdirSync(folder)
        .filter(name => name.endsWith('.json'))
        .map(name => name.slice(0, -'.json'.length)),
    )
  } catch {
    return new Set()
  }
}

/** Finishes a trial: its result is put in place in one step, then what it needed while it ran is removed. */
export async function writeResult(out: string, result: TrialResult): Promise<void> {
  await mkdir(join(out, 'results'), { recursive: true })
  await replaceFile(resultFile(out, result.trial.id), `${JSON.stringify(result)}\n`)
  await rm(failureFile(out, result.trial.id), { force: true })
  await rm(runningFolder(out, result.trial.id), { recursive: true, force: true })
}

export async function writeFailure(out: string, failure: Failure): Promise<void> {
  await mkdir(join(out, 'failures'), { recursive: true })
  await replaceFile(failureFile(out, failure.id), `${JSON.stringify(failure)}\n`)
}
/** Why trials failed and have not finished since. */
export const readFailures = (out: string): Failure[] =>
  [...namesIn(join(out, 'failures'))].map(id => {
    const file = failureFile(out, id)
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      throw new UsageError(`${file} is damaged: ${(error as Error).message}; remove it`)
    }
  })

/** Bytes of the files in a folder. Files may vanish meanwhile. */
export function bytesIn(folder: string): number {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return 0
  }
  return names.reduce((sum, name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })
    return sum + (found?.isFile() ? found.size : 0)
  }, 0)
}
