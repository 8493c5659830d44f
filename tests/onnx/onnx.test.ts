/**
 * ONNX models run by onnxruntime (WebAssembly): encoders in evaluation form give the device's features, every row of the
 * table of operations gives the reference's values, the batch is free, and what has no form is refused by name.
 */
import * as ort from 'onnxruntime-web'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Tensor, withScope } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { type Entry, entry, f32, stepVariable, trace } from '../../compiler/language/entry.js'
import { topK } from '../../compiler/language/math.js'
import { update, variable } from '../../compiler/language/module.js'
import { normal } from '../../compiler/language/random.js'
import { evaluating } from '../../compiler/language/trace.js'
import { OnnxError, onnxModel } from '../../compiler/onnx/export.js'
import { operations } from '../../compiler/onnx/operations.js'
import * as ops from '../../compiler/ops/index.js'
import { domainOf } from '../../models/domains.js'
import * as m from '../../models/index.js'
import { load } from '../../runtime/load.js'
import { closeTestDevice, testDevice } from '../device.js'

const device = await testDevice()
test.after(closeTestDevice)
ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

type Array = Float32Array | Uint8Array
async function infer(
  model: Uint8Array,
  name: string,
  dims: readonly number[],
  data: Array,
): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(model)
  const input =
    data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('uint8', data, dims)
  const outputs = await session.run({ [name]: input })
  await session.release()
  return outputs as Record<string, ort.Tensor>
}

const wave = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233) * 1.3)
const TOLERANCE = 1e-4

/** The features of `BATCH` examples, on the device and from the model that a program of another batch was exported as. */
async function compare(label: string, embed: Entry, name: string, dims: readonly number[], data: Array): Promise<void> {
  const session = await load(device, compile({ embed }, { batch: dims[0]! } as never, { target: targetFor(device) }), {
    seed: 3,
  })
  const values = await session.readVariables()
  // Statistics of batch norm are 0 and 1 at first, which would hide mistakes.
  for (const [at, [variable, value]] of Object.entries(values).entries())
    if (/running_(mean|var)$/.test(variable))
      values[variable] = Object.assign(
        (value as Float32Array).map((_, i) => 0.6 + 0.5 * Math.abs(Math.sin(at + i))),
        { shape: value.shape },
      ) as never
  session.writeVariables(values)
  const { features } = await session.call('embed', { [name]: data })
  session.destroy()
  const model = onnxModel(embed, { values })
  const got = (await infer(model, name, dims, data)).features!
  assert.equal([...got.dims], [...(features as { shape: readonly number[] }).shape], label)
  const largest = (features as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 1)
  const worst = (features as Float32Array).reduce(
    (most, x, i) => Math.max(most, Math.abs(x - (got.data[i] as number))),
    0,
  )
  assert.ok(worst <= TOLERANCE * largest, `${label}: off by ${worst}, largest feature ${largest}`)
}

const images = (encoder: any, size: number) => [encoder, [3, 3, size, size]] as const
const encoders: Record<string, readonly [any, readonly number[]]> = {
  convnet: images(m.convnet({ width: 4 }), 16),
  'a bottleneck resnet with max pooling': images(
    m.resnet({ block: 'bottleneck', layers: [1, 1, 1, 1], width: 2 } as never),
    32,
  ),
  convnet1d: [m.convnet1d({ width: 4 }), [3, 1, 512]],
  mlp: [m.mlp(7, { width: 16 }), [3, 7]],
  vit: images(m.vit({ size: 8, patch: 4, features: 24, depth: 1, heads: 3 }), 8),
}
for (const [label, [encoder, dims]] of Object.entries(encoders))
  test(`${label}: onnxruntime has the features of the device`, async () => {
    const embed = entry({ x: f32(['batch', ...dims.slice(1)]) }, ({ x }) => ({
      features: evaluating(() => encoder(x)),
    }))
    await compare(
      label,
      embed,
      'x',
      dims,
      wave(
        dims.reduce((a, b) => a * b),
        1,
      ),
    )
  })

