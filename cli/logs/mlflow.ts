/**
 * A run on an MLflow tracking server, over its REST interface (2.0): parameters, and the values of each step in batches. A server that
 * is away is said once; training goes on, and what was not sent is sent when it is back, as much as is kept. `mlflow.json` in the
 * folder has the run's id, so that a run that is resumed goes on in it. https://mlflow.org/docs/latest/rest-api.html
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, LogOptions } from './logger.js'

interface Metric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
}
/** Milliseconds between batches and until an answer is given up; metrics of a batch, as the server allows, and that are kept at most. */
const [EVERY, PATIENCE, BATCH, KEPT] = [2000, 5000, 1000, 100_000]
/** What the server allows. */
const [PARAMETERS, LONGEST] = [100, 500]
const EXPERIMENT = 'facet'

export function mlflowLog(address: string, { folder, done, name, about, warn }: LogOptions): Logger {
  const base = `${address.replace(/\/+$/, '')}/api/2.0/mlflow`
  const note = join(folder, 'mlflow.json')
  let waiting: Metric[] = []
  let warned = false
  let run: { readonly id: string; readonly last: number } | undefined
  let sending: Promise<void> | undefined

  async function call(path: string, body?: object): Promise<any> {
    const answer = await fetch(`${base}/${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(PATIENCE),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`it answers ${answer.status} to ${path.split('?')[0]}: ${text.slice(0, 200)}`)
    return JSON.parse(text)
  }

  /** The run of the folder with the last step that the server has of it, or a new one. */
  async function begin(): Promise<{ readonly id: string; readonly last: number }> {
    const known = done > 0 ? idIn(note, address) : undefined
    if (known !== undefined) {
      const { run } = await call(`runs/get?run_id=${encodeURIComponent(known)}`)
      await call('runs/update', { run_id: known, status: 'RUNNING' })
      const steps = (run?.data?.metrics ?? []).map(({ step }: { step: unknown }) => Number(step))
      return { id: known, last: Math.max(0, ...steps) }
    }
    const experiment = await call(`experiments/get-by-name?experiment_name=${EXPERIMENT}`).then(
      ({ experiment }) => experiment.experiment_id,
      async error => {
        if (!/answers 404/.test(error.message)) throw error
        return (await call('experiments/create', { name: EXPERIMENT })).experiment_id
      },
    )
    const { run } = await call('runs/create', { experiment_id: experiment, run_name: name, start_time: Date.now() })
    const id: string = run.info.run_id
    writeFileSync(note, `${JSON.stringify({ address, run: id })}\n`)
    const params = about.slice(0, PARAMETERS).map(([key, value]) => ({
      key: key.replace(/[^\w\-. /]/g, '_'),
      value: value.slice(0, LONGEST),
    }))
    await call('runs/log-batch', { run_id: id, params })
    return { id, last: 0 }
  }

  async function send(): Promise<void> {
    try {
      run ??= await begin()
      // The steps of a run that goes on have the numbers that they had before.
      const { id, last } = run
      waiting = waiting.filter(({ step }) => step > last)
      while (waiting.length > 0) {
        const metrics = waiting.slice(0, BATCH)
        await call('runs/log-batch', { run_id: id, metrics })
        waiting = waiting.slice(metrics.length)
      }
    } catch (error) {
      if (!warned)
        warn(
          `MLflow at ${address} takes no log (${reasonOf(error)}): training goes on, and it is tried again until the run ends`,
        )
      warned = true
    }
  }
  /** One batch after the other. */
  const flush = (): Promise<void> => {
    sending ??= send().finally(() => {
      sending = undefined
    })
    return sending
  }
  const timer = setInterval(flush, EVERY)
  timer.unref()
  return {
    log(step, values, time) {
      for (const [key, value] of Object.entries(values))
        if (Number.isFinite(value)) waiting.push({ key, value, timestamp: Math.round(time), step })
      if (waiting.length > KEPT) waiting = waiting.slice(-KEPT)
    },
    async close() {
      clearInterval(timer)
      await flush()
      if (waiting.length > 0) await flush()
      if (run) await call('runs/update', { run_id: run.id, status: 'FINISHED', end_time: Date.now() }).catch(() => {})
    },
  }
}

/** The run that a folder has on this server. */
function idIn(note: string, address: string): string | undefined {
  try {
    const found = JSON.parse(readFileSync(note, 'utf8'))
    return found.address === address && typeof found.run === 'string' ? found.run : undefined
  } catch {
    return undefined
  }
}
/** `fetch` says why in the cause. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message
}
