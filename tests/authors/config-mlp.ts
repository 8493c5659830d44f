/** A perceptron whose layers stand in a configuration, residual blocks included. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type LayerConfig =
  | { kind: 'linear'; width: number }
  | { kind: 'norm' }
  | { kind: 'act'; of: keyof typeof activations }
  | { kind: 'dropout'; rate: number }
  | { kind: 'residual'; layers: LayerConfig[] }
const config: { inputs: number; layers: LayerConfig[] } = {
  inputs: 6,
  layers: [
    { kind: 'linear', width: 16 },
    { kind: 'act', of: 'gelu' },
    {
      kind: 'residual',
      layers: [
        { kind: 'norm' },
        { kind: 'linear', width: 16 },
        { kind: 'act', of: 'silu' },
        { kind: 'dropout', rate: 0 },
      ],
    },
    { kind: 'norm' },
    { kind: 'linear', width: 3 },
  ],
}
const activations = { relu: f.relu, gelu: f.gelu, silu: f.silu }

const residual = (body: f.Layer) =>
  f.module(
    { body },
    ({ body }) =>
      (x: f.f32<['batch', number]>) =>
        f.add(x, body(x)),
  )

const build = (width: number, layers: LayerConfig[]): f.Layer => {
  const made = layers.map(layer => {
    if (layer.kind === 'linear') return nn.linear(width, (width = layer.width))
    if (layer.kind === 'norm') return nn.layerNorm(width)
    if (layer.kind === 'act') return activations[layer.of]
    if (layer.kind === 'dropout') return nn.dropout(layer.rate)
    return residual(build(width, layer.layers))
  })
  return f.sequential(...made)
}

export const model = build(config.inputs, config.layers)
export const loss = f.entry({ x: ['batch', 6], y: f.i32(['batch']) }, ({ x, y }) => ({
  loss: f.crossEntropy(model(x), y, { smoothing: 0.1 }),
}))
export const step = nn.fit(model, loss, nn.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }))
