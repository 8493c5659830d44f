/** Encoders and heads: names and sizes of variables, shapes, sites, and ResNet-18 against reference data. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { crossEntropy } from '../../compiler/language/math.js'
import { type Module, module, twin, variablesOf } from '../../compiler/language/module.js'
import { mul, reshape } from '../../compiler/ops/index.js'
import { convnet } from '../../models/encoders/convnet.js'
import { convnet1d } from '../../models/encoders/convnet1d.js'
import { convnextTiny } from '../../models/encoders/convnext.js'
import { mlp } from '../../models/encoders/mlp.js'
import { resnet18, resnet34, resnet50 } from '../../models/encoders/resnet.js'
import { vit, vitSmall, vitTiny } from '../../models/encoders/vit.js'
import { predictor, projector } from '../../models/heads.js'
import { linear } from '../../models/layers.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { compare, load, oracleCases } from '../oracle.js'
import { runModule } from './modules.js'

const parameters = (of: Module) => variablesOf(of).filter(({ kind }) => kind === 'parameter')
const count = (of: Module) => parameters(of).reduce((total, { tensor }) => total + numel(tensor.shape), 0)
const traced = (encoder: any, shape: number[], at?: object) =>
  checkRoundTrip(
    trace(
      't',
      entry({ images: shape }, ({ images }) => ({ y: encoder(images, at) as Tensor })),
    ),
  )
const shapeOf = (encoder: any, shape: number[]) => traced(encoder, shape).outputs.y!.shape

test('an option that an encoder has not is refused', () => {
  const wrong = { widht: 8 } as never
  const making: readonly (readonly [string, () => unknown])[] = [
    ['resnet', () => resnet18(wrong)],
    ['resnet', () => resnet50(wrong)],
    ['convnet', () => convnet(wrong)],
    ['convnet1d', () => convnet1d(wrong)],
    ['convnextTiny', () => convnextTiny(wrong)],
    ['mlp', () => mlp(4, wrong)],
    ['vit', () => vitTiny({ size: 32, ...(wrong as object) } as never)],
  ]
  for (const [name, make] of making) assert.throws(make, new RegExp(`^${name} has no option widht: it has `))
  const block = { features: 16, heads: 2, depth: 1, mlp: 2, patch: 4, pool: 'mean', channels: 1, size: 8 } as const
  assert.ok(vit(block))
  assert.ok(resnet18({ stem: 'cifar', stemPadding: 2, width: 4, zeroInitResidual: true, channels: 1, norm: {} }))
})

// ResNet-18

/** Names and shapes of torchvision's resnet18 without `fc`, from its rule: 2 blocks per stage, a downsample where the shape changes. */
function torchvision(width: number, stem: number): [string, number[]][] {
  const norm = (name: string, size: number): [string, number[]][] => [
    [`${name}.weight`, [size]],
    [`${name}.bias`, [size]],
    [`${name}.running_mean`, [size]],
    [`${name}.running_var`, [size]],
  ]
  const stages = [1, 2, 3, 4].flatMap(stage =>
    [0, 1].flatMap((block): [string, number[]][] => {
      const to = width * 2 ** (stage - 1)
      const from = stage > 1 && block === 0 ? to / 2 : to
      const path = `layer${stage}.${block}`
      return [
        [`${path}.conv1.weight`, [to, from, 3, 3]],
        ...norm(`${path}.bn1`, to),
        [`${path}.conv2.weight`, [to, to, 3, 3]],
        ...norm(`${path}.bn2`, to),
        ...(from === to
          ? []
          : [
              [`${path}.downsample.0.weight`, [to, from, 1, 1]] as [string, number[]],
              ...norm(`${path}.downsample.1`, to),
            ]),
      ]
    }),
  )
  return [['conv1.weight', [width, 3, stem, stem]], ...norm('bn1', width), ...stages]
}

test('resnet18 has the variables of torchvision', () => {
  const own = (encoder: Module) => variablesOf(encoder).map(({ name, tensor }) => [name, tensor.shape])
  assert.equal(own(resnet18()), torchvision(64, 7))
  assert.equal(own(resnet18({ stem: 'cifar', width: 8 })), torchvision(8, 3))
  assert.is(count(resnet18()), 11_176_512)
  assert.is(count(resnet18({ stem: 'cifar' })), 11_168_832)
})

