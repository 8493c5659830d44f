/**
 * A run on an MLflow tracking server, over its REST interface (2.0): parameters, and the values of each step in batches. A server that
 * is away is said once; training goes on. What waits for it is in `mlflow.jsonl` of the run's folder, and is sent when it is back, or
 * when the run is resumed, which `mlflow.json` has the id for. https://mlflow.org/docs/latest/rest-api.html
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, LogOptions } from './logger.js'
import { openSpool } from './spool.js'

interface Metric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
}
/** A run of the server: the last step that it has of each metric. */
interface Run {
  readonly id: string
  readonly last: ReadonlyMap<string, number>
}
/** Milliseconds between batches and until an answer is given up; metrics of a batch, as the server allows. */
const [EVERY, PATIENCE, BATCH] = [2000, 5000, 1000]
/** What the server allows. */
const [PARAMETERS, LONGEST] = [100, 500]
const EXPERIMENT = 'facet'

export function mlflowLog(address: string, { folder, done, name, about, warn }: LogOptions): Logger {
  const base = `${address.replace(/\/+$/, '')}/api/2.0/mlflow`
  const note = join(folder, 'mlflow.json')
  const spooled = join(folder, 'mlflow.jsonl')
  const waiting = openSpool<Metric>(spooled, done)
  let warned = false
  // Of a log that goes on. One that begins has a new run, whatever the folder has.
  let id = done > 0 ? idIn(note, address) : undefined
  let run: Run | undefined
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

  async function create(): Promise<string> {
    const experiment = await call(`experiments/get-by-name?experiment_name=${EXPERIMENT}`).then(
      ({ experiment }) => experiment.experiment_id,
      async error => {
        if (!/answers 404/.test(error.message)) throw error
        return (await call('experiments/create', { name: EXPERIMENT })).experiment_id
      },
    )
    const { run } = await call('runs/create', { experiment_id: experiment, run_name: name, start_time: Date.now() })
    const made: string = run.info.run_id
    writeFileSync(note, `${JSON.stringify({ address, run: made })}\n`)
    return made
  }

  /** The run of the folder, or a new one, with its parameters. Each part is done once, however often it is tried. */
  async function begin(): Promise<Run> {
    const known = id !== undefined
    id ??= await create()
    let last: Run['last'] = new Map()
    if (known) {
      const { run } = await call(`runs/get?run_id=${encodeURIComponent(id)}`)
      await call('runs/update', { run_id: id, status: 'RUNNING' })
      const metrics: { key: string; step: unknown }[] = run?.data?.metrics ?? []
      last = new Map(metrics.map(({ key, step }) => [key, Number(step)]))
    }
    // The server takes a parameter again that has the same value.
    const params = about.slice(0, PARAMETERS).map(([key, value]) => ({
      key: key.replace(/[^\w\-. /]/g, '_'),
      value: value.slice(0, LONGEST),
    }))
    await call('runs/log-batch', { run_id: id, params })
    return { id, last }
  }

  async function send(): Promise<void> {
    try {
      run ??= await begin()
      const { id, last } = run
      for (let next = waiting.next(BATCH); next.items.length > 0; next = waiting.next(BATCH)) {
        // Of a run that goes on the server may have some: a batch may have ended within a step.
        const metrics = next.items.filter(({ key, step }) => step > (last.get(key) ?? 0))
        if (metrics.length > 0) await call('runs/log-batch', { run_id: id, metrics })
        next.taken()
      }
    } catch (error) {
      // It may have taken what it did not answer to: it is asked again what it has.
      run = undefined
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
        if (Number.isFinite(value)) waiting.add({ key, value, timestamp: Math.round(time), step })
    },
    async close() {
      clearInterval(timer)
      await flush()
      if (!waiting.empty()) await flush()
      waiting.close()
      if (waiting.empty()) rmSync(spooled)
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
