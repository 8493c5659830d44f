/**
 * `customGradient` among what else makes gradients: under `functionalCall`, differentiated twice, in `scan` and in `map`, against
 * finite differences in the float64 reference. Its forward function stops all gradients, so that only its own can be right.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import {
  add,
  constant,
  customGradient,
  entry,
  functionalCall,
  grad,
  map,
  module,
  mul,
  namedParameters,
  ones,
  reshape,
  scan,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  zeros,
} from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'
import { linear } from '../../models/layers.js'

const SHAPE = [3, 2] as [3, 2]
const START = [0.5, -1, 0.8, 0.25, -0.3, 1.2]
const WEIGHTS = { weight: [0.7, -0.4, 0.2, 0.9], bias: [0.1, -0.2] }

/** tanh, by its value: the gradient reads the result. */
const bent = customGradient(
  (x: Untyped) => stopGradient(tanh(x)) as Untyped,
  (gradient, _, value) => mul(gradient, sub(1, square(value))) as Untyped,
) as <T extends Tensor>(x: T) => T
/** The square, by its operand. */
const squared = customGradient(
  (x: Untyped) => stopGradient(square(x)) as Untyped,
  (gradient, x) => mul(gradient, mul(x, 2)) as Untyped,
) as <T extends Tensor>(x: T) => T

type X = Tensor<[3, 2], 'f32'>
/** The loss at `x`, and its gradient to `x` where `of` says so. */
function run(loss: (x: X) => Tensor<[], 'f32'>, x: readonly number[]): { value: number; gradient: number[] } {
  const body = ({ x }: { x: X }) => {
    const value = loss(x)
    return { value, gradient: grad(value, x) }
  }
  const variables = { ...WEIGHTS, 'layer.weight': WEIGHTS.weight, 'layer.bias': WEIGHTS.bias, seed: [1], step: [0] }
  const { outputs } = evaluate(trace('e', entry({ x: SHAPE }, body as never)), { inputs: { x }, variables } as never)
  return { value: outputs.value!.data[0]!, gradient: [...outputs.gradient!.data] }
}
function check(name: string, loss: (x: X) => Tensor<[], 'f32'>): void {
  test(name, () => {
    const { gradient } = run(loss, START)
    assert.ok(
      gradient.some(value => Math.abs(value) > 1e-3),
      'nothing flows',
    )
    gradient.forEach((found, i) => {
      const moved = (by: number) =>
        run(
          loss,
          START.map((value, j) => (i === j ? value + by : value)),
        ).value
      const expected = (moved(1e-5) - moved(-1e-5)) / 2e-5
      assert.ok(
        Math.abs(found - expected) < 1e-7 * Math.max(1, Math.abs(expected)),
        `element ${i}: ${found} instead of ${expected}`,
      )
    })
  })
}

check('alone, and one within the other', x => sum(add(bent(x), bent(squared(x)))))
for (const [name, custom] of Object.entries({ bent, squared })) {
  const slope = (x: X) => grad(sum(mul(custom(x), x)), x)
  check(`the gradient of a gradient, ${name}`, x => sum(mul(slope(x), x)))
  check(`the gradient of a gradient of a gradient, ${name}`, x => sum(square(grad(sum(square(slope(x))), x))))
}

const net = module(
  { layer: linear(2, 2) },
  ({ layer }) =>
    (x: X): X =>
      bent(layer(x)) as X,
)
const weightless = module(({ param }) => {
  const weight = param('weight', [2, 2], 1)
  return (x: X) => mul(x, sum(squared(weight), 0))
})
check('the values of functionalCall, as operands and read by the module', x =>
  sum(
    add(
      functionalCall(net, { 'layer.weight': mul(namedParameters(net)['layer.weight']!, sum(x)) }, x),
      functionalCall(weightless, { weight: mul(namedParameters(weightless).weight!, sum(x)) }, x),
    ),
  ),
)
check('a step within: gradients of functionalCall, differentiated', x => {
  const weights = namedParameters(net)
  const slopes = grad(sum(net(x)), weights)
  const moved = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, sub(w, mul(slopes[name]!, 0.3))]))
  return sum(functionalCall(net, moved, x))
})

const inScan = (x: X, stride: number | 'sqrt') =>
  scan(
    (carry, row) => {
      const next = bent(add(squared(carry), row))
      return { carry: next, output: mul(next, row) }
    },
    sum(mul(x, 0.1), 0),
    x,
    { stride },
  )
for (const stride of [1, 2, 'sqrt'] as const)
  check(`in a cell, with stride ${stride}`, x => add(sum(inScan(x, stride).outputs), sum(inScan(x, stride).carry)))