test('resnet18 halves the resolution where it should', () => {
  const sizes: Record<string, number[]> = {}
  const encoder = resnet18({ width: 4 })
  const look = Object.fromEntries(encoder.sites.map(site => [site, (x: Untyped) => (sizes[site] = [...x.shape]) && x]))
  assert.equal(traced(encoder, [2, 3, 64, 64], look).outputs.y!.shape, [2, 32])
  assert.equal(sizes, {
    stem: [2, 4, 16, 16],
    layer1: [2, 4, 16, 16],
    layer2: [2, 8, 8, 8],
    layer3: [2, 16, 4, 4],
    layer4: [2, 32, 2, 2],
    pooled: [2, 32],
  })
  assert.equal(shapeOf(resnet18({ stem: 'cifar', width: 4, channels: 1 }), [3, 1, 32, 32]), [3, 32])
})

test('zeroInitResidual starts the last batch norm of every block at zero', () => {
  const zeros = (encoder: Module) =>
    variablesOf(encoder).filter(({ name, initial, tensor }) => {
      return name.endsWith('weight') && tensor.shape.length === 1 && initial([1]).attributes.value === 0
    })
  assert.equal(
    zeros(resnet18({ width: 4, zeroInitResidual: true })).map(({ name }) => name),
    [1, 2, 3, 4].flatMap(stage => [0, 1].map(block => `layer${stage}.${block}.bn2.weight`)),
  )
  assert.equal(zeros(resnet18({ width: 4 })), [])
})

for (const found of oracleCases('models').filter(({ id }) => id === 'resnet.00' || id === 'resnet.01')) {
  const { id, attrs, inputs, outputs, grads = {} } = found
  const { params, buffers } = found as unknown as Record<'params' | 'buffers', Record<string, number[]>>
  test(`resnet18 with its classifier: ${id}, ${attrs.training ? 'training' : 'evaluation'}`, () => {
    const data = load(found.file)
    const values = (kind: string, name: string) => data[`${id}/${kind}/${name}`] as unknown as ArrayLike<number>
    const encoder = resnet18({ stem: 'cifar', width: attrs.width as number })
    const net = module(({ use }) => {
      const [trunk, fc] = [use('', encoder), use('fc', linear(encoder.features, attrs.classes))]
      return (images: Untyped, labels: Untyped) => {
        const seen: Record<string, Tensor> = {}
        const see = (name: string) => (x: Untyped) => (seen[name] = x)
        const stages = ['stem', 'layer1', 'layer2', 'layer3', 'layer4']
        const at = Object.fromEntries(stages.map((site, i) => [site, see(`stage${i}`)]))
        const features = trunk(images, at) as Untyped
        const logits = fc(features) as Untyped
        return { ...seen, features, logits, loss: crossEntropy(logits, labels) as Tensor }
      }
    })
    const result = runModule(net, ({ x, labels }) => net(x!, labels!), {
      inputs: {
        x: { shape: inputs.x!.shape, data: values('in', 'x') },
        labels: { shape: inputs.labels!.shape, data: values('in', 'labels'), dtype: 'i32' },
      },
      variables: Object.fromEntries([
        ...Object.keys(params).map(name => [name, values('param', name)]),
        ...Object.keys(buffers).map(name => [name, values('buffer', name)]),
      ]),
      cotangents: { loss: { shape: [], data: [1] } },
      gradientsOf: ['x'],
      training: attrs.training,
    })
    for (const name of Object.keys(outputs)) {
      const buffer = name.startsWith('buffer/')
      const value = buffer ? result.variables[name.slice(7)]! : result.outputs[name]!
      compare(value, data, `${id}/out/${name}`, outputs[name]!)
    }
    assert.is(
      Object.keys(result.variables).length,
      Object.keys(outputs).filter(name => name.startsWith('buffer/')).length,
    )
    for (const name of Object.keys(grads)) compare(result.gradients[name]!, data, `${id}/grad/${name}`, grads[name]!)
  })
}

