/** Loop programs of every schedule that makes one compute what the float64 reference does, without a driver; what none may do is told. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CompileOptions, compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import {
  type Axis,
  axisOf,
  type Expression,
  equals,
  literal,
  type Memory,
  plus,
  times,
} from '../../compiler/graph/expression.js'
import { isFloat, variableOperation } from '../../compiler/graph/graph.js'
import { fromHalf, halfBits } from '../../compiler/graph/halves.js'
import { machines } from '../../compiler/graph/machine.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { contractionOf } from '../../compiler/kernels/contraction.js'
import { type Chooser, pointsOf } from '../../compiler/kernels/schedule.js'
import { cpu, portable, software } from '../../compiler/kernels/target.js'
import { normalize, softmax } from '../../compiler/language/math.js'
import { javascript } from '../../compiler/loops/javascript.js'
import { type LoopProgram, printProgram, type Statement } from '../../compiler/loops/program.js'
import * as ops from '../../compiler/ops/index.js'
import type { Stored } from '../../compiler/plan/program.js'
import { type DeviceCase, graphOf, input, typed } from '../device.js'
import { forced } from '../forced.js'
import { cases as products } from '../kernels/schedule-cases.js'
import { half } from '../quick.js'

const { add, cast, conv2d, dot, exp, mul, permute } = ops
const values = (shape: number[], seed = 1) => ({
  shape,
  values: Float64Array.from({ length: numel(shape) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const integers = (dtype: 'i32' | 'u32' | 'u8', shape: number[], of: (i: number) => number) => ({
  shape,
  dtype,
  values: Float64Array.from({ length: numel(shape) }, (_, i) => of(i)),
})
const everywhere: DeviceCase[] = [
  { name: 'elementwise', inputs: [values([6, 10]), values([10], 2)], build: (a, b) => exp(mul(add(a, b), 0.5)) },
  {
    name: 'a padded image',
    inputs: [values([3, 5, 8])],
    build: a =>
      mul(
        ops.pad(
          a,
          [
            [0, 0],
            [2, 1],
            [1, 3],
          ],
          -0.5,
        ),
        2,
      ),
  },
  { name: 'softmax', inputs: [values([5, 32])], build: a => softmax(a, -1) },
  {
    name: 'layer norm',
    inputs: [values([6, 20]), values([20], 2), values([20], 3)],
    build: (a, scale, bias) => add(mul(normalize(a), scale), bias),
  },
  { name: 'dot', inputs: [values([12, 20]), values([20, 24], 2)], build: (a, b) => dot(a, b) },
  { name: 'dot of prime sizes', inputs: [values([7, 11]), values([11, 13], 2)], build: (a, b) => dot(a, b) },
  {
    name: 'conv',
    inputs: [values([2, 4, 6, 8]), values([4, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1 }),
  },
  {
    name: 'max pool',
    inputs: [values([2, 3, 7, 7])],
    build: a => ops.maxPool2d(a as Tensor<any, any, any>, 3, { stride: 2, padding: 1 }),
  },
  {
    name: 'gathered rows',
    inputs: [values([9, 8]), integers('i32', [12], i => (i * 5) % 9)],
    build: (rows, at) => ops.take(rows, at as never, 0),
  },
  {
    name: 'random bits',
    inputs: [integers('u32', [], () => 12345), integers('u32', [], () => 7)],
    build: (seed, step) => ops.randomBits(seed, step, [5, 8], 0x9e3779b9),
  },
  { name: 'argmax', inputs: [values([5, 33])], build: a => ops.argmax(a, -1) },
  {
    name: 'bytes',
    inputs: [integers('u8', [5, 7], i => (i * 37) % 256)],
    build: a => mul(cast(a, 'f32') as Untyped, 1 / 255),
  },
  {
    name: 'a transposed map',
    inputs: [values([40, 36]), values([36, 40], 2)],
    build: (a, b) => add(permute(a, [1, 0]), b),
  },
  { name: 'one long sum', inputs: [values([3000])], build: a => ops.sum(exp(a)) },
]

/** What differs from the reference, as sentences. */
function compare(options: CompileOptions, cases: readonly DeviceCase[] = everywhere): string[] {
  const prepared = cases.map(graphOf)
  let loops: readonly LoopProgram[] = []
  const program = compileGraphs(
    prepared.map(({ graph }) => graph),
    { ...options, observe: stage => void (stage.name === 'loops' && (loops = stage.loops)) },
  )
  assert.is(loops.length, program.kernels.length, 'every kernel is a loop program')
  const kernels = loops.map(javascript)
  const slabs = program.slabs.map(bytes => new ArrayBuffer(bytes))
  const wrong: string[] = []
  for (const [i, { graph, values }] of prepared.entries()) {
    const { inputs, outputs, dispatches } = program.entries[graph.name]!
    const at = ({ slab, offset, dtype, shape }: Stored) => {
      const Kind = {
        f32: Float32Array,
        i32: Int32Array,
        u32: Uint32Array,
        bool: Uint32Array,
        u8: Uint8Array,
        f16: Uint16Array,
      }
      return new Kind[dtype](slabs[slab]!, offset, numel(shape))
    }
    for (const input of inputs) {
      const given = typed(values[input.name]!, input.dtype)
      at(input).set(input.dtype === 'f16' ? given.map(halfBits) : given)
    }
    for (const { kernel, bindings } of dispatches)
      kernels[kernel]!(bindings.map(({ slab, offset, bytes }) => new Uint8Array(slabs[slab]!, offset, bytes)))
    const expected = evaluate(graph, { inputs: values }).outputs
    for (const output of outputs) {
      const { data } = expected[output.name]!
      const stored = at(output)
      const got = output.dtype === 'f16' ? Float64Array.from(stored, fromHalf) : stored
      const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6)
      const allowed = isFloat(output.dtype) ? (output.dtype === 'f16' ? 1e-3 : 2e-5) * scale : 0
      const bad = data.findIndex((x, k) => !(Math.abs(x - got[k]!) <= allowed))
      if (bad >= 0) wrong.push(`${cases[i]!.name}: ${output.name}[${bad}] is ${got[bad]}, reference ${data[bad]}`)
    }
  }
  return wrong
}

