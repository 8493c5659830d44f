/** Comma-separated values (RFC 4180): a head with the names, a line for each step. A value that comes later gets a column at the end. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { keepLines } from './json.js'
import type { Logger, LogOptions } from './logger.js'

export function csvLog(file: string, { done }: Pick<LogOptions, 'done'>): Logger {
  const [head] = keepLines(file, (line, n) =>
    n === 0 ? line.startsWith('step,time') : Number.parseInt(line, 10) <= done,
  )
  let columns = head?.split(',') ?? []
  // A file that had no head has no lines that can be read.
  if (!head) keepLines(file, () => false)
  let descriptor = openSync(file, 'a')
  const widen = (names: readonly string[]): void => {
    closeSync(descriptor)
    const missing = names.filter(name => !columns.includes(name))
    const lines = keepLines(file, () => true)
    columns = [...(columns.length > 0 ? columns : ['step', 'time']), ...missing]
    descriptor = openSync(file, 'w')
    const rest = lines.slice(1).map(line => line + ','.repeat(missing.length))
    writeSync(descriptor, [columns.map(quoted).join(','), ...rest].map(line => `${line}\n`).join(''))
  }
  return {
    log(step, values, time) {
      const names = Object.keys(values)
      if (columns.length === 0 || names.some(name => !columns.includes(name))) widen(names)
      const cells: Readonly<Record<string, number>> = { ...values, step, time: time / 1000 }
      writeSync(descriptor, `${columns.map(name => cells[name] ?? '').join(',')}\n`)
    },
    close: async () => closeSync(descriptor),
  }
}
/** Names of metrics are identifiers; a comma in one would shift all columns. */
const quoted = (name: string): string => name.replace(/[",\r\n]/g, '_')
