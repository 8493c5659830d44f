/** Losses that look for what is hard: batch-hard triplets (Hermans et al., arXiv 1703.07737) and the hardest negatives. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Rows = f.f32<['batch', number]>
type Labels = f.i32<['batch']>

const hardTriplets = (z: Rows, labels: Labels, margin = 0.3) => {
  const distance = f.cdist(z, z)
  const same = f.equal(f.expandDims(labels, 1), labels)
  const farthest = f.max(f.where(same, distance, 0), 1)
  const nearest = f.min(f.where(same, Infinity, distance), 1)
  return f.mean(f.relu(f.add(f.sub(farthest, nearest), margin)))
}

const hardNegatives = (z: Rows, labels: Labels, count = 4, temperature = 0.1) => {
  const scores = f.div(f.inner(z, z), temperature)
  const same = f.equal(f.expandDims(labels, 1), labels)
  const own = f.eye('batch', 'bool')
  const hardest = f.topK(f.where(same, -1e30, scores), count).values
  const positive = f.max(f.where(f.logicalOr(f.logicalNot(same), own), -1e30, scores), 1)
  return f.mean(f.sub(f.logsumexp(f.concat(f.expandDims(positive, 1), hardest, 1), 1), positive))
}

export const model = f.sequential(nn.linear(5, 16), f.relu, nn.linear(16, 8))
export const loss = f.entry({ x: ['batch', 5], labels: f.i32(['batch']) }, ({ x, labels }) => {
  const z = f.normalize(model(x))
  return { loss: f.add(hardTriplets(z, labels), hardNegatives(z, labels)) }
})
export const step = nn.fit(model, loss, nn.adam(1e-2))
