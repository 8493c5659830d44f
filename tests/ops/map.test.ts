/** `map`: values and gradients are those of the function on one example after the other, with every operation that there is. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { software } from '../../compiler/kernels/target.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { map } from '../../compiler/language/map.js'
import { module, update } from '../../compiler/language/module.js'
import { uniform } from '../../compiler/language/random.js'
import { scan } from '../../compiler/language/scan.js'
import * as o from '../../compiler/ops/index.js'
import { isScan } from '../../compiler/ops/scan.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf } from '../device.js'
import { type Case, cases } from './cases.js'
import { close } from './check.js'
import { contractionCases } from './contraction-cases.js'

const t = (x: unknown): Untyped => x as Untyped
const EXAMPLES = 3

/** A case on three examples, of which operands in `shared` are the same; mapped, and one after the other. */
function onExamples({ inputs, build }: Case, shared: (i: number) => boolean) {
  const given = inputs.map(({ shape, dtype = 'f32', values }, i) => ({
    dtype,
    shape: shared(i) ? [...shape] : [EXAMPLES, ...shape],
    values: shared(i)
      ? [...values]
      : Array.from({ length: EXAMPLES }, (_, n) =>
          [...values].map(x => (dtype === 'f32' ? x * (1 - 0.1 * n) : x)),
        ).flat(),
  }))
  const parts = (all: readonly Untyped[]) => Object.fromEntries(all.flatMap((x, i) => (shared(i) ? [] : [[`${i}`, x]])))
  const mapped = (...all: Untyped[]): Tensor =>
    map(
      (one: Record<string, Untyped>) => t(build(...all.map((x, i) => one[`${i}`] ?? x))),
      parts(all) as never,
    ) as never
  const written = (...all: Untyped[]): Tensor =>
    o.concatAll(
      Array.from({ length: EXAMPLES }, (_, n) => {
        const one = all.map((x, i) => (shared(i) ? x : t(o.reshape(t(o.slice(x, 0, n, n + 1)), x.shape.slice(1)))))
        const y = t(build(...one))
        return t(o.reshape(y, [1, ...y.shape]))
      }),
      0,
    ) as never
  return { given, mapped, written }
}
const every = [...cases, ...contractionCases].filter(({ inputs }) => inputs.length > 0)
const ways: Readonly<Record<string, (i: number) => boolean>> = {
  'every operand': () => false,
  'the first operand': i => i > 0,
  'all but the first': i => i === 0,
}
for (const [way, shared] of Object.entries(ways))
  test(`every operation's cases, ${way} mapped`, () => {
    let looked = 0
    for (const one of every) {
      if (one.inputs.every((_, i) => shared(i))) continue
      const { given, mapped, written } = onExamples(one, shared)
      const [many, chain] = [mapped, written].map(build => graphOf({ name: one.name, inputs: given, build }, 0))
      const expected = evaluate(chain!.graph, { inputs: chain!.values }).outputs
      const found = evaluate(many!.graph, { inputs: many!.values }).outputs
      for (const [name, { data }] of Object.entries(expected))
        close(found[name]!.data, data, 1e-9, `${one.name}: ${name}`)
      looked++
    }
    assert.ok(looked > 50, `${looked} cases`)
  })

/** A cell with a weight, on sequences that are mapped: as cases of operations are. */
const loops: readonly Case[] = [{}, { reverse: true }, { stride: 2 }].map(options => ({
  name: `a scan ${JSON.stringify(options)}`,
  inputs: [
    { shape: [4, 2], values: [0.1, 0.5, -0.3, 0.8, 0.2, -0.6, 0.9, 0.4] },
    { shape: [2], values: [0.3, -0.2] },
    { shape: [2, 2], values: [0.5, -0.4, 0.3, 0.7] },
  ],
  build: (x: Untyped, start: Untyped, w: Untyped) => {
    const step = (h: Untyped, e: Untyped) => {
      const next = t(o.tanh(t(o.add(t(o.matmul(t(o.reshape(h, [1, 2])), w)), e))))
      return { carry: t(o.reshape(next, [2])), output: t(o.mul(next, e)) }
    }
    const { carry, outputs } = scan(step, start, x, options)
    return t(o.add(t(o.sum(t(outputs), [0, 1])), carry))
  },
})) as never
for (const [way, shared] of Object.entries(ways))
  test(`loops, ${way} mapped: as on one example after the other`, () => {
    for (const one of loops) {
      const { given, mapped, written } = onExamples(one, shared)
      const [many, chain] = [mapped, written].map(build => graphOf({ name: one.name, inputs: given, build }, 0))
      const expected = evaluate(chain!.graph, { inputs: chain!.values }).outputs
      const found = evaluate(many!.graph, { inputs: many!.values }).outputs
      for (const [name, { data }] of Object.entries(expected))
        close(found[name]!.data, data, 1e-9, `${one.name}: ${name}`)
      assert.is(nodes(many!.graph).some(isScan), true)
    }
  })

test('on the device as in the reference', async () => {
  const built = [...every.filter((_, i) => i % 3 === 0), ...loops].map((one): DeviceCase => {
    const { given, mapped } = onExamples(one, () => false)
    return { name: one.name, inputs: given, build: mapped }
  })
  assert.equal(await compareOnDevice(built, { target: software }), [])
})

test('products of a layer stay one product, and a map in a map is one', () => {
  const graph = trace(
    'e',
    entry({ x: [4, 3, 5], w: [5, 2] }, ({ x, w }) => ({
      y: map(
        (rows: Untyped) => map((row: Untyped) => t(o.matmul(t(o.reshape(row, [1, 5])), w as Untyped)), rows),
        x as Untyped,
      ) as Untyped,
    })),
  )
  const [product, ...more] = nodes(graph).filter(({ operation }) => operation.name === 'dot')
  assert.equal([product!.shape, product!.operands[1]!.shape, more], [[4, 3, 1, 2], [5, 2], []])
  assert.is(nodes(graph).filter(({ operation }) => operation.name.startsWith('each.')).length, 0)
})

test('every example draws numbers of its own', () => {
  const graph = trace(
    'e',
    entry({ x: [5] }, ({ x }) => ({ y: map(e => o.add(uniform([3]), o.mul(e, 0)), x) as Untyped })),
  )
  const { y } = evaluate(graph, { inputs: { x: [1, 2, 3, 4, 5] }, variables: { seed: 5, step: 2 } }).outputs
  assert.is(new Set(y!.data).size, 15)
})

test('refused in a sentence: an update, examples of two numbers', () => {
  const counter = module(({ state }) => {
    const n = state('n', [], () => o.constant(0, []))
    return () => update(n, o.add(n, 1))
  })
  const of = (f: (x: Untyped) => unknown) => () =>
    trace(
      'e',
      entry({ x: [4, 3] }, ({ x }) => ({ y: f(x as Untyped) }) as never),
    )
  const counting = (e: Untyped) => {
    counter()
    return e
  }
  assert.throws(
    of(x => map(counting, x)),
    /the function of map updates variable n, but is traced only once/,
  )
  assert.throws(
    of(x => map(({ a }: { a: Untyped }) => a, { a: x, b: t(o.constant(0, [2])) } as never)),
    /map takes tensors of one length, got 4 and 2/,
  )
})

test.after(closeTestDevice)
test.run()
