/** What a gradient flows to through a loop, told before it is taken: by way of carries of later steps, stopped in the cell, never. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { map } from '../../compiler/language/map.js'
import { module } from '../../compiler/language/module.js'
import { scan } from '../../compiler/language/scan.js'
import { constant } from '../../compiler/ops/constant.js'
import * as o from '../../compiler/ops/index.js'
import { sgd } from '../../models/index.js'
import { fit } from '../../models/train.js'

const { add, mul, stopGradient, sum } = o
const number = (value: number): Untyped => constant(value, []) as Untyped
const xs = constant(1, [4]) as Untyped
const w = mul(number(2), 1) as Untyped
const v = mul(number(3), 1) as Untyped

const values = (tensors: readonly Tensor[]) => evaluateNodes(tensors).map(({ data }) => data[0])

/** Three carries: `w` to a, a to b, b to c, each one step later; `v` to an output that nothing else reads. */
const chain = (options = {}) =>
  scan(
    (carry: any, x: any) => ({
      carry: { a: mul(x, w), b: carry.a, c: carry.b },
      output: { read: carry.c, unread: mul(x, v), stopped: mul(carry.c, stopGradient(v)) },
    }),
    { a: number(0), b: number(0), c: number(0) } as any,
    xs,
    options,
  ) as any

for (const [name, options] of [
  ['', {}],
  [', in segments', { stride: 2 }],
  [', reversed', { reverse: true }],
] as const) {
  test(`through carries of later steps${name}`, () => {
    const last = grad(chain(options).carry.c, { w }).w
    const each = grad(sum(chain(options).outputs.read), { w }).w
    assert.equal(values([last, each]), [1, 1])
  })
  test(`an output that is not read${name}`, () => {
    const refused = /no gradient flows from the loss to v: what is used of the scan is not computed from it\. /
    assert.throws(() => grad(chain(options).carry.c, { v }), refused)
    assert.throws(() => grad(sum(chain(options).outputs.read), { v }), refused)
    const unread = grad(sum(chain(options).outputs.unread), { v }).v
    assert.equal(values([unread]), [4])
  })
  test(`stopped in the cell${name}`, () => {
    const loss = sum(chain(options).outputs.stopped) as Untyped
    assert.throws(() => grad(loss, { v }), /no gradient flows from the loss to v: stopGradient lets none through\. /)
  })
}

test('in the function of a map', () => {
  const mapped = map((x: any) => ({ read: mul(x, w), unread: mul(x, v) }), xs as any) as any
  assert.throws(() => grad(sum(mapped.read), { v }), /no gradient flows from the loss to v/)
  assert.throws(
    () => grad(sum(map((x: any) => mul(x, stopGradient(v)) as Untyped, xs as any) as any), { v }),
    /stopGradient lets/,
  )
})

test('fit refuses what a loop reads for nothing', () => {
  const net = (used: boolean) =>
    module(({ param }) => {
      const [weight, spare] = [param('weight', [], 1), param('spare', [], 1)]
      return (x: any) => {
        const { carry, outputs } = scan(
          (h: any, each: any) => ({ carry: add(mul(h, weight), each) as any, output: mul(each, spare) as any }),
          constant(0, []) as any,
          x,
        ) as any
        return used ? add(carry, sum(outputs)) : carry
      }
    })
  const step = (used: boolean) => {
    const trained = net(used)
    const loss = entry({ x: [5] }, ({ x }) => ({ loss: trained(x) }))
    return compileGraphs([trace('step', fit(trained, loss, sgd({ learningRate: 0.1 })))], {})
  }
  assert.throws(() => step(false), /^no gradient flows from the loss to spare: /)
  assert.ok(step(true))
})

test.run()
