/**
 * Mistakes of authors, and the sentence that says each of them when a program is traced, where types did not. All of them stand in
 * `mistakes.expected.txt`; what the editor says is in `tests/types/rejected.expected.txt`.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as f from '../../compiler/index.js'
import { trace, traceInit } from '../../compiler/language/entry.js'
import * as nn from '../../models/index.js'
import { golden } from '../golden.js'

/** Past the types, as from JavaScript. */
const any = (x: unknown) => x as any

const inputs = {
  x: f.f32(['batch', 8]),
  h: f.f32(['batch', 6, 8]),
  keys: f.f32(['batch', 4]),
  labels: f.i32(['batch']),
  tokens: f.i32(['batch', 6]),
  images: f.f32(['batch', 3, 16, 16]),
}
/** A model that is wider at its entrance than its blocks. */
const cfg = (n: number) =>
  f.module(({ use }) => {
    const net = use({ enc: nn.linear(8, n), blocks: [nn.transformerBlock(16, { heads: 2 })], head: nn.linear(16, 2) })
    return (x: any) => net.head(net.blocks[0]!(any(net.enc(x))))
  })

const misshapen = f.module(({ param }) => {
  const w = param('w', [8], () => f.zeros([4]))
  return (x: any) => f.mul(x, w)
})

const expressions: Record<string, (given: any) => any> = {
  'i32 half': ({ labels }) => f.mul(labels, 0.5),
  'mask shape': ({ keys, x }) => f.where(f.greater(keys, 0), x, 0),
  'attention mask': ({ keys, h }) => f.attention(h, h, h, { mask: f.greater(keys, 0) }),
  'attention float mask': ({ h }) => f.attention(h, h, h, { mask: f.matmul(h, f.transpose(h)) } as any),
  bce: ({ keys, x }) => nn.binaryCrossEntropy(x, keys),
  index: ({ x }) => f.index(x, 1, 8),
  slice: ({ x }) => f.slice(x, 1, 0, 12),
  mse: ({ keys, x }) => nn.meanSquaredError(x, keys),
  'mse broadcast': ({ x }) => nn.meanSquaredError(f.sum(x, 1, { keepdims: true }), f.sum(x, 1) as any),
  'deep width': ({ h }) => cfg(12)(h),
  'norm width': ({ h }) =>
    f.module(({ use }) => {
      const net = use({ blocks: [0, 1].map(() => f.sequential(nn.linear(8, 8), any(nn.layerNorm(9)))) })
      return (x: any) => net.blocks.reduce((y: any, b: any) => b(y), x)
    })(h),
  'gru rank': ({ x }) => any(nn.gru(8, 4))(x),
  'block rank': ({ x }) => any(nn.transformerBlock(8, { heads: 2 }))(x),
  'mha context': ({ x, h }) => any(nn.multiHeadAttention(8, { heads: 2 }))(h, { context: x }),
  heads: () => any(nn.multiHeadAttention(8, { heads: 3 })),
  'heads missing': ({ h }) => any(nn.transformerBlock)(8, { head: 2 })(h),
  'conv rank': ({ x }) => any(nn.conv(3, 4, 3))(x),
  'conv channels': ({ images }) => any(nn.conv(1, 4, 3))(images),
  'conv transposed channels': ({ images }) => any(nn.convTranspose(1, 4, 3))(images),
  'conv too small': ({ images }) => any(nn.conv(3, 4, 30))(images),
  groupnorm: ({ images }) => any(nn.groupNorm(3, { groups: 2 }))(images),
  'batchnorm features': ({ images }) => any(nn.batchNorm(4))(images),
  pool: ({ x }) => any(f.maxPool2d)(x, 2),
  segmentSum: ({ x, tokens }) => any(f.segmentSum)(x, any(f.reshape)(tokens, [24]), 5),
  'segmentSum float': ({ x, keys }) => any(f.segmentSum)(x, any(f.reshape)(keys, [16]), 5),
  'segmentSum name': ({ x, labels }) => any(f.segmentSum)(x, labels, 'nodes'),
  'embed float': ({ x }) => any(nn.embed(10, 4))(x),
  'one hot float': ({ x }) => any(f.oneHot)(x, 4),
  topK: ({ x }) => any(f.topK)(x, 9).values,
  'roll axis': ({ x }) => any(f.roll)(x, 1, 2),
  'use dup': ({ x }) =>
    f.module(({ use }) => {
      const a = use('a', nn.linear(8, 8))
      use({ a: nn.linear(8, 8) })
      return (x: any) => a(x)
    })(x),
  'use object in list': ({ x }) =>
    f.module(({ use }) => {
      const n = use('n', any({ a: nn.linear(8, 8) }))
      return (x: any) => n.a(x)
    })(x),
  'forgotten use list': ({ x }) =>
    f.module(() => {
      const n = [nn.linear(8, 8)]
      return (x: any) => n[0]!(x)
    })(x),
  'module returned undefined': ({ x }) =>
    f.module(() => (x: any) => {
      f.mul(x, 2)
    })(x),
  'param shape name': ({ x }) => {
    const mm = f.module(({ param }) => {
      const w = param('w', any(['batch']), 0)
      return (x: any) => f.mul(x, w)
    })
    return mm(x)
  },
  'param initial undefined': ({ x }) =>
    f.module(({ param }) => {
      const w = any(param)('w', [8])
      return (x: any) => f.mul(x, w)
    })(x),
  'param initial shape': ({ x }) => misshapen(x),
  'param initial array': ({ x }) =>
    f.module(({ param }) => {
      const w = param('w', [8], any([1, 2]))
      return (x: any) => f.mul(x, w)
    })(x),
  'missing input': i => f.mul(i.z, 2),
  'undefined operand': ({ x }) => f.add(x, any(undefined)),
  'js array operand': ({ x }) => f.add(x, any([1, 2])),
  'layer as operand': ({ x }) => f.add(x, any(nn.linear(8, 8))),
  cdist: ({ x, keys }) => any(f.cdist)(x, keys),
  'cross rank': ({ h, labels }) => any(f.crossEntropy)(h, labels),
  'cross float labels': ({ x, keys }) => any(f.crossEntropy)(x, any(f.reshape)(f.slice(keys, 1, 0, 1), [4])),
  'cross weights': ({ x, labels }) => f.crossEntropy(x, labels, { weights: f.ones([3]) }),
  einsum: ({ x }) => any(f.einsum)('n d, m d -> n m', x, x),
  'grad none': ({ x }) => f.grad(f.mean(f.stopGradient(x)), { x }).x,
  'grad module': ({ x }) => {
    const n = nn.linear(8, 8)
    return any(f.grad)(f.mean(n(x)), n)
  },
}

