/** What a program yields, as curves: one chart for each name, in the order in which they come. */
import { curveChart } from '../../examples/browser/charts.js'
import { Curve } from '../../examples/browser/curve.js'

const DRAW_EVERY_MS = 250

export class Curves {
  private readonly curves = new Map<string, { readonly curve: Curve; readonly figure: HTMLElement }>()
  private step = 0
  private due = false

  constructor(private readonly place: HTMLElement) {
    new ResizeObserver(() => this.soon()).observe(place)
  }

  clear(): void {
    this.curves.clear()
    this.step = 0
    this.place.replaceChildren()
  }

  /** A field `step` says where along the curves the others are; else each is one further. */
  add({ step, ...values }: Readonly<Record<string, number>>): void {
    this.step = step ?? this.step + 1
    for (const [name, value] of Object.entries(values)) this.of(name).curve.push(this.step, value)
    this.soon()
  }

  private of(name: string) {
    const known = this.curves.get(name)
    if (known) return known
    const figure = document.createElement('figure')
    figure.append(document.createElement('figcaption'), document.createElement('div'))
    this.place.append(figure)
    const made = { curve: new Curve(), figure }
    this.curves.set(name, made)
    return made
  }

  private soon(): void {
    if (this.due || this.curves.size === 0) return
    this.due = true
    setTimeout(() => {
      this.due = false
      this.draw()
    }, DRAW_EVERY_MS)
  }

  private draw(): void {
    for (const [name, { curve, figure }] of this.curves) {
      const points = curve.points()
      const [caption, place] = figure.children as unknown as [HTMLElement, HTMLElement]
      const last = points.at(-1)
      // A panel that is not shown has no width.
      if (!last || !place.clientWidth) continue
      caption.textContent = `${name} `
      const now = document.createElement('output')
      now.textContent = `${last[1].toPrecision(4)} at step ${last[0]}`
      caption.append(now)
      // Of one value there is no scale.
      if (points.length > 1) place.replaceChildren(curveChart(name, points, this.step, place.clientWidth).drawing)
    }
  }
}
