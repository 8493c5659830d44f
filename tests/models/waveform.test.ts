/** Waveform views: each effect against its formula, the ranges of a recipe, and a training step of the 1-D encoder on the device. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, f32, trace } from '../../compiler/language/entry.js'
import { parametersOf } from '../../compiler/language/module.js'
import { mul, sum } from '../../compiler/ops/index.js'
import {
  noiseLevel,
  plainWaveform,
  replayed,
  silenced,
  speechViews,
  type WaveformRecipe,
  waveformView,
} from '../../models/augment/waveform.js'
import { convnet1d } from '../../models/encoders/convnet1d.js'
import { shuffled } from '../../models/layers.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { numbers } from './modules.js'

test.after(closeTestDevice)

/** An effect on two recordings of ten samples, with parameters of one number per recording. */
function effect(apply: (x: Untyped, ...parameters: Untyped[]) => Tensor, x: Float64Array, ...parameters: number[][]) {
  const names = parameters.map((_, i) => `p${i}`)
  const specs = Object.fromEntries(names.map(name => [name, f32([2, 1])]))
  const graph = trace(
    't',
    entry({ x: f32([2, 10]), ...specs }, (inputs: Record<string, Untyped>) => ({
      y: apply(inputs.x!, ...names.map(name => inputs[name]!)),
    })),
  )
  return [
    ...evaluate(graph, { inputs: { x, ...Object.fromEntries(names.map((name, i) => [name, parameters[i]!])) } }).outputs
      .y!.data,
  ]
}
const x = numbers(20, 1)
const at = (n: number, t: number) => (t >= 0 && t < 10 ? x[10 * n + t]! : 0)
const each = (value: (n: number, t: number) => number) =>
  Array.from({ length: 20 }, (_, i) => value(Math.floor(i / 10), i % 10))
const close = (actual: readonly number[], expected: readonly number[]) => {
  assert.is(actual.length, expected.length)
  for (const [i, value] of actual.entries())
    assert.ok(Math.abs(value - expected[i]!) < 1e-9, `element ${i}: ${value}, expected ${expected[i]}`)
}

test('replayed: speed around the middle, then a shift; silence moves in', () => {
  close(
    effect(replayed, x, [1, 1], [0, 3]),
    each((n, t) => at(n, t - [0, 3][n]!)),
  )
  close(
    effect(replayed, x, [1, 1], [-2, 0.25]),
    each((n, t) => (n === 0 ? at(0, t + 2) : 0.75 * at(1, t) + 0.25 * at(1, t - 1))),
  )
  const [speeds, shifts] = [
    [1.3, 0.6],
    [0.5, -1.2],
  ]
  close(
    effect(replayed, x, speeds, shifts),
    each((n, t) => {
      const from = (t - shifts[n]! - 4.5) * speeds[n]! + 4.5
      const share = from - Math.floor(from)
      return (1 - share) * at(n, Math.floor(from)) + share * at(n, Math.floor(from) + 1)
    }),
  )
})

test('noise lies so many dB below the mean power; silence covers its places', () => {
  const power = [0, 1].map(n => [...x.subarray(10 * n, 10 * n + 10)].reduce((sum, v) => sum + v * v, 0) / 10)
  close(effect(noiseLevel, x, [20, 6]), [Math.sqrt(power[0]!) / 10, Math.sqrt(power[1]!) * 10 ** (-6 / 20)])
  close(
    effect(silenced, x, [2, 0], [3, 0]),
    each((n, t) => (n === 0 && t >= 2 && t < 5 ? 0 : at(n, t))),
  )
})

const [N, T] = [400, 64]
const neutral: WaveformRecipe = { speed: [1, 1], shift: 0, gain: [0, 0], polarity: 0, noise: [300, 300], mask: 0 }
/** Views of recordings that are all the constant 1. */
function views(recipe: Partial<WaveformRecipe>, step = 0): number[][] {
  const e = entry({ x: f32([N, T]) }, ({ x }) => ({ y: waveformView(x, { ...neutral, ...recipe }) }))
  const graph = trace('t', e)
  assert.equal(graph.outputs.y!.shape, [N, 1, T])
  const { y } = evaluate(graph, {
    inputs: { x: new Float64Array(N * T).fill(1) },
    variables: { seed: 3, step },
  }).outputs
  return Array.from({ length: N }, (_, n) => [...y!.data.subarray(n * T, (n + 1) * T)])
}
const between = (values: number[], low: number, high: number) => {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  assert.ok(least >= low && most <= high, `${least} .. ${most} lie outside ${low} .. ${high}`)
  const slack = 0.05 * (high - low)
  assert.ok(least < low + slack && most > high - slack, `${least} .. ${most} do not reach ${low} .. ${high}`)
}

