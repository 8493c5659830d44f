/** Corruptions by weather: fog, frost and snow on images `[N, 3, H, W]` with values in [0, 1]. */
import type { Untyped } from '../../compiler/graph/node.js'
import { normal, uniform } from '../../compiler/language/random.js'
import { resizeWeights } from '../../compiler/language/resample.js'
import {
  abs,
  add,
  ceil,
  constant,
  div,
  dotGeneral,
  flip,
  floor,
  less,
  max,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  roll,
  select,
  slice,
  square,
  stack,
  sub,
} from '../../compiler/ops/index.js'
import type { Images, Scalar } from '../tensors.js'
import { trailed } from './displaced.js'

const sizesOf = (x: Images): readonly [number, number, number, number] => x.shape as never
const clamp = (x: Untyped): Untyped => minimum(maximum(x, 0), 1)

/**
 * A plasma fractal `[N, 1, H, W]` from 0 to 1 by the diamond-square algorithm on a ring: the middle of four neighbours is their mean and
 * uniform noise, whose size falls by `decay^2` from one level to the next.
 */
export function plasma([count, height, width]: readonly [number, number, number], decay: Untyped): Untyped {
  const levels = Math.max(1, Math.ceil(Math.log2(Math.max(height, width))))
  let field: Untyped = constant(0, [count, 1, 1])
  let wobble: Untyped = constant(1, [])
  let size = 1
  for (let level = 0; level < levels; level++, size *= 2) {
    const noisy = (sum: Untyped): Untyped => add(mul(sum, 1 / 4), mul(uniform([count, size, size], -1, 1), wobble))
    const down = add(field, roll(field, -1, 1))
    const middle = noisy(add(down, roll(down, -1, 2)))
    const right = noisy(add(add(middle, roll(middle, 1, 1)), add(field, roll(field, -1, 2))))
    const below = noisy(add(add(middle, roll(middle, 1, 2)), add(field, roll(field, -1, 1))))
    /** Columns, or rows, of two fields in turn. */
    const even = reshape(stack([field, right] as never, 3) as Untyped, [count, size, 2 * size])
    const odd = reshape(stack([below, middle] as never, 3) as Untyped, [count, size, 2 * size])
    field = reshape(stack([even, odd] as never, 2) as Untyped, [count, 2 * size, 2 * size])
    wobble = div(wobble, square(decay))
  }
  const [low, high] = [min(field, [1, 2], { keepdims: true }), max(field, [1, 2], { keepdims: true })] as Untyped[]
  const unit: Untyped = div(sub(field, low!), maximum(sub(high!, low!), 1e-12))
  return reshape(slice(slice(unit, 1, 0, height), 2, 0, width), [count, 1, height, width])
}

/** `amount` of a plasma fractal is added, and the whole brought back to the image's highest value. */
export function fogged(x: Images, amount: Scalar, decay: Scalar): Images {
  const [count, , height, width] = sizesOf(x)
  const most: Untyped = max(x, [1, 2, 3], { keepdims: true })
  const thick = mul(plasma([count, height, width], decay as Untyped), amount)
  return clamp(mul(add(x as Untyped, thick), div(most, add(most, amount as Untyped)))) as Images
}

/** Of red, green and blue: between crystals, and what a crystal adds. */
const ICE = [
  [0.35, 0.6],
  [0.45, 0.53],
  [0.55, 0.45],
] as const
/**
 * `keep x + amount f`, f a texture of frost. The source crops one of five photographs of frost, which are not ours to give: f is drawn, the
 * sharp ridges of a plasma fractal as crystals, in the colours of ice.
 */
export function frosted(x: Images, keep: Scalar, amount: Scalar): Images {
  const [count, , height, width] = sizesOf(x)
  const ridges = square(
    sub(1, abs(sub(mul(plasma([count, height, width], constant(1.5, []) as Untyped), 2), 1))),
  ) as Untyped
  const ice = ICE.map(([base, gain]) => add(mul(ridges, gain), base))
  const texture: Untyped = reshape(stack(ice as never, 1) as Untyped, [count, 3, height, width])
  return clamp(add(mul(x as Untyped, keep), mul(texture, amount))) as Images
}

/** What `snowed` is told, in the order of its severities. */
type Snow = Readonly<Record<'mean' | 'deviation' | 'zoom' | 'least' | 'keep', Scalar>>
/**
 * Flakes are normal noise above `least`, enlarged by `zoom`, and drawn out as they fall, by the weights of a trail; they are added twice,
 * the second time turned by half a circle, to `keep` of the image and the rest of one that is whitened.
 */
export function snowed(x: Images, { mean, deviation, zoom, least, keep }: Snow, trail: (i: number) => Scalar): Images {
  const [count, , height, width] = sizesOf(x)
  const drawn: Untyped = add(mul(normal([count, 1, height, width]) as Untyped, deviation), mean)
  const enlarged = [height, width].reduce((field: Untyped, size) => {
    const extent = ceil(sub(div(size, zoom), 1e-3)) as Untyped
    const start = floor(mul(sub(size, extent), 0.5)) as Untyped
    const weights = resizeWeights(reshape(start, [1]) as never, reshape(extent, [1]) as never, size, size)
    // The axis that is resampled goes to the end: after both they are in order again.
    return dotGeneral(field, reshape(weights as Untyped, [size, size]), { batch: [[], []], contract: [[2], [1]] })
  }, drawn)
  const flakes = clamp(select(less(enlarged, least as Untyped), 0, enlarged))
  const falling: Untyped = trailed(flakes, trail, -135, -45)
  const [r, g, b] = [0, 1, 2].map(c => slice(x as Untyped, 1, c, c + 1)) as [Untyped, Untyped, Untyped]
  const gray = add(add(mul(r, 0.299), mul(g, 0.587)), mul(b, 0.114))
  const white = maximum(x as Untyped, add(mul(gray, 1.5), 0.5))
  const covered = add(mul(x as Untyped, keep), mul(white, sub(1, keep as Untyped)))
  return clamp(add(add(covered, falling), flip(flip(falling, 2), 3))) as Images
}
