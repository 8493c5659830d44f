/** Modules with other values than those of their variables. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import {
  entry,
  functionalCall,
  grad,
  module,
  mul,
  namedParameters,
  scan,
  sequential,
  sub,
  sum,
  type Tensor,
  tanh,
  zeros,
} from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'
import { linear } from '../../models/layers.js'

const x = [0.5, -1, 2, 0.25]
const run = (body: (x: Tensor<[2, 2], 'f32'>) => Record<string, Tensor>, variables: Record<string, number[]>) =>
  evaluate(
    trace(
      'e',
      entry({ x: [2, 2] }, ({ x }) => body(x)),
    ),
    { inputs: { x }, variables },
  ).outputs
const dense = { weight: [1, -2, 0.5, 3], bias: [0.1, -0.2] }

test('values stand where the variables are read, and what is not given stays', () => {
  const net = linear(2, 2)
  const { changed, plain } = run(
    x => ({
      changed: functionalCall(net, { weight: mul(namedParameters(net).weight!, 2) }, x),
      plain: net(x),
    }),
    dense,
  )
  plain!.data.forEach((value, i) => {
    const bias = dense.bias[i % 2]!
    assert.ok(Math.abs(changed!.data[i]! - bias - 2 * (value - bias)) < 1e-12)
  })
})

test('the gradient of a step within is that of the whole, in a scan too', () => {
  const cell = module(({ use }) => {
    const layer = use('layer', linear(2, 2))
    return (x: Tensor<[2, 2], 'f32'>) =>
      scan(
        (h, row) => {
          const next = tanh(sub(layer(row), h))
          return { carry: next, output: next }
        },
        zeros([2]),
        x,
      ).outputs
  })
  for (const net of [sequential(linear(2, 2), tanh), cell]) {
    const outer = (x: Tensor<[2, 2], 'f32'>) => {
      const weights = namedParameters(net)
      const slopes = grad(sum(net(x)), weights)
      const moved = Object.fromEntries(
        Object.entries(weights).map(([name, w]) => [name, sub(w, mul(slopes[name]!, 0.3))]),
      )
      return sum(functionalCall(net, moved, x))
    }
    const [weight, bias] = Object.keys(namedParameters(net)) as [string, string]
    const at = (moved: number[]) => ({ [weight]: moved, [bias]: dense.bias })
    const { slope } = run(x => ({ slope: grad(outer(x), namedParameters(net))[weight]! }), at(dense.weight))
    dense.weight.forEach((value, i) => {
      const value0 = (by: number) =>
        run(x => ({ y: outer(x) }), at(dense.weight.map((w, j) => (i === j ? value + by : w)))).y!.data[0]!
      assert.ok(Math.abs(slope!.data[i]! - (value0(1e-5) - value0(-1e-5)) / 2e-5) < 1e-7, `${weight} ${i}`)
    })
  }
})

test('a module that gives its variable gives the value; other names and shapes are refused', () => {
  const net = module(({ param }) => {
    const weight = param('weight', [2], 1)
    return () => ({ weight, both: [weight] })
  })
  const value = zeros([2])
  const given = functionalCall(net, { weight: value })
  assert.is(given.weight, value as Tensor)
  assert.is(given.both[0], value as Tensor)
  assert.throws(
    () => functionalCall(net, { wait: value }),
    /^functionalCall: the module has no variable wait, but weight$/,
  )
  assert.throws(
    () => functionalCall(net, { weight: zeros([3]) }),
    /^functionalCall: variable weight is f32\[2\], its value is f32\[3\]$/,
  )
})

test.run()