test('a recipe draws from its ranges, one number per recording, anew in every step', () => {
  assert.ok(
    views({})
      .flat()
      .every(value => Math.abs(value - 1) < 1e-9),
  )
  const gains = views({ gain: [-6, 3] })
  assert.ok(gains.every(row => row.every(value => Math.abs(value - row[0]!) < 1e-9)))
  between(
    gains.map(row => 20 * Math.log10(row[0]!)),
    -6,
    3,
  )
  const negative = views({ polarity: 0.25 }).filter(row => row[0]! < 0).length
  assert.ok(Math.abs(negative / N - 0.25) < 0.07, `${negative} of ${N} are negative`)
  // Silence on the left of a recording is a shift to the right.
  const zeros = (row: number[]) => row.filter(value => Math.abs(value) < 1e-6).length
  const shifted = views({ shift: 0.25 }).map(row => (row[0]! < 0.5 ? zeros(row) : -zeros(row)))
  between(shifted, -16, 16)
  const masked = views({ mask: 0.5 }).map(zeros)
  between(masked, 0, 32)
  const places = views({ mask: 0.5 }).flatMap(row => row.flatMap((value, t) => (value === 0 ? [t] : [])))
  between(places, 0, T - 1)
  const deviation = views({ noise: [20, 20] }).map(row => {
    const mean = row.reduce((a, b) => a + b) / T
    return Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / (T - 1))
  })
  const typical = deviation.reduce((a, b) => a + b) / N
  assert.ok(Math.abs(typical / 0.1 - 1) < 0.05, `noise of deviation ${typical}, expected 0.1`)
  assert.equal(views(speechViews), views(speechViews))
  assert.not.equal(views(speechViews), views(speechViews, 1))
})

test('plainWaveform adds the axis of channels and nothing else; errors name what is wrong', () => {
  const e = entry({ x: f32([2, 10]) }, ({ x }) => ({ y: plainWaveform(x) }))
  const { y } = evaluate(trace('t', e), { inputs: { x } }).outputs
  assert.equal([y!.shape, [...y!.data]], [[2, 1, 10], [...x]])
  assert.throws(() => views({ shift: 1.5 }), /shift must lie in 0 .. 1, got 1.5/)
  assert.throws(() => views({ mask: -1 }), /mask must lie in 0 .. 1/)
  assert.throws(() => views({ speed: [0, 1] }), /speed must be above 0, got \[0, 1\]/)
  const wrong: any = entry({ x: f32([2, 1, 10]) }, ({ x }) => ({ y: plainWaveform(x as any) }))
  assert.throws(() => trace('t', wrong), /waveforms must be \[batch, samples\], got \[2, 1, 10\]/)
})

test('views, the 1-D encoder in splits, shuffled, and its gradients: the device agrees with the reference', async () => {
  const encoder = convnet1d({ width: 2, stages: 2, kernel: 8, norm: { splits: 2 } })
  const parameters = Object.fromEntries(parametersOf(encoder).map(({ name, tensor }) => [name, tensor]))
  const step = entry({ waveforms: f32([8, 64]), cotangent: f32([8, 4]) }, ({ waveforms, cotangent }) => {
    const views = waveformView(waveforms, speechViews)
    const features: Untyped = shuffled((x: Untyped): Untyped => encoder(x) as Untyped)(views as Untyped)
    return { views, features, ...grad(sum(mul(features, cotangent)), parameters) } as Record<string, Tensor>
  })
  const session = await load(await testDevice(), compile({ step }, {}), { seed: 11 })
  const variables = await session.readVariables()
  const inputs = { waveforms: Float32Array.from(numbers(512, 2)), cotangent: Float32Array.from(numbers(32, 4)) }
  const found: Record<string, ArrayLike<number>> = await session.call('step', inputs)
  const after = await session.readVariables(['stage1.1.running_mean', 'stage2.1.running_var'])
  const expected = evaluate(trace('step', step), { inputs, variables: variables as never })
  assert.equal(Object.keys(found).sort(), Object.keys(expected.outputs).sort())
  const results = { ...found, ...after } as Record<string, ArrayLike<number>>
  for (const [name, { data }] of Object.entries({ ...expected.outputs, ...expected.variables })) {
    if (!(name in results)) continue
    const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    data.forEach((value, i) => {
      const difference = Math.abs(value - results[name]![i]!)
      assert.ok(difference <= 1e-4 * scale, `${name} ${i}: ${results[name]![i]}, reference ${value}`)
    })
  }
  session.destroy()
})

test.run()
