/** Memory plans: no two values share bytes while both are alive, and updates see the values from before the run. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, leafName, variableOperation, variables } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { byteSize } from '../../compiler/kernels/cost.js'
import { entry } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { add, dot, exp, flip, mul, relu, reshape, sub, sum } from '../../compiler/ops/index.js'
import { type Lifetime, lowerBound } from '../../compiler/plan/liveness.js'
import { packAlive } from '../../compiler/plan/memory.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'

test('values that are alive together do not overlap', () => {
  const lifetime = fc.tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 1, max: 3000 }),
  )
  fc.assert(
    fc.property(fc.array(lifetime, { maxLength: 60 }), fc.integer({ min: 16384, max: 65536 }), (drawn, limit) => {
      const lifetimes: Lifetime[] = drawn.map(([from, length, size], i) => ({
        tensor: input(`t${i}`, [size]),
        from,
        to: from + length,
        operands: [],
      }))
      const sizes = [512]
      const places = packAlive(lifetimes, sizes, 1, limit)
      for (const a of lifetimes) {
        const p = places.get(a.tensor)!
        assert.is(p.offset % 256, 0)
        assert.is(p.bytes, byteSize(a.tensor))
        assert.ok(p.slab >= 1 && p.offset + p.bytes <= sizes[p.slab]! && sizes[p.slab]! <= limit + 256)
        for (const b of lifetimes) {
          if (a === b || a.to < b.from || b.to < a.from) continue
          const q = places.get(b.tensor)!
          assert.ok(
            p.slab !== q.slab || p.offset + p.bytes <= q.offset || q.offset + q.bytes <= p.offset,
            'two live values share bytes',
          )
        }
      }
      assert.is(sizes[0], 512)
    }),
    { seed: 3, numRuns: 100 },
  )
})

test('a chain of values needs the memory of two', () => {
  let y: Untyped = input('x', [64, 64]) as Untyped
  const x = y
  for (let i = 0; i < 10; i++) y = dot(y, x) as Untyped
  let planned = 0
  let bound = 0
  compileGraphs([{ name: 'g', inputs: [x], outputs: { y }, updates: [] }], {
    observe: stage => {
      if (stage.name === 'plan') ({ planned, lowerBound: bound } = stage.memory.g!)
    },
  })
  assert.is(bound, 2 * 64 * 64 * 4)
  assert.ok(planned <= 3 * 64 * 64 * 4, `${planned} bytes planned`)
})

test('a value is used up before the next is made, whatever the order of the results', () => {
  const x = input('x', [64, 64]) as Untyped
  const chain: Untyped[] = [x]
  for (let i = 0; i < 10; i++) chain.push(dot(chain.at(-1)!, x) as Untyped)
  const sums = chain.slice(1).map((y, i) => [`s${i}`, sum(dot(y, y) as Untyped)] as const)
  let bound = 0
  compileGraphs([{ name: 'g', inputs: [x], outputs: Object.fromEntries([...sums].reverse()), updates: [] }], {
    observe: stage => {
      if (stage.name === 'plan') bound = stage.memory.g!.lowerBound
    },
  })
  assert.ok(bound < 3.1 * 64 * 64 * 4, `${bound} bytes alive`)
})

test('bytes that have to be moved: leaves that are read, results that are written', () => {
  const [x, y, old] = [input('x', [64]), input('y', [8]), variable('old', 16)] as Untyped[]
  const graph: Graph = {
    name: 'g',
    inputs: [x!, y!],
    outputs: { total: sum(exp(add(x!, sum(old!)))) },
    updates: [{ variable: variable('new', 8), value: mul(sum(x!), add(y!, 1)) }],
  }
  compileGraphs([graph], {
    observe: stage => {
      if (stage.name === 'plan') assert.is(stage.memory.g!.traffic, 4 * (64 + 16 + 8 + 1 + 8))
    },
  })
})

test('the lower bound counts what is alive at the busiest step', () => {
  const [a, b] = [input('a', [64]), input('b', [32])]
  assert.is(
    lowerBound([
      { tensor: a, from: 0, to: 2, operands: [] },
      { tensor: b, from: 2, to: 3, operands: [a] },
    ]),
    96 * 4,
  )
})

// Updates

const variable = (name: string, ...shape: number[]) =>
  apply(variableOperation, [], { name, shape, dtype: 'f32', kind: 'state' }) as Untyped
const cases: Record<string, () => Graph> = {
  'swapped variables': () => {
    const [a, b] = [variable('a', 6), variable('b', 6)]
    return {
      name: 'g',
      inputs: [],
      outputs: {},
      updates: [
        { variable: a, value: b },
        { variable: b, value: a },
      ],
    }
  },
  'an old value that is read after its update is computed': () => {
    const [a, b] = [variable('a', 4, 4), variable('b', 4, 4)]
    const next = mul(add(a, 1), 2)
    const late = dot(dot(next, b) as Untyped, a)
    return {
      name: 'g',
      inputs: [],
      outputs: { sum: sum(late) },
      updates: [
        { variable: a, value: next },
        { variable: b, value: late },
      ],
    }
  },
  'an update that reads other elements of its variable': () => {
    const a = variable('a', 9)
    return { name: 'g', inputs: [], outputs: {}, updates: [{ variable: a, value: add(flip(a, [0]) as Untyped, a) }] }
  },
  'an update by its own row sums': () => {
    const a = variable('a', 8, 5)
    return {
      name: 'g',
      inputs: [],
      outputs: {},
      updates: [{ variable: a, value: sub(a, sum(a, 1, { keepdims: true })) }],
    }
  },
  'rows less an old value that their own sums replace': () => {
    const [x, a] = [variable('x', 9, 64), variable('a', 9)]
    const total = sum(x, 1)
    const old = reshape(add(total, mul(a, 100)), [9, 1]) as Untyped
    return {
      name: 'g',
      inputs: [],
      outputs: { y: mul(x, old) },
      updates: [{ variable: a, value: add(mul(a, 0.5), total) }],
    }
  },
  'columns less the mean of before, which moves': () => {
    const [x, m] = [variable('x', 128, 32), variable('m', 32)]
    const now: Untyped = mean(x, 0)
    return {
      name: 'g',
      inputs: [],
      outputs: { y: sub(sub(x, m), mul(now, 0.1)) },
      updates: [{ variable: m, value: add(mul(m, 0.9), mul(now, 0.1)) }],
    }
  },
  'two old values that one kernel replaces, each read beside the other': () => {
    const [x, m, v] = [variable('x', 6, 96), variable('m', 6), variable('v', 6)]
    const now: Untyped = mean(x, 1)
    const both = reshape(add(m, mul(v, 10)), [6, 1]) as Untyped
    return {
      name: 'g',
      inputs: [],
      outputs: { y: add(x, both), before: add(m, v) },
      updates: [
        { variable: m, value: add(mul(v, 0.9), now) },
        { variable: v, value: sub(m, now) },
        { variable: x, value: sub(x, reshape(now, [6, 1]) as Untyped) },
      ],
    }
  },
  'one value for two variables and an output': () => {
    const [a, b] = [variable('a', 5), variable('b', 5)]
    const next = exp(relu(a))
    return {
      name: 'g',
      inputs: [],
      outputs: { next, old: b },
      updates: [
        { variable: a, value: next },
        { variable: b, value: next },
      ],
    }
  },
  'momentum, parameter and average in one step': () => {
    const [p, m, e] = [variable('p', 7), variable('m', 7), variable('e', 7)]
    const velocity = add(mul(m, 0.9), mul(p, 0.1))
    const next = sub(p, mul(velocity, 0.5))
    return {
      name: 'g',
      inputs: [],
      outputs: {},
      updates: [
        { variable: m, value: velocity },
        { variable: p, value: next },
        { variable: e, value: add(mul(e, 0.99), mul(next, 0.01)) },
      ],
    }
  },
}
for (const [name, build] of Object.entries(cases))
  for (const fusion of [true, false])
    test(`${name}${fusion ? '' : ', not fused'}`, async () => {
      const graph = build()
      const session = await load(await testDevice(), compileGraphs([graph], { fusion }), { init: false })
      const leaves = variables(graph)
      const names = leaves.map(leafName)
      let state = Object.fromEntries(
        leaves.map((leaf, v) => [
          leaf.attributes.name,
          Float32Array.from({ length: byteSize(leaf) / 4 }, (_, i) => Math.fround(Math.sin(i + 3 * v))),
        ]),
      )
      session.writeVariables(state)
      for (let run = 0; run < 2; run++) {
        const expected = evaluate(graph, { variables: state })
        const outputs = (await session.call('g', {})) as Record<string, ArrayLike<number>>
        const got = await session.readVariables(names)
        for (const [key, host] of [...Object.entries(expected.variables), ...Object.entries(expected.outputs)]) {
          const actual =
            expected.variables[key] === host
              ? (got[key] as unknown as { data?: ArrayLike<number> } & ArrayLike<number>)
              : outputs[key]!
          const data = (actual as { data?: ArrayLike<number> }).data ?? (actual as ArrayLike<number>)
          for (const [i, x] of host.data.entries())
            assert.ok(
              Math.abs(data[i]! - x) <= 1e-5 * (1 + Math.abs(x)),
              `run ${run}: ${key}[${i}] is ${data[i]}, expected ${x}`,
            )
        }
        state = Object.fromEntries(
          names.map(key => [key, Float32Array.from(expected.variables[key]?.data ?? state[key]!)]),
        )
        session.writeVariables(state)
      }
      session.destroy()
    })

test('entries share temporaries', () => {
  const body = ({ x }: { x: Tensor }) => ({ y: sum(dot(dot(x as Untyped, x as Untyped) as Untyped, x as Untyped)) })
  const one = compile({ a: entry({ x: [64, 64] }, body as never) }, {} as never)
  const two = compile(
    { a: entry({ x: [64, 64] }, body as never), b: entry({ x: [64, 64] }, body as never) },
    {} as never,
  )
  const bytes = (program: { slabs: readonly number[] }) => program.slabs.reduce((a, b) => a + b, 0)
  assert.is(bytes(two) - bytes(one), 64 * 64 * 4, 'only the second input is new')
})

test.after(closeTestDevice)
test.run()
