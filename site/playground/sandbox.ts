/** A worker for one program, which is ended when the next one comes, when it takes too long, or when it is asked to. */
import type { FromWorker, ToWorker } from './messages.js'
import ProgramWorker from './worker.ts?worker'

/** Loading a program makes entries and no more; what is longer is an endless loop, or training outside `run`. */
const LOADING_LIMIT_MS = 8000

export class Sandbox {
  private worker: Worker | undefined

  constructor(private readonly listen: (message: FromWorker) => void) {}

  get isRunning(): boolean {
    return this.worker !== undefined
  }

  start(message: ToWorker): void {
    this.stop()
    const worker = new ProgramWorker()
    this.worker = worker
    let limit: ReturnType<typeof setTimeout> | undefined
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (this.worker !== worker) return
      if (data.kind === 'ready')
        limit = setTimeout(() => {
          this.stop()
          const seconds = LOADING_LIMIT_MS / 1000
          const message = `the program was not loaded after ${seconds} s and was stopped: it may have an endless loop, or train outside of run`
          this.listen({ kind: 'failed', message })
        }, LOADING_LIMIT_MS)
      else clearTimeout(limit)
      if (data.kind === 'failed' || data.kind === 'done' || data.kind === 'compiled') this.stop()
      this.listen(data)
    }
    worker.onerror = ({ message }) => {
      clearTimeout(limit)
      this.stop()
      this.listen({ kind: 'failed', message: `the worker cannot be started: ${message}` })
    }
    worker.postMessage(message)
  }

  stop(): void {
    this.worker?.terminate()
    this.worker = undefined
  }
}
