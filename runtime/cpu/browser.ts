/** The processor in a browser: threads are web workers, more than one where the page is cross-origin isolated. */
import { type CpuDevice, openCpu } from './device.js'
import { programOf, type Reply } from './worker.js'
import type { Spawn } from './workers.js'

/** Opens it. Throws `NoAdapter`. */
export function openCpuInBrowser(wanted = navigator.hardwareConcurrency): CpuDevice {
  // Memory can be shared with workers only then.
  const isolated = globalThis.crossOriginIsolated === true
  const threads = isolated ? Math.max(1, wanted || 1) : 1
  const count = threads === 1 ? '1 thread' : `${threads} threads`
  const name = `WebAssembly, ${count}${isolated ? '' : ' (the page is not cross-origin isolated)'}`
  const adapter = { kind: 'cpu' as const, name, vendor: '', architecture: '' }
  return openCpu({ adapter, identity: `cpu / ${navigator.userAgent}`, threads, spawn })
}

const PORT = `({
  post: (reply, transfer) => self.postMessage(reply, transfer),
  listen: receive => { self.onmessage = ({ data }) => receive(data) },
})`

interface Policy {
  createScriptURL(url: string): unknown
}
let policy: Policy | undefined
/** Where pages must say which scripts they trust (`require-trusted-types-for 'script'`), they allow the policy `facet`. */
const trusted = (): Policy | undefined =>
  (policy ??= (
    globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): Policy } }
  ).trustedTypes?.createPolicy('facet', { createScriptURL: (url: string) => url }))

let url: string | undefined
const spawn: Spawn = (receive, ended) => {
  url ??= URL.createObjectURL(new Blob([programOf(PORT)], { type: 'text/javascript' }))
  const worker = new Worker((trusted()?.createScriptURL(url) ?? url) as string)
  worker.onmessage = ({ data }: MessageEvent<Reply>) => receive(data)
  worker.onerror = ({ message }) => ended(message || 'it could not start; the page must allow workers from blob:')
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => undefined,
    terminate: () => worker.terminate(),
  }
}
