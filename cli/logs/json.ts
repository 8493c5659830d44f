/** A line of JSON for each step: `{"step":1,"time":1700000000.5,"loss":2.5}`, time in seconds since 1970. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger, LogOptions } from './logger.js'

export function jsonLog(file: string, { done }: Pick<LogOptions, 'done'>): Logger {
  keepLines(file, line => stepOf(line) <= done)
  const descriptor = openSync(file, 'a')
  return {
    log: (step, values, time) =>
      void writeSync(descriptor, `${JSON.stringify({ step, time: time / 1000, ...values })}\n`),
    close: async () => closeSync(descriptor),
  }
}

/** Leaves in a file the whole lines that are wanted. */
export function keepLines(file: string, wanted: (line: string, n: number) => boolean): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1).filter(wanted) : []
  writeFileSync(file, lines.map(line => `${line}\n`).join(''))
  return lines
}

/** The step of a line of JSON; infinite of one that was cut off. */
export function stepOf(line: string): number {
  try {
    const { step } = JSON.parse(line)
    return typeof step === 'number' ? step : Infinity
  } catch {
    return Infinity
  }
}
