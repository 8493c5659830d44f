/** Loss scaling: what it leaves as it was, what an overflow skips, how the scale moves, and training in f16 held to f32. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/index.js'
import { entry, stepVariable, trace } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { module, parametersOf, update } from '../../compiler/language/module.js'
import { add, constant, matmul, mul, relu, square, sub, sum } from '../../compiler/ops/index.js'
import { optimize } from '../../compiler/passes/pipeline.js'
import { generator } from '../../models/data/random.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { adamw } from '../../models/optimizers/adam.js'
import { descend, type Optimizer } from '../../models/optimizers/optimizer.js'
import { type LossScale, scaledGradients } from '../../models/optimizers/scaling.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { train } from '../../models/train.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { runnable } from '../halves.js'

const SIZE = 6
/** One step on the mean of `(weight x - 1)^2`. */
function regression(optimizer: Optimizer, lossScale: LossScale) {
  const line = module(({ param }) => {
    const weight = param('weight', [SIZE], shape => constant(0.5, shape)) as Untyped
    return (x: Untyped): Untyped => mean(square(sub(mul(x, weight), 1)) as Untyped)
  })
  return entry({ x: [SIZE] }, ({ x }) => {
    const step: Untyped = stepVariable.tensor
    const loss = line(x as Untyped)
    const parameters = parametersOf(line)
    const { gradients, guard, metrics } = scaledGradients(
      loss,
      parameters.map(({ tensor }) => tensor),
      lossScale,
    )
    descend(optimizer, parameters, gradients, step, guard)
    update(step, add(step, 1))
    return { loss, ...metrics }
  })
}
const x = Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i + 1))
const momentum = sgd({ learningRate: 0.1 })
const start = {
  step: 3,
  weight: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
  'optimizer.weight.momentum': [1, 2, 3, 4, 5, 6],
  'lossScale.scale': 1024,
  'lossScale.good': 5,
  'lossScale.skipped': 2,
}
const after = (lossScale: LossScale, variables = start, inputs: ArrayLike<number> = x, optimizer = momentum) => {
  const result = evaluate(trace('step', regression(optimizer, lossScale)), { inputs: { x: inputs }, variables })
  return Object.fromEntries(Object.entries(result.variables).map(([name, { data }]) => [name, [...data]]))
}

test('a power of 2 leaves the step as it was, whichever it is', () => {
  const [one, large, dynamic] = [after(1), after(2 ** 10), after('dynamic')]
  assert.equal(one, large)
  assert.equal(dynamic.weight, one.weight)
  assert.not.equal(one.weight, start.weight)
  assert.equal(one['lossScale.skipped'], [2])
  assert.equal(dynamic['lossScale.good'], [6])
  assert.equal(dynamic['lossScale.scale'], [1024])
})

test('an overflow skips parameters and slots, halves the scale and is counted', () => {
  for (const inputs of [x.map(v => v * 2 ** 12), x.with(2, Number.NaN), x.with(2, Number.POSITIVE_INFINITY)]) {
    const { step, weight, ...rest } = after('dynamic', start, inputs)
    assert.equal(weight, start.weight)
    assert.equal(rest, {
      'optimizer.weight.momentum': start['optimizer.weight.momentum'],
      'lossScale.scale': [512],
      'lossScale.good': [0],
      'lossScale.skipped': [3],
    })
    assert.equal(step, [4], 'schedules and random numbers go on')
  }
})

test('an overflow of a gradient that is stored in f16 between two layers skips the step', () => {
  const [rows, width] = [64, 128] // large enough to be stored in f16
  const net = module(({ param }) => {
    const [first, second] = ['w1', 'w2'].map(
      name => param(name, [width, width], shape => constant(0, shape)) as Untyped,
    )
    return (x: Untyped): Untyped => matmul(relu(matmul(x, first!) as Untyped) as Untyped, second!) as Untyped
  })
  const step = entry({ x: [rows, width] }, ({ x }) => {
    const loss: Untyped = mul(sum(net(x as Untyped)), 1 / rows)
    const wrt = parametersOf(net).map(({ tensor }) => tensor)
    const { gradients, guard } = scaledGradients(loss, wrt, 'dynamic')
    return { first: gradients[0]!, second: gradients[1]!, good: guard.good as Untyped }
  })
  const random = generator(3)
  const numbers = (count: number, scale: number, middle = 0) =>
    Float64Array.from({ length: count }, () => middle + 2 * (random() - 0.5) * scale)
  const variables = {
    w1: numbers(width * width, 0.3),
    w2: numbers(width * width, 1, 4),
    'lossScale.scale': 2 ** 16,
    'lossScale.good': 0,
    'lossScale.skipped': 0,
  }
  const graph = trace('step', step)
  const inputs = { x: numbers(rows * width, 1e-3) }
  const run = (precision: 'f32' | 'f16', scale: number) => {
    const given = { inputs, variables: { ...variables, 'lossScale.scale': scale } }
    const { first, second, good } = evaluate(optimize(graph, { precision, storageBuffers: 8 }), given).outputs
    return { good: good!.data[0], size: [first!, second!].map(({ data }) => Math.hypot(...data)) }
  }
  const exact = run('f32', 2 ** 16)
  assert.is(exact.good, 1)
  // 65536 times the mean of 64 rows times sums of 128 weights of about 4 is beyond 65504: half a million.
  assert.is(run('f16', 2 ** 16).good, 0)
  const lower = run('f16', 2 ** 10)
  assert.is(lower.good, 1)
  for (const [i, size] of lower.size.entries())
    assert.ok(Math.abs(size / exact.size[i]! - 1) < 1e-2, `${size}, exact ${exact.size[i]}`)
})

