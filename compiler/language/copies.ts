/**
 * Several copies of Facet in one process, which package managers and bundlers can bring: each has a trace and operations of its
 * own, to which tensors of another mean nothing. What goes wrong by that says so.
 */
const copies = Symbol.for('facet-tensor.copies')
const registry = globalThis as { [copies]?: number }
registry[copies] = (registry[copies] ?? 0) + 1

/** This copy, as the entries that it makes know it. */
export const thisCopy: object = Object.freeze({})

/** What to say besides, of something that works in one copy: nothing where this is the only one. */
export const unlessAlone = (): string =>
  registry[copies]! > 1
    ? `; ${registry[copies]} copies of Facet are loaded here, which may be why: npm ls facet-tensor shows them, keep one`
    : ''
