/** Functions of one example on all examples. */
import { checkFunction, markRead, type Tensor } from '../graph/node.js'
import { onEach } from '../ops/each.js'
import { placeholder } from '../ops/scan.js'
import { bits } from './random.js'
import { type Each, type ElementOf, type LengthOf, leavesOf, lengthOf, like, type Stacked, type Tree } from './scan.js'
import { reseeded, tracedNow, updatingNothing } from './trace.js'

/**
 * `f` of each element along the first axis of `x`, all at once: `[N, ...]` to `[N, ...]`. `x` is a tensor or tensors by name, and so is
 * what `f` gives. It is traced once, on one example. Gradients flow to `x` and to what `f` reads besides. Random numbers are drawn
 * for each example on its own. A `scan` in `f` is one over the steps of all examples. Throws `ShapeError` for
 * `update` in `f` (which example's would it be?), and for a `scan` over u8.
 */
export const map = mapTrees as unknown as <X extends Tree, O extends Tree>(
  f: (element: ElementOf<X>) => O,
  x: X,
) => Stacked<LengthOf<Each<X>>, O>

function mapTrees(f: (element: Tree) => Tree, x: Tree): Tree {
  checkFunction('map', f)
  const values = leavesOf(x, 'map')
  const examples = lengthOf(values, 'map')
  const all = tracedNow() ? [...values, bits([examples]) as Tensor] : values
  const elements = all.map(({ shape, dtype }) => placeholder({ shape: shape.slice(1), dtype }))
  const key = elements[values.length]
  const body = () => f(like(x, elements))
  const result = updatingNothing('the function of map', 'map what is computed, and update outside', () =>
    key ? reseeded(key, body) : body(),
  )
  const given = new Map(elements.map((element, i): [Tensor, Tensor] => [element, all[i]!]))
  const found = onEach(leavesOf(result, 'map'), given, examples)
  found.forEach(markRead)
  return like(result, found)
}
