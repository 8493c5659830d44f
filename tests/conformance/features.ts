/** Feature augmentation with the draws given, alone and inside of losses. */
import { type Any, type Attributes, type Builds, f } from './language.js'
import { byol, infoNce, m } from './losses.js'

/** What the library calls the gradient flows of the cases. */
export const flows: Readonly<Record<string, string>> = {
  full: 'full',
  stop_aug: 'stopped',
  identity: 'straight-through',
}
/** `lam z + (1 - lam) z[perm] + sigma noise` with the flow of the case; the draws are those with the given number. */
export function augmented(
  z: Any,
  draws: Readonly<Record<string, Any>>,
  number: string,
  { sigma, flow }: Attributes,
): Any {
  const [lam, perm, noise] = ['lam', 'perm', 'noise'].map(name => draws[`${name}${number}`]!)
  const copy = f.add(m.mix(z, lam, perm), f.mul(noise, sigma))
  return m.withFlow(flows[flow]!, z, () => copy)
}

export const featureAugmentation: Builds = {
  fa_flow: ({ z, ...draws }, attrs) => augmented(z, draws, '', attrs),
  fa_noise: ({ z, noise }, { sigma, mode }) =>
    mode === 'relative'
      ? m.batchScaledNoise(z, noise, sigma)
      : mode === 'sign_aligned'
        ? m.signAlignedNoise(z, noise, sigma)
        : f.add(z, f.mul(noise, sigma)),
  fa_mask: ({ z, mask }, { p, rescale }) => m.masked(z, mask, rescale ? 1 / (1 - p) : 1),
  fa_mix: ({ z, lam, perm }, { stop_partner = false, pre_norm = false, post_norm = false }) =>
    m.mix(z, lam, perm, { stopPartner: stop_partner, unitBefore: pre_norm, unitAfter: post_norm }),
  fa_positive_pair: ({ q, k, m: weights }, { stop_key, post_norm }) =>
    m.mixPositives(q, stop_key ? f.stopGradient(k) : k, weights, { unit: post_norm }) as any,
  fa_queue_mix: ({ queue, m: weights, perm }) => m.mixQueue(queue, weights, perm),
  fa_hard_negatives: ({ q, queue, index, alpha, index_q, beta }) => ({
    mixed: m.mixNegatives(queue, index, alpha),
    query_mixed: m.mixQueryIntoNegatives(q, queue, index_q, beta),
  }),
  fa_mixstyle: ({ x, lam, perm }, { eps, stop_stats }) =>
    m.mixStyle(x, lam, perm, { epsilon: eps, stopStatistics: stop_stats }),
  fa_moment_exchange: ({ x, perm }, { axes, eps }) => m.exchangeMoments(x, perm, { axes, epsilon: eps }),
  fa_stat_noise({ x, e_mu, e_sd }, { eps }) {
    const perChannel = (e: Any): Any => f.reshape(e, [...e.shape, ...x.shape.slice(2).map(() => 1)])
    return m.disturbMoments(x, perChannel(e_mu), perChannel(e_sd), eps)
  },
  fa_covariance_ce: ({ f: features, w, b, S, y }, { lambda }) => ({
    loss: m.implicitCrossEntropy(features, { weight: w, ...(b && { bias: b }) }, S, y, lambda),
  }),

  fa_nt_xent({ z1, z2, ...draws }, { temperature, weight, ...attrs }) {
    const beside = m.ntXent(augmented(z1, draws, '1', attrs), z2, temperature)
    return { loss: f.add(m.ntXent(z1, z2, temperature), f.mul(beside, weight)) }
  },
  fa_moco({ q, k, queue, ...draws }, { branch, weight, ...attrs }) {
    const beside =
      branch === 'key' ? { q, k: augmented(k, draws, '1', attrs) } : { q: augmented(q, draws, '1', attrs), k }
    return { loss: f.add(infoNce({ q, k, queue }, attrs), f.mul(infoNce({ ...beside, queue }, attrs), weight)) }
  },
  fa_simsiam({ z1, z2, w1, w2, ...draws }, { branch, ...attrs }) {
    const predict = (z: Any): Any => f.matmul(f.relu(f.matmul(z, f.transpose(w1))), f.transpose(w2))
    const [y1, y2] = [augmented(z1, draws, '1', attrs), augmented(z2, draws, '2', attrs)]
    const online = branch === 'target' ? [z1, z2] : [y1, y2]
    const target = (branch === 'online' ? [z1, z2] : [y1, y2]).map(z => f.stopGradient(z))
    const half = (i: number, j: number): Any => m.negativeCosine(predict(online[i]!), target[j])
    return { loss: f.mul(f.add(half(0, 1), half(1, 0)), 0.5) }
  },
  fa_byol({ p1, p2, z1, z2, ...draws }, { weight, ...attrs }) {
    const [y1, y2] = [augmented(z1, draws, '1', attrs), augmented(z2, draws, '2', attrs)]
    return { loss: f.add(byol({ p1, p2, z1, z2 }), f.mul(byol({ p1, p2, z1: y1, z2: y2 }), weight)) }
  },
}
