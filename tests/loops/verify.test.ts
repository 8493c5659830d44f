/** Loop programs of every operation's cases are valid, and what is not is told in a sentence. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CompileOptions, compileGraphs, type Stage } from '../../compiler/compile.js'
import {
  type Axis,
  axisOf,
  type Expression,
  less,
  literal,
  type Memory,
  plus,
  remainder,
  times,
} from '../../compiler/graph/expression.js'
import { p } from '../../compiler/graph/primitive.js'
import { cpu, portable, software, type Target } from '../../compiler/kernels/target.js'
import { type LoopProgram, printProgram, type Statement } from '../../compiler/loops/program.js'
import { verify } from '../../compiler/loops/verify.js'
import { graphOf } from '../device.js'
import { forced } from '../forced.js'
import { cases } from '../ops/cases.js'
import { contractionCases } from '../ops/contraction-cases.js'
import { half } from '../quick.js'
import { verified } from './verified.js'

const graphs = [...cases, ...contractionCases].map((each, i) => graphOf(each, i).graph)
const tensorCores: Target = {
  ...portable,
  f16: true,
  subgroups: true,
  workgroupBytes: 48 * 2 ** 10,
  matrix: { rows: 16, columns: 16, depth: 16, subgroup: 32 },
}
const targets: Readonly<Record<string, CompileOptions>> = {
  processors: { target: cpu },
  'processors, unfused': { target: cpu, fusion: false },
  'software drivers': { target: { ...software, quads: true } },
  GPUs: { target: portable },
  'tensor cores': { target: tensorCores, precision: 'f16' },
  'blocks that no size divides': { target: portable, choose: forced['staged-8x16']! },
  'tiles of transposes': { target: portable, choose: forced.transposed! },
  'rows of many lanes': { target: portable, choose: forced.rows128! },
}
for (const [turn, [name, options]] of Object.entries(targets).entries())
  test(`programs for ${name}`, () => {
    let count = 0
    const observe = (stage: Stage): void => {
      verified(stage)
      if (stage.name === 'loops') count += stage.loops.length
    }
    compileGraphs(half(graphs, turn), { ...options, observe })
    assert.ok(count > 100, `${count} programs`)
  })

const t: Axis = { name: 't', size: 8 }
const x: Memory = { space: 'place', name: 'x', dtype: 'f32', count: 8, unit: 1, access: 'read' }
const y: Memory = { ...x, name: 'y', access: 'read_write' }
const program = (...body: Statement[]): LoopProgram => ({
  name: 'wrong',
  launch: { kind: 'points', point: t, grain: 1 },
  memories: [x, y],
  body,
})
const load = (memory: Memory, index: Expression): Expression => ({ kind: 'element', memory, index, dtype: 'f32' })
const store = (memory: Memory, index: Expression, value: Expression): Statement => ({
  kind: 'store',
  memory,
  index,
  value,
})
const name = (name: string): Expression => ({ kind: 'name', name, dtype: 'f32' })

const lane: Axis = { name: 'lane', size: 4 }
const row: Axis = { name: 'row', size: 2 }
const i: Axis = { name: 'i', size: 2 }
const all: Memory = { space: 'group', name: 'all', dtype: 'f32', count: 8, unit: 1 }
const own: Memory = { space: 'worker', name: 'own', dtype: 'f32', count: 8, unit: 1 }
const halves: Memory = { space: 'group', name: 'halves', dtype: 'f16', count: 64, unit: 1 }
const groups = (...body: Statement[]): LoopProgram => ({
  ...program(...body),
  launch: { kind: 'groups', group: row, lane },
  memories: [x, y, all, halves],
})
const loop = (axis: Axis, body: Statement[], step = 1): Statement => ({
  kind: 'loop',
  axis,
  from: literal(0),
  to: literal(axis.size),
  step,
  body,
})
const barrier: Statement = { kind: 'barrier' }
const one = literal(1, 'f32')
const at = axisOf(t)
const mirrored = plus(literal(3), times(axisOf(lane), -1))
const shared = store(all, axisOf(lane), one)
const exchanged = store(y, plus(times(axisOf(row), 4), axisOf(lane)), load(all, mirrored))

test('programs without a fault', () => {
  const eighth: Axis = { name: 'k', size: 8 }
  const buffer = remainder(axisOf(i), 2)
  const other = plus(times(buffer, -4), literal(4))
  for (const right of [
    program(store(y, at, load(x, at))),
    // Replaced in place, each element by its own point.
    program(store(y, at, p.add(load(y, at), 1))),
    // Steps of four, with four points in each.
    program(loop(eighth, [store(y, plus(axisOf(eighth), remainder(at, 4)), one)], 4)),
    groups(shared, barrier, exchanged),
    groups(loop(i, [shared, barrier, exchanged, barrier])),
    // Two buffers need one barrier.
    groups(
      shared,
      barrier,
      loop(i, [
        { kind: 'let', name: 'v', value: load(all, plus(times(buffer, 4), mirrored)) },
        store(all, plus(other, axisOf(lane)), one),
        barrier,
      ]),
    ),
  ])
    assert.is(verify(right), undefined, printProgram(right))
})
test('faults', () => {
  const beyond = plus(axisOf(t), literal(1))
  const square = p.mul(load(x, at), load(x, at))
  const value = load(x, axisOf(t))
  const splat: Expression = { kind: 'splat', of: value, dtype: 'f32' }
  for (const [body, sentence] of [
    [[store(x, axisOf(t), value)], 'x is stored to, and for reading only'],
    [[store(y, beyond, value)], 'y[(t + 1)] goes from 1 to 8, of 8 elements'],
    [[store(y, axisOf(t), load(x, beyond))], 'x[(t + 1)] goes from 1 to 8, of 8 elements'],
    [[store(y, axisOf(t), axisOf(t))], 'y holds f32, and t is i32'],
    [[store(y, axisOf(t), name('v'))], 'v is not defined where it is used'],
    [
      [
        { kind: 'let', name: 'v', value },
        { kind: 'set', name: 'v', value },
      ],
      'v is no variable here',
    ],
    [
      [
        { kind: 'let', name: 'v', value },
        { kind: 'let', name: 'v', value },
      ],
      'v is defined twice',
    ],
    [[store(y, literal(0), p.add(value, splat))], '(x[t] + splat x[t]) mixes scalars and vectors'],
    [[{ kind: 'barrier' }], 'points do not wait for each other'],
    [[store(y, remainder(times(at, 2 ** 29), 8), one)], '(t * 536870912) goes from 0 to 3758096384, beyond 32 bits'],
    [[store(y, at, p.add(square, square))], '(x[t] * x[t]) is computed 2 times in one statement'],
    [
      [store(y, at, load(y, plus(literal(7), times(at, -1))))],
      'y[(7 + (t * -1))] may be an element that another point replaces',
    ],
    [[store(y, at, one), { kind: 'let', name: 'v', value: load(y, at) }], 'y[t] is loaded after it was replaced'],
    [[store(y, at, p['subgroup.sum'](one))], 'subgroup.sum(1.0) depends on who else runs: points have no subgroups'],
  ] as [Statement[], string][])
    assert.is(verify(program(...body)), sentence)
  const scratch = { ...program(store(y, at, load(own, at))), memories: [x, y, own] }
  assert.is(verify(scratch), 'own[t] is loaded before this point has stored own')
})

test('faults of the memory of a lane', () => {
  const pair: Memory = { space: 'lane', name: 'pair', dtype: 'f32', count: 2, unit: 1 }
  const fill = (memory: Memory, ...values: Expression[]): Statement => ({ kind: 'fill', memory, values })
  const loaded = store(y, at, load(pair, literal(1)))
  for (const [body, sentence] of [
    [[fill(pair, one, load(x, at)), store(pair, literal(0), one), loaded], undefined],
    [[loaded], 'pair[1] is touched before pair is filled'],
    [[store(pair, literal(0), one), fill(pair, one, one)], 'pair[0] is touched before pair is filled'],
    [[fill(pair, one)], 'pair has 2 units, filled by 1.0'],
    [[fill(pair, one, at)], 'pair holds f32, and t is i32'],
    [[fill(y, one)], 'y is no memory of a lane'],
  ] as [Statement[], string | undefined][])
    assert.is(verify({ ...program(...body), memories: [x, y, pair] }), sentence)
})

test('faults of lanes', () => {
  const first: Statement = { kind: 'if', condition: less(axisOf(lane), literal(1)), body: [barrier] }
  const left = { name: 'a', role: 'left', rows: 8, columns: 8, lanes: 4 } as const
  const sum = { ...left, name: 's', role: 'sum' } as const
  const near = 'may be one element of two lanes, with no barrier between'
  for (const [body, sentence] of [
    [[first], 'barrier stands where not all lanes come'],
    [[shared, exchanged], `all[lane] and all[(3 + (lane * -1))] ${near}`],
    // The next pass stores what others may still have to load.
    [[loop(i, [shared, barrier, exchanged])], `all[(3 + (lane * -1))] and all[lane] ${near}`],
    [
      [{ kind: 'matrix', matrix: left, from: { memory: halves, index: literal(8), stride: 8 } }],
      'matrix a: left 8 x 8 = halves[8 by 8] goes to 72, of 64 elements',
    ],
    [
      [
        { kind: 'matrix', matrix: sum },
        { kind: 'matrix', matrix: left, from: { memory: halves, index: literal(0), stride: 8 } },
        { kind: 'multiply', left, right: left, sum },
      ],
      'a is no right matrix here',
    ],
    [
      [
        { kind: 'matrix', matrix: sum },
        { kind: 'spill', matrix: sum, to: { memory: halves, index: literal(0), stride: 8 } },
      ],
      'spill halves[0 by 8] = s: s is of f32, halves of f16',
    ],
  ] as [Statement[], string][])
    assert.is(verify(groups(...body)), sentence)
})

test.run()
