/** The pipeline: passes in order, verified, observed; a training step before and after as text. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { print } from '../../compiler/graph/print.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { module, update } from '../../compiler/language/module.js'
import { add, mul, sub } from '../../compiler/ops/binary.js'
import { constant } from '../../compiler/ops/constant.js'
import { matmul } from '../../compiler/ops/dot.js'
import { permute } from '../../compiler/ops/movement.js'
import { sum } from '../../compiler/ops/reduce.js'
import { relu } from '../../compiler/ops/unary.js'
import { optimize, pipeline } from '../../compiler/passes/pipeline.js'
import { golden } from '../golden.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

const zeros = (shape: number[]) => constant(0, shape)
const linear = (inputs: number, outputs: number) =>
  module(({ param }) => {
    const weight = param('weight', [outputs, inputs], zeros)
    const bias = param('bias', [outputs], zeros)
    return (x: Tensor<[number, number], 'f32'>) => add(matmul(x as Untyped, permute(weight, [1, 0])), bias)
  })

/** One step of gradient descent on the squared error of a two-layer network. */
function step(): Graph {
  const network = module(({ use }) => {
    const [first, second] = [use('first', linear(4, 5)), use('second', linear(5, 2))]
    return (x: Tensor) => second(relu(first(x as never)) as never)
  })
  const body = ({ x, target }: { x: Tensor; target: Tensor }) => {
    const error = sub(network(x) as Tensor<any, 'f32'>, target as Tensor<any, 'f32'>)
    const loss = mul(sum(mul(error, error)), 1 / 6) as Tensor<[], 'f32'>
    const weights = nodes({ name: '', inputs: [], outputs: { loss }, updates: [] }).filter(node => node.attributes.kind)
    const gradients = grad(loss, Object.fromEntries(weights.map(weight => [weight.attributes.name, weight])))
    for (const weight of weights)
      update(
        weight,
        sub(weight as Tensor<any, 'f32'>, mul(gradients[weight.attributes.name] as Tensor<any, 'f32'>, 0.1)),
      )
    return { loss }
  }
  return checkRoundTrip(trace('step', entry({ x: [3, 4], target: [3, 2] }, body)))
}

test('a training step before and after', () => {
  const before = step()
  const after = checkRoundTrip(optimize(before, { verify: true }))
  golden('step.golden.txt', `${print(before)}\n# optimized\n${print(after)}`, import.meta.url)
  assert.is(print(optimize(after)), print(after))

  const data = (length: number, seed: number) => Array.from({ length }, (_, i) => Math.sin(i * 7 + seed))
  const given = {
    inputs: { x: data(12, 1), target: data(6, 2) },
    variables: {
      'first.weight': data(20, 3),
      'first.bias': data(5, 4),
      'second.weight': data(10, 5),
      'second.bias': data(2, 6),
    },
  }
  const [expected, actual] = [before, after].map(graph => evaluate(graph, given))
  for (const part of ['outputs', 'variables'] as const)
    for (const [name, { data }] of Object.entries(expected![part]))
      data.forEach((value, i) => {
        assert.ok(Math.abs(actual![part][name]!.data[i]! - value) < 1e-12, name)
      })
})

test('each pass is observed in order, with what it got and gave', () => {
  const seen: [string, Graph, Graph][] = []
  const before = step()
  const after = optimize(before, { onPass: (name, from, to, ms) => ms >= 0 && seen.push([name, from, to]) })
  assert.equal(
    seen.map(([name]) => name),
    pipeline.map(([name]) => name),
  )
  assert.is(seen[0]![1], before)
  assert.is(seen.at(-1)![2], after)
  seen.slice(1).forEach(([, from], i) => {
    assert.is(from, seen[i]![2])
  })
})

test.run()
