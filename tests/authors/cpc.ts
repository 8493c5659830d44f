/** Contrastive predictive coding (van den Oord et al., arXiv 1807.03748): a GRU tells what comes next from other sequences. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

const cpc = (features: number, width: number, hidden: number, ahead: number) =>
  f.module(
    {
      encoder: nn.linear(features, width),
      context: nn.gru(width, hidden),
      predictors: Array.from({ length: ahead }, () => nn.linear(hidden, width)),
    },
    net => (x: f.f32<['batch', number, number]>) => {
      const z = f.relu(net.encoder(x))
      const c = net.context(z)
      const losses = net.predictors.map((predict, i) => {
        const scores = f.einsum(predict(f.slice(c, 1, 0, -i - 1)), f.slice(z, 1, i + 1), 'n t d, m t d -> t n m')
        return f.neg(f.mean(f.diagonal(f.logSoftmax(scores))))
      })
      return f.mean(f.stack(losses))
    },
  )

export const model = cpc(5, 6, 7, 3)
export const loss = f.entry({ x: ['batch', 8, 5] }, ({ x }) => ({ loss: model(x) }))
export const step = nn.fit(model, loss, nn.adam(1e-2))
