/**
 * The runs that the charts show: those of this tab that differ in nothing but their feature augmentation, from the same weights on
 * the same images in the same order, so that what is between their curves is what it brings.
 */
import type { Line } from './charts.js'
import { Curve } from './curve.js'
import type { Settings } from './messages.js'

/** Looks that charts have for runs; the first is that of the run without feature augmentation. */
const LOOKS = 4

export interface Shown {
  readonly augment: string
  readonly look: number
  readonly losses: Curve
  readonly scores: Curve
}

export class Compared {
  /** What the runs have in common. */
  private common = ''
  private runs: Shown[] = []

  /** The curves of a run that begins, beside those that it can be compared with; the others are forgotten. */
  begin({ augment, next: _next, adapter: _adapter, ...rest }: Settings): Shown {
    const common = JSON.stringify(rest)
    if (common !== this.common) this.runs = []
    this.common = common
    this.runs = this.runs.filter(run => run.augment !== augment)
    const augmented = this.runs.filter(({ look }) => look > 0)
    // Of more than there are looks for, the oldest goes.
    if (augment !== 'none' && augmented.length === LOOKS - 1) this.runs.splice(this.runs.indexOf(augmented[0]!), 1)
    const free = Array.from({ length: LOOKS }, (_, look) => look).slice(1)
    const look = augment === 'none' ? 0 : free.find(look => !this.runs.some(run => run.look === look))!
    const run = { augment, look, losses: new Curve(), scores: new Curve(100) }
    this.runs.push(run)
    return run
  }

  /** Other images: nothing can be compared any more. */
  forget(): void {
    this.runs = []
  }

  /** Those that have begun to train. `name`: what to call a feature augmentation. */
  lines(kind: 'losses' | 'scores', name: (augment: string) => string): Line[] {
    return this.runs
      .map(run => ({ label: name(run.augment), look: run.look, points: run[kind].points() }))
      .filter(({ points }) => points.length > 0)
      .sort((a, b) => a.look - b.look)
  }
}
