/** Softmax and its relatives, normalization, attention. */
import { type Any, axesOf, type Builds, f, ofAB, ofX } from './language.js'

/** `(x - mean) / sqrt(variance + eps)` over the given axes, with the biased variance. */
function standardized(x: Any, axes: readonly number[], eps: number): Any {
  const keep = { keepdims: true }
  const centred = f.sub(x, f.mean(x, axes, keep))
  return f.mul(centred, f.rsqrt(f.add(f.mean(f.square(centred), axes, keep), eps)))
}
const affine = (x: Any, w?: Any, b?: Any): Any => {
  const scaled = w ? f.mul(x, w) : x
  return b ? f.add(scaled, b) : scaled
}
/** One number per channel, axis 1, beside `x`. */
const perChannel = (v: Any | undefined, x: Any): Any | undefined =>
  v &&
  f.reshape(
    v,
    x.shape.map((_: number, axis: number) => (axis === 1 ? -1 : 1)),
  )
const lastAxes = (x: Any, count: number): number[] => axesOf(null, x).slice(-count)

export const norms: Builds = {
  softmax: ofX((x, { axis }) => f.softmax(x, axis)),
  log_softmax: ofX((x, { axis }) => f.logSoftmax(x, axis)),
  layer_norm: ({ x, w, b }, { axes_count = 1, eps }) => affine(standardized(x, lastAxes(x, axes_count), eps), w, b),
  rms_norm: ({ x, w }, { eps }) =>
    affine(f.mul(x, f.rsqrt(f.add(f.mean(f.square(x), [-1], { keepdims: true }), eps))), w),
  batch_norm({ x, running_mean, running_var, w, b }, { training, momentum, eps }) {
    const [weight, bias] = [perChannel(w, x), perChannel(b, x)]
    const axes = axesOf(null, x).filter(axis => axis !== 1)
    if (!training) {
      const scaled = f.mul(f.sub(x, perChannel(running_mean, x)), f.rsqrt(f.add(perChannel(running_var, x), eps)))
      return { y: affine(scaled, weight, bias), new_running_mean: running_mean, new_running_var: running_var }
    }
    const moved = (running: Any, batch: Any) => f.add(f.mul(running, 1 - momentum), f.mul(batch, momentum))
    return {
      y: affine(standardized(x, axes, eps), weight, bias),
      new_running_mean: moved(running_mean, f.mean(x, axes)),
      new_running_var: moved(running_var, f.variance(x, axes, { correction: 1 })),
    }
  },
  group_norm({ x, w, b }, { groups, eps }) {
    const blocks = f.reshape(x, [x.shape[0], groups, -1])
    return affine(f.reshape(standardized(blocks, [2], eps), x.shape), perChannel(w, x), perChannel(b, x))
  },
  instance_norm: ofX((x, { eps }) => standardized(x, axesOf(null, x).slice(2), eps)),
  l2_normalize: ofX((x, { axis, eps }) => f.normalize(x, axis, eps)),
  cosine_similarity: ofAB((a, b, { axis }) => f.sum(f.mul(f.normalize(a, axis), f.normalize(b, axis)), axis)),
  pairwise_cosine: ofAB((a, b) => f.matmul(f.normalize(a), f.transpose(f.normalize(b)))),
  pairwise_sq_dist: ofAB((a, b) =>
    f.sum(f.square(f.sub(f.reshape(a, [a.shape[0], 1, -1]), f.reshape(b, [1, b.shape[0], -1]))), 2),
  ),
  weight_norm_linear: ({ x, v, g }) => f.matmul(x, f.transpose(f.mul(f.normalize(v), f.reshape(g, [-1, 1])))),
}

export const attention: Builds = {
  sdpa: ({ q, k, v, mask }, { causal = false }) => f.attention(q, k, v, { ...(mask && { mask }), causal }),
  mha({ x, in_w, in_b, out_w, out_b }, { heads, causal = false }) {
    const projected = affine(f.dot(x, f.transpose(in_w)), undefined, in_b)
    const [q, k, v] = f
      .split(projected, 3, 2)
      .map((part: Any) => f.rearrange(part, 'n l (h d) -> n h l d', { h: heads }))
    const joined = f.rearrange(f.attention(q, k, v, { causal }), 'n h l d -> n l (h d)')
    return affine(f.dot(joined, f.transpose(out_w)), undefined, out_b)
  },
}
