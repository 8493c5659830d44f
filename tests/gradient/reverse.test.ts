/** Reverse mode as a graph transformation: accumulation, broadcasting, what takes part, what is refused. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward, grad } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, topological, type Untyped, withScope } from '../../compiler/graph/node.js'
import { crossEntropy, mean, normalize, variance } from '../../compiler/language/math.js'
import {
  add,
  argmax,
  cast,
  constant,
  exp,
  floor,
  greater,
  matmul,
  max,
  mul,
  relu,
  select,
  sin,
  stopGradient,
  straightThrough,
  sub,
  sum,
  take,
  tanh,
} from '../../compiler/ops/index.js'

const leaf = (name: string, shape: number[], dtype = 'f32'): Untyped =>
  apply(inputOperation, [], { name, shape, dtype })
const values = (x: Untyped[], given: [Untyped, number[]][]) =>
  evaluateNodes(x, new Map(given)).map(({ data }) => [...data])

test('a tensor used several times gets the sum', () => {
  const x = leaf('x', [2])
  const { x: dx } = grad(sum(add(mul(x, x), add(x, mul(x, 3)))), { x })
  assert.equal(values([dx], [[x, [2, -1]]]), [[8, 2]])
})

test('gradients have the shape of broadcast operands', () => {
  const [a, b, c] = [leaf('a', [2, 3]), leaf('b', [3]), leaf('c', [2, 1])]
  const gradients = grad(sum(mul(add(a!, b!), c!)), { a: a!, b: b!, c: c! })
  assert.equal([gradients.a.shape, gradients.b.shape, gradients.c.shape], [[2, 3], [3], [2, 1]])
  const given: [Untyped, number[]][] = [
    [a!, [1, 2, 3, 4, 5, 6]],
    [b!, [10, 20, 30]],
    [c!, [2, 5]],
  ]
  assert.equal(values([gradients.a, gradients.b, gradients.c], given), [
    [2, 2, 2, 5, 5, 5],
    [7, 7, 7],
    [66, 75],
  ])
})

test('a gradient that reaches none of what it is asked for is refused, with what is in the way', () => {
  const [x, z] = [leaf('x', [2, 3]), leaf('z', [3])] as [Untyped, Untyped]
  const refused = (loss: Tensor, wrt: Record<string, Tensor>, words: RegExp): void => {
    assert.throws(() => grad(loss as never, wrt), words)
    const zeros = grad(loss as never, wrt, { unreached: 'zeros' })
    for (const [name, { operation, shape }] of Object.entries(zeros))
      assert.equal([operation.name, shape], ['constant', wrt[name]!.shape])
  }
  refused(sum(x), { z }, /^no gradient flows from the loss to z: it was not computed from it\. /)
  refused(sum(x), { z, other: leaf('other', [1])! }, /to any of z, other: it was not computed from them/)
  refused(sum(stopGradient(x)), { x }, /to x: stopGradient lets none through/)
  refused(sum(mul(stopGradient(exp(mul(x, z))), 2)), { x, z }, /to any of x, z: stopGradient lets none through/)
  refused(sum(straightThrough(x, mul(x, 0)) as Untyped), { never: leaf('never', [2])! }, /never: it was not computed/)
  refused(mean(cast(greater(x, 0), 'f32') as Untyped), { x }, /to x: integers and booleans carry none/)
  refused(sum(cast(argmax(x, 1) as Untyped, 'f32')), { x }, /to x: integers and booleans carry none/)
  // What is stepwise constant has a gradient, of 0; and some of several may have none.
  assert.equal(values([grad(sum(floor(x)), { x }).x], [[x, [1, 2, 3, 4, 5, 6]]]), [[0, 0, 0, 0, 0, 0]])
  assert.equal(values([grad(sum(x), { x, z }).z], []), [[0, 0, 0]])
  const i = leaf('i', [2], 'i32')!
  assert.throws(() => grad(sum(take(x, i as never) as Untyped), { x, i }), /^.* f32 or f16, and i is i32$/)
})

test('zeros where nothing flows, by constant or by stopGradient', () => {
  const [x, unused] = [leaf('x', [2]), leaf('unused', [3])]
  const gradients = grad(sum(mul(x!, stopGradient(exp(x!)))), { x: x!, unused: unused! })
  assert.is(gradients.unused.operation.name, 'constant')
  assert.equal(values([gradients.unused, gradients.x], [[x!, [0, 1]]]), [
    [0, 0, 0],
    [1, Math.E],
  ])
})

test('only what lies between the leaves and the loss is differentiated', () => {
  const [x, y] = [leaf('x', [2]), leaf('y', [2])]
  const loss = sum(mul(x!, sin(y!)))
  const { x: dx } = grad(loss, { x: x! })
  assert.not.ok(topological([dx]).some(node => node.operation.name === 'cos'))
})

test('integers and masks take no gradient and stop it', () => {
  const x = leaf('x', [3])
  const rounded = cast(cast(x, 'i32'), 'f32')
  const loss = sum(add(rounded, select(greater(x, 0), x, mul(x, 2))))
  assert.equal(values([grad(loss, { x }).x], [[x, [-1.5, 0.5, 2]]]), [[2, 1, 1]])
})

test('second derivatives: the gradient is a graph like any other', () => {
  const x = leaf('x', [])
  const { x: first } = grad(mul(x, mul(x, x)), { x })
  const { x: second } = grad(first, { x })
  const { x: third } = grad(second, { x })
  assert.equal(values([first, second, third], [[x, [2]]]), [[12], [12], [6]])
})

test('cotangents of several outputs', () => {
  const x = leaf('x', [2])
  const [dx] = backward(
    [
      [mul(x, 2), constant(1, [2])],
      [mul(x, x), constant(10, [2])],
    ],
    [x],
  )
  assert.equal(values([dx!], [[x, [3, 4]]]), [[62, 82]])
})

test('nodes of the backward pass carry the scope of the forward node, marked', () => {
  const x = leaf('x', [2])
  const y = withScope('encoder', () => exp(x))
  const { x: dx } = grad(sum(y), { x })
  assert.is(dx.scope, "encoder'")
})

test('a deep chain does not overflow the stack', () => {
  const x = leaf('x', [1])
  let y: Untyped = x
  for (let i = 0; i < 5000; i++) y = add(y, x)
  assert.equal(values([grad(sum(y), { x }).x], [[x, [1]]]), [[5001]])
})

test('a small network agrees with finite differences', () => {
  const shapes = { x: [6, 4], w1: [4, 5], b1: [5], w2: [5, 3] }
  const leaves = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, leaf(name, shape)])) as Record<
    keyof typeof shapes,
    Untyped
  >
  const labels = leaf('labels', [6], 'i32')
  const { x, w1, b1, w2 } = leaves
  const hidden = add(tanh(matmul(x, w1) as Untyped), b1)
  const centred = sub(hidden, mean(hidden, 0, { keepdims: true }))
  const standard = mul(centred, exp(mul(variance(hidden, 0, { keepdims: true }), -0.5)))
  const logits = mul(normalize(matmul(relu(standard) as Untyped, w2) as Untyped), 5)
  const loss = add(crossEntropy(logits, labels), mul(max(standard), 0.1))
  const gradients = grad(loss, leaves)
  const data = new Map<Untyped, Float64Array>([[labels, Float64Array.from([0, 1, 2, 0, 1, 2])]])
  for (const [k, node] of Object.values(leaves).entries()) {
    const size = node.shape.reduce((a: number, b: number) => a * b, 1)
    data.set(
      node,
      Float64Array.from({ length: size }, (_, i) => (((i + 1) * 0.6180339887498949 + k * 0.37) % 1) * 2 - 1),
    )
  }
  const at = () => evaluateNodes([loss], data)[0]!.data[0]!
  for (const name of Object.keys(shapes) as (keyof typeof shapes)[]) {
    const computed = evaluateNodes([gradients[name]], data)[0]!.data
    const own = data.get(leaves[name])!
    own.forEach((value, i) => {
      own[i] = value + 1e-5
      const above = at()
      own[i] = value - 1e-5
      const slope = (above - at()) / 2e-5
      own[i] = value
      assert.ok(Math.abs(computed[i]! - slope) < 1e-7, `${name}[${i}]: ${computed[i]}, finite difference ${slope}`)
    })
  }
})

test('refused: what is no scalar, and what has no gradient', () => {
  const x = leaf('x', [2])
  assert.throws(
    () => grad(x, { x }),
    'a gradient is taken of an f32 scalar, got f32[2]: reduce it with sum or mean first',
  )
  const count = leaf('count', [], 'i32')
  assert.throws(
    () => grad(count, { count }),
    'a gradient is taken of an f32 scalar, got i32[]: reduce it with sum or mean first',
  )
})

test.run()
