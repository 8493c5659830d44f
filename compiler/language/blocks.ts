/** Loops over blocks of neighbours along an axis: what is computed of a block is in memory for one of them at a time. */
import type { Tensor, Untyped } from '../graph/node.js'
import { mul } from '../ops/binary.js'
import { concat } from '../ops/concat.js'
import { constant, iota } from '../ops/constant.js'
import { permute, reshape } from '../ops/movement.js'
import { slice } from '../ops/slice.js'
import { scan } from './scan.js'

export type Named = Readonly<Record<string, Untyped>>
export interface Blocks {
  /** Elements along the axis that is cut. */
  readonly length: number
  /** Those of a block, at most; all blocks but the last have one size. */
  readonly size: number
  /** What is cut, along the axis (from the end: -1, -2) of which each has `length`. */
  readonly cut: Readonly<Record<string, readonly [x: Untyped, axis: number]>>
  /** Before the first block. */
  readonly carry: Named
}
/** Of a block: its part of what is cut, and the position of its first element. */
type Block = (carry: Named, parts: Named, first: Untyped) => { readonly carry: Named; readonly outputs: Named }

/** A `scan` over the blocks. Their outputs, `[..., elements, features]`, are joined along the last axis but one. */
export function overBlocks({ length, size: most, cut, carry }: Blocks, block: Block): ReturnType<Block> {
  const size = blockOf(length, most)
  const whole = length - (length % size)
  const parts = (each: (x: Untyped, axis: number) => Untyped): Record<string, Untyped> =>
    Object.fromEntries(Object.entries(cut).map(([name, [x, axis]]) => [name, each(x, axis)]))
  const rest = (from: number): Named => parts((x, axis) => slice(x, axis, from, length) as Untyped)
  const first = (from: number): Untyped => constant(from, [], 'i32')
  if (whole <= size && whole === length) return block(carry, rest(0), first(0))

  const count = whole / size
  const sequence = {
    ...parts((x, axis) => inFront(slice(x, axis, 0, whole) as Untyped, axis, count)),
    first: mul(iota([count], 0), size) as Untyped,
  }
  const step = (so: Named, { first: from, ...own }: Record<string, Untyped>) => {
    const made = block(so, own, from!)
    return { carry: made.carry, output: made.outputs }
  }
  const main = scan(step as never, carry as never, sequence as never) as unknown as { carry: Named; outputs: Named }
  const joined = Object.entries(main.outputs).map(([name, x]): [string, Untyped] => [name, together(x)])
  if (whole === length) return { carry: main.carry, outputs: Object.fromEntries(joined) }
  const last = block(main.carry, rest(whole), first(whole))
  const all = joined.map(([name, x]) => [name, concat(x, last.outputs[name]! as never, -2)])
  return { carry: last.carry, outputs: Object.fromEntries(all) }
}

/** The largest divisor of the length from a half to the whole of `most`, so that nothing is left over, or `most`. */
function blockOf(length: number, most: number): number {
  for (let size = Math.min(most, length); size >= most / 2; size--) if (length % size === 0) return size
  return Math.min(most, length)
}
/** `[..., count * size, ...]` as `[count, ..., size, ...]`. */
function inFront(x: Untyped, axis: number, count: number): Untyped {
  const at = x.shape.length + axis
  const shape = [...x.shape.slice(0, at), count, x.shape[at]! / count, ...x.shape.slice(at + 1)]
  const others = shape.map((_, i) => i).filter(i => i !== at)
  return permute(reshape(x, shape) as Untyped, [at, ...others] as never) as Untyped
}
/** `[count, ..., size, features]` as `[..., count * size, features]`. */
function together(x: Tensor): Untyped {
  const lead = x.shape.length - 3
  const order = [...Array.from({ length: lead }, (_, i) => i + 1), 0, lead + 1, lead + 2]
  const [count, size, features] = [x.shape[0]!, x.shape.at(-2)!, x.shape.at(-1)!]
  return reshape(permute(x as Untyped, order as never) as Untyped, [
    ...x.shape.slice(1, -2),
    count * size,
    features,
  ]) as Untyped
}
