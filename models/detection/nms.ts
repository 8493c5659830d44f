/**
 * Non-maximum suppression, on the host: whether a box stays depends on which better ones stayed, so the work is a loop as long as
 * the data make it, over the few boxes above the threshold. As tensor operations of fixed shapes it would compare all
 * pairs of locations as often as boxes may stay.
 */
import { type Box, overlap } from './boxes.js'

export interface Candidate {
  readonly label: number
  readonly box: Box
  readonly score: number
}
export interface SuppressOptions {
  /** A box that overlaps a better one of its class by more goes. Default 0.6. */
  readonly overlap?: number
  /** Candidates that are looked at, best first. Default 1000. */
  readonly candidates?: number
  /** Boxes that stay, of all classes together. Default 100. */
  readonly largest?: number
}

/**
 * The candidates of one image that stay, best first; equal scores keep their order. Defaults: those of FCOS, arXiv 1904.01355,
 * section 4.
 */
export function suppress<C extends Candidate>(
  given: readonly C[],
  { overlap: most = 0.6, candidates = 1000, largest = 100 }: SuppressOptions = {},
): C[] {
  const kept: C[] = []
  for (const candidate of [...given].sort((a, b) => b.score - a.score).slice(0, candidates)) {
    if (kept.length === largest) break
    const covered = kept.some(({ label, box }) => label === candidate.label && overlap(box, candidate.box) > most)
    if (!covered) kept.push(candidate)
  }
  return kept
}