test('resnet34 and resnet50 have the parameters of torchvision without its classifier', () => {
  assert.is(count(resnet34()), 21_797_672 - 513_000)
  assert.is(count(resnet50()), 25_557_032 - 2_049_000)
  const features: [512, 2048] = [resnet34().features, resnet50().features]
  assert.equal(features, [512, 2048])
  const shapes = variablesOf(resnet50({ stem: 'cifar', width: 4 })).map(({ name, tensor }) => [name, [...tensor.shape]])
  const of = (name: string) => shapes.find(([found]) => found === name)![1]
  assert.equal(of('layer2.0.conv2.weight'), [8, 8, 3, 3])
  assert.equal(of('layer2.0.conv3.weight'), [32, 8, 1, 1])
  assert.equal(of('layer2.0.downsample.0.weight'), [32, 16, 1, 1])
  assert.equal(shapeOf(resnet50({ stem: 'cifar', width: 4 }), [2, 3, 16, 16]), [2, 128])
})

test('the cifar stem pads by 1, or by 2 as solo-learn does; norms take their common form', () => {
  const stemOf = (options: object) => {
    let shape: number[] = []
    const encoder = resnet18({ width: 4, stem: 'cifar', ...options })
    traced(encoder, [2, 3, 32, 32], { stem: (x: Untyped) => (shape = [...x.shape]) && x })
    return shape
  }
  assert.equal(stemOf({}), [2, 4, 32, 32])
  assert.equal(stemOf({ stemPadding: 1 }), [2, 4, 32, 32])
  assert.equal(stemOf({ stemPadding: 2 }), [2, 4, 34, 34])
  assert.throws(() => resnet18({ stemPadding: 2 }), /a padding of 2 is for the stem 'cifar', the stem 'imagenet' has 3/)
  const frozen = resnet18({ width: 4, stem: 'cifar', norm: { frozen: 'all' } })
  assert.equal(
    parameters(frozen).filter(({ name }) => name.includes('bn') || name.includes('downsample.1')),
    [],
  )
  assert.throws(
    () => traced(resnet18({ width: 4, stem: 'cifar', norm: { splits: 8 } }), [12, 3, 8, 8]),
    /8 splits do not divide a batch of 12/,
  )
})

// Vision transformers

test('ViT-Ti and ViT-S have the parameters of DeiT without its classifier', () => {
  assert.is(count(vitTiny({ size: 224 })), 5_717_416 - 193_000)
  assert.is(count(vitSmall({ size: 224 })), 22_050_664 - 385_000)
  const features: [192, 384] = [vitTiny({ size: 32 }).features, vitSmall({ size: 32 }).features]
  assert.equal(features, [192, 384])
})

test('a patch size makes that many tokens; sites in the order of the computation', () => {
  const encoder = vit({ size: [8, 12], patch: 4, features: 6, depth: 2, heads: 3, channels: 1 })
  const channels: (x: Tensor<[1, 1, 8, 12], 'f32'>) => Tensor<[1, 6], 'f32'> = encoder
  const seen: [string, number[]][] = []
  const look = (site: string) => (x: Untyped) => {
    seen.push([site, [...x.shape]])
    return x
  }
  traced(channels, [1, 1, 8, 12], Object.fromEntries(encoder.sites.map(site => [site, look(site)])))
  assert.equal(seen, [
    ['patches', [1, 6, 6]],
    ['tokens', [1, 7, 6]],
    ['block0', [1, 7, 6]],
    ['block1', [1, 7, 6]],
    ['normed', [1, 7, 6]],
    ['pooled', [1, 6]],
  ])
  assert.equal(
    variablesOf(vitTiny({ size: 32, patch: 8 })).find(({ name }) => name === 'pos_embed')!.tensor.shape,
    [1, 17, 192],
  )
  let normed!: Untyped
  const mean4 = vit({ size: 8, patch: 4, features: 6, depth: 1, heads: 3, channels: 1, pool: 'mean' })
  const graph = traced(mean4, [1, 1, 8, 8], { normed: (x: Untyped) => (normed = x) })
  assert.ok(graph && normed.shape[1] === 5, 'the class token and four patches')
  assert.throws(() => vitTiny({ size: 30 }), /patches of 16 do not divide images of 30 by 30/)
  assert.throws(() => traced(encoder, [1, 1, 12, 8]), /images are \[1, 1, 12, 8\], the positions are for 8 by 12/)
})

