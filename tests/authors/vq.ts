/** A vector-quantized autoencoder (van den Oord et al., arXiv 1711.00937). */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Rows = f.f32<['batch', number]>

const quantizer = (count: number, width: number, commitment = 0.25) =>
  f.module(({ param }) => {
    const codes = param('codes', [count, width], f.normal)
    return (z: Rows) => {
      const index = f.argmin(f.cdist(z, codes), -1)
      const code = f.take(codes, index)
      const loss = f.add(
        nn.meanSquaredError(code, f.stopGradient(z)),
        f.mul(nn.meanSquaredError(z, f.stopGradient(code)), commitment),
      )
      return { code: f.straightThrough(code, z), loss, index }
    }
  })

const vqAutoencoder = (features: number, width: number, count: number) =>
  f.module(
    {
      encoder: f.sequential(nn.linear(features, 16), f.relu, nn.linear(16, width)),
      quantizer: quantizer(count, width),
      decoder: f.sequential(nn.linear(width, 16), f.relu, nn.linear(16, features)),
    },
    net => (x: Rows) => {
      const { code, loss } = net.quantizer(net.encoder(x))
      return f.add(nn.meanSquaredError(net.decoder(code), x), loss)
    },
  )

export const model = vqAutoencoder(6, 4, 8)
export const loss = f.entry({ x: ['batch', 6] }, ({ x }) => ({ loss: model(x) }))
export const step = nn.fit(model, loss, nn.adam(1e-2))
