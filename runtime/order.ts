/** The order of dispatches in which some are repeated. */
import type { ProgramEntry, Repeated } from '../compiler/plan/program.js'

/**
 * Calls `run` with the dispatches from `from` to `to`, exclusive, in the order in which they run. Repeats that lie in the range whole
 * are repeated. Refers to nothing outside itself: workers are given its text.
 */
export function inOrder(repeats: readonly Repeated[], from: number, to: number, run: (dispatch: number) => void): void {
  for (let at = from; at < to; ) {
    const i = repeats.findIndex(repeat => repeat.from === at && repeat.to <= to && repeat.to > at)
    if (i < 0) {
      run(at++)
      continue
    }
    const { to: end, times } = repeats[i]!
    const inner = repeats.slice(i + 1)
    for (let n = 0; n < times; n++) inOrder(inner, at, end, run)
    at = end
  }
}

/** How often a dispatch runs in one run of its entry. */
export const timesOf = ({ repeats = [] }: Pick<ProgramEntry, 'repeats'>, dispatch: number): number =>
  repeats.reduce((n, { from, to, times }) => (from <= dispatch && dispatch < to ? n * times : n), 1)

/** Operations or bytes of all dispatches in one run of their entry. */
export const totalOf = (entry: Pick<ProgramEntry, 'dispatches' | 'repeats'>, key: 'flops' | 'bytes'): number =>
  entry.dispatches.reduce((sum, dispatch, i) => sum + timesOf(entry, i) * dispatch[key], 0)
