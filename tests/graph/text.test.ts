/** The text form: exact round trips, and errors that say where, what stands there and what was expected. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grad } from '../../compiler/gradient/reverse.js'
import { type Graph, inputOperation, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, withScope } from '../../compiler/graph/node.js'
import { TextError } from '../../compiler/graph/parse.js'
import { print } from '../../compiler/graph/print.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { constant } from '../../compiler/ops/constant.js'
import { operations } from '../../compiler/ops/index.js'
import { broadcastTo, permute, reshape } from '../../compiler/ops/movement.js'
import { pad } from '../../compiler/ops/pad.js'
import { sum } from '../../compiler/ops/reduce.js'
import { tanh } from '../../compiler/ops/unary.js'
import { graphOf } from '../golden.js'
import { checkRoundTrip } from './roundtrip.js'

const input = (name: string, shape: number[], dtype = 'f32'): Tensor<any, any> =>
  apply(inputOperation, [], { name, shape, dtype })
const parameter = (name: string, shape: number[]): Tensor<any, 'f32'> =>
  apply(variableOperation, [], { name, shape, dtype: 'f32', kind: 'parameter' })

const STEP = `graph step (%0: f32[4, 3] "images") {
  %1: f32[3] = variable(name="encoder.weight", shape, dtype, kind="parameter")
  %2: f32[4, 3] = mul(%0, %1) @encoder
  %3: f32[] = sum(%2, axes=[0, 1], keepdims=false)
  %4: f32[] = constant(value=-0.5, shape, dtype)
  %5: f32[3] = mul(%1, %4) @encoder'
  return loss=%3
  update encoder.weight = %5
}
`

test('a graph reads as one line per node', () => {
  const images = input('images', [4, 3])
  const weight = parameter('encoder.weight', [3])
  const scaled = withScope('encoder', () => mul(images, weight)) as Tensor
  const half = constant(-0.5, [])
  const value = withScope("encoder'", () => mul(weight, half)) as Tensor
  const graph: Graph = {
    name: 'step',
    inputs: [images],
    outputs: { loss: sum(scaled) },
    updates: [{ variable: weight, value }],
  }
  assert.is(print(checkRoundTrip(graph)), STEP)
  assert.is(print(graphOf(STEP)), STEP)
})

test('what no value depends on stays: unread inputs, updated variables that nothing reads', () => {
  const [used, unused] = [input('used', [2]), input('not used', [5], 'u8')]
  const count = parameter('0.count', [2])
  const graph = { name: 'init', inputs: [unused, used], outputs: {}, updates: [{ variable: count, value: used }] }
  assert.is(
    print(checkRoundTrip(graph)),
    `graph init (%0: u8[5] "not used", %1: f32[2] "used") {
  %2: f32[2] = variable(name="0.count", shape, dtype, kind="parameter")
  return
  update "0.count" = %1
}
`,
  )
})

test('names of any kind', () => {
  const x = input('a "quoted"\nname', [])
  const y = withScope('0.conv', () => tanh(x)) as Tensor
  const outputs = { update: y, 'two words': y, 'a.b': y, '%1': y, '': y }
  const graph = { name: 'return', inputs: [x], outputs, updates: [] }
  assert.match(print(checkRoundTrip(graph)), 'return "update"=%1, "two words"=%1, a.b=%1, "%1"=%1, ""=%1')
})

test('numbers come back bit for bit', () => {
  const values = [
    0,
    -0,
    1,
    -1,
    0.1,
    1 / 3,
    1e-45,
    5e-324,
    3.4028234663852886e38,
    -3e38,
    Infinity,
    -Infinity,
    2 ** 53,
    1e21,
    123456789,
  ]
  const x = input('x', [2])
  const outputs = Object.fromEntries(
    values.map((value, i) => [`y${i}`, pad(x as Tensor<[2]>, [[0, 1]], value) as Tensor]),
  )
  const graph = checkRoundTrip({ name: 'g', inputs: [x], outputs, updates: [] })
  const back = graphOf(print(graph))
  values.forEach((value, i) => {
    assert.ok(Object.is(back.outputs[`y${i}`]!.attributes.value, value), `${value}`)
  })
})

test('an attribute called shape that differs from the type is written out', () => {
  const x = input('x', [2, 3])
  const y = apply(operations.get('reshape')!, [x], { shape: [-1, 2] })
  assert.match(
    print({ name: 'g', inputs: [x], outputs: { y }, updates: [] }),
    '%1: f32[3, 2] = reshape(%0, shape=[-1, 2])',
  )
  assert.match(
    print({ name: 'g', inputs: [x], outputs: { y: broadcastTo(x, [4, 2, 3]) }, updates: [] }),
    '%1: f32[4, 2, 3] = broadcast(%0, shape)',
  )
})

test('gradients', () => {
  const [x, w] = [input('x', [4, 3]), parameter('w', [3])]
  const h = permute(tanh(add(mul(x, w), 1)) as Tensor<[4, 3]>, [1, 0])
  const loss = sum(reshape(h, [12])) as Tensor<[], 'f32'>
  const { dw } = grad(loss, { dw: w })
  checkRoundTrip({ name: 'g', inputs: [x], outputs: { loss }, updates: [{ variable: w, value: dw! }] })
})

test('comments and free layout', () => {
  const text = 'graph g(%7:f32[2]"x"){# twice x\n%1:f32[2]=add(%7,%7)return y=%1}'
  assert.is(print(graphOf(text)), 'graph g (%0: f32[2] "x") {\n  %1: f32[2] = add(%0, %0)\n  return y=%1\n}\n')
})

/** A line of a graph that is wrong, and the error: the place is marked below the line. */
const WRONG: [what: string, text: string, expected: string][] = [
  [
    'another type',
    'graph g (%0: f32[2] "x") {\n  %1: f32[3] = neg(%0)\n  return y=%1\n}',
    `line 2, column 7: neg gives f32[2], the text says f32[3]
    %1: f32[3] = neg(%0)
        ^^^`,
  ],
  [
    'operands that do not fit',
    'graph g (%0: f32[2] "x", %1: f32[3] "y") {\n  %2: f32[3] = mul(%0, %1) @head\n  return y=%2\n}',
    `line 2, column 16: cannot broadcast [2] with [3] (in head)
    %2: f32[3] = mul(%0, %1) @head
                 ^^^`,
  ],
  [
    'an operand before its definition',
    'graph g (%0: f32[2] "x") {\n  %1: f32[2] = add(%0, %2)\n  return y=%1\n}',
    `line 2, column 24: %2 is not defined: operands stand before their users
    %1: f32[2] = add(%0, %2)
                         ^^`,
  ],
  [
    'a missing comma',
    'graph g (%0: f32[2] "x") {\n  %1: f32[2] = add(%0 %0)\n  return y=%1\n}',
    `line 2, column 23: expected ',' or ')', got '%0'
    %1: f32[2] = add(%0 %0)
                        ^^`,
  ],
  [
    'a missing return',
    'graph g (%0: f32[2] "x") {\n}',
    `line 2, column 1: expected a node ('%0: ...') or 'return', got '}'
  }
  ^`,
  ],
  [
    'an unfinished text',
    'graph g (%0: f32[2] "x") {\n  return y=%0',
    `line 2, column 14: expected 'update' or '}', the text ends here
    return y=%0
               ^`,
  ],
  [
    'text behind the end',
    'graph g () {\n  return\n}\nmore',
    `line 4, column 1: expected the end of the text, got 'more'
  more
  ^^^^`,
  ],
  [
    'a character without meaning',
    'graph g () {\n  return ?\n}',
    `line 2, column 10: '?' has no meaning here
    return ?
           ^`,
  ],
  [
    'an unknown dtype',
    'graph g (%0: f64[2] "x") {\n  return y=%0\n}',
    `line 1, column 14: f64 is no dtype: the dtypes are f32, f16, i32, u32, u8, bool
  graph g (%0: f64[2] "x") {
               ^^^`,
  ],
  [
    'an attribute without value',
    'graph g (%0: f32[2] "x") {\n  %1: f32[] = sum(%0, axes, keepdims=false)\n  return y=%1\n}',
    `line 2, column 23: attribute axes has no value: only shape and dtype may be left to the type
    %1: f32[] = sum(%0, axes, keepdims=false)
                        ^^^^`,
  ],
  [
    'an attribute that is no JSON',
    'graph g (%0: f32[2] "x") {\n  %1: f32[] = sum(%0, axes=[0, keepdims=false)\n  return y=%1\n}',
    `line 2, column 32: expected a value: a number, a string, true, false, null, '[' or '{', got 'keepdims'
    %1: f32[] = sum(%0, axes=[0, keepdims=false)
                                 ^^^^^^^^`,
  ],
  [
    'a node defined twice',
    'graph g (%0: f32[2] "x") {\n  %0: f32[2] = neg(%0)\n  return y=%0\n}',
    `line 2, column 3: %0 is defined twice
    %0: f32[2] = neg(%0)
    ^^`,
  ],
  [
    'an update of no variable',
    'graph g (%0: f32[2] "x") {\n  %1: f32[2] = variable(name="w", shape, dtype, kind="state")\n  return\n  update v = %0\n}',
    `line 4, column 10: no variable is named v, the nearest are w
    update v = %0
           ^`,
  ],
  [
    'an update of another type',
    'graph g (%0: f32[3] "x") {\n  %1: f32[2] = variable(name="w", shape, dtype, kind="state")\n  return\n  update w = %0\n}',
    `line 4, column 14: variable w is f32[2], its update is f32[3]
    update w = %0
               ^^`,
  ],
]
for (const [what, text, expected] of WRONG)
  test(`error: ${what}`, () => {
    let message = 'accepted'
    try {
      graphOf(text)
    } catch (error) {
      assert.instance(error, TextError)
      message = (error as Error).message
    }
    assert.is(message, expected)
  })

test('error: an unknown operation names the nearest ones', () => {
  const text = 'graph g (%0: f32[2] "x") {\n  %1: f32[4, 2] = brodcast(%0, shape)\n  return y=%1\n}'
  assert.throws(
    () => graphOf(text),
    /^line 2, column 19: operation brodcast is unknown, the nearest are broadcast, \w+, \w+\n.*\n {20}\^{8}$/,
  )
})

test.run()
