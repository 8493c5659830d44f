import { type Each, type ElementOf, type LengthOf, type Stacked, type Tree } from './scan.js';
/**
 * `f` of each element along the first axis of `x`, all at once: `[N, ...]` to `[N, ...]`. `x` is a tensor or tensors by name, and so is
 * what `f` gives. It is traced once, on one example. Gradients flow to `x` and to what `f` reads besides. Random numbers are drawn
 * for each example on its own. A `scan` in `f` is one over the steps of all examples. Throws `ShapeError` for
 * `update` in `f` (which example's would it be?), and for a `scan` over u8.
 */
export declare const map: <X extends Tree, O extends Tree>(f: (element: ElementOf<X>) => O, x: X) => Stacked<LengthOf<Each<X>>, O>;