const net = nn.linear(8, 2)
const weight = any(f.parametersOf(net)[0]!.tensor)
/** What JavaScript does with tensors, which says nothing by itself. */
Object.assign(expressions, {
  'js if': ({ x }: any) => (any(f.greater(f.sum(x), 0)) ? x : f.mul(x, 2)),
  'js choice of elements': ({ x }: any) => (any(f.greater(x, 0)) ? x : 0),
  'js and': ({ x }: any) => f.where(any(f.greater(x, 0)) && any(f.less(x, 1)), x, 0),
  'js not': ({ x }: any) => f.where(any(!any(f.greater(x, 0))), x, 0),
  'js less': ({ x }: any) => (x < f.neg(x) ? x : f.neg(x)),
  'js plus': ({ x }: any) => x + x,
  'js minus': ({ x }: any) => f.add(x, any(-x)),
  'js at least a number': ({ x }: any) => f.where(any(x >= 1), x, 0),
  'js Math': ({ x }: any) => f.add(x, Math.max(x, 0)),
  'js bound of a loop': ({ x, labels }: any) => {
    for (let i = 0; i < labels; i++) x = f.mul(x, 2)
    return x
  },
  'js if in a cell': ({ x }: any) =>
    f.scan(
      any((carry: any, e: any) => ({ carry: any(f.greater(carry, e)) ? carry : e, output: e })),
      any(f.zeros([8])),
      x,
    ).carry,
  'module in the entry': ({ x }: any) => nn.linear(8, 8)(x),
  'module in a cell': ({ x }: any) =>
    f.scan(
      any((carry: any, e: any) => ({ carry: nn.linear(8, 8)(carry), output: e })),
      any(f.zeros([8])),
      x,
    ).carry,
  'twin in the entry': ({ x }: any) => any(f.twin(net))(x),
  'update twice': ({ x }: any) => {
    f.update(weight, f.mul(weight, 2))
    f.update(weight, f.mul(weight, 3))
    return net(x)
  },
})
/** A mistake in the part of a part of a stage. */
const within = (part: any, before: any = (x: any) => x) => {
  const block = f.module(({ use }) => {
    const own = use({ part })
    return (x: any) => own.part(x)
  })
  const net = f.module(({ use }) => {
    const own = use({ stages: [any(f.sequential)(nn.linear(8, 8), block)] })
    return (x: any) => own.stages[0](before(x))
  })
  return ({ x }: any) => net(x)
}
const part = (body: (x: any) => any) => f.module(() => body)
const tokens = (x: any): any => f.expandDims(x, 1)
const cell = (layer: any) => any((carry: any, e: any) => ({ carry: layer(e), output: carry }))
Object.assign(expressions, {
  'deep linear': within(nn.linear(9, 8)),
  'deep norm': within(nn.layerNorm(16)),
  'deep attention': within(nn.multiHeadAttention(16, { heads: 2 }), tokens),
  'deep recurrence': within(nn.gru(9, 4), tokens),
  'deep matmul': within(part(x => f.matmul(x, any(f.ones([9, 4]))))),
  'deep add': within(part(x => f.add(x, any(f.ones([9]))))),
  'deep reshape': within(part(x => f.reshape(x, any([4, 3, 3])))),
  'deep concat': within(part(x => f.concat(x, any(f.ones([3, 7])), 1))),
  'deep residual': within(
    any(f.sequential)(
      nn.linear(8, 6),
      part(x => f.add(x, any(f.ones([4, 8])))),
    ),
  ),
  'deep unmounted': within(part(x => any(nn.multiHeadAttention(8, { heads: 2 }))(x))),
  'deep cell': within(
    f.module(({ use }) => {
      const layer = use('cell', nn.linear(9, 8))
      return (x: any) => f.scan(cell(layer), any(f.zeros([8])), x).outputs
    }),
  ),
  'deep map': within(
    f.module(({ use }) => {
      const layer = use('each', nn.linear(9, 8))
      return (x: any) => f.map(any(layer), x)
    }),
  ),
  'mask of more queries': ({ x }: any) =>
    f.attention(tokens(x), tokens(x), tokens(x), { mask: any(f.ones([3, 1], 'bool')) }),
  'mask of the wrong keys': ({ x }: any) =>
    f.attention(tokens(x), tokens(x), tokens(x), { mask: any(f.ones([3], 'bool')) }),
  'concat of a list': ({ x }: any) => any(f.concat)([x, x], 1),
  'stack of tensors': ({ x }: any) => any(f.stack)(x, x),
  'pad by a number': ({ x }: any) => any(f.pad)(x, 1),
  'cast to a name': ({ x }: any) => any(f.cast)(x, 'float32'),
  'one hot of how many': ({ labels }: any) => any(f.oneHot)(labels),
  'take a number': ({ x }: any) => any(f.take)(x, 3),
  'normal of a size': ({ x }: any) => f.add(x, any(f.normal)(8)),
  'transpose of a vector': ({ labels }: any) => any(f.transpose)(labels),
  'resize of rows': ({ x }: any) => any(f.resize)(x, [4, 4]),
  'sequential of a list': ({ x }: any) => any(f.sequential)([nn.linear(8, 8)])(x),
  'sequential of a number': ({ x }: any) => any(f.sequential)(nn.linear(8, 8), 3)(x),
  'scan from a number': ({ x }: any) => f.scan(cell(f.relu), any(0), x).outputs,
  'scan without output': ({ x }: any) =>
    f.scan(
      any((c: any) => ({ carry: c })),
      any(f.zeros([8])),
      x,
    ).outputs,
  'map to a number': ({ x }: any) =>
    f.map(
      any(() => 3),
      x,
    ),
  'linear of one size': ({ x }: any) => any(nn.linear)(8)(x),
})
/** What an author without types gets wrong: names of options, what stands where, dtypes. */
Object.assign(expressions, {
  'option of sum': ({ x }: any) => any(f.sum)(x, 1, { keepDims: true }),
  'option of mean': ({ x }: any) => any(f.mean)(x, 1, { keepdim: true }),
  'option by position': ({ x }: any) => any(f.sum)(x, 1, true),
  'axis by name': ({ x }: any) => any(f.softmax)(x, { axis: 1 }),
  'axes by name': ({ x }: any) => any(f.max)(x, { axis: 1, keepdims: true }),
  'axis as text': ({ x }: any) => any(f.sum)(x, 'batch'),
  'option of any': ({ x }: any) => any(f.any)(f.greater(x, 0), 1, { keepDims: true }),
  'option of conv2d': ({ images }: any) => any(f.conv2d)(images, any(f.ones([4, 3, 3, 3])), { pad: 1 }),
  'option of maxPool2d': ({ images }: any) => any(f.maxPool2d)(images, 2, { strides: 2 }),
  'option of conv': ({ images }: any) => any(nn.conv)(3, 4, 3, { padding: 1, stride_: 2 })(images),
  'option of linear': ({ x }: any) => any(nn.linear)(8, 2, { useBias: false })(x),
  'bias by position': ({ x }: any) => any(nn.linear)(8, 2, false)(x),
  'option of layerNorm': ({ x }: any) => any(nn.layerNorm)(8, { epsilon: 1e-3 })(x),
  'option of crossEntropy': ({ x, labels }: any) => any(f.crossEntropy)(x, labels, { labelSmoothing: 0.1 }),
  'labels before logits': ({ x, labels }: any) => any(f.crossEntropy)(labels, x),
  'one-hot labels': ({ x, labels }: any) => any(f.crossEntropy)(x, f.oneHot(labels, 8)),
  'option of attention': ({ h }: any) => any(f.attention)(h, h, h, { isCausal: true }),
  'option of a block': ({ h }: any) => any(nn.transformerBlock(8, { heads: 2 }))(h, { casual: true }),
  'heads by position': ({ h }: any) => any(nn.transformerBlock)(8, 2)(h),
  'option of scan': ({ x }: any) => any(f.scan)(cell(f.relu), f.zeros([8]), x, { reversed: true }).outputs,
  'option of sort': ({ x }: any) => any(f.sort)(x, 1, { decending: true }).values,
  'option of grad': ({ x }: any) => any(f.grad)(f.sum(f.relu(x)), x, { createGraph: true }),
  'option of a loss': ({ x }: any) => any(nn.ntXent)(x, x, 0.5, { normalize: false }),
  'option of an optimizer': () => any(nn.adamw)({ lr: 1e-3 }),
  'decay of an optimizer': () => any(nn.sgd)({ learningRate: 1, weight_decay: 1e-4 }),
  'loss of integers': ({ labels }: any) => f.grad(any(f.sum(labels)), labels),
  'gradient of integers': ({ x, labels }: any) =>
    f.grad(f.sum(f.mul(x, f.expandDims(f.cast(labels, 'f32'), 1))), labels),
  'gradient of what is no scalar': ({ x }: any) => any(f.grad)(f.square(x), x),
  'gradient of nothing': ({ x }: any) => any(f.grad)(f.sum(x)),
  'gradient by a name': ({ x }: any) => any(f.grad)(f.sum(x), 'x'),
  'gradient of another tensor': ({ x, keys }: any) => f.grad(f.sum(x), keys),
  'rows that do not meet': ({ x, keys }: any) => any(f.inner)(x, keys),
  'a part of a module that is one itself': ({ x }: any) => any(f.module)(nn.linear(8, 2), (net: any) => net)(x),
  'a module without a body': ({ x }: any) => any(f.module)({ layer: nn.linear(8, 2) })(x),
  'a module that gives a tensor': ({ x }: any) =>
    any(f.module)({ layer: nn.linear(8, 2) }, ({ layer }: any) => layer(x))(x),
  'parameter of another name': ({ x }: any) => f.functionalCall(any(net), { 'layer.weight': weight }, x),
  'parameter of another shape': ({ x }: any) => f.functionalCall(any(net), { weight: f.zeros([8, 2]) }, x),
  'parameter that is a number': ({ x }: any) => f.functionalCall(any(net), any({ weight: 0 }), x),
  'mean of integers': ({ labels }: any) => any(f.mean)(labels),
  'segment mean of integers': ({ labels }: any) => any(f.segmentMean)(labels, labels, 4),
  'mixed dtypes': ({ x, labels }: any) => any(f.add)(x, labels),
  'concat of three': ({ x }: any) => any(f.concat)(x, x, x),
  'reshape by position': ({ x }: any) => any(f.reshape)(x, 4, 8),
  'permute by position': ({ h }: any) => any(f.permute)(h, 0, 2, 1),
  'expandDims of a list': ({ x }: any) => any(f.expandDims)(x, [0, 1]),
  'slice of pairs': ({ x }: any) => any(f.slice)(x, [0, 1], [2, 3]),
  'where of two': ({ x }: any) => any(f.where)(f.greater(x, 0), x),
  'clamp by name': ({ x }: any) => any(f.clamp)(x, { min: 0 }),
  'dropout of everything': ({ x }: any) => nn.dropout(1)(x),
  'embedding of floats': ({ x }: any) => any(nn.embed(4, 2))(x),
})

