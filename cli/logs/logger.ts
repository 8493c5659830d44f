/**
 * What the steps of a run report, written where other programs look for it: a file of JSON lines or of comma-separated values,
 * TensorBoard's event files, an MLflow server. A log that goes on holds every step once, whatever was lost.
 */
import { join } from 'node:path'
import { UsageError } from '../errors.js'
import { csvLog } from './csv.js'
import { jsonLog } from './json.js'
import { mlflowLog } from './mlflow.js'
import { tensorboardLog } from './tensorboard.js'

/** Numbers by name. */
export type Values = Readonly<Record<string, number>>
export interface Logger {
  /** What a step reported; steps come in order. `time`: milliseconds since 1970. */
  log(step: number, values: Values, time: number): void
  /** Waits until everything is written, or given up. */
  close(): Promise<void>
}
/** Of the run that is logged. */
export interface LogOptions {
  /** Its folder. */
  readonly folder: string
  /** Steps that it has behind it: of those after, what a log has was lost with the run that wrote it, and is left out. */
  readonly done: number
  /** What reports call it, and what made it. */
  readonly name: string
  readonly about: readonly (readonly [string, string])[]
  /** Is told, once, that a place cannot be written. */
  readonly warn: (sentence: string) => void
}

const FILES = {
  json: (options: LogOptions) => jsonLog(join(options.folder, 'log.jsonl'), options),
  csv: (options: LogOptions) => csvLog(join(options.folder, 'log.csv'), options),
  tensorboard: (options: LogOptions) => tensorboardLog(join(options.folder, 'events.out.tfevents.facet'), options),
} as const
const MLFLOW = /^mlflow=(https?:\/\/\S+)$/

/** Where logs go, as `--log json,csv,tensorboard,mlflow=URL` says it. Throws `UsageError` for others. */
export function logsOf(text: string): string[] {
  const kinds = text.split(',').map(kind => kind.trim())
  const wrong = kinds.find(kind => !Object.hasOwn(FILES, kind) && !MLFLOW.test(kind))
  if (wrong !== undefined)
    throw new UsageError(
      `--log takes json, csv, tensorboard and mlflow=URL, separated by commas, as in csv,mlflow=http://localhost:5000, got "${wrong}"`,
    )
  const servers = new Set(kinds.filter(kind => MLFLOW.test(kind)))
  if (servers.size > 1)
    throw new UsageError(`--log takes one mlflow=URL, as the run of the folder is on one server, got ${servers.size}`)
  return [...new Set(kinds)]
}

/** One logger that writes all of these. */
export function openLogs(kinds: readonly string[], options: LogOptions): Logger {
  const logs = kinds.map(kind => {
    const [, address] = MLFLOW.exec(kind) ?? []
    return address === undefined ? FILES[kind as keyof typeof FILES](options) : mlflowLog(address, options)
  })
  return {
    log(step, values, time) {
      for (const log of logs) log.log(step, values, time)
    },
    async close() {
      await Promise.all(logs.map(log => log.close()))
    },
  }
}
