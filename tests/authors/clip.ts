/** CLIP (Radford et al., arXiv 2103.00020): images and captions are told apart by each other. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Images = f.f32<['batch', number, number, number]>
type Tokens = f.i32<['batch', number]>

const imageTower = (channels: number, width: number, out: number) =>
  f.module(
    {
      stem: nn.conv(channels, width, 3, { stride: 2, padding: 1 }),
      deep: nn.conv(width, 2 * width, 3, { stride: 2, padding: 1 }),
      project: nn.linear(2 * width, out, { bias: false }),
    },
    net => (images: Images) => {
      const x = f.gelu(net.deep(f.gelu(net.stem(images))))
      return f.normalize(net.project(f.mean(x, [2, 3])))
    },
  )

const textTower = (vocabulary: number, length: number, width: number, heads: number, out: number) =>
  f.module(
    {
      words: nn.embed(vocabulary, width),
      block: nn.transformerBlock(width, { heads }),
      norm: nn.layerNorm(width),
      project: nn.linear(width, out, { bias: false }),
    },
    (net, { param }) => {
      const positions = param('positions', [length, width], nn.normalWith(0.01))
      return (tokens: Tokens) => {
        const x = net.norm(net.block(f.add(net.words(tokens), positions), { causal: true }))
        return f.normalize(net.project(f.index(x, 1, -1)))
      }
    },
  )

type Towers = { image: ReturnType<typeof imageTower>; text: ReturnType<typeof textTower> }
const clip = (towers: Towers) =>
  f.module(towers, ({ image, text }, { param }) => {
    const scale = param('scale', [], Math.log(1 / 0.07))
    return (images: Images, tokens: Tokens) => {
      const scores = f.mul(f.exp(scale), f.inner(image(images), text(tokens)))
      const labels = f.arange('batch')
      return f.mul(f.add(f.crossEntropy(scores, labels), f.crossEntropy(f.transpose(scores), labels)), 0.5)
    }
  })

export const model = clip({ image: imageTower(3, 4, 6), text: textTower(16, 5, 8, 2, 6) })
export const loss = f.entry({ images: ['batch', 3, 8, 8], tokens: f.i32(['batch', 5]) }, ({ images, tokens }) => ({
  loss: model(images, tokens),
}))
export const step = nn.fit(model, loss, nn.adamw({ learningRate: 1e-2, weightDecay: 0.2 }))
