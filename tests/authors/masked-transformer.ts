/** A masked language model in the manner of BERT: words are hidden, and told from the others. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

const maskedTransformer = (vocabulary: number, length: number, width: number, heads: number, depth: number) =>
  f.module(
    {
      words: nn.embed(vocabulary, width),
      blocks: f.sequential(...Array.from({ length: depth }, () => nn.transformerBlock(width, { heads }))),
      norm: nn.layerNorm(width),
      head: nn.linear(width, vocabulary),
    },
    (net, { param }) => {
      const positions = param('positions', [length, width], nn.normalWith(0.02))
      return (tokens: f.i32<['batch', number]>) => net.head(net.norm(net.blocks(f.add(net.words(tokens), positions))))
    },
  )

export const model = maskedTransformer(32, 6, 8, 2, 2)
const tokens = f.i32(['batch', 6])
export const loss = f.entry({ tokens, targets: tokens }, ({ tokens, targets }) => ({
  loss: f.crossEntropy(model(tokens), targets, { ignore: -100 }),
}))
export const step = nn.fit(model, loss, nn.adamw({ learningRate: 1e-2, weightDecay: 0.1 }), { clip: { norm: 1 } })
