/** Losses: those of the model library with the attributes of the cases, and a few plain formulas. */
import * as library from '../../models/index.js'
import { type Any, type Attributes, type Build, type Builds, f } from './language.js'

export const m = library as unknown as Readonly<Record<keyof typeof library, (...given: any[]) => any>>

const stoppedIf = (x: Any, stop: boolean): Any => (stop ? f.stopGradient(x) : x)
/** `s0, s1, ...` for as long as there are some. */
const numbered = (inputs: Readonly<Record<string, Any>>, letter: string): Any[] => {
  const found: Any[] = []
  while (inputs[`${letter}${found.length}`]) found.push(inputs[`${letter}${found.length}`]!)
  return found
}
const loss =
  (build: (inputs: Record<string, Any>, attrs: Attributes) => Any): Build =>
  (inputs, attrs) => ({ loss: build(inputs, attrs) })
/** The mean of a function of the distance of `a` and `b`. */
const ofDistance = (build: (size: Any, attrs: Attributes) => Any): Build =>
  loss(({ a, b }, attrs) => f.mean(build(f.abs(f.sub(a, b)), attrs)))
const quadraticBelow = (size: Any, bound: number): [near: Any, inner: Any] => [
  f.less(size, bound),
  f.mul(f.square(size), 0.5),
]

export const infoNce = ({ q, k, queue }: Record<string, Any>, { temperature, normalize = true }: Attributes): Any => {
  const [key, keys] = [f.stopGradient(k), f.stopGradient(queue)]
  if (normalize) return m.infoNCE(q, key, keys, temperature)
  // The library always takes unit rows.
  const logits = f.concat(f.sum(f.mul(q, key), -1, { keepdims: true }), f.matmul(q, f.transpose(keys)), 1)
  return f.crossEntropy(f.div(logits, temperature), f.constant(0, [q!.shape[0]], 'i32'))
}
export const barlow = (
  { z1, z2 }: Record<string, Any>,
  { lambda, scale = 1, eps, unbiased = false }: Attributes,
): Any => m.barlowTwins(z1, z2, { lambda, scale, epsilon: eps, unbiased })
const simsiam = ({ p1, p2, z1, z2 }: Record<string, Any>, stop = true): Any =>
  f.mul(f.add(m.negativeCosine(p1, stoppedIf(z2!, stop)), m.negativeCosine(p2, stoppedIf(z1!, stop))), 0.5)
export const byol = ({ p1, p2, z1, z2 }: Record<string, Any>): Any =>
  m.byolLoss(p1, p2, f.stopGradient(z1), f.stopGradient(z2))

const ofSinkhorn = ({ eps, iters }: Attributes) => ({ epsilon: eps, iterations: iters })

const contrastive: Builds = {
  nt_xent: loss(({ z1, z2 }, { temperature }) => m.ntXent(z1, z2, temperature)),
  info_nce_queue: loss(infoNce),
  queue_push({ queue, keys }, { ptr }) {
    const at = f.constant(ptr, [], 'i32')
    return { queue: f.updateRows(queue, at, keys), ptr: f.rem(f.add(at, keys.shape[0]), queue.shape[0]) }
  },
  moco_v3: loss(({ q1, q2, k1, k2 }, { temperature }) =>
    m.mocoV3Loss(q1, q2, f.stopGradient(k1), f.stopGradient(k2), temperature),
  ),
  nnclr({ z, p, queue }, { temperature }) {
    const { rows, index } = m.nearest(z, f.stopGradient(queue))
    return { loss: m.nnclrLoss(rows, p, temperature), index }
  },
  clip: loss(({ a, b, log_scale }) => m.clipLoss(a, b, log_scale)),
  dcl: loss(({ z1, z2 }, { temperature, sigma, detach_weight = true }) =>
    m.decoupledContrast(z1, z2, { temperature, sigma: sigma ?? undefined, detachWeight: detach_weight }),
  ),
  supcon: loss(({ z, labels }, { temperature, base_temperature, variant }) =>
    m.supervisedContrast(z, labels, {
      temperature,
      baseTemperature: base_temperature,
      variant: variant.replace('_', '-'),
    }),
  ),
}