const packed: Chooser = kernel =>
  contractionOf(kernel) ? { kind: 'packed', rows: 8, columns: 16, depth: 8, tile: 8 } : pointsOf(machines.cpu)
const schedules: Readonly<Record<string, CompileOptions>> = {
  ...Object.fromEntries(Object.entries(forced).map(([name, choose]) => [name, { target: portable, choose }])),
  'rows by subgroups': { target: { ...portable, subgroups: true }, choose: forced.rows128! },
  'rows by quads': { target: { ...software, quads: true }, choose: forced.rows4! },
  'as scheduled for software, with quads': { target: { ...software, quads: true } },
  'points of a processor': { target: cpu, choose: () => pointsOf(machines.cpu) },
  'packed contractions': { target: cpu, choose: packed },
}
for (const [turn, [name, options]] of Object.entries(schedules).entries())
  test(name, () => assert.equal(compare(options, half(everywhere, turn)), []))
for (const [turn, name] of ['staged-8x16', 'staged-32x64', 'gpu'].entries())
  test(`${name}, on more shapes`, () =>
    assert.equal(compare({ target: portable, choose: forced[name]! }, half(products, turn)), []))

/** Multiples of 1/16, which halves hold. */
const halves = (shape: number[], seed: number) => ({
  shape,
  dtype: 'f16' as const,
  values: Float64Array.from({ length: numel(shape) }, (_, i) => (((i * 7 + seed) % 33) - 16) / 16),
})
const wide = (x: Untyped) => cast(x, 'f32') as Untyped
test('matrices of subgroups', () => {
  const ofHalves: DeviceCase[] = [
    {
      name: 'dot',
      inputs: [halves([64, 40], 1), halves([40, 64], 2)],
      build: (a, b) => dot(wide(a), wide(b)),
    },
    {
      name: 'edges on every side, and an epilogue',
      inputs: [halves([39, 21], 1), halves([21, 50], 2), halves([50], 3)],
      build: (a, b, c) => ops.relu(add(dot(wide(a), wide(b)), wide(c))),
    },
    {
      name: 'conv',
      inputs: [halves([2, 4, 6, 8], 1), halves([20, 4, 3, 3], 2)],
      build: (a, b) => conv2d(wide(a), wide(b), { padding: 1 }),
    },
  ]
  const matrix = { rows: 8, columns: 8, depth: 8, subgroup: 4 }
  assert.equal(compare({ target: { ...portable, f16: true, matrix } }, ofHalves), [])
})

