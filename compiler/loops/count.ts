/**
 * The work that a loop program does: one walk over its statements, with the passes of the loops around each. What registers hold at a
 * time, and what a driver takes to compile the text, it does not count: schedules are only made within both (`registers` and `text` of a
 * machine), so between two of them neither decides.
 */
import { dependencies } from '../graph/dependencies.js'
import { type Expression, type Memory, partsOf, plus, times as product, widthOf } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Machine } from '../graph/machine.js'
import { primitives } from '../graph/primitive.js'
import { preOrder } from '../graph/reach.js'
import { bytesPerElement, type Work } from '../kernels/cost.js'
import { type LoopProgram, launched, type Matrix, type Statement, valuesOf } from './program.js'
import { createRanges } from './range.js'

/** What an access to memory that a workgroup or an invocation has for itself takes of one to the nearest cache. */
const OWN = 1 / 8

export function count({ launch, memories, body }: LoopProgram, machine: Machine): Work {
  const work = { simple: 0, multiplyAdds: 0, accesses: 0, passes: 0, barriers: 0 }
  const touched = new Map<Memory, number>()
  const ranges = createRanges()
  const { simplify, substitute } = createIndexing()
  /** What integers are names of. */
  const lets = new Map<string, Expression>()
  const points = launched(launch).reduce((n, { size }) => n * size, 1)

  /** What a statement computes: once each, whoever shares it. */
  function values(roots: readonly Expression[], times: number): void {
    for (const e of preOrder(roots, partsOf)) {
      if (e.kind === 'element') access(e.memory, e.width ?? 1, times)
      else if (e.kind === 'fold') work.simple += 3 * times
      else if (e.kind === 'apply') {
        const { scalar } = e
        const lanes = scalar.name.startsWith('index.') || machine.width === 1 ? widthOf(e) : machine.width
        if (scalar === primitives.fma) work.multiplyAdds += lanes * times
        else work.simple += lanes * times * (scalar.cost ?? 1)
      }
    }
  }
  function access(memory: Memory, width: number, times: number): void {
    work.accesses += memory.space === 'group' || memory.space === 'lane' ? OWN * times : times
    touched.set(memory, (touched.get(memory) ?? 0) + times * width)
  }
  function statements(list: readonly Statement[], times: number): void {
    for (const statement of list) {
      values(valuesOf(statement), times)
      switch (statement.kind) {
        case 'let':
          if (statement.value.dtype === 'i32') lets.set(statement.name, statement.value)
          break
        case 'store':
          access(statement.memory, widthOf(statement.value), times)
          break
        case 'fill':
          access(statement.memory, statement.memory.unit, times * statement.values.length)
          break
        case 'barrier':
          work.barriers += times
          break
        // A lane does its fraction of what the subgroup does together, with one access for two halves or a sum.
        case 'multiply': {
          const { left, right, sum } = statement
          work.multiplyAdds += (times * left.rows * left.columns * right.columns) / sum.lanes / machine.matrices
          break
        }
        case 'matrix':
          if (statement.from) access(statement.from.memory, 1, (times * elements(statement.matrix)) / 2)
          break
        case 'spill':
          access(statement.to.memory, 1, times * elements(statement.matrix))
          break
        case 'if':
          statements(statement.body, times)
          break
        case 'loop': {
          const passes = times * passesOf(statement)
          work.passes += passes
          statements(statement.body, passes)
        }
      }
    }
  }
  /** Without names, so that the ends of a loop are compared in axes. */
  function inAxes(e: Expression): Expression {
    const isNamed = [...dependencies(e)].some(what => typeof what === 'string' && lets.has(what))
    return isNamed ? inAxes(substitute(e, lets)) : simplify(e)
  }
  /** At most: the last part of an axis that was cut counts as a whole one, as the units that have a whole one take as long. */
  function passesOf({ from, to, step }: Extract<Statement, { kind: 'loop' }>): number {
    const ends = to.kind === 'apply' && to.scalar === primitives.min ? to.args : [to]
    return Math.min(
      ...ends.map(end => Math.max(0, Math.ceil(ranges.of(inAxes(plus(end, product(from, -1))))[1] / step))),
    )
  }
  statements(body, points)
  const bytes = memories
    .filter(({ space }) => space === 'place')
    .reduce((sum, memory) => sum + Math.min(memory.count, touched.get(memory) ?? 0) * bytesPerElement[memory.dtype], 0)
  return {
    ...work,
    bytes,
    points: machine.width === 1 || launch.kind === 'groups' ? points : Math.ceil(points / launch.grain),
  }
}

/** Of a matrix, in the registers of one lane. */
const elements = ({ rows, columns, lanes }: Matrix): number => (rows * columns) / lanes