const withoutNegatives: Builds = {
  neg_cosine: loss(({ p, z }, { stop_gradient }) => m.negativeCosine(p, stoppedIf(z!, stop_gradient))),
  simsiam: loss((inputs, { stop_gradient = true }) => simsiam(inputs, stop_gradient)),
  byol: loss(byol),
  barlow: loss(barlow),
  vicreg: loss(({ z1, z2 }, attrs) =>
    m.vicregLoss(z1, z2, {
      invariance: attrs.sim,
      variance: attrs.var,
      covariance: attrs.cov,
      varianceWeight: attrs.var_weight,
      gamma: attrs.gamma,
      epsilon: attrs.eps,
    }),
  ),
  tico({ z1, z2, C }, { beta, rho, detach_cov }) {
    const found = m.ticoLoss(z1, z2, f.stopGradient(C), { beta, rho, detachCovariance: detach_cov })
    return { loss: found.loss, C: found.covariance }
  },
  wmse: loss(({ z1, z2 }, { eps, group }) => m.whiteningMse(z1, z2, { epsilon: eps, group })),
  alignment: loss(({ x, y }, { alpha }) => m.alignment(x, y, alpha)),
  uniformity: loss(({ x }, { t }) => m.uniformity(x, t)),
  triplet: loss(({ a, p, n }, { margin }) => m.triplet(a, p, n, margin)),
  sinkhorn: ({ scores }, attrs) => ({ q: m.sinkhorn(scores, ofSinkhorn(attrs)) }),
  swav: loss((inputs, { n_code, temperature, ...attrs }) =>
    m.swavLoss(numbered(inputs, 's'), { codes: n_code, temperature, ...ofSinkhorn(attrs) }),
  ),
  swav_queue: loss((inputs, { temperature, ...attrs }) => {
    const queues = numbered(inputs, 'q')
    return m.swavLoss(numbered(inputs, 's'), { codes: queues.length, temperature, ...ofSinkhorn(attrs), queues })
  }),
  dino: (inputs, { student_temp, teacher_temp, center_momentum }) =>
    m.dinoLoss(
      numbered(inputs, 't').map(t => f.stopGradient(t)),
      numbered(inputs, 's'),
      f.stopGradient(inputs.center),
      {
        studentTemperature: student_temp,
        teacherTemperature: teacher_temp,
        centerMomentum: center_momentum,
      },
    ),
}

const againstLabels: Builds = {
  cross_entropy: loss(({ logits, target, weight }, { label_smoothing = 0, ignore_index = null }) =>
    m.crossEntropy(logits, target, {
      smoothing: label_smoothing,
      ...(weight && { weights: weight }),
      ...(ignore_index !== null && { ignore: ignore_index }),
    }),
  ),
  soft_cross_entropy: loss(({ logits, probs }) => m.softCrossEntropy(logits, probs)),
  sigmoid_focal({ logits, target }, { alpha, gamma, reduction }) {
    const each = m.sigmoidFocal(logits, target, { alpha, gamma })
    const reduced = reduction === 'mean' ? f.mean(each) : reduction === 'sum' ? f.sum(each) : each
    return { loss: reduced, y: reduced }
  },
  softmax_focal: loss(({ logits, target }, { gamma }) => m.softmaxFocal(logits, target, { gamma })),
  bce_with_logits: loss(({ x, t, pos_weight }) => m.binaryCrossEntropy(x, t, pos_weight)),
  kl_div: loss(({ logq, p }) => m.klDivergence(logq, p)),
}

const regression: Builds = {
  mse: ofDistance(size => f.square(size)),
  l1: ofDistance(size => size),
  smooth_l1: ofDistance((size, { beta }) => {
    const [near, inner] = quadraticBelow(size, beta)
    return f.select(near, f.div(inner, beta), f.sub(size, 0.5 * beta))
  }),
  huber: ofDistance((size, { delta }) => {
    const [near, inner] = quadraticBelow(size, delta)
    return f.select(near, inner, f.mul(f.sub(size, 0.5 * delta), delta))
  }),
  box_iou({ a, b }) {
    const { inter, union } = overlap(a, b)
    return f.div(inter, union)
  },
  giou_loss({ a, b }, { eps }) {
    const { inter, union, hull } = overlap(a, b)
    const outside = f.div(f.sub(hull, union), f.add(hull, eps))
    return f.sub(1, f.sub(f.div(inter, f.add(union, eps)), outside))
  },
}
/** Areas of pairs of boxes `[N, 4]`, given as x1, y1, x2, y2. */
function overlap(a: Any, b: Any): { inter: Any; union: Any; hull: Any } {
  const corner = (box: Any, at: number): Any => f.reshape(f.slice(box, 1, at, at + 1), [-1])
  const area = (side: (axis: 0 | 1) => Any): Any => f.mul(side(0), side(1))
  const own = (box: Any): Any => area(axis => f.sub(corner(box, axis + 2), corner(box, axis)))
  const both =
    (low: typeof f.maximum, high: typeof f.minimum) =>
    (axis: 0 | 1): Any =>
      f.sub(high(corner(a, axis + 2), corner(b, axis + 2)), low(corner(a, axis), corner(b, axis)))
  const shared = both(f.maximum, f.minimum)
  const inter = area(axis => f.relu(shared(axis)))
  return { inter, union: f.sub(f.add(own(a), own(b)), inter), hull: area(both(f.minimum, f.maximum)) }
}

export const losses: Builds = { ...contrastive, ...withoutNegatives, ...againstLabels, ...regression }
