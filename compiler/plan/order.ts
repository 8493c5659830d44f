/**
 * The order of kernels and which updates happen in place. A variable may be overwritten by the kernel that computes its
 * new value if every other kernel that reads the old value can run before; otherwise the value is kept aside and copied
 * at the end.
 */
import { walk } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { expressionsOf, type Kernel, reads, type Statement, writes } from '../kernels/kernel.js'

export interface Update {
  readonly variable: Tensor
  readonly value: Tensor
}
export interface Ordered {
  readonly kernels: readonly Kernel[]
  readonly inPlace: readonly Update[]
  /** The others: copied after the last kernel. */
  readonly copied: readonly Update[]
}

export function orderKernels(kernels: readonly Kernel[], updates: readonly Update[]): Ordered {
  const producer = new Map<Tensor, Kernel>(
    kernels.flatMap(kernel => writes(kernel).map(tensor => [tensor, kernel] as const)),
  )
  const readers = new Map<Tensor, Kernel[]>()
  const before = new Map<Kernel, Set<Kernel>>(kernels.map(kernel => [kernel, new Set()]))
  for (const kernel of kernels)
    for (const tensor of reads(kernel)) {
      readers.set(tensor, [...(readers.get(tensor) ?? []), kernel])
      const from = producer.get(tensor)
      if (from && from !== kernel) before.get(kernel)!.add(from)
    }
  const reaches = (from: Kernel, to: Kernel, seen = new Set<Kernel>()): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return [...before.get(from)!].some(next => reaches(next, to, seen))
  }

  const inPlace: Update[] = []
  const copied: Update[] = []
  for (const update of updates) {
    const kernel = producer.get(update.value)!
    const others = (readers.get(update.variable) ?? []).filter(reader => reader !== kernel)
    const fits = readsWhereItWrites(kernel, update) && others.every(reader => !reaches(reader, kernel))
    if (fits) for (const reader of others) before.get(kernel)!.add(reader)
    ;(fits ? inPlace : copied).push(update)
  }
  return { kernels: sorted(kernels, before), inPlace, copied }
}

/** The kernel reads the old value, if at all, only at the element it is about to replace. */
function readsWhereItWrites(kernel: Kernel, { variable, value }: Update): boolean {
  const results = kernel.body.flatMap(s => (s.kind === 'store' ? s.results : []))
  const own = results.find(({ target }) => target === value)!
  let fits = true
  walk(kernel.body.flatMap(expressionsOf), e => {
    if (e.kind === 'load' && e.source === variable && e.index !== own.index) fits = false
  })
  const accumulates = kernel.body.some(s => s.kind === 'accumulate' && loads(s, variable))
  return fits && !accumulates
}
function loads(statement: Statement, source: Tensor): boolean {
  let found = false
  walk(expressionsOf(statement), e => {
    if (e.kind === 'load' && e.source === source) found = true
  })
  return found
}

/** Kernels after all that must come before them, otherwise in the given order. */
function sorted(kernels: readonly Kernel[], before: ReadonlyMap<Kernel, ReadonlySet<Kernel>>): Kernel[] {
  const done = new Set<Kernel>()
  const visit = (kernel: Kernel): void => {
    if (done.has(kernel)) return
    for (const earlier of before.get(kernel)!) visit(earlier)
    done.add(kernel)
  }
  kernels.forEach(visit)
  return [...done]
}
