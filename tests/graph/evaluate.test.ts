/** The reference evaluation: inputs, variables, updates, values given in the middle, and what it refuses. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate, evaluateNodes } from '../../compiler/graph/evaluate.js'
import { type Graph, inputOperation, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Untyped } from '../../compiler/graph/node.js'
import { scattered, strided } from '../../compiler/graph/strided.js'
import { add, mul, sum } from '../../compiler/ops/index.js'

const input = (name: string, shape: number[], dtype = 'f32'): Untyped =>
  apply(inputOperation, [], { name, shape, dtype })
const variable = (name: string, shape: number[]): Untyped =>
  apply(variableOperation, [], { name, shape, dtype: 'f32', kind: 'state' })

const x = input('x', [2, 2])
const weight = variable('weight', [2])
const graph: Graph = {
  name: 'step',
  inputs: [x, input('unused', [3])],
  outputs: { total: sum(mul(x, weight)), x },
  updates: [{ variable: weight, value: add(weight, 1) }],
}

test('outputs and updates, from arrays of any kind and from results', () => {
  const { outputs, variables } = evaluate(graph, {
    inputs: { x: Float32Array.of(1, 2, 3, 4) },
    variables: { weight: [10, 20] },
  })
  assert.equal(outputs.total, { shape: [], data: Float64Array.of(160) })
  assert.equal([...outputs.x!.data], [1, 2, 3, 4])
  assert.equal([...variables.weight!.data], [11, 21])
  const again = evaluate(graph, { inputs: { x: outputs.x! }, variables })
  assert.equal([...again.outputs.total!.data], [11 * 4 + 21 * 6])
})

test('nothing is rounded to the dtype', () => {
  const y = mul(x, 0.1)
  assert.equal([...evaluateNodes([y], new Map([[x, [1, 2, 3, 4]]]))[0]!.data], [0.1, 0.2, 3 * 0.1, 0.4])
})

test('a node in the middle may be given; what lies behind it is then not needed', () => {
  const middle = add(x, weight)
  const [value] = evaluateNodes([sum(mul(middle, 2))], new Map([[middle, [1, 1, 1, 1]]]))
  assert.equal([...value!.data], [8])
})

test('results do not share memory that a later operation changes', () => {
  const given = Float64Array.of(1, 2, 3, 4)
  evaluateNodes([sum(add(x, x))], new Map([[x, given]]))
  assert.equal([...given], [1, 2, 3, 4])
})

test('refused: a leaf without a value, a value of another size', () => {
  assert.throws(
    () => evaluate(graph, { inputs: { x: [1, 2, 3, 4] } }),
    'variable weight has no value: evaluate was given none',
  )
  assert.throws(
    () => evaluate(graph, { inputs: { x: [1, 2] }, variables: { weight: [1, 2] } }),
    'input x has shape [2, 2]: 4 elements expected, got 2',
  )
})

test('strided copies', () => {
  const data = Float64Array.from({ length: 24 }, (_, i) => i)
  assert.equal([...strided(data, [3, 2], [2, 12])], [0, 12, 2, 14, 4, 16])
  assert.equal([...strided(data, [2, 2], [0, -1], 5)], [5, 4, 5, 4])
  assert.equal([...strided(data, [], [], 7)], [7])
  const out = new Float64Array(6)
  scattered(out, Float64Array.of(1, 2, 3, 4), [2, 2], [3, 1], 1)
  assert.equal([...out], [0, 1, 2, 0, 3, 4])
})

test.run()