const loss = f.entry({ x: ['batch', 8], y: f.i32(['batch']) }, ({ x, y }) => ({ loss: f.crossEntropy(net(x), y) }))
const steps: Record<string, () => f.Entry> = {
  'fit swapped': () => any(nn.fit)(loss, net, nn.adam({ learningRate: 1 })),
  'fit no optimizer': () => any(nn.fit)(net, loss),
  'fit optimizer class': () => any(nn.fit)(net, loss, nn.adam),
  'fit clip number': () => any(nn.fit)(net, loss, nn.adam({ learningRate: 1 }), { clip: 1 }),
  'fit unknown option': () => any(nn.fit)(net, loss, nn.adam({ learningRate: 1 }), { clipNorm: 1 }),
  'fit no learning rate': () => any(nn.fit)(net, loss, nn.adam({} as any)),
  'fit other module': () => any(nn.fit)(nn.linear(8, 2), loss, nn.adam({ learningRate: 1 })),
  'fit no params': () =>
    any(nn.fit)(
      f.module(() => () => 0),
      loss,
      nn.adam({ learningRate: 1 }),
    ),
  'fit vector loss': () =>
    any(nn.fit)(
      net,
      f.entry({ x: ['batch', 8] }, ({ x }) => ({ loss: net(x) })),
      nn.adam({ learningRate: 1 }),
    ),
  'fit no loss': () =>
    any(nn.fit)(
      net,
      f.entry({ x: ['batch', 8] }, ({ x }) => ({ cost: f.mean(net(x)) })),
      nn.adam({ learningRate: 1 }),
    ),
  'fit bare tensor': () =>
    any(nn.fit)(
      net,
      any(f.entry)({ x: ['batch', 8] }, ({ x }: any) => f.mean(any(net)(x))),
      nn.adam({ learningRate: 1 }),
    ),
  'optimizer returns nothing': () => nn.fit(net, loss, { learningRate: 1, descend: any(() => undefined) }),
  'optimizer wrong shape': () => nn.fit(net, loss, { learningRate: 1, descend: (_, g) => f.sum(g) }),
  'optimizer kept and keep differ': () =>
    nn.fit(net, loss, {
      learningRate: 1,
      descend: ({ tensor }, g, { kept, keep }) => {
        keep('m', f.add(f.sum(kept('m')), f.sum(g)))
        return tensor
      },
    }),
  'muon on bias': () =>
    nn.fit(net, loss, { learningRate: 1, descend: ({ tensor }, g) => f.sub(tensor, f.matmul(g, f.transpose(g))) }),
}

/** The name and message of what is thrown. */
function said(make: () => f.Entry): string {
  try {
    traceInit([trace('e', make(), { batch: 4 })])
    return 'nothing'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}
const all = Object.entries({
  ...Object.fromEntries(
    Object.entries(expressions).map(([name, of]) => [name, () => f.entry(inputs, given => ({ y: of(given) }))]),
  ),
  ...steps,
}).map(([name, make]) => [name, said(make)] as const)

test('every mistake is answered, by an error that is meant', () => {
  assert.ok(all.length > 60)
  for (const [name, answer] of all) assert.match(answer, /^ShapeError: /, name)
})
test('the sentences are those that an author should read', () => {
  golden('mistakes.expected.txt', all.map(([name, answer]) => `${name}\n    ${answer}\n`).join(''), import.meta.url)
})
test.run()
