/** Reading and writing at positions that are data. */
import { type Any, type Builds, f, fromFront } from './language.js'

const alongAxis = (x: Any, index: Any, axis: number): number[] =>
  x.shape.map((n: number, i: number) => (i === axis ? n : index.shape[i]!))
/** The leading part of `x` that has the given shape. */
const cropped = (x: Any, shape: readonly number[]): Any =>
  shape.reduce((y, n, axis) => (n === y.shape[axis] ? y : f.slice(y, axis, 0, n)), x)
/** `x` followed by zeros up to the given shape. */
const padded = (x: Any, shape: readonly number[]): Any =>
  x.shape.join() === shape.join()
    ? x
    : f.pad(
        x,
        shape.map((n, axis) => [0, n - x.shape[axis]!]),
      )
/** Zeros shaped like `x` with the part of `src` that `index` covers added at it. */
const scattered = (x: Any, index: Any, src: Any, axis: number): Any =>
  padded(f.scatterAdd(cropped(src, index.shape), index, axis, x.shape[axis]), x.shape)

export const indexing: Builds = {
  // The index may cover a leading part of the other axes only.
  gather: ({ x, index }, { axis }) => {
    const along = fromFront(axis, x)
    return f.gather(cropped(x, alongAxis(x, index, along)), index, along)
  },
  take_along_axis: ({ x, index }, { axis }) => f.gather(x, index, axis),
  scatter: ({ x, index, src }, { axis }) => {
    const along = fromFront(axis, x)
    const hits = scattered(x, index, f.constant(1, index.shape, 'i32'), along)
    return f.select(f.equal(hits, 0), x, scattered(x, index, src, along))
  },
  scatter_add: ({ x, index, src }, { axis }) => f.add(x, scattered(x, index, src, fromFront(axis, x))),
  index_add: ({ x, index, src }, { axis }) => {
    const along = fromFront(axis, x)
    const line = src.shape.map((_: number, i: number) => (i === along ? -1 : 1))
    return f.add(x, f.scatterAdd(src, f.reshape(index, line), along, x.shape[along]))
  },
  index_select: ({ x, index }, { axis }) => f.take(x, index, axis),
  embedding({ weight, index }, { padding_idx = null }) {
    const rows = f.embedding(weight, index)
    if (padding_idx === null) return rows
    const still = f.equal(index, padding_idx < 0 ? padding_idx + weight.shape[0] : padding_idx)
    return f.select(f.reshape(still, [...index.shape, 1]), f.stopGradient(rows), rows)
  },
  one_hot: ({ index }, { num_classes }) => f.oneHot(index, num_classes, 'i32'),
  select_rows: ({ x, index }) => f.reshape(f.gather(x, f.reshape(index, [-1, 1]), 1), [-1]),
}
