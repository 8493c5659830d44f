/** Updates over flat memory: which kernels become one, what keeps them apart, and that results stay the same to the bit. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Axis, axisOf, type Expression } from '../../compiler/graph/expression.js'
import { type Graph, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { type Kernel, reads, writes } from '../../compiler/kernels/kernel.js'
import { add, constant, div, dot, exp, mul, relu, slice, sqrt, sub, sum } from '../../compiler/ops/index.js'
import { type Flattened, flatten } from '../../compiler/plan/flat.js'
import type { Update } from '../../compiler/plan/order.js'
import type { Program } from '../../compiler/plan/program.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'

const variable = (name: string, ...shape: number[]) =>
  apply(variableOperation, [], { name, shape, dtype: 'f32', kind: /^p/.test(name) ? 'parameter' : 'state' }) as Untyped

// Pure: kernels in, kernels out

const REGION = 2 ** 20
/** Kernels in their order. */
function entryOf(...parts: (Kernel | InPlace)[]) {
  const made = parts.map(part => ('kernel' in part ? part : { kernel: part, update: undefined }))
  return { runnables: made.map(({ kernel }) => kernel), inPlace: made.flatMap(({ update }) => update ?? []) }
}
/** `to[i] = to[i] + factor from[i]`, in place of `to`. */
interface InPlace {
  readonly kernel: Kernel
  readonly update: Update
}
function step(to: Tensor, from: Tensor, factor: Tensor | number = 0.5): InPlace {
  const axis: Axis = { name: 'i', size: numel(to.shape) }
  const index = axisOf(axis)
  const read = (source: Tensor): Expression => ({ kind: 'load', source, index, dtype: 'f32' })
  const scale: Expression =
    typeof factor === 'number'
      ? { kind: 'literal', value: factor, dtype: 'f32' }
      : { kind: 'load', source: factor, index: { kind: 'literal', value: 0, dtype: 'i32' }, dtype: 'f32' }
  const call = (label: string, args: Expression[]): Expression => ({
    kind: 'apply',
    scalar: { name: label, js: () => 0 },
    args,
    dtype: 'f32',
  })
  const next: Tensor = { ...to }
  const value = call('add', [read(to), call('mul', [scale, read(from)])])
  const kernel = kernelOf('step', [axis], [{ target: next, index, value }])
  return { kernel, update: { variable: to, value: next } }
}
const kernelOf = (name: string, grid: Axis[], results: { target: Tensor; index: Expression; value: Expression }[]) =>
  ({ name, scope: 's', grid, contraction: false, body: [{ kind: 'store', along: [], results }] }) satisfies Kernel
/** A kernel that writes `target` from the first element of `source`. */
function other(target: Tensor, source: Tensor): Kernel {
  const zero: Expression = { kind: 'literal', value: 0, dtype: 'i32' }
  return kernelOf('other', [], [{ target, index: zero, value: { kind: 'load', source, index: zero, dtype: 'f32' } }])
}
const temporary = (...shape: number[]): Tensor => relu(input('t', shape) as Untyped)
/** Of each entry: there are no loops. */
const kernelsOf = ({ runnables }: Flattened) => runnables as readonly (readonly Kernel[])[]
const namesOf = (entry: ReturnType<typeof entryOf>) =>
  kernelsOf(flatten([entry], REGION))[0]!.map(({ name, grid }) => `${name} ${grid[0]?.size ?? 1}`)

test('kernels of one formula become one where the last of them was; parts are aligned', () => {
  const [a, b, c] = [variable('a', 10), variable('b', 3, 50), variable('c', 7)]
  const [ga, gb, gc] = [temporary(10), temporary(150), temporary(7)]
  const between = other(temporary(1), c)
  const entry = entryOf(step(a, ga), step(b, gb), between, step(c, gc, 0.25))
  const flat = flatten([entry], REGION)
  const { regions } = flat
  const kernels = kernelsOf(flat)
  assert.equal(
    kernels[0]!.map(({ name, grid }) => `${name} ${grid[0]?.size}`),
    ['step 256', 'other undefined', 'step 7'],
  )
  assert.is(kernels[0]![0]!.scope, '')
  assert.equal(
    regions.map(({ tensor, parts }) => [tensor.shape, [...parts]]),
    [
      [
        [256],
        [
          [a, 0],
          [b, 256],
        ],
      ],
      [
        [256],
        [
          [ga, 0],
          [gb, 256],
        ],
      ],
    ],
  )
  assert.equal(
    reads(kernels[0]![0]!),
    regions.map(({ tensor }) => tensor),
  )
  assert.equal(writes(kernels[0]![0]!), [regions[0]!.tensor])
})