test('the scale doubles after 2000 good steps', () => {
  const { 'lossScale.scale': scale, 'lossScale.good': good } = after('dynamic', { ...start, 'lossScale.good': 1999 })
  assert.equal([scale, good], [[2048], [0]])
  const least = { ...start, 'lossScale.scale': 2 ** -24 }
  assert.equal(after('dynamic', least, x.with(0, Number.NaN))['lossScale.scale'], [2 ** -24], 'and never reaches 0')
})

test('an optimizer counts the steps it took', () => {
  const optimizer = adamw({ learningRate: 0.01 })
  const slots = { 'optimizer.weight.mean': start.weight, 'optimizer.weight.square': start.weight }
  const at = (step: number, skipped: number) =>
    after(1, { ...start, ...slots, step, 'lossScale.skipped': skipped }, x, optimizer).weight
  assert.equal(at(5, 2), at(3, 0))
  assert.not.equal(at(5, 2), at(5, 0))
})

test('a scale that is not positive is refused', () => {
  for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => after(scale), /lossScale must be 'dynamic' or a positive number, got/)
})

test('on the device a skipped step leaves every bit of parameters and slots', async () => {
  const session = await load(await testDevice(), compile({ step: regression(momentum, 'dynamic') }, {}), { seed: 1 })
  const kept = ['weight', 'optimizer.weight.momentum']
  const bits = async () => {
    const all = (await session.readVariables()) as Record<string, Float32Array>
    return {
      scale: all['lossScale.scale']![0],
      kept: kept.map(name => [...new Uint32Array(all[name]!.slice().buffer)]),
    }
  }
  await session.call('step', { x })
  const before = await bits()
  for (const [i, bad] of [x.map(v => v * 1e4), x.with(1, Number.POSITIVE_INFINITY), x.with(1, Number.NaN)].entries()) {
    const { skipped, lossScale } = (await session.call('step', { x: bad })) as Record<string, ArrayLike<number>>
    const now = await bits()
    assert.equal(now.kept, before.kept)
    assert.equal([skipped![0], lossScale![0], now.scale], [i + 1, 2 ** (16 - i), 2 ** (15 - i)])
  }
  await session.call('step', { x })
  assert.not.equal((await bits()).kept, before.kept)
  session.destroy()
})

test('SimSiam in f16 with a scaled loss trains like f32', async () => {
  const device = await testDevice()
  const [batch, size] = [32, 16]
  const random = generator(5)
  const images = Float32Array.from({ length: batch * 3 * size * size }, () => random() - 0.5)
  const noisy = () => images.map(pixel => pixel + 0.5 * (random() - 0.5))
  const views = Array.from({ length: 20 }, () => ({ one: noisy(), two: noisy() }))
  const run = async (precision: 'f32' | 'f16') => {
    const method = simsiam({
      encoder: convnet({ width: 8, stages: 2 }),
      projector: projector(16, { out: 32, hidden: 32, batchNorm: true, lastBatchNorm: true }),
      predictor: predictor(32, { hidden: 8 }),
    })
    const step = entry({ one: ['batch', 3, size, size], two: ['batch', 3, size, size] }, ({ one, two }) =>
      train(method, sgd({ learningRate: 0.05 }), [one, two], { lossScale: 'dynamic' }),
    )
    const program = compile({ step }, { batch }, { target: { ...targetFor(device), f16: true }, precision })
    const session = await load(device, runnable(program, device), { seed: 1 })
    const losses: number[] = []
    for (const inputs of views) {
      const { loss, skipped } = (await session.call('step', inputs)) as Record<string, ArrayLike<number>>
      assert.is(skipped![0], 0)
      losses.push(loss![0]!)
    }
    session.destroy()
    return losses
  }
  const [full, half] = [await run('f32'), await run('f16')]
  if (process.env.SHOW) console.log(full, half)
  const scale = Math.max(...full.map(Math.abs))
  const worst = Math.max(...full.map((loss, i) => Math.abs(loss - half[i]!))) / scale
  assert.ok(worst > 0 && worst < 0.03, `${worst}`)
})

test.after(closeTestDevice)
test.run()
