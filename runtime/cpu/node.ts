/** The processor in Node: threads are `node:worker_threads`. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { AdapterSummary } from '../device.js'
import { type CpuDevice, hasRelaxed, openCpu } from './device.js'
import { revectorizes } from './wide.js'
import { type Message, programOf, type Reply } from './worker.js'
import type { Spawn } from './workers.js'

/** The processor, as other adapters are told of. */
export const cpuSummary = (): AdapterSummary => ({
  kind: 'cpu',
  name: cpus()[0]?.model.trim() || 'processor',
  vendor: '',
  architecture: process.arch,
})

/** Opens it. `threads`: as many as the machine runs at once, by default. Throws `NoAdapter`. */
export function openCpuInNode(threads = availableParallelism()): CpuDevice {
  // Node 20 has what later versions switch on by themselves.
  if (!hasRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd')
  const wide = revectorizes(hasRelaxed())
  const adapter = cpuSummary()
  return openCpu({
    adapter,
    identity: `cpu / ${process.arch} / ${adapter.name} / ${engine()}`,
    threads,
    wide,
    memory: Math.floor(totalmem() * 0.8),
    spawn,
  })
}

/** Deno and Bun run this, too, and say what version of Node they stand in for. */
function engine(): string {
  const { bun, deno, node } = process.versions
  return bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`
}

const PORT = `(({ parentPort }) => ({
  post: (reply, transfer) => parentPort.postMessage(reply, transfer),
  listen: receive => parentPort.on('message', receive),
}))(require('node:worker_threads'))`

const spawn: Spawn = (receive, ended) => {
  const worker = new Worker(programOf(PORT), { eval: true, execArgv: [], name: 'facet' })
  let reason: string | undefined
  worker.on('message', (reply: Reply) => receive(reply))
  worker.on('error', error => {
    reason = error.message
  })
  worker.on('exit', code => ended(reason ?? `exit code ${code}`))
  return {
    post: (message: Message, transfer) => worker.postMessage(message, transfer),
    hold: held => (held ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  }
}
