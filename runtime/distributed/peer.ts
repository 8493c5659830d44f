/** A process as others find it again: to know whether it is still there, where that can be known. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface Peer {
  readonly host: string
  readonly pid: number
  /** The namespace of its number: containers on one machine may share a host's name, and all have a process 1. */
  readonly space: string
  /** When it was started, in ticks since the machine was: numbers are used again. */
  readonly started: string
}

/** This process. */
export const self = (): Peer => ({
  host: hostname(),
  pid: process.pid,
  space: spaceHere(),
  started: stateOf(process.pid)?.started ?? '',
})

/** Whether the process has ended; `undefined` if it is on another machine or in another container, where nothing is seen of it. */
export function isGone({ host, pid, space, started }: Peer): boolean | undefined {
  if (host !== hostname() || space !== spaceHere()) return undefined
  if (!space) return !answers(pid)
  const found = stateOf(pid)
  return !found || found.dead || found.started !== started
}

/** Empty where there is no `/proc`. */
function spaceHere(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** Of a process of this namespace; nothing if there is none. */
function stateOf(pid: number): { readonly dead: boolean; readonly started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may have spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { dead: fields[0] === 'Z' || fields[0] === 'X', started: fields[19]! }
  } catch {
    return undefined
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