// The small encoder

test('convnet has the features, cost and names it says', () => {
  const encoder = convnet()
  assert.is(encoder.features, 128)
  assert.equal(encoder.sites, ['stage1', 'stage2', 'stage3', 'stage4', 'pooled'])
  assert.equal(shapeOf(encoder, [2, 3, 16, 16]), [2, 128])
  assert.equal(shapeOf(convnet({ width: 8, stages: 3, channels: 1 }), [5, 1, 28, 28]), [5, 32])
  const names = ['0.weight', '1.weight', '1.bias']
  assert.equal(
    parameters(encoder).map(({ name }) => name),
    [1, 2, 3, 4].flatMap(stage => names.map(name => `stage${stage}.${name}`)),
  )
  const operations = (size: number) =>
    nodes(traced(encoder, [1, 3, size, size]))
      .filter(({ operation }) => operation.name === 'conv')
      .reduce((total, { shape, operands }) => total + 2 * numel(shape) * numel(operands[1]!.shape.slice(1)), 0)
  assert.ok(Math.abs(operations(16) / 2e6 - 1) < 0.02, `${operations(16)} operations`)
  assert.is(operations(32), 4 * operations(16))
  assert.throws(() => convnet({ stages: 0 as 1 }), /convnet needs a stage or more, got 0/)
})

test('sites replace what passes through them, and only that', () => {
  const encoder = convnet({ width: 2, stages: 2 })
  const order: string[] = []
  const at = Object.fromEntries(
    encoder.sites.map(site => [
      site,
      (x: Untyped) => {
        order.push(site)
        return mul(x, 2)
      },
    ]),
  )
  const doubled = traced(encoder, [4, 3, 8, 8], at).outputs.y!
  assert.equal(order, encoder.sites)
  assert.equal([doubled.operation.name, doubled.shape], ['mul', [4, 4]])
  assert.throws(
    () => traced(encoder, [4, 3, 8, 8], { stage9: (x: Untyped) => x }),
    /no site stage9: it has stage1, stage2, pooled/,
  )
  assert.throws(
    () => traced(encoder, [4, 3, 8, 8], { pooled: (x: Untyped) => reshape(x, [2, 8]) }),
    /site pooled has shape/,
  )
})

test('an encoder tells its features and sites, and so does its twin', () => {
  const encoder = resnet18({ width: 4 })
  assert.is(encoder.features, 32)
  assert.equal(encoder.sites, ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'pooled'])
  const copy = twin(encoder)
  assert.equal([copy.features, copy.sites], [encoder.features, encoder.sites])
  assert.equal(parameters(copy), [])
})

// Heads

test('heads have the layers of the methods they are for', () => {
  const own = (head: Module) => parameters(head).map(({ name, tensor }) => `${name} ${tensor.shape}`)
  assert.equal(own(projector(512, { out: 128, hidden: 256 })), [
    '0.weight 256,512',
    '0.bias 256',
    '2.weight 128,256',
    '2.bias 128',
  ])
  assert.equal(own(projector(8, { out: 16, hidden: 16, layers: 3, batchNorm: true, lastBatchNorm: true })), [
    '0.weight 16,8',
    '1.weight 16',
    '1.bias 16',
    '3.weight 16,16',
    '4.weight 16',
    '4.bias 16',
    '6.weight 16,16',
  ])
  assert.equal(own(predictor(16, { hidden: 4 })), [
    '0.weight 4,16',
    '1.weight 4',
    '1.bias 4',
    '3.weight 16,4',
    '3.bias 16',
  ])
  assert.equal(own(projector(8, { out: 4, layers: 1, lastBatchNorm: 'affine' })), [
    '0.weight 4,8',
    '1.weight 4',
    '1.bias 4',
  ])
  assert.throws(() => projector(8, { out: 4, layers: 0 }), /a head needs a layer or more, got 0/)
})

test.run()
