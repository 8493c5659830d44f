/** Sequences and rows: the 1-D convolution layer, the 1-D encoder, the perceptron for tables. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { entry, f32, trace } from '../../compiler/language/entry.js'
import { type Module, variablesOf } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { relu } from '../../compiler/ops/index.js'
import { convnet1d } from '../../models/encoders/convnet1d.js'
import { mlp } from '../../models/encoders/mlp.js'
import { batchNorm, conv } from '../../models/layers.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { numbers, runModule } from './modules.js'

const shapesOf = (of: Module) => variablesOf(of).map(({ name, tensor }) => `${name} ${tensor.shape}`)
const traced = (encoder: any, shape: number[], at?: object) =>
  checkRoundTrip(
    trace(
      't',
      entry({ x: shape }, ({ x }) => ({ y: encoder(x, at) as Tensor })),
    ),
  )

test('conv with a kernel of one axis is the sum over channels and taps, in groups', () => {
  const layer = conv(4, 6, [3], { stride: 2, padding: 1, dilation: 2, groups: 2 })
  assert.equal(shapesOf(layer), ['weight 6,2,3', 'bias 6'])
  const [x, weight, bias] = [numbers(2 * 4 * 9, 1), numbers(36, 2), numbers(6, 3)]
  const { outputs } = runModule(layer, ({ x }) => ({ y: layer(x as Untyped) as Tensor }), {
    inputs: { x: { shape: [2, 4, 9], data: x } },
    variables: { weight, bias },
  })
  assert.equal(outputs.y!.shape, [2, 6, 4]) // (9 + 2 - 2 * 2 - 1) / 2 + 1
  outputs.y!.data.forEach((value, i) => {
    const [n, o, t] = [Math.floor(i / 24), Math.floor(i / 4) % 6, i % 4]
    let total = bias[o]!
    for (let c = 0; c < 2; c++)
      for (let k = 0; k < 3; k++) {
        const place = 2 * t + 2 * k - 1
        const channel = 2 * Math.floor(o / 3) + c
        if (place >= 0 && place < 9) total += x[(n * 4 + channel) * 9 + place]! * weight[(o * 2 + c) * 3 + k]!
      }
    assert.ok(Math.abs(value - total) < 1e-12, `element ${i}: ${value}, expected ${total}`)
  })
})

test('a chain of sequence layers takes sequences, in types too', () => {
  const chain = sequential(conv(1, 8, [9], { padding: 4 }), batchNorm(8), relu, conv(8, 4, [3]))
  const e = entry({ x: f32([2, 1, 32]) }, ({ x }) => ({ y: chain(x) }))
  assert.equal(trace('t', e).outputs.y!.shape, [2, 4, 30])
  // @ts-expect-error: 8 channels into a layer for 16
  sequential(conv(1, 8, [9]), batchNorm(16))
  // @ts-expect-error: images into a chain for sequences
  entry({ x: f32([2, 1, 32, 32]) }, ({ x }) => ({ y: chain(x) }))
})

test('convnet1d has the stages, names, cost and features it says', () => {
  const encoder = convnet1d()
  const features: 128 = encoder.features
  assert.is(features, 128)
  const narrow: 24 = convnet1d({ width: 3 }).features
  assert.is(narrow, 24)
  assert.equal(encoder.sites, ['stage1', 'stage2', 'stage3', 'stage4', 'pooled'])
  const names = ['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var']
  assert.equal(
    variablesOf(encoder).map(({ name }) => name),
    [1, 2, 3, 4].flatMap(stage => names.map(name => `stage${stage}.${name}`)),
  )
  const sizes: number[][] = []
  const look = Object.fromEntries(encoder.sites.map(site => [site, (x: Untyped) => sizes.push([...x.shape]) && x]))
  const graph = traced(encoder, [2, 1, 8000], look)
  assert.equal(graph.outputs.y!.shape, [2, 128])
  assert.equal(sizes, [
    [2, 16, 2000],
    [2, 32, 500],
    [2, 64, 125],
    [2, 128, 31],
    [2, 128],
  ])
  const operations = nodes(traced(encoder, [1, 1, 8000]))
    .filter(({ operation }) => operation.name === 'conv')
    .reduce((total, { shape, operands }) => total + 2 * numel(shape) * numel(operands[1]!.shape.slice(1)), 0)
  assert.ok(Math.abs(operations / 17.4e6 - 1) < 0.01, `${operations} operations`)
  const series = convnet1d({ channels: 6, kernel: 5, stride: 2, stages: 3, width: 4 })
  assert.equal(traced(series, [3, 6, 8]).outputs.y!.shape, [3, 16])
  assert.throws(
    () => traced(series, [3, 6, 7]),
    /convnet1d takes sequences \[N, 6, T\] of 8 samples or more, got \[3, 6, 7\]/,
  )
  assert.throws(() => traced(series, [3, 6, 8, 8]), /convnet1d takes sequences/)
  assert.throws(() => convnet1d({ kernel: 3 }), /a kernel of 3 skips samples at stride 4/)
})

test('the result is the mean over time of the last stage', () => {
  const encoder = convnet1d({ width: 2, stages: 1, kernel: 4, stride: 2 })
  let last: Tensor | undefined
  const variables = { 'stage1.0.weight': numbers(8, 1), 'stage1.1.weight': [1, 2], 'stage1.1.bias': [0.5, 0] }
  const { outputs } = runModule(
    encoder,
    ({ x }) => {
      const y = encoder(x as Untyped, { stage1: value => (last = value) }) as Tensor
      return { y, last: last! }
    },
    {
      inputs: { x: { shape: [3, 1, 12], data: numbers(36, 5) } },
      variables: { ...variables, 'stage1.1.running_mean': [0, 0], 'stage1.1.running_var': [1, 1] },
    },
  )
  assert.equal(outputs.last!.shape, [3, 2, 6])
  outputs.y!.data.forEach((value, i) => {
    const row = outputs.last!.data.slice(6 * i, 6 * i + 6)
    assert.ok(row.every(x => x >= 0))
    assert.ok(Math.abs(value - row.reduce((a, b) => a + b) / 6) < 1e-12)
  })
})

test('mlp is linear layers with relu, on rows', () => {
  const encoder = mlp(3, { width: 4, layers: 2 })
  const features: 4 = encoder.features
  assert.is(features, 4)
  assert.equal(encoder.sites, ['layer1', 'pooled'])
  assert.equal(shapesOf(encoder), ['layer1.0.weight 4,3', 'layer1.0.bias 4', 'layer2.0.weight 4,4', 'layer2.0.bias 4'])
  const variables = Object.fromEntries(
    variablesOf(encoder).map(({ name, tensor }, i) => [name, numbers(numel(tensor.shape), i)]),
  )
  const x = numbers(6, 9)
  const { outputs } = runModule(encoder, ({ x }) => ({ y: encoder(x as Untyped) as Tensor }), {
    inputs: { x: { shape: [2, 3], data: x } },
    variables,
  })
  const layer = (row: number[], name: string) =>
    Array.from({ length: 4 }, (_, o) =>
      Math.max(
        0,
        row.reduce(
          (sum, value, i) => sum + value * variables[`${name}.0.weight`]![o * row.length + i]!,
          variables[`${name}.0.bias`]![o]!,
        ),
      ),
    )
  const expected = [0, 1].flatMap(n => layer(layer([...x.subarray(3 * n, 3 * n + 3)], 'layer1'), 'layer2'))
  for (const [i, value] of outputs.y!.data.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-12)
  assert.ok(expected.some(value => value > 0))

  const normed = mlp(10, { layers: 1, norm: {} })
  assert.equal(shapesOf(normed), [
    'layer1.0.weight 256,10',
    ...['weight', 'bias', 'running_mean', 'running_var'].map(name => `layer1.1.${name} 256`),
  ])
  assert.throws(() => traced(encoder, [2, 5]), /input has 5 features, layer expects 3/)
  assert.throws(() => mlp(3, { layers: 0 }), /mlp needs a layer or more, got 0/)
  // @ts-expect-error: rows of 5 into an encoder for 3
  entry({ x: f32([2, 5]) }, ({ x }) => ({ y: encoder(x) }))
})

test.run()
