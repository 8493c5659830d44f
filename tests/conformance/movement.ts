/** Data movement: results are copies, bit for bit. */
import { type Any, type Builds, f, fromFront, ofX } from './language.js'

/** `x0, x1, ...` in the order of their numbers. */
const numbered = (inputs: Readonly<Record<string, Any>>): Any[] =>
  Object.keys(inputs)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(name => inputs[name]!)

/** One axis of a slice as Python means it: negative bounds count from the end, `null` is open, bounds beyond the end stop there. */
function sliced(x: Any, axis: number, [start, stop, step]: readonly (number | null)[]): Any {
  const size: number = x.shape[axis]!
  const bound = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size)
  return f.slice(x, axis, bound(start ?? 0), bound(stop ?? size), step ?? 1)
}

export const movement: Builds = {
  concat: (inputs, { axis }) => f.concatAll(numbered(inputs), axis),
  stack: (inputs, { axis }) => f.stack(numbered(inputs), axis),
  split({ x }, { axis, sizes }) {
    let at = 0
    return Object.fromEntries(sizes.map((size: number, i: number) => [`y${i}`, f.slice(x, axis, at, (at += size))]))
  },
  slice: ofX((x, { slices }) =>
    slices.reduce((y: Any, bounds: (number | null)[], axis: number) => sliced(y, axis, bounds), x),
  ),
  pad: ofX((x, { mode, value = 0, pads }) => {
    const inner = pads.reduce(
      (y: Any, [low, high]: number[], axis: number) =>
        low! < 0 || high! < 0 ? f.slice(y, axis, Math.max(-low!, 0), y.shape[axis]! - Math.max(-high!, 0)) : y,
      x,
    )
    const amounts = pads.map((pair: number[]) => pair.map(amount => Math.max(amount, 0)))
    const all = x.shape.map((_: number, axis: number) => amounts[axis] ?? [0, 0])
    return mode === 'constant' ? f.pad(inner, all, value) : f.extend(inner, all, mode)
  }),
  flip: ofX((x, { axes }) => f.flip(x, axes)),
  roll: ofX((x, { shifts, axes }) => axes.reduce((y: Any, axis: number, i: number) => f.roll(y, shifts[i], axis), x)),
  permute: ofX((x, { perm }) => f.permute(x, perm)),
  reshape: ofX((x, { shape }) => f.reshape(x, shape)),
  permute_reshape: ofX((x, { perm, shape }) => f.reshape(f.permute(x, perm), shape)),
  expand: ofX((x, { shape }) =>
    f.broadcastTo(
      x,
      shape.map((n: number, axis: number) => (n < 0 ? x.shape[axis + x.shape.length - shape.length] : n)),
    ),
  ),
  tile: ofX((x, { reps }) => f.tile(x, reps)),
  repeat_interleave: ofX((x, { repeats, axis }) => f.repeat(x, repeats, fromFront(axis, x))),
  triu: ofX((x, { k = 0 }) => f.upperTriangle(x, k)),
  tril: ofX((x, { k = 0 }) => f.lowerTriangle(x, k)),
  diagonal: ofX(x => f.diagonal(x)),
  // Without its last element the matrix folds into rows of n + 1 whose first column is the diagonal.
  off_diagonal: ofX(x => {
    const n: number = x.shape[0]!
    const folded = f.reshape(f.slice(f.reshape(x, [-1]), 0, 0, n * n - 1), [n - 1, n + 1])
    return f.reshape(f.slice(folded, 1, 1, n + 1), [-1])
  }),
  pixel_shuffle: ofX((x, { r }) => f.rearrange(x, 'n (c p q) h w -> n c (h p) (w q)', { p: r, q: r })),
  patchify: ofX((x, { p }) => f.rearrange(x, 'n c (h p) (w q) -> n (h w) (p q c)', { p, q: p })),
  unfold: ofX((x, { kernel, ...options }) => f.unfold(x, kernel, options)),
  fold: ofX((x, { output_size, kernel, ...options }) => f.fold(x, output_size, kernel, options)),
  meshgrid_scale: ofX((x, { h, w }) =>
    f.mul(x, f.reshape(f.sub(f.iota([h, w], 0, 'f32'), f.iota([h, w], 1, 'f32')), [h, w, 1])),
  ),
}
