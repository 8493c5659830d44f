/** Reductions over axes, and the running and sorting functions along one. */
import { type Any, axesOf, type Build, type Builds, f, fromFront, ofX } from './language.js'

const over = (build: (...given: any[]) => any): Build =>
  ofX((x, { axes, keepdim = false, correction }) =>
    build(x, axesOf(axes, x), { keepdims: keepdim, ...(correction !== undefined && { correction }) }),
  )
/** A search along one axis, or through the flattened tensor. */
const position = (search: (...given: any[]) => any): Build =>
  ofX((x, { axis, keepdim = false }) => {
    const found: Any = axis === null ? search(f.reshape(x, [-1]), 0) : search(x, axis)
    if (!keepdim) return found
    return f.reshape(
      found,
      x.shape.map((n: number, i: number) => (axis === null || i === fromFront(axis, x) ? 1 : n)),
    )
  })

export const reductions: Builds = {
  sum: over(f.sum),
  mean: over(f.mean),
  max: over(f.max),
  min: over(f.min),
  prod: over(f.prod),
  logsumexp: over(f.logsumexp),
  var: over(f.variance),
  std: over(f.standardDeviation),
  any: over(f.any),
  all: over(f.all),
  norm: ofX((x, { axes, keepdim = false, p }) =>
    f.vectorNorm(x, axesOf(axes, x), { p: Number(p === 'inf' ? Infinity : p), keepdims: keepdim }),
  ),
  argmax: position(f.argmax),
  argmin: position(f.argmin),
}

export const prefixes: Builds = {
  cumsum: ofX((x, { axis, reverse = false, exclusive = false }) => f.cumsum(x, axis, { reverse, exclusive })),
  cumprod: ofX((x, { axis }) => f.cumprod(x, axis)),
  cummax: ofX((x, { axis }) => f.cummax(x, axis)),
  sort({ x }, { axis, descending = false }) {
    const { values, indices } = f.sort(x, axis, { descending })
    return { values, index: indices }
  },
  argsort: ofX((x, { axis, descending = false }) => f.argsort(x, axis, { descending })),
  topk({ x }, { axis, k, largest = true }) {
    const along = (y: Any): Any => swapAxes(y, fromFront(axis, x), x.shape.length - 1)
    const signed = (y: Any): Any => (largest ? y : f.neg(y))
    const { values, indices } = f.topK(signed(along(x)), k)
    return { values: signed(along(values)), index: along(indices) }
  },
}
function swapAxes(x: Any, a: number, b: number): Any {
  if (a === b) return x
  return f.permute(
    x,
    x.shape.map((_: number, axis: number) => (axis === a ? b : axis === b ? a : axis)),
  )
}
