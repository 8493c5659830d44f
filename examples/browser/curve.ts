/** A curve of as many steps as there are, kept as few points: each the mean over a range of steps, which doubles when there are too many. */
export class Curve {
  private steps: number[] = []
  private values: number[] = []
  private stride = 1
  private open = { count: 0, sum: 0, step: 0 }

  constructor(private readonly most = 400) {}

  push(step: number, value: number): void {
    const { count, sum } = this.open
    this.open = { count: count + 1, sum: sum + value, step }
    if (count + 1 < this.stride) return
    this.steps.push(step)
    this.values.push(this.open.sum / this.open.count)
    this.open = { count: 0, sum: 0, step }
    if (this.steps.length >= 2 * this.most) this.halve()
  }

  /** Forgets what comes after `step`. */
  cut(step: number): void {
    const kept = this.steps.filter(at => at <= step).length
    this.steps.length = this.values.length = kept
    this.open = { count: 0, sum: 0, step }
    if (kept === 0) this.stride = 1
  }

  points(): readonly (readonly [step: number, value: number])[] {
    return this.steps.map((step, i) => [step, this.values[i]!] as const)
  }

  private halve(): void {
    const pairs = Math.floor(this.steps.length / 2)
    this.values = Array.from({ length: pairs }, (_, i) => (this.values[2 * i]! + this.values[2 * i + 1]!) / 2)
    this.steps = Array.from({ length: pairs }, (_, i) => this.steps[2 * i + 1]!)
    this.stride *= 2
  }
}
