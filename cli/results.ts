/** What runs of `pretrain` and `demo` leave in `results.json`, from which `report` draws its page. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Geometry } from '../models/evaluate.js'
import { UsageError } from './errors.js'

/** What a run was on. */
export interface SetFacts {
  readonly name: string
  /** Examples. */
  readonly train: number
  readonly test: number
  /** Of an example: `32 x 32 pixels`. */
  readonly size: string
  readonly classes: readonly string[]
}
export interface Scores {
  /** Shares of the test images, 0 to 1. */
  readonly knn: number
  readonly linear: number
}
export interface RunResult {
  readonly set: SetFacts
  readonly adapter: string
  /** Names and values of what else made the run, in the order to show. */
  readonly configuration: readonly (readonly [string, string])[]
  readonly method: string
  /** Short name of the feature augmentation: `none`, `Gaussian noise`. */
  readonly augmentation: string
  readonly steps: number
  readonly plannedSteps: number
  readonly seed: number
  /** `[step, loss]` */
  readonly losses: readonly (readonly [number, number])[]
  readonly before?: Scores
  readonly after?: Scores
  /** Of sets without labels, in place of scores. */
  readonly geometry?: { readonly before: Geometry; readonly after: Geometry }
  /** Features of test images in the plane. */
  readonly projection?: Projection
  /** Some test images, and the training images whose features are nearest to theirs. */
  readonly neighbours?: readonly Neighbours[]
  readonly seconds: number
  /** Of which training. */
  readonly trainSeconds: number
  readonly examplesPerSecond: number
  /** File of the trained weights, relative to the report. */
  readonly weights?: string
}
/** PNG files as addresses: a test image, and its neighbours side by side, nearest first. */
export interface Neighbours {
  readonly query: string
  readonly before: string
  readonly after: string
}
export interface Projection {
  readonly labels: readonly number[]
  readonly before: readonly (readonly [number, number])[]
  readonly after?: readonly (readonly [number, number])[]
}
export interface ReportData {
  readonly title: string
  readonly runs: readonly RunResult[]
  /** Stopped before the end. */
  readonly interrupted: boolean
  /** A PNG file as an address: some training images, and beside each its views. */
  readonly views?: string
}

/** The results in a folder of runs, if there are any. Throws `UsageError` for what is none. */
export function readResults(folder: string): ReportData | undefined {
  const file = join(folder, 'results.json')
  if (!existsSync(file)) return undefined
  const wrong = (why: string) =>
    new UsageError(`${file} is damaged, or of another version (${why}): remove it, or give another folder`)
  let data: Partial<ReportData> | null
  try {
    data = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw wrong((error as Error).message)
  }
  const parts = ['set', 'configuration', 'losses', 'method', 'augmentation'] as const
  if (!Array.isArray(data?.runs) || !data.runs.every(run => parts.every(part => run?.[part] !== undefined)))
    throw wrong('it has no list of runs')
  return data as ReportData
}
