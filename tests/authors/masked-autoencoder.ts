/** A masked autoencoder (He et al., arXiv 2111.06377): hidden patches are told from a quarter of the image. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Images = f.f32<['batch', number, number, number]>

const autoencoder = (size: number, side: number, channels: number, width: number, narrow: number, heads: number) =>
  f.module(({ param, use }) => {
    const [count, pixels] = [(size / side) ** 2, side * side * channels]
    const kept = count / 4
    const positions = param('positions', [count, width], nn.normalWith(0.02))
    const hidden = param('hidden', [narrow], nn.normalWith(0.02))
    const places = param('places', [count, narrow], nn.normalWith(0.02))
    const net = use({
      embed: nn.linear(pixels, width),
      encoder: f.sequential(nn.transformerBlock(width, { heads }), nn.layerNorm(width)),
      bottleneck: nn.linear(width, narrow),
      decoder: f.sequential(nn.transformerBlock(narrow, { heads }), nn.layerNorm(narrow), nn.linear(narrow, pixels)),
    })
    return (images: Images, noise: f.f32<['batch', number]>) => {
      const patches = f.rearrange(images, 'n c (h p) (w q) -> n (h w) (p q c)', { p: side, q: side })
      const order = f.argsort(noise, 1)
      const back = f.argsort(order, 1)
      const tokens = f.add(net.embed(patches), positions)
      const seen = net.bottleneck(net.encoder(f.gather(tokens, f.expandDims(f.slice(order, 1, 0, kept), 2), 1)))
      const unseen = f.broadcastTo(hidden, ['batch', count - kept, narrow])
      const everything = f.gather(f.concat(seen, unseen, 1), f.expandDims(back, 2), 1)
      const told = net.decoder(f.add(everything, places))
      const error = f.mean(f.square(f.sub(told, patches)), -1)
      const masked = f.cast(f.greaterEqual(back, kept), 'f32')
      return f.div(f.sum(f.mul(error, masked)), f.sum(masked))
    }
  })

export const model = autoencoder(8, 2, 3, 8, 4, 2)
export const loss = f.entry({ images: ['batch', 3, 8, 8], noise: ['batch', 16] }, ({ images, noise }) => ({
  loss: model(images, noise),
}))
export const step = nn.fit(model, loss, nn.adamw({ learningRate: 1e-2, betas: [0.9, 0.95] }))
