/**
 * `facet` in the test's own process, for what is refused before a device is opened: a process of its own takes seconds to
 * load what the test has loaded already. That the executable hands the exit code on is tested by `doctor.test.ts`.
 */
import { main } from '../../cli/facet.js'

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What the command writes and its exit code. One at a time: the streams are the process's. */
export async function inProcess(...args: readonly string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const streams = ['stdout', 'stderr'] as const
  const writes = streams.map(name => process[name].write)
  for (const name of streams)
    process[name].write = (text: string | Uint8Array): boolean => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text)
      return true
    }
  try {
    return { code: await main(args), ...said }
  } finally {
    streams.forEach((name, i) => {
      process[name].write = writes[i]!
    })
  }
}