test('an entry on bytes, resizing and normalization included', async () => {
  const set = m.synthetic({ size: 16, train: 20, test: 5 })
  const { inputs, plain } = domainOf(set, 'simsiam-cifar', { size: 12 })
  const encoder = m.convnet({ width: 4 }) as any
  const embed = entry(inputs, (given: any) => ({ features: evaluating(() => encoder(plain(given))) }))
  await compare('images', embed, 'images', [5, 16, 16, 3], set.test.images)
})

// Every row

type Any = Tensor<any, any, any>
type Function = (...x: any[]) => Any
const o = ops as unknown as Record<string, Function>
/** Positive and moderate, for functions that want it. */
const positive = (x: Any): Any => ops.add(ops.abs(x) as Any, 0.3)
const each = (names: readonly string[], make: (operation: Function) => (x: Any) => Any) =>
  Object.fromEntries(names.map(name => [name, make(o[name]!)]))
/** A mask as numbers. */
const shown = (mask: Any): Any => ops.select(mask, 1, 0) as Any
/** Some within 0 .. 3, some beyond. */
const indices = (x: Any): Any => ops.cast(ops.mul(ops.sin(ops.mul(x, 7) as Any) as Any, 6) as Any, 'i32') as Any
const window = {
  kernel: [2, 3],
  stride: [2, 2],
  padding: [
    [1, 0],
    [1, 1],
  ],
} as const
/** What makes each operation of the table, from `[batch, 3, 4, 6]`. */
const rows: Record<string, (x: Any) => Any> = {
  ...each(['exp', 'sin', 'cos', 'atan', 'tanh', 'sigmoid', 'erf', 'relu', 'neg', 'abs', 'sign'], f => x => f(x)),
  ...each(['floor', 'ceil', 'square', 'stopGradient', 'copy'], f => x => f(x)),
  ...each(['log', 'sqrt', 'reciprocal', 'rsqrt'], f => x => f(positive(x))),
  tan: x => ops.tan(ops.sin(x) as Any),
  ...each(['add', 'sub', 'mul', 'maximum', 'minimum'], f => x => f(x, ops.sin(x))),
  div: x => ops.div(x, positive(ops.sin(x))),
  pow: x => ops.pow(positive(x), 1.7),
  ...each(
    ['equal', 'less', 'lessEqual', 'greater', 'greaterEqual'],
    f => x => shown(f(ops.floor(x), ops.floor(ops.neg(x)))),
  ),
  logicalNot: x => shown(ops.logicalNot(ops.less(x, 0) as Any)),
  ...each(['logicalAnd', 'logicalOr'], f => x => shown(f(ops.less(x, 0.5), ops.less(ops.sin(x), 0)))),
  select: x => ops.select(ops.less(x, 0) as Any, x, 7) as Any,
  cast: x => ops.cast(ops.cast(ops.mul(x, 5) as Any, 'i32') as Any, 'f32') as Any,
  reshape: x => ops.reshape(x, [-1, 4, 3]) as Any,
  permute: x => ops.permute(x, [2, 0, 3, 1]),
  broadcast: x => ops.broadcastTo(ops.sum(x, 1, { keepdims: true }) as Any, x.shape as never),
  concat: x => ops.concat(x, ops.neg(x) as Any, 2) as Any,
  slice: x => ops.slice(ops.slice(x, 3, 1, 6, 2) as Any, 2, 1),
  pad: x =>
    ops.pad(
      x,
      [
        [0, 0],
        [1, 0],
        [2, 1],
        [0, 0],
      ] as never,
      0.5,
    ),
  gather: x => ops.gather(x, indices(x), 2) as Any,
  scatterAdd: x => ops.scatterAdd(x, indices(x), 2, 3) as Any,
  argsort: x => ops.argsort(ops.cast(ops.mul(ops.sin(ops.mul(x, 9) as Any) as Any, 3) as Any, 'i32') as Any, 3) as Any,
  orderKey: x => topK(x, 2 as never).values as Any,
  straightThrough: x => ops.straightThrough(ops.floor(x) as Any, x as Any),
  scaleGradient: x => ops.scaleGradient(x, 2) as Any,
  customGradient: x => ops.customGradient(ops.floor, g => g)(x as Any) as Any,
  sum: x => ops.sum(x, [1, 3]) as Any,
  max: x => ops.max(x, [1, 3], { keepdims: true }) as Any,
  min: x => ops.min(x, 2) as Any,
  prod: x => ops.prod(x, 2) as Any,
  // A product of matrices, and one whose axes lie as in no such product.
  dot: x =>
    ops.sum(
      ops.dotGeneral(
        ops.dotGeneral(x, ops.sin(x) as Any, {
          batch: [
            [0, 1],
            [0, 1],
          ],
          contract: [[3], [3]],
        }),
        x,
        {
          batch: [
            [1, 0],
            [1, 0],
          ],
          contract: [[2], [2]],
        },
      ) as Any,
      3,
    ) as Any,
  conv: x =>
    ops.convGeneral(
      x,
      ops.reshape(ops.iota([6, 1, 3, 2] as never, 0 as never, 'f32' as never) as Any, [6, 1, 3, 2]) as Any,
      {
        stride: [2, 1],
        padding: [
          [1, 2],
          [0, 1],
        ],
        inputDilation: [1, 1],
        kernelDilation: [1, 2],
        groups: 3,
      },
    ),
  maxPool: x => ops.maxPool(x, window),
  sumPool: x => ops.sumPool(x, window),
}

