/** Loop programs of every operation's cases are valid, and what is not is told in a sentence. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { type Axis, axisOf, type Expression, literal, type Memory, plus } from '../../compiler/graph/expression.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { p } from '../../compiler/graph/primitive.js'
import type { Kernel } from '../../compiler/kernels/kernel.js'
import { schedule } from '../../compiler/kernels/schedule.js'
import { cpu } from '../../compiler/kernels/target.js'
import type { LoopProgram, Statement } from '../../compiler/loops/program.js'
import { verify } from '../../compiler/loops/verify.js'
import { emit } from '../../compiler/wasm/emit.js'
import { graphOf } from '../device.js'
import { cases } from '../ops/cases.js'
import { contractionCases } from '../ops/contraction-cases.js'

const own = { holder: (tensor: Tensor) => tensor, buffer: (tensor: Tensor) => tensor }

test('programs for a processor', () => {
  const graphs = [...cases, ...contractionCases].map((each, i) => graphOf(each, i).graph)
  let count = 0
  for (const fusion of [true, false]) {
    const kernels: Kernel[] = []
    compileGraphs(graphs, {
      target: cpu,
      fusion,
      observe: stage => void (stage.name === 'kernels' && kernels.push(...stage.kernels)),
    })
    for (const kernel of kernels) {
      count++
      const fault = verify(emit(kernel, schedule(kernel, cpu), own).loops)
      assert.is(fault, undefined, `${kernel.name}: ${fault}`)
    }
  }
  assert.ok(count > 500)
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

test('a program without a fault', () => assert.is(verify(program(store(y, axisOf(t), load(x, axisOf(t))))), undefined))
test('faults', () => {
  const beyond = plus(axisOf(t), literal(1))
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
  ] as [Statement[], string][])
    assert.is(verify(program(...body)), sentence)
})

test.run()
