/**
 * `scan`: the same values and gradients as the steps written out, of first and second order, with every stride, either way; on the
 * device as in the reference; programs that do not grow with the steps; and what is refused.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle } from '../../compiler/bundle/write.js'
import { compile } from '../../compiler/compile.js'
import { backward, grad } from '../../compiler/gradient/reverse.js'
import { evaluate, evaluateNodes } from '../../compiler/graph/evaluate.js'
import { type Graph, nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { cpu, software } from '../../compiler/kernels/target.js'
import { zeros } from '../../compiler/language/create.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { map } from '../../compiler/language/map.js'
import { module, update } from '../../compiler/language/module.js'
import { uniform } from '../../compiler/language/random.js'
import { type ScanOptions, scan } from '../../compiler/language/scan.js'
import * as o from '../../compiler/ops/index.js'
import { isScan } from '../../compiler/ops/scan.js'
import { trim, unrolled } from '../../compiler/passes/loops.js'
import { partition } from '../../compiler/passes/partition.js'
import { optimize } from '../../compiler/passes/pipeline.js'
import { packFiles } from '../../runtime/archive.js'
import { loadBundle } from '../../runtime/node.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf, input, testDevice } from '../device.js'
import { evaluateOnRanks } from '../distributed/lockstep.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { close } from './check.js'
import { build, type CellCase, cells, inputsOf } from './scan-cells.js'

const ways: Readonly<Record<string, ScanOptions>> = {
  '': {},
  ', reversed': { reverse: true },
  ', in segments of 3': { stride: 3 },
  ', in segments of the square root, reversed': { stride: 'sqrt', reverse: true },
  ', in one segment': { stride: 100 },
}
const STEPS = 7
const all = cells.flatMap(cell => Object.entries(ways).map(([way, options]) => ({ cell, way, options })))
const caseOf = (cell: CellCase, options: ScanOptions, form: 'looped' | 'written' = 'looped'): DeviceCase => ({
  name: cell.name,
  inputs: inputsOf(cell, STEPS),
  build: build(cell, options)[form],
})

for (const { cell, way, options } of all)
  test(`${cell.name}${way}: values and gradients are those of the steps written out`, () => {
    const [loop, chain] = (['looped', 'written'] as const).map(form => graphOf(caseOf(cell, options, form), 0)) as [
      ReturnType<typeof graphOf>,
      ReturnType<typeof graphOf>,
    ]
    const expected = evaluate(chain.graph, { inputs: chain.values }).outputs
    const forms: Record<string, Graph> = {
      traced: loop.graph,
      trimmed: checkRoundTrip(trim(loop.graph)),
      optimized: checkRoundTrip(optimize(loop.graph, { verify: true })),
      unrolled: checkRoundTrip(unrolled(loop.graph)),
    }
    assert.ok(nodes(loop.graph).some(isScan))
    assert.not(nodes(forms.unrolled!).some(isScan))
    for (const [form, graph] of Object.entries(forms)) {
      const { outputs } = evaluate(graph, { inputs: loop.values })
      for (const [name, { data }] of Object.entries(expected))
        close(outputs[name]!.data, data, 1e-12, `${form} ${name}`)
    }
  })

for (const cell of cells)
  test(`${cell.name}: second derivatives are those of the steps written out`, () => {
    const given = inputsOf(cell, 4)
    const [loop, chain] = (['looped', 'written'] as const).map(form => {
      const leaves = given.map(({ shape }, i) => input(`x${i}`, shape))
      const y = build(cell)[form](...(leaves as [Untyped, Untyped, Untyped]))
      const loss = o.sum(o.square(y as Untyped) as Untyped) as Tensor<[], 'f32'>
      const first = backward([[loss, o.constant(1, [])]], leaves)
      const norm = first
        .map(g => o.sum(o.square(g as Untyped) as Untyped) as Untyped)
        .reduce((a, b) => o.add(a, b) as Untyped)
      const second = backward([[norm, o.constant(1, [])]], leaves)
      const outputs = Object.fromEntries(second.map((g, i) => [`g${i}`, g]))
      const graph = checkRoundTrip({ name: 'second', inputs: leaves, outputs, updates: [] })
      const values = new Map(
        leaves.map((x, i): [Tensor, Host] => [x, { shape: x.shape, data: Float64Array.from(given[i]!.values) }]),
      )
      return evaluateNodes(Object.values(graph.outputs), values)
    }) as [Host[], Host[]]
    for (const [i, { data }] of chain.entries()) close(loop[i]!.data, data, 1e-10, `g${i}`)
  })

for (const [name, options] of Object.entries({
  fused: {},
  'for software': { target: software },
  'one kernel per operation': { fusion: false },
}))
  test(`on the device as in the reference, ${name}`, async () => {
    const chosen = name === 'fused' ? all : all.filter(({ way }) => way === '' || way === ', in segments of 3')
    assert.equal(
      await compareOnDevice(
        chosen.map(({ cell, options: how }) => caseOf(cell, how)),
        options,
      ),
      [],
    )
  })

const hidden = 4
const recurrent = (steps: number, stride: ScanOptions['stride'] = 1) =>
  entry({ x: [steps, 2, hidden], w: [hidden, hidden] }, ({ x, w }) => {
    const { carry } = scan(
      (h: Tensor<[2, 4], 'f32'>, element) => {
        const next = o.tanh(o.add(o.matmul(h, w as Untyped), element as Untyped)) as Tensor<[2, 4], 'f32'>
        return { carry: next, output: next }
      },
      o.constant(0, [2, hidden]) as Tensor<[2, 4], 'f32'>,
      x as Untyped,
      { stride },
    )
    return grad(o.sum(o.square(carry as Untyped)) as Tensor<[], 'f32'>, { w }) as never
  })

test('what is compiled does not grow with the steps, and a gradient keeps no more carries than its stride asks for', () => {
  const programOf = (steps: number) => compile({ e: recurrent(steps) }, {}, { target: cpu })
  const [few, many] = [8, 512].map(programOf) as [ReturnType<typeof programOf>, ReturnType<typeof programOf>]
  assert.is(many.entries.e!.dispatches.length, few.entries.e!.dispatches.length)
  assert.is(many.kernels.length, few.kernels.length)
  assert.equal(new Set(many.entries.e!.repeats!.map(({ times }) => times)), new Set([512]))
  const planned = (stride: ScanOptions['stride']) => {
    let bytes = 0
    compile(
      { e: recurrent(1024, stride) },
      {},
      { target: cpu, observe: stage => stage.name === 'plan' && (bytes = stage.memory.e!.planned) },
    )
    return bytes
  }
  const row = 4 * 2 * hidden
  assert.ok(planned(1) > 1024 * row)
  assert.ok(planned('sqrt') < 512 * row, `${planned('sqrt')}`)
})

test('outputs have the length of the sequence, whatever the stride', () => {
  for (const steps of [1, 2, 3, 5, 7])
    for (const stride of [1, 2, 3, 'sqrt', 100] as const)
      for (const reverse of [false, true]) {
        const made = entry({ x: [steps, 2] }, ({ x }) => ({
          y: scan((c, e) => ({ carry: o.add(c, e), output: e }), zeros([2]), x, { stride, reverse }).outputs,
        }))
        assert.equal(trace('made', made).outputs.y!.shape, [steps, 2], `${steps} steps, stride ${stride}`)
      }
})

test('every step draws other numbers, the same with every stride', () => {
  const drawn = (options: ScanOptions) => {
    const graph = trace(
      'e',
      entry({ x: [6] }, ({ x }) => {
        const { outputs } = scan(
          (c, e) => ({ carry: o.add(c, e), output: uniform([3]) }),
          o.constant(0, []),
          x,
          options,
        )
        return { outputs }
      }),
    )
    return [
      ...evaluate(graph, { inputs: { x: [1, 2, 3, 4, 5, 6] }, variables: { seed: 5, step: 2 } }).outputs.outputs!.data,
    ]
  }
  const numbers = drawn({})
  assert.is(new Set(numbers).size, 18)
  assert.equal(drawn({ stride: 4 }), numbers)
  assert.equal(drawn({ stride: 'sqrt', reverse: true }), numbers)
})

test('what depends on no step is computed once, before the loop', () => {
  const [x, w] = [input('x', [5, 3]), input('w', [3])] as [Untyped, Untyped]
  const { outputs } = scan(
    (c: Untyped, e: Untyped) => ({ carry: c, output: o.mul(e, o.exp(w)) as Untyped }),
    o.constant(0, []),
    x,
  )
  const [loop] = nodes({ name: 'g', inputs: [x, w], outputs: { outputs: outputs as Tensor }, updates: [] }).filter(
    isScan,
  )
  assert.ok(loop!.operands.some(({ operation }) => operation.name === 'exp'))
})

test('the gradient of a weight is one product of all steps, unless a step has more to stack than the weight has elements', () => {
  const backwards = (rows: number) => {
    const graph = optimize(
      trace(
        'e',
        entry({ x: [5, rows, 4], w: [4, 4], b: [4] }, ({ x, w, b }) => {
          const { outputs } = scan(
            (h: Untyped, element: Untyped) => {
              const next = o.tanh(o.add(o.add(o.matmul(h, w as Untyped) as Untyped, b as Untyped), element)) as Untyped
              return { carry: next, output: next }
            },
            o.constant(0, [rows, 4]) as Untyped,
            x as Untyped,
          )
          return grad(o.sum(o.square(outputs as Untyped)) as Tensor<[], 'f32'>, { w, b }) as never
        }),
      ),
    )
    return { graph, last: nodes(graph).filter(isScan).at(-1)! }
  }
  const [few, many] = [backwards(2), backwards(64)]
  assert.is(few.last.attributes.carries, 1)
  assert.ok(
    nodes(few.graph).some(
      ({ operation, attributes }) => operation.name === 'dot' && attributes.contract[0].length === 2,
    ),
  )
  assert.is(many.last.attributes.carries, 3)
})

test('ranks run a loop whole', () => {
  const even: CellCase = { ...cells[1]!, element: [4, 12], carry: [4, 4] }
  const { graph, values } = graphOf({ name: '', inputs: inputsOf(even, 8), build: build(even).looped }, 0)
  const expected = evaluate(graph, { inputs: values }).outputs
  for (const { outputs } of evaluateOnRanks(partition(graph, 2), 2, values, {}))
    for (const [name, { data }] of Object.entries(expected)) close(outputs[name]!, data, 1e-9, name)
})

test('a bundle repeats its dispatches', async () => {
  const device = await testDevice()
  const files = await bundle(
    { e: recurrent(5) },
    {},
    { name: 'loop', variants: device.adapter.kind === 'cpu' ? ['cpu'] : [] },
  )
  const session = await loadBundle(device, packFiles(files))
  const x = Float32Array.from({ length: 5 * 2 * hidden }, (_, i) => Math.sin(i))
  const w = Float32Array.from({ length: hidden * hidden }, (_, i) => Math.cos(i) / 2)
  const { w: got } = (await session.call('e', { x, w })) as Record<string, Float32Array>
  close(got!, evaluate(trace('e', recurrent(5)), { inputs: { x, w } }).outputs.w!.data, 2e-5, 'w')
  session.destroy()
})

const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'a carry of another shape',
    () =>
      scan(
        (c: any, e: any) => ({ carry: o.reshape(c as Untyped, [1, 3]) as Untyped, output: e }),
        o.constant(0, [3]),
        input('x', [4, 3]),
      ),
    /the carry of scan is f32\[3\] before the step, and f32\[1, 3\] after it/,
  ],
  [
    'a carry that is gone',
    () =>
      scan(
        (c: any, e: any) => ({ carry: { a: c.a } as any, output: e }),
        { a: o.constant(0, [3]), b: o.constant(0, []) },
        input('x', [4, 3]),
      ),
    /carry b of scan is missing after the step/,
  ],
  [
    'sequences of two lengths',
    () =>
      scan((c: any) => ({ carry: c, output: c }), o.constant(0, [3]), { a: input('a', [4, 3]), b: input('b', [5]) }),
    /sequences of one length, got 4 and 5/,
  ],
  [
    'a scalar for a sequence',
    () => scan((c: any) => ({ carry: c, output: c }), o.constant(0, [3]), input('a', []) as never),
    /sequence of shape \[steps, \.\.\.\], got \[\]/,
  ],
  [
    'a stride of nothing',
    () => scan((c: any) => ({ carry: c, output: c }), o.constant(0, [3]), input('a', [4]), { stride: 0 }),
    /stride of whole steps from 1, or 'sqrt', got 0/,
  ],
  [
    'no carry',
    () => scan((() => o.constant(0, [])) as never, o.constant(0, [3]), input('a', [4])),
    /the cell of scan returns \{ carry, output \}/,
  ],
]
for (const [name, call, message] of refused)
  test(`refused in a sentence: ${name}`, () => {
    assert.throws(call, message)
  })

test('bools are carried, walked along and given, read or not', () => {
  const x = { x: [4] }
  const steps: Record<string, (x: Untyped) => Tensor> = {
    'a carry': x =>
      scanned(x, ({ d }, e) => ({ carry: { d: o.greater(e!, 0) }, output: o.select(d!, e!, o.neg(e!)) })).outputs,
    'the last carry alone': x => {
      const { carry, outputs } = scanned(x, (_, e) => ({ carry: { d: o.greater(e!, 0) }, output: e! }))
      return o.select(carry.d!, outputs, o.neg(outputs))
    },
    'neither of them': x => scanned(x, (_, e) => ({ carry: { d: o.greater(e!, 0) }, output: e! })).outputs,
    'a sequence of map': x => map((e: any) => o.select(e, 1, 0), o.greater(x, 0) as never) as Tensor,
    'a result of map that is left': x =>
      (map((e: any) => ({ y: o.neg(e), ok: o.greater(e, 0) }), x as never) as unknown as { y: Tensor }).y,
    'a part of several': x =>
      o.select((o.split as any)(o.greater(x, 0), 2, 0)[0], (o.slice as any)(x, 0, 0, 2), 0 as never),
  }
  for (const [name, y] of Object.entries(steps)) {
    const graph = trace('step', entry(x as never, (({ x }: { x: Untyped }) => ({ y: y(x) })) as never) as never)
    assert.ok(graph.outputs.y, name)
  }
  const lost = entry(
    x as never,
    (({ x }: { x: Untyped }) => {
      o.greater(x, 0)
      return { y: x }
    }) as never,
  )
  assert.throws(() => trace('step', lost as never), /reads it nowhere/)
})
type Cell = (carry: Record<string, Untyped>, element: Untyped) => { carry: Record<string, Tensor>; output: Tensor }
/** `scan` past the types, with one bool carried. */
const scanned = (x: Untyped, cell: Cell) =>
  scan(cell as never, { d: o.greater(o.sum(x) as Untyped, 0) } as never, x as never) as unknown as {
    carry: Record<string, Untyped>
    outputs: Untyped
  }

test('refused in a sentence: an update in a cell', () => {
  const counter = module(({ state }) => {
    const n = state('n', [], () => o.constant(0, []))
    return () => update(n, o.add(n, 1))
  })
  const e = entry({ x: [4] }, ({ x }) => {
    const { carry } = scan(
      (c, v) => {
        counter()
        return { carry: o.add(c, v), output: v }
      },
      o.constant(0, []),
      x,
    )
    return { carry }
  })
  assert.throws(
    () => trace('e', e),
    /the cell of scan updates variable n, but is traced only once: make it part of the carry/,
  )
})

test.after(closeTestDevice)
test.run()