test('every row of the table has the values of the reference', async () => {
  assert.equal(Object.keys(rows).sort(), Object.keys(operations).sort())
  const all = entry({ x: f32(['batch', 3, 4, 6]) }, ({ x }) =>
    Object.fromEntries(Object.entries(rows).map(([name, make]) => [name, make(x as Any)])),
  )
  const batch = 5
  const data = wave(batch * 72, 2)
  const { outputs } = evaluate(trace('all', all, { batch }), { inputs: { x: data } })
  const got = await infer(onnxModel(all, { values: {} }), 'x', [batch, 3, 4, 6], data)
  for (const [name, { shape, data }] of Object.entries(outputs)) {
    assert.equal([...got[name]!.dims], [...shape], name)
    const worst = data.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - (got[name]!.data[i] as number)) / (1 + Math.abs(x))),
      0,
    )
    assert.ok(worst <= 2e-5, `${name}: off by ${worst}`)
  }
})

test('what has no form in ONNX is refused by name', () => {
  const values = { seed: Uint32Array.of(0), step: Uint32Array.of(0) }
  const refuses = (make: (x: Any) => Any, ...words: string[]) => {
    const inner = entry({ x: f32(['batch', 3, 4, 6]) }, ({ x }) => ({ y: withScope('head', () => make(x as Any)) }))
    try {
      onnxModel(inner, { values })
    } catch (error) {
      assert.instance(error, OnnxError)
      for (const word of words)
        assert.ok((error as Error).message.includes(word), `"${(error as Error).message}" does not say "${word}"`)
      return
    }
    assert.unreachable(`exported, expected ${words}`)
  }
  refuses(x => normal(x.shape as never) as Any, 'in head cannot be exported')
  refuses(x => ops.slice(x, 0, 1), 'head', 'for batches of 2')
  refuses(
    x =>
      ops.add(
        x,
        variable(
          () => 'w',
          'state',
          [],
          () => ops.constant(0, []),
        ).tensor,
      ) as Any,
    'variable w has no value',
  )
  const counting = entry({}, () => {
    update(stepVariable.tensor, ops.add(stepVariable.tensor, 1) as never)
    return {}
  })
  assert.throws(() => onnxModel(counting, { name: 'counting', values: {} }), /counting updates step/)
})

test.run()
