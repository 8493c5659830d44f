/** Retrieval: do the images nearest to an image show the same thing? */
import { compile } from '../../compiler/compile.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32 } from '../../compiler/language/entry.js'
import { topK } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import { matmul, transpose } from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import { checkFeatures, chunk, type Features, predictAll, using, zeros } from './features.js'
import { direction } from './knn.js'

/** What `retrieval` may be told. */
export interface RetrievalOptions {
  /** How many images are brought back. Default 1, 2, 4, 8. */
  readonly ks?: readonly number[]
}

/**
 * Recall at k: the share of images of which one or more of the `k` others that are nearest by cosine are of the same class, as
 * metric learning counts it (Song et al., arXiv 1511.06452, section 5.1). Every image asks all others of the same features. Pairs `[k, share]`.
 * Throws `BadInput` for a `k` that is not a whole number from 1 on or more than there are others, `DataError` for features that are infinite or NaN.
 */
export async function retrieval(
  device: Device,
  features: Features,
  { ks = [1, 2, 4, 8] }: RetrievalOptions = {},
): Promise<readonly (readonly [k: number, share: number])[]> {
  checkFeatures(features)
  const { count, width, labels } = features
  const wrong = ks.find(k => !Number.isInteger(k) || k < 1 || k >= count)
  if (wrong !== undefined || ks.length === 0)
    throw new BadInput(
      `recall at ${wrong ?? 'no number of'} images cannot be counted: of ${count} images each has ${count - 1} others, choose whole numbers from 1 to ${count - 1}.`,
    )
  // An image itself is among its nearest, but need not be the first: others may be equal.
  const most = Math.max(...ks) + 1
  const bank = zeros('bank', [count, width])
  const fill = entry({ features: f32([count, width]) }, ({ features }) => {
    update(bank, direction(features))
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => ({
    indices: topK(matmul(direction(features), transpose(bank)), most).indices,
  }))
  return using(device, compile({ fill, predict }, { chunk }, { target: targetFor(device) }), async session => {
    session.run('fill', { features: features.values })
    const { indices } = await predictAll(session, features, most)
    const places = Array.from({ length: count }, (_, n) => {
      const others = indices!.slice(n * most, (n + 1) * most).filter(other => other !== n)
      return others.findIndex(other => labels[other] === labels[n])
    })
    return ks.map(k => [k, places.filter(place => place >= 0 && place < k).length / count] as const)
  })
}
