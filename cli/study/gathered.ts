/** The results of a study in one JSON file, to be committed or sent: its trials, and the numbers of each by its id. */
import { readFileSync } from 'node:fs'
import { reasonOf } from '../../runtime/reasons.js'
import { UsageError } from '../errors.js'
import type { TrialResult } from './folder.js'
import type { StudyData } from './page.js'

interface Gathered extends Omit<StudyData, 'results'> {
  readonly results: Readonly<Record<string, Omit<TrialResult, 'trial'>>>
}

/** One line per trial and per result. */
export function gathered({ record, results, failures }: StudyData): string {
  const { trials, ...rest } = record
  const lines = (rows: readonly string[]): string => rows.map(row => `  ${row}`).join(',\n')
  const numbers = results.map(({ trial, ...result }) => `${JSON.stringify(trial.id)}: ${JSON.stringify(result)}`)
  return `{
 "record": ${JSON.stringify(rest).slice(0, -1)}, "trials": [
${lines(trials.map(trial => JSON.stringify(trial)))}
 ]},
 "failures": ${JSON.stringify(failures)},
 "results": {
${lines(numbers)}
 }
}
`
}

/** Throws `UsageError` if the file is none of these. */
export function readGathered(file: string): StudyData {
  try {
    const { record, results, failures } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Gathered>
    if (!record?.trials || !results || !failures)
      throw new UsageError('facet report FOLDER -o FILE.json writes such a file')
    const found = record.trials.flatMap(trial => (results[trial.id] ? [{ ...results[trial.id]!, trial }] : []))
    if (found.length > 0) return { record, failures, results: found }
  } catch (error) {
    throw new UsageError(`${file} holds no results of a study: ${reasonOf(error) ?? (error as Error).message}`)
  }
  throw new UsageError(`${file} holds no finished trial`)
}