const row: Axis = { name: 'row', size: 2 }
const lane: Axis = { name: 'lane', size: 4 }
const x: Memory = { space: 'place', name: 'x', dtype: 'f32', count: 8, unit: 1, access: 'read' }
const y: Memory = { ...x, name: 'y', access: 'read_write' }
const all: Memory = { space: 'group', name: 'all', dtype: 'f32', count: 4, unit: 1 }
const own = axisOf(lane)
const at = plus(times(axisOf(row), 4), own)
const load = (memory: Memory, index: Expression): Expression => ({ kind: 'element', memory, index, dtype: 'f32' })
const store = (memory: Memory, index: Expression, value: Expression): Statement => ({
  kind: 'store',
  memory,
  index,
  value,
})
const barrier: Statement = { kind: 'barrier' }
const mirrored = plus(literal(3), times(own, -1))

function run(...body: Statement[]): number[] {
  const result = new Float32Array(8)
  const program: LoopProgram = {
    name: 'tried',
    launch: { kind: 'groups', group: row, lane },
    memories: [x, y, all],
    body,
  }
  assert.ok(printProgram(program))
  javascript(program)([Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), result])
  return [...result]
}
test('lanes see after a barrier what others stored before it', () => {
  const exchanged = [store(all, own, load(x, at)), barrier, store(y, at, load(all, mirrored))]
  assert.equal(run(...exchanged), [3, 2, 1, 0, 7, 6, 5, 4])
})
test('faults', () => {
  const first = equals(own, 0)
  const shared = store(all, own, load(x, at))
  for (const [body, sentence] of [
    [
      [{ kind: 'if', condition: first, body: [barrier] }],
      'tried, row 0: lane 0 waits at barrier, and lane 1 has ended',
    ],
    [
      [shared, store(y, at, load(all, literal(0)))],
      'tried, row 0, lane 1: all[0] is loaded where another stores it, with no barrier between',
    ],
    [
      [shared, barrier, store(y, at, load(all, literal(3))), shared],
      'tried, row 0, lane 3: all[3] is stored where another touches it, with no barrier between',
    ],
    [
      [store(y, own, load(x, at))],
      'tried, row 1, lane 0: y[0] is stored where another touches it, with no barrier between',
    ],
    [[store(y, at, load(all, own))], 'tried, row 0, lane 0: all[0] is loaded before it is stored'],
    [[store(y, at, load(x, plus(at, 1)))], 'tried, row 1, lane 3: x[8] lies outside of its 8 elements'],
    [[store(x, at, literal(1, 'f32'))], 'tried, row 0, lane 0: x is for reading only'],
    [
      [store(y, at, load(x, times(plus(at, 65536), 65536)))],
      'tried, row 0, lane 0: index.mul of 65536 and 65536 leaves 32 bits',
    ],
  ] as [Statement[], string][])
    assert.throws(
      () => run(...body),
      (error: Error) => error.message === sentence || assert.is(error.message, sentence),
    )
})

test('a result of a row that replaces what it is made of is computed by the lane that stores it', () => {
  const shapes = [
    [5, 300, 1],
    [300, 8, 0],
  ] as const
  for (const [rows, columns, axis] of shapes) {
    const x = input('x', [rows, columns]) as Untyped
    const shape = [axis ? rows : columns]
    const old = apply(variableOperation, [], { name: 's', shape, dtype: 'f32', kind: 'state' }) as Untyped
    const next = add(mul(old, 0.5), ops.sum(x, axis)) as Untyped
    const value = mul(next, next)
    let loops: readonly LoopProgram[] = []
    const program = compileGraphs([{ name: 'g', inputs: [x], outputs: {}, updates: [{ variable: old, value }] }], {
      target: portable,
      observe: stage => void (stage.name === 'loops' && (loops = stage.loops)),
    })
    assert.is(loops.length, 1)
    assert.is(loops[0]!.launch.kind, 'groups')
    const slabs = program.slabs.map(bytes => new ArrayBuffer(bytes))
    const at = ({ slab, offset, shape }: Stored) => new Float32Array(slabs[slab]!, offset, numel(shape))
    at(program.entries.g!.inputs[0]!).fill(1)
    at(program.variables[0]!).fill(4)
    for (const { bindings } of program.entries.g!.dispatches)
      javascript(loops[0]!)(bindings.map(({ slab, offset, bytes }) => new Uint8Array(slabs[slab]!, offset, bytes)))
    assert.equal(
      [...at(program.variables[0]!)],
      shape.flatMap(size => Array(size).fill(302 ** 2)),
    )
  }
})

test.run()
