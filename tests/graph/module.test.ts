/** Modules in modules: what is mounted, what is forgotten, and twins of it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { inputOperation, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Untyped } from '../../compiler/graph/node.js'
import {
  add,
  compile,
  entry,
  greater,
  latest,
  type Module,
  map,
  module,
  mul,
  pairs,
  parametersOf,
  sum,
  twin,
  update,
  updateWhere,
  variablesOf,
} from '../../compiler/index.js'
import { trace, traceInit } from '../../compiler/language/entry.js'
import { linear } from '../../models/layers.js'

type Layer = Module & ((x: Untyped) => Untyped)
const dense = (): Layer => linear(4, 4) as unknown as Layer
const traced = (net: Layer) =>
  trace(
    'e',
    entry({ x: [2, 4] }, ({ x }) => ({ y: sum(net(x as Untyped)) })),
  )

test('a module called in another one that does not hold it is refused where it is called', () => {
  const inside = () =>
    module(() => {
      const layer = dense()
      return (x: Untyped) => layer(x)
    }) as Layer
  const outside = dense()
  const around = module(({ use }) => {
    const own = use('own', dense())
    return (x: Untyped) => own(outside(x))
  }) as Layer
  const deep = module(({ use }) => {
    const held = use('block', module(({ use }) => use('inside', inside())) as Layer)
    return (x: Untyped) => held(x)
  }) as Layer
  for (const [net, place] of [
    [inside(), 'another module'],
    [around, 'another module'],
    [deep, 'block.inside'],
  ] as const)
    assert.throws(
      () => traced(net),
      new RegExp(
        `^a module with weight, bias is called inside ${place.replace('.', '\\.')}, of which it is no part, so that nothing would train it: mount it there with use`,
      ),
    )
  // The stack says where it was written.
  try {
    traced(around)
  } catch (error) {
    assert.match((error as Error).stack!, /module\.test\.ts/)
  }
})

test('a module may be called wherever it is held: by a parent, by two, by a sibling that was given it, or by none', () => {
  const shared = dense()
  const two = () =>
    module(({ use }) => {
      const block = use(
        'block',
        module(() => (x: Untyped) => shared(x)),
      ) as Layer
      const layer = use('layer', shared)
      return (x: Untyped) => block(layer(x))
    }) as Layer
  for (const net of [two(), two(), shared]) assert.ok(traced(net))
  // Nothing to train.
  const halves = module(() => (x: Untyped) => mul(x, 0.5) as Untyped) as Layer
  const net = module(({ use }) => {
    const layer = use('layer', dense())
    return (x: Untyped) => layer(halves(x))
  }) as Layer
  assert.ok(traced(net))
})

test('a twin starts as a copy, and pairs each variable with its own, where a child is mounted twice or made inside', () => {
  const shared = dense()
  const original = module(({ use }) => {
    const a = use('a', shared)
    const nested = use(
      'n',
      module(({ use }) => {
        const [first, again] = [use('first', dense()), use('again', shared)]
        return (x: Untyped) => again(first(x))
      }),
    ) as Layer
    const [b, c] = [use('b', shared), use('c', dense())]
    return (x: Untyped) => c(b(nested(a(x))))
  }) as Layer
  const copy = twin(original)
  const both = module(({ use }) => {
    const [online, target] = [use('online', original), use('target', copy)]
    return (x: Untyped) => mul(online(x), target(x)) as Untyped
  }) as Layer
  const names = pairs(copy, original).map(pair => pair.map(({ name }) => name))
  assert.equal(
    names.map(([, name]) => name),
    ['a.weight', 'a.bias', 'n.first.weight', 'n.first.bias', 'c.weight', 'c.bias'].map(name => `online.${name}`),
  )
  for (const [target, online] of names) assert.is(target!.replace('target', 'online'), online)
  assert.equal(
    parametersOf(both).map(({ name }) => name),
    names.map(([, name]) => name),
  )
  const { variables } = evaluate(traceInit([traced(both)]), { variables: { seed: 3 } as never })
  for (const [target, online] of names) {
    assert.equal(variables[target!], variables[online!], target!)
    assert.ok(new Set((variables[online!] as unknown as { data: Float64Array }).data).size > 2)
  }
})

test('what is no tensor is refused as an output', () => {
  for (const [y, words] of [
    [3, 'number 3'],
    ['[object Object]1', 'string \\[object Object\\]1'],
    [{ z: 1 }, 'an object'],
    [undefined, 'undefined'],
  ] as const)
    assert.throws(
      () => compile({ e: entry({ x: [2] }, () => ({ y }) as never) }, {}),
      new RegExp(`^output y of e is ${words}, and no tensor`),
    )
  const returned = (body: (x: Untyped) => unknown, words: string) =>
    assert.throws(
      () => compile({ e: entry({ x: [2] }, ({ x }) => body(x as Untyped) as never) }, {}),
      new RegExp(`^e returns ${words}: return tensors by name`),
    )
  returned(async y => ({ y }), 'a promise')
  returned(x => x, 'a tensor')
  returned(() => undefined, 'undefined')
  returned(() => 3, 'number 3')
})

test('bytes are inputs: a state of them, and a kernel that would store them, are refused', () => {
  assert.throws(
    () => module(({ state }) => state('bytes', [4], () => 0 as never, 'u8') as never),
    'state bytes is u8, which is for inputs only: nothing on the device stores bytes, use u32',
  )
  const x = apply(inputOperation, [], { name: 'x', shape: [4], dtype: 'u8' })
  const variable = apply(variableOperation, [], { name: 'v', shape: [4], dtype: 'u8', kind: 'state' })
  assert.throws(
    () => compileGraphs([{ name: 'e', inputs: [x], outputs: {}, updates: [{ variable, value: x }] }]),
    'kernel copy stores u8, which is for inputs only: cast it to u32 or f32',
  )
})

test('parts are mounted by name, as a record and as lists; a number is what all elements start with', () => {
  const scale = module(({ param, state }) => {
    const [factor, count] = [param('factor', [2], 3), state('count', [], 7, 'i32')]
    return () => [factor, count]
  })
  const net = module(({ use }) => {
    const { first, blocks } = use({ first: dense(), blocks: [dense(), scale] as const, act: Math.abs })
    use('more', [dense(), [dense()]])
    return (x: Untyped) => blocks[0](first(x))
  }) as Layer
  const names = ['first', 'blocks.0', 'more.0', 'more.1.0'].flatMap(part => [`${part}.weight`, `${part}.bias`])
  assert.equal(
    variablesOf(net)
      .map(({ name }) => name)
      .sort(),
    [...names, 'blocks.1.factor', 'blocks.1.count'].sort(),
  )
  const copy = twin(net)
  assert.equal(
    variablesOf(copy).map(({ tensor }) => tensor.shape),
    variablesOf(net).map(({ tensor }) => tensor.shape),
  )
  const start = evaluate(
    traceInit([
      traced(net),
      trace(
        's',
        entry({}, () => ({ y: scale()[0] as Untyped, z: scale()[1] as Untyped })),
      ),
    ]),
    {
      inputs: {},
      variables: { seed: [1] },
    },
  ).variables
  assert.equal([...start['blocks.1.factor']!.data], [3, 3])
  assert.equal([...start['blocks.1.count']!.data], [7])
})

test('a variable is updated twice where the second value is made of the first; else one of them would be lost', () => {
  const counter = module(({ state }) => {
    const count = state('count', [], 0)
    return (by: number, from: 'latest' | 'start') => update(count, add(from === 'latest' ? latest(count) : count, by))
  })
  const counted = (from: 'latest' | 'start') =>
    trace(
      'e',
      entry({ x: [2] }, ({ x }) => {
        counter(2, from)
        counter(3, from)
        return { x }
      }),
    )
  const { variables } = evaluate(counted('latest'), { inputs: { x: [0, 0] }, variables: { count: [10] } })
  assert.is(variables.count!.data[0], 15)
  assert.throws(
    () => counted('start'),
    /^variable count is updated twice in entry e, and the second value is not made of the first, which would be lost: start from latest/,
  )
})

test('a module made inside an entry trains there, and nowhere else', () => {
  const made = (trains: boolean) =>
    entry({ x: [2, 4] }, ({ x }) => {
      const net = dense()
      if (trains) for (const { tensor } of parametersOf(net)) update(tensor, mul(tensor as Untyped, 3) as Untyped)
      return { y: net(x as Untyped) as Untyped }
    })
  const { variables } = evaluate(trace('step', made(true)), {
    inputs: { x: new Array(8).fill(1) },
    variables: { weight: new Array(16).fill(2), bias: [1, 2, 3, 4] },
  })
  assert.equal([...variables.bias!.data], [3, 6, 9, 12])
  assert.throws(
    () => trace('step', made(false)),
    /^the module of variable bias is made inside entry step, where nothing trains it, and nothing outside can: make it before/,
  )
  assert.throws(
    () => compile({ one: made(true), two: made(true) }, {}),
    /^two variables are named bias: their module is made inside an entry or a cell, anew whenever that is traced/,
  )
})

test('a bool that only an update depends on is read', () => {
  const counter = module(({ state }) => {
    const count = state('count', [], 0)
    return (by: Untyped) => updateWhere(greater(by, 0) as never, () => update(count, add(count, by) as never))
  })
  const graph = trace(
    'e',
    entry({ by: [] }, ({ by }) => {
      counter(by as Untyped)
      return { by }
    }),
  )
  for (const [by, after] of [
    [2, 3],
    [-2, 1],
  ] as const)
    assert.is(evaluate(graph, { inputs: { by: [by] }, variables: { count: [1] } }).variables.count!.data[0], after)
})

test('a tensor that was kept from another trace is refused, not read from memory that holds something else', () => {
  const kept: Untyped[] = []
  const loss = entry({ x: [2] }, ({ x }) => {
    kept.push(mul(x, 2) as Untyped)
    return { y: add(kept[0]!, x) }
  })
  assert.is(trace('loss', loss).inputs.length, 1)
  assert.throws(
    () => trace('again', loss),
    /^entry again reads input x of another entry, through a tensor that was kept from there/,
  )
  const leaks = entry({ x: [3, 2] }, ({ x }) => {
    const taken: Untyped[] = []
    map(row => {
      taken.push(mul(row, 2) as Untyped)
      return row
    }, x)
    return { y: sum(taken[0]!) }
  })
  assert.throws(() => trace('leaks', leaks), /^entry leaks reads what only the steps of a scan or a map have/)
})

test.run()