check('around a loop', x => sum(squared(inScan(bent(x), 1).outputs)))
check('the gradient of a gradient in a cell', x =>
  sum(
    scan(
      (carry, row) => {
        const next = add(carry, grad(sum(mul(bent(row), row)), row))
        return { carry: next, output: next }
      },
      zeros([2]),
      x,
    ).outputs,
  ),
)
check('in map', x => sum(map(row => mul(bent(row), squared(row)), x)))
check('the gradient of a gradient in map', x => sum(map(row => grad(sum(mul(bent(row), row)), row), x)))
check('the gradient of a gradient through map', x => {
  const inner = grad(sum(map(row => mul(bent(row), squared(row)), x)), x)
  return sum(mul(inner, x))
})
check('a loop in map', x =>
  sum(
    map(
      row =>
        scan(
          (carry, one) => {
            const next = bent(add(squared(carry), one))
            return { carry: next, output: next }
          },
          zeros([]),
          row,
        ).outputs,
      x,
    ),
  ),
)
test('under functionalCall, what backward reads besides is the value that stands in, too', () => {
  const scaled = module(({ param }) => {
    const factor = param('factor', [], 1)
    const times = customGradient(
      (x: Untyped) => stopGradient(mul(x, factor)) as Untyped,
      gradient => mul(gradient, factor) as Untyped,
    )
    return (x: Untyped) => times(x)
  })
  const loss = (x: X) =>
    sum(functionalCall(scaled, { factor: constant(3, []) as Untyped }, x as Untyped) as X) as Tensor<[], 'f32'>
  const { gradient } = run(loss, START)
  assert.equal(gradient, [3, 3, 3, 3, 3, 3])
})

test('a backward that gives no gradient is refused', () => {
  for (const [given, said] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [2, '2'],
    [[1], 'a list'],
  ] as const) {
    const wrong = customGradient(
      (x: Untyped) => x,
      () => given as never,
    )
    assert.throws(
      () => run(x => sum(wrong(x as Untyped)) as Tensor<[], 'f32'>, START),
      new RegExp(`the backward of customGradient gives the gradient of its operand, f32\\[3, 2\\], got ${said}`),
    )
  }
})

/** The value of `forward`, which is stopped, with the gradient times what `read` gives when it is asked for. */
const reading = (forward: (x: Untyped) => Untyped, read: () => Untyped) =>
  customGradient(
    (x: Untyped) => stopGradient(forward(x)) as Untyped,
    gradient => mul(gradient, read()) as Untyped,
  ) as (x: Untyped) => Untyped
/** A running product whose gradient goes to each factor alone, times the carry before it. */
const products = (initial: Untyped, x: Untyped, options = {}) =>
  scan(
    (carry, each) => {
      const next = reading(
        one => mul(one, carry as Untyped) as Untyped,
        () => carry as Untyped,
      )(each as Untyped)
      return { carry: next, output: next }
    },
    initial as any,
    x as any,
    options,
  ).outputs as Untyped
const loops: Readonly<Record<string, readonly [(x: Untyped) => Tensor, readonly number[]]>> = {
  'the element of a map': [
    x => map((r: any) => reading(square, () => r)(mul(r, 2) as Untyped), x as any),
    START.map(v => 2 * v),
  ],
  'what is made of the element of a map': [
    x => map((r: any) => reading(square, () => mul(tanh(r), 1) as Untyped)(r), x as any),
    START.map(Math.tanh),
  ],
  'in a map in a map what a scan does not read': [
    x =>
      scan(
        (carry: any, { a, b }: any) => ({
          carry,
          output: map((r: any) => map((e: any) => reading(square, () => sum(b) as Untyped)(e), r), a),
        }),
        constant(0, []) as any,
        { a: reshape(x, [3, 1, 2] as any), b: stopGradient(mul(x, 3)) } as any,
      ).outputs as Untyped,
    [-1.5, -1.5, 3.15, 3.15, 2.7, 2.7],
  ],
  'the carry of a scan': [x => products(ones([2]) as Untyped, x), [1, 1, 0.5, -1, 0.4, -0.25]],
  'the carry of a scan in segments': [
    x => products(ones([2]) as Untyped, x, { stride: 2 }),
    [1, 1, 0.5, -1, 0.4, -0.25],
  ],
  'the carry of a scan in a map': [
    x => map((r: any) => products(constant(1, []) as Untyped, r), x as any),
    [1, 0.5, 1, 0.8, 1, -0.3],
  ],
  'the element of a map around a scan': [
    x =>
      map(
        (r: any) =>
          scan(
            (carry: any, each: any) => ({ carry, output: reading(square, () => sum(r) as Untyped)(each) }),
            constant(0, []) as any,
            r,
          ).outputs as Untyped,
        x as any,
      ),
    [-0.5, -0.5, 1.05, 1.05, 0.9, 0.9],
  ],
  'a sequence of a scan that its value does not read': [
    x =>
      scan(
        (carry: any, { a, b }: any) => ({ carry, output: reading(square, () => b)(a) }),
        constant(0, []) as any,
        { a: x, b: stopGradient(mul(x, 3)) } as any,
      ).outputs as Untyped,
    START.map(v => 3 * v),
  ],
}
for (const [name, [loop, expected]] of Object.entries(loops))
  test(`backward reads ${name}`, () => {
    const { gradient } = run(x => sum(loop(x as Untyped) as Untyped) as Tensor<[], 'f32'>, START)
    expected.forEach((value, i) => {
      assert.ok(Math.abs(value - gradient[i]!) < 1e-12, `${gradient}, expected ${expected}`)
    })
  })

test.run()
