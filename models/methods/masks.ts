/**
 * Which parts of an image a network does not see. All have a fixed number of tokens, so that shapes are known; which ones they are is drawn by
 * the program's generator, anew in each step, for each image.
 */
import type { Stopped } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { topK } from '../../compiler/language/math.js'
import { randint, uniform } from '../../compiler/language/random.js'
import {
  add,
  argsort,
  cast,
  concat,
  equal,
  expandDims,
  gather,
  iota,
  less,
  max,
  mul,
  reshape,
  slice,
  sub,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Grid } from '../encoders/encoder.js'
import type { Batch, Matrix, Tokens } from '../tensors.js'
import type { Encoder } from './method.js'

/** Positions of tokens, `[N, K]` i32. */
export type Places = Stopped<[Dim, Dim], 'i32'>

/** What stands at a site of a transformer. Throws `ShapeError` for anything but tokens. */
export function tokensOf(x: Batch): Tokens {
  const { shape } = x
  if (shape.length !== 3)
    throw new ShapeError(`patches are hidden among tokens [N, P, D], and the encoder has ${show(shape)}`)
  return x as Tokens
}

/** The rows of `x` `[N, P, D]` at `places` `[N, K]`: `[N, K, D]`. */
export const tokensAt = (x: Tokens, places: Places): Tokens => gather(x, expandDims(places, 2), 1)
/** The class token of `[N, 1 + P, D]`, and the patches at `places` `[N, K]`: `[N, 1 + K, D]`. */
export const withClass = (tokens: Tokens, places: Places): Tokens =>
  concat(slice(tokens, 1, 0, 1), tokensAt(patchesOf(tokens), places), 1)
/** `[N, 1 + P, D]` without the class token. */
export const patchesOf = (tokens: Tokens): Tokens => slice(tokens, 1, 1, tokens.shape[1]!)

/** What is hidden of each image. */
export interface Mask {
  readonly hidden: Places
  readonly visible: Places
  /** `[rows, count]`, true at the hidden places. */
  mask(): Matrix<'bool'>
}
/** A random part of `count` places for each of `rows` images: `hidden` of them, and the others. */
export function randomMask(rows: number, count: number, hidden: number): Mask {
  const order = argsort(uniform([rows, count]), 1)
  return {
    hidden: slice(order, 1, 0, hidden),
    visible: slice(order, 1, hidden, count),
    mask: () => less(argsort(cast(order, 'f32'), 1), hidden),
  }
}
/** How the encoder of a method cuts images into patches. Throws `ShapeError` for one that does not. */
export function gridOf(name: string, { grid }: Encoder): Grid {
  if (!grid)
    throw new ShapeError(`${name} hides patches of an image: it takes an encoder that cuts images into patches, a vit`)
  return grid
}
/** How many of `count` tokens the share `ratio` is, rounded; some are hidden and some are left. Throws `ShapeError`. */
export function hiddenOf(name: string, count: number, ratio: number): number {
  const hidden = Math.round(ratio * count)
  if (!(hidden >= 1 && hidden < count))
    throw new ShapeError(
      `${name}: a share of ${ratio} hides ${hidden} of ${count} patches: some must be hidden and some be left`,
    )
  return hidden
}

/** Blocks of places, and places outside of all of them. */
export interface Blocks {
  /** Per block, its places `[N, b]`. */
  readonly blocks: readonly Places[]
  /** `[N, K]`, in no block. */
  readonly context: Places
}
/**
 * `blocks` rectangles of a grid of `height` by `width` places for each of `rows` images, anywhere, each of the share `scale` as nearly square as
 * whole sizes allow, and as many random places outside of them as are left where no two overlap. Throws `ShapeError` where none is left.
 */
export function randomBlocks(
  rows: number,
  { height, width, blocks, scale }: { height: number; width: number; blocks: number; scale: number },
): Blocks {
  const count = height * width
  const tall = Math.min(height, Math.max(1, Math.round(Math.sqrt(scale * count))))
  const wide = Math.min(width, Math.max(1, Math.round((scale * count) / tall)))
  const left = count - blocks * tall * wide
  if (left < 1)
    throw new ShapeError(
      `${blocks} blocks of ${tall} by ${wide} leave nothing to see of ${height} by ${width} patches: take fewer, smaller ones, or smaller patches`,
    )
  const inside = reshape(add(mul(iota([tall, wide], 0), width), iota([tall, wide], 1)), [1, tall * wide])
  const made = Array.from({ length: blocks }, () => {
    const top = randint(0, height - tall + 1, [rows, 1])
    const start = randint(0, width - wide + 1, [rows, 1])
    return add(add(mul(top, width), start), inside)
  })
  const taken = made
    .map(places => max(cast(equal(expandDims(places, 2), iota([1, 1, count], 2)), 'f32'), 1))
    .reduce((all, one) => add(all, one))
  const context = topK(sub(uniform([rows, count]), taken), left).indices
  return { blocks: made, context }
}

/** Draws once for each view: what every copy of it, and the loss, have in common. */
export function perView<T>(draw: (view: Batch) => T): (view: Batch) => T {
  const drawn = new WeakMap<Batch, { value: T }>()
  return view => {
    const known = drawn.get(view) ?? { value: draw(view) }
    drawn.set(view, known)
    return known.value
  }
}
