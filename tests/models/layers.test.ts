/** Layers against reference data and their formulas; running statistics, initial values, names. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, trace, traceInit } from '../../compiler/language/entry.js'
import { module, twin, variablesOf } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { evaluating } from '../../compiler/language/trace.js'
import { add, conv2d, dot, mul, relu, reshape, sum, transpose } from '../../compiler/ops/index.js'
import { kaimingNormal, kaimingUniform, normalWith } from '../../models/init.js'
import { batchNorm, conv, dropout, globalAveragePool, layerNorm, linear } from '../../models/layers.js'
import { compare, load, oracleCases } from '../oracle.js'
import { numbers, runModule } from './modules.js'

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9) => {
  assert.is(actual.length, expected.length)
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance, `element ${i}: ${actual[i]}, expected ${expected[i]}`)
}

// Reference data

for (const found of oracleCases('ops_norm').filter(({ op }) => op === 'batch_norm' || op === 'layer_norm')) {
  const { id, op, attrs, inputs, outputs, grads = {} } = found
  if (op === 'layer_norm' && attrs.axes_count !== 1) continue
  test(`${op} ${id}`, () => {
    const data = load(found.file)
    const values = (kind: string, name: string) => data[`${id}/${kind}/${name}`] as unknown as ArrayLike<number>
    const { shape } = inputs.x!
    const affine = 'w' in inputs
    const { eps, momentum, training = true } = attrs
    const layer: any =
      op === 'batch_norm' ? batchNorm(shape[1]!, { affine, eps, momentum }) : layerNorm(shape.at(-1)!, { affine, eps })
    const names: Record<string, string> = { w: 'weight', b: 'bias', x: 'x' }
    const result = runModule(layer, ({ x }) => ({ y: layer(x) }), {
      inputs: { x: { shape, data: values('in', 'x') } },
      variables: Object.fromEntries(
        Object.keys(inputs).map(name => [names[name] ?? name, values('in', name)]), // x is among them, and no variable
      ),
      cotangents: { y: { shape, data: values('cot', 'y') } },
      gradientsOf: ['x'],
      training,
    })
    compare(result.outputs.y!, data, `${id}/out/y`, outputs.y!)
    for (const name of Object.keys(grads))
      compare(result.gradients[names[name]!]!, data, `${id}/grad/${name}`, grads[name]!)
    if (op !== 'batch_norm') return
    assert.equal(Object.keys(result.variables), training ? ['running_mean', 'running_var'] : [])
    for (const name of Object.keys(result.variables))
      compare(result.variables[name]!, data, `${id}/out/new_${name}`, outputs[`new_${name}`]!)
  })
}

// Batch norm beyond its formula

test('running statistics chain over the calls of a step; evaluation reads them and updates nothing', () => {
  const layer = batchNorm(2)
  const [a, b] = [numbers(8, 1), numbers(8, 2)]
  const variables = { weight: [1, 1], bias: [0, 0], running_mean: [0.5, -1], running_var: [2, 3] }
  const shape = [4, 2]
  const { variables: after } = runModule(
    layer,
    ({ a, b }) => {
      layer(a!)
      layer(b!)
      return { y: evaluating(() => layer(a!)) }
    },
    { inputs: { a: { shape, data: a }, b: { shape, data: b } }, variables },
  )
  const column = (x: Float64Array, c: number) => [0, 1, 2, 3].map(row => x[2 * row + c]!)
  const mean = (x: number[]) => x.reduce((p, q) => p + q) / x.length
  const unbiased = (x: number[]) => x.reduce((p, q) => p + (q - mean(x)) ** 2, 0) / (x.length - 1)
  const expected = [0, 1].map(c => {
    let [m, v] = [variables.running_mean[c]!, variables.running_var[c]!]
    for (const x of [a, b]) {
      m = 0.9 * m + 0.1 * mean(column(x, c))
      v = 0.9 * v + 0.1 * unbiased(column(x, c))
    }
    return [m, v]
  })
  close(
    after.running_mean!.data,
    expected.map(([m]) => m!),
  )
  close(
    after.running_var!.data,
    expected.map(([, v]) => v!),
  )

  const evaluated = runModule(layer, ({ a }) => ({ y: layer(a!) }), {
    inputs: { a: { shape, data: a } },
    variables,
    training: false,
  })
  assert.equal(evaluated.variables, {})
  const [m, v] = [variables.running_mean, variables.running_var]
  close(
    evaluated.outputs.y!.data,
    a.map((x, i) => (x - m[i % 2]!) / Math.sqrt(v[i % 2]! + 1e-5)),
  )
})

test('the gradient of the gradient of batch norm is that of its formula', () => {
  // The statistics are formed around a constant, the mean itself: its derivative must not get lost.
  const layer = batchNorm(1, { affine: false })
  const shape = [5, 1]
  const [c, d] = [numbers(5, 3), numbers(5, 4)]
  const graph = trace(
    'second',
    entry({ x: [5, 1], c: [5, 1], d: [5, 1] }, ({ x, c, d }) => {
      const first = grad(sum(mul(layer(x), c)), { x }).x
      return { first, second: grad(sum(mul(first, d)), { x }).x }
    }),
  )
  const at = (x: Float64Array) =>
    evaluate(graph, { inputs: { x, c, d }, variables: { running_mean: [0], running_var: [1] } }).outputs
  const x = numbers(5, 5)
  const step = 1e-5
  const differences = Array.from(x, (_, i) => {
    const along = [step, -step].map(h => {
      const { data } = at(x.map((value, j) => value + (i === j ? h : 0))).first!
      return data.reduce((total, value, j) => total + value * d[j]!, 0)
    })
    return (along[0]! - along[1]!) / (2 * step)
  })
  close(at(x).second!.data, differences, 1e-6)
  assert.equal(at(x).first!.shape, shape)
})

test('batch norm refuses other features and single values', () => {
  const layer: any = batchNorm(3)
  const on = (shape: number[]) => () =>
    trace(
      't',
      entry({ x: shape }, ({ x }) => ({ y: layer(x) })),
    )
  assert.throws(on([2, 4]), /input has 4 features, layer expects 3/)
  assert.throws(on([1, 3]), /batchNorm cannot train on \[1, 3\]: one value per feature has no variance/)
  assert.not.throws(on([1, 3, 2, 2]))
})

// The others

test('linear is x Wt + b over any leading axes; conv adds a bias per channel', () => {
  const layer = linear(3, 2)
  const images = conv(2, 3, 3, { stride: 2, padding: 1 })
  const both = module(({ use }) => {
    const [first, second] = [use('linear', layer), use('conv', images)]
    return (x: Untyped, maps: Untyped) => ({ y: first(x) as Tensor, z: second(maps) as Tensor })
  })
  const variables = {
    'linear.weight': numbers(6, 1),
    'linear.bias': numbers(2, 2),
    'conv.weight': numbers(54, 3),
    'conv.bias': numbers(3, 4),
  }
  assert.equal(
    variablesOf(both).map(({ name, tensor }) => [name, tensor.shape]),
    [
      ['linear.weight', [2, 3]],
      ['linear.bias', [2]],
      ['conv.weight', [3, 2, 3, 3]],
      ['conv.bias', [3]],
    ],
  )
  const inputs = {
    x: { shape: [2, 4, 3], data: numbers(24, 5) },
    maps: { shape: [1, 2, 5, 5], data: numbers(50, 6) },
    w: { shape: [2, 3], data: variables['linear.weight'] },
    b: { shape: [2], data: variables['linear.bias'] },
    k: { shape: [3, 2, 3, 3], data: variables['conv.weight'] },
    c: { shape: [3], data: variables['conv.bias'] },
  }
  const { outputs } = runModule(
    both,
    ({ x, maps, w, b, k, c }) => ({
      ...both(x!, maps!),
      ySame: add(dot(x!, transpose(w!)), b!),
      zSame: add(conv2d(maps!, k!, { stride: 2, padding: 1 }), reshape(c!, [3, 1, 1])),
    }),
    { inputs, variables },
  )
  assert.equal(outputs.z!.shape, [1, 3, 3, 3])
  close(outputs.y!.data, outputs.ySame!.data)
  close(outputs.z!.data, outputs.zSame!.data)
  assert.throws(
    () =>
      trace(
        't',
        entry({ x: [2, 4] }, ({ x }) => ({ y: layer(x as Untyped) })),
      ),
    /input has 4 features, layer expects 3/,
  )
})

test('dropout keeps the mean while training and does nothing in evaluation', () => {
  const layer = dropout(0.25)
  const size = 4096
  const graph = (training: boolean) =>
    trace(
      'drop',
      entry({ x: [size] }, ({ x }) => ({ y: training ? layer(x) : evaluating(() => layer(x)) })),
    )
  const run = (training: boolean) =>
    evaluate(graph(training), { inputs: { x: new Float64Array(size).fill(3) }, variables: { seed: 7, step: 1 } })
      .outputs.y!.data
  assert.ok(run(false).every(y => y === 3))
  const y = run(true)
  const kept = y.filter(value => value !== 0)
  assert.ok(kept.every(value => Math.abs(value - 4) < 1e-12))
  assert.ok(Math.abs(kept.length / size - 0.75) < 0.03, `${kept.length} of ${size} were kept`)
  assert.throws(() => dropout(1), /the rate of dropout must lie in/)
})

test('global average pooling is the mean of each plane', () => {
  const none = module(() => (x: Tensor) => x)
  const x = { shape: [1, 2, 2, 2], data: [1, 2, 3, 6, 10, 10, 10, 14] }
  const { outputs } = runModule(none, ({ x }) => ({ y: globalAveragePool(x!) }), { inputs: { x }, variables: {} })
  close(outputs.y!.data, [3, 11])
})

test('initial values have the range and deviation of their formulas', () => {
  const holder = module(({ param }) => {
    const uniform = param('uniform', [64, 16, 3, 3], kaimingUniform)
    const fanOut = param('fanOut', [64, 16, 3, 3], kaimingNormal)
    const normal = param('normal', [8192], normalWith(0.02))
    return () => add(add(sum(uniform), sum(fanOut)), sum(normal))
  })
  const init = traceInit([
    trace(
      't',
      entry({}, () => ({ y: holder() })),
    ),
  ])
  const { variables } = evaluate(init, { variables: { seed: 3 } })
  const deviation = (name: string) =>
    Math.sqrt(variables[name]!.data.reduce((p, q) => p + q * q, 0) / variables[name]!.data.length)
  const bound = 1 / Math.sqrt(16 * 9)
  assert.ok(variables.uniform!.data.every(x => Math.abs(x) <= bound))
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual / expected - 1) < 0.05, `${actual}, expected ${expected}`)
  near(deviation('uniform'), bound / Math.sqrt(3))
  near(deviation('fanOut'), Math.sqrt(2 / (64 * 9)))
  near(deviation('normal'), 0.02)
})

test('sequential names its layers by position; a twin has the same names as states', () => {
  const net = sequential(linear(4, 8, { bias: false }), batchNorm(8), relu, linear(8, 2))
  const names = ['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var', '3.weight', '3.bias']
  assert.equal(
    variablesOf(net).map(({ name }) => name),
    names,
  )
  const copy = twin(net)
  assert.equal(
    variablesOf(copy).map(({ name, kind }) => [name, kind]),
    names.map(name => [name, 'state']),
  )
})

test.run()
