/** The critic of a Wasserstein GAN with a penalty on its slope (Gulrajani et al., arXiv 1704.00028). */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

export const model = f.sequential(nn.linear(4, 16), f.tanh, nn.linear(16, 16), f.tanh, nn.linear(16, 1))

const slopePenalty = (x: f.f32<['batch', 4]>) => {
  const slope = f.grad(f.sum(model(x)), x)
  return nn.meanSquaredError(f.vectorNorm(slope, 1), 1)
}

export const loss = f.entry(
  { real: ['batch', 4], fake: ['batch', 4], share: ['batch', 1] },
  ({ real, fake, share }) => {
    const apart = f.sub(f.mean(model(fake)), f.mean(model(real)))
    return { loss: f.add(apart, f.mul(slopePenalty(f.lerp(fake, real, share)), 10)) }
  },
)
export const step = nn.fit(model, loss, nn.rmsprop(1e-3))