const hazards: Record<string, () => { entry: ReturnType<typeof entryOf>; expected: string[] }> = {
  'a variable is read after its update: the others move up to it': () => {
    const [a, b] = [variable('a', 8), variable('b', 8)]
    return {
      entry: entryOf(step(a, temporary(8)), other(temporary(1), a), step(b, temporary(8))),
      expected: ['step 128', 'other 1'],
    }
  },
  'a variable is read after its update, to compute the next gradient: nothing moves': () => {
    const [a, b, g] = [variable('a', 8), variable('b', 8), temporary(8)]
    return {
      entry: entryOf(step(a, temporary(8)), other(g, a), step(b, g)),
      expected: ['step 8', 'other 1', 'step 8'],
    }
  },
  'what a member reads is replaced in place before the last': () => {
    const [a, b, c, s] = [variable('a', 8), variable('b', 8), variable('c', 8), variable('s', 1)]
    const next: Tensor = { ...s }
    const replaced = { kernel: other(next, s), update: { variable: s, value: next } }
    const two = [step(a, temporary(8), s), step(b, temporary(8), s)]
    return {
      entry: entryOf(...two, replaced, step(c, temporary(8), s)),
      expected: ['step 128', 'other 1', 'step 8'],
    }
  },
  'one gradient of two variables': () => {
    const [a, b, g] = [variable('a', 8), variable('b', 8), temporary(8)]
    return { entry: entryOf(step(a, g), step(b, g)), expected: ['step 8', 'step 8'] }
  },
  'a variable that is the source of another update': () => {
    const [a, b, c] = [variable('a', 8), variable('b', 8), variable('c', 8)]
    return { entry: entryOf(step(a, b), step(b, c)), expected: ['step 8', 'step 8'] }
  },
  'other scalars': () => {
    const [a, b] = [variable('a', 8), variable('b', 8)]
    const steps = [step(a, temporary(8), temporary(1)), step(b, temporary(8), temporary(1))]
    return { entry: entryOf(...steps), expected: ['step 8', 'step 8'] }
  },
  'an input': () => {
    const [a, b] = [variable('a', 8), variable('b', 8)]
    return { entry: entryOf(step(a, input('x', [8])), step(b, input('y', [8]))), expected: ['step 8', 'step 8'] }
  },
  'a variable and a temporary in one role': () => {
    const [a, b] = [variable('a', 8), variable('b', 8)]
    return { entry: entryOf(step(a, temporary(8)), step(b, variable('c', 8))), expected: ['step 8', 'step 8'] }
  },
}
for (const [name, build] of Object.entries(hazards))
  test(name, () => {
    const { entry, expected } = build()
    assert.equal(namesOf(entry), expected)
  })

test('regions keep to the limit', () => {
  const steps = Array.from({ length: 5 }, (_, i) => step(variable(`v${i}`, 64), temporary(64)))
  const kernels = kernelsOf(flatten([entryOf(...steps)], 512))
  assert.equal(
    kernels[0]!.map(({ grid }) => grid[0]!.size),
    [128, 128, 64],
  )
})

test('two entries share the layout of their variables, or one of them does without', () => {
  const [a, b, c] = [variable('a', 8), variable('b', 8), variable('c', 8)]
  const of = (...variables: Untyped[]) => entryOf(...variables.map(leaf => step(leaf, temporary(8))))
  const sizesOf = (...entries: ReturnType<typeof of>[]) =>
    kernelsOf(flatten(entries, REGION)).map(kernels => kernels.map(({ grid }) => grid[0]!.size))
  assert.equal(sizesOf(of(a, b, c), of(a, b, c)), [[192], [192]])
  assert.equal(sizesOf(of(a, b), of(a, b, c)), [[8, 8], [192]])
  assert.equal(sizesOf(of(c, b, a), of(a, b, c)), [[192], [192]], 'in the order of the layout')
})

// On the device

const SHAPES = [
  [5, 3],
  [16, 9],
  [8, 8],
  [3, 70],
  [11, 7],
  [128, 12],
] as const
const ROWS = 4
const x = Float32Array.from({ length: ROWS * 128 }, (_, i) => Math.fround(Math.cos(i * 1.3)))
type Slot = (name: string, next: (before: Untyped) => Untyped) => Untyped
type Rule = (p: Untyped, g: Untyped, slot: Slot) => Untyped
const rules: Record<string, Rule> = {
  'SGD with momentum': (p, g, slot) =>
    sub(
      p,
      mul(
        slot('v', v => add(mul(v, 0.9), add(g, mul(p, 0.01)))),
        0.1,
      ),
    ),
  AdamW(p, g, slot) {
    const m = slot('m', before => add(mul(before, 0.9), mul(g, 0.1)))
    const v = slot('v', before => add(mul(before, 0.99), mul(mul(g, g), 0.01)))
    return sub(mul(p, 0.999), mul(div(m, add(sqrt(v), 1e-3)), 0.01))
  },
  'SGD and an average of the parameters': (p, g, slot) => {
    const next = sub(
      p,
      mul(
        slot('v', v => add(mul(v, 0.9), g)),
        0.1,
      ),
    )
    slot('average', before => add(mul(before, 0.99), mul(next, 0.01)))
    return next
  },
}
type Leaf = (name: string, shape: readonly number[]) => Untyped
function sharedLeaves(): Leaf {
  const leaves = new Map<string, Untyped>()
  return (name, shape) => leaves.get(name) ?? leaves.set(name, variable(name, ...shape)).get(name)!
}
/** A step of the parameters `which`; the output `late` reads one of them after its update. */
function stepGraph(name: string, rule: Rule, which: readonly number[], leaf: Leaf): Graph {
  const rows = input('x', [ROWS, 128]) as Untyped
  const parameters = which.map(i => leaf(`p${i}`, SHAPES[i]!))
  const made = (p: Untyped): Untyped => dot(slice(rows, 1, 0, p.shape[0] as number) as Untyped, p)
  const loss = parameters.map(p => sum(exp(mul(made(p), 0.1))) as Untyped).reduce((a, b) => add(a, b))
  const gradients = backward([[loss, constant(1, [])]], parameters) as Untyped[]
  const updates: { variable: Tensor; value: Tensor }[] = []
  const next = parameters.map((p, k) => {
    const slot: Slot = (label, rule) => {
      const own = leaf(`${label}${which[k]}`, SHAPES[which[k]!]!)
      const value = rule(own)
      updates.push({ variable: own, value })
      return value
    }
    const value = rule(p, gradients[k]!, slot)
    updates.push({ variable: p, value })
    return value
  })
  return { name, inputs: [rows], outputs: { loss, late: sum(relu(made(next[0]!))) }, updates }
}
const stateOf = (program: Program) =>
  Object.fromEntries(
    program.variables.map(({ name, shape }) => {
      const seed = [...name].reduce((n, c) => n + c.charCodeAt(0), 0)
      return [name, Float32Array.from({ length: numel(shape) }, (_, i) => 0.3 + 0.2 * Math.sin(i + seed))]
    }),
  )
type Values = Record<string, Float32Array>
/** Variables and outputs after runs of some entries. */
async function after(program: Program, entries: readonly string[]): Promise<{ outputs: Values[]; variables: Values }> {
  const session = await load(await testDevice(), program, { init: false })
  session.writeVariables(stateOf(program))
  const outputs: Values[] = []
  for (const name of entries) outputs.push({ ...(await session.call(name, { x })) } as unknown as Values)
  const variables = { ...(await session.readVariables(Object.keys(stateOf(program)))) } as unknown as Values
  session.destroy()
  return { outputs, variables }
}
const ALL = SHAPES.map((_, i) => i)

for (const [name, rule] of Object.entries(rules))
  test(`${name}: one dispatch for six parameters, the same bits as one by one`, async () => {
    const leaf = sharedLeaves()
    const graph = stepGraph('all', rule, ALL, leaf)
    const program = compileGraphs([graph])
    const updates = program.entries.all!.dispatches.filter(({ bindings }) =>
      bindings.some(({ slab, bytes }) => slab === 0 && bytes > 4 * 128 * 12),
    )
    assert.is(updates.length, 1, 'dispatches that touch more than one parameter at once')
    const together = await after(program, ['all'])
    const expected = evaluate(graph, { variables: stateOf(program), inputs: { x } })
    for (const [key, { data }] of [...Object.entries(expected.variables), ...Object.entries(expected.outputs)]) {
      const got = together.variables[key] ?? together.outputs[0]![key]!
      for (const [i, value] of data.entries())
        assert.ok(Math.abs(got[i]! - value) <= 1e-5 * (1 + Math.abs(value)), `${key}[${i}]: ${got[i]}, not ${value}`)
    }
    for (const i of ALL) {
      const alone = await after(compileGraphs([stepGraph('one', rule, [i], sharedLeaves())]), ['one'])
      for (const [key, values] of Object.entries(alone.variables)) assert.equal(together.variables[key], values, key)
    }
  })

test('entries that share variables: all of them and a few, in turn', async () => {
  const rule = rules['SGD with momentum']!
  const leaf = sharedLeaves()
  const graphs = [stepGraph('few', rule, [1, 3], leaf), stepGraph('all', rule, ALL, leaf)]
  const both = compileGraphs(graphs)
  let state: Record<string, ArrayLike<number>> = stateOf(both)
  for (const graph of [graphs[1]!, graphs[0]!, graphs[1]!]) {
    const { variables } = evaluate(graph, { variables: state, inputs: { x } })
    state = { ...state, ...Object.fromEntries(Object.entries(variables).map(([key, { data }]) => [key, data])) }
  }
  const got = await after(both, ['all', 'few', 'all'])
  for (const [key, data] of Object.entries(state))
    for (const [i, value] of Array.from(data).entries())
      assert.ok(Math.abs(got.variables[key]![i]! - value) <= 3e-5 * (1 + Math.abs(value)), `${key}[${i}]`)
})

test('contractions of weight gradients are plain, whatever the optimizer', () => {
  const kernelsOf = (rule: Rule) =>
    compileGraphs([stepGraph('all', rule, ALL, sharedLeaves())]).kernels.filter(({ name }) => name.startsWith('dot'))
  const [one, two] = [kernelsOf(rules['SGD with momentum']!), kernelsOf(rules.AdamW!)]
  assert.equal(
    one.map(({ code }) => code),
    two.map(({ code }) => code),
  )
})

test.after(closeTestDevice)
test.run()
