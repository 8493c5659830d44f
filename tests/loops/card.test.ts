/**
 * What loop programs would ask of a card, without one: accesses written by hand whose sectors and conflicts are known, figures measured
 * on an H200 (`tests/bench/README.md`), and the kernels of whole training steps, none of which may be slow for a reason that can be counted.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Axis, axisOf, type Expression, type Memory, plus, times } from '../../compiler/graph/expression.js'
import { estimate, h200 } from '../../compiler/loops/card.js'
import type { LoopProgram } from '../../compiler/loops/program.js'
import { estimates, works } from '../bench/predicted.js'

const place = (name: string, count: number): Memory => ({
  space: 'place',
  name,
  dtype: 'f32',
  count,
  unit: 1,
  access: 'read_write',
})
/** Groups of 64 lanes that copy an element each, at these positions. */
function copying(from: (at: Expression) => Expression): LoopProgram {
  const [group, lane]: Axis[] = [
    { name: 'group', size: 264 },
    { name: 'lane', size: 64 },
  ]
  const at = plus(times(axisOf(group!), 64), axisOf(lane!))
  const [a, b] = [place('a', 2 ** 20), place('b', 2 ** 20)]
  return {
    name: 'copying',
    launch: { kind: 'groups', group: group!, lane: lane! },
    memories: [a, b],
    body: [
      { kind: 'store', memory: b, index: at, value: { kind: 'element', memory: a, index: from(at), dtype: 'f32' } },
    ],
  }
}

test('sectors: neighbours, every second, every eighth, and the same for all', () => {
  const excess = (from: Parameters<typeof copying>[0]): number => {
    const load = estimate(copying(from)).accesses.find(({ text }) => text === 'load')!
    return load.taken / load.fewest
  }
  assert.is(
    excess(at => at),
    1,
  )
  assert.is(
    excess(at => times(at, 2)),
    2,
  )
  assert.is(
    excess(at => times(at, 8)),
    8,
  )
  assert.is(
    excess(at => times(at, 1000)),
    8,
  )
  assert.is(
    excess(() => ({ kind: 'literal', value: 5, dtype: 'i32' })),
    1,
  )
})

test('conflicts: a column of a matrix in workgroup memory, and one with padding', () => {
  const conflicts = (width: number): number => {
    const [group, lane]: Axis[] = [
      { name: 'group', size: 264 },
      { name: 'lane', size: 32 },
    ]
    const all: Memory = { space: 'group', name: 'all', dtype: 'f32', count: 32 * width, unit: 1 }
    const out = place('out', 264 * 32)
    return estimate({
      name: 'column',
      launch: { kind: 'groups', group: group!, lane: lane! },
      memories: [out, all],
      body: [
        { kind: 'store', memory: all, index: axisOf(lane!), value: { kind: 'literal', value: 1, dtype: 'f32' } },
        { kind: 'barrier' },
        {
          kind: 'store',
          memory: out,
          index: plus(times(axisOf(group!), 32), axisOf(lane!)),
          value: { kind: 'element', memory: all, index: times(axisOf(lane!), width), dtype: 'f32' },
        },
      ],
    }).accesses.find(({ memory, text }) => memory === all && text === 'load')!.taken
  }
  assert.is(conflicts(32) / conflicts(33), 32)
})

const timeOf = (found: readonly { readonly time: number }[]): number => found.reduce((sum, { time }) => sum + time, 0)

test('what was measured on an H200 is within a third', () => {
  const measured: Readonly<Record<string, number>> = {
    'matmul 4096': (2 * 4096 ** 3) / 37.1e3,
    'softmax, 16384 x 4096': (8 * 2 ** 26) / 3290,
    'layer norm, 16384 x 4096': (8 * 2 ** 26) / 3270,
  }
  for (const [name, nanoseconds] of Object.entries(measured)) {
    const ratio = timeOf(estimates(works[name]!)) / nanoseconds
    assert.ok(ratio > 0.75 && ratio < 1.34, `${name}: ${ratio}`)
  }
})

test('batch norm of few channels fills the card and takes two sweeps', () => {
  const found = estimates(works['batch norm, 1024x64x32x32']!)
  // Two sweeps read it and one writes it, at the rate that a copy has.
  const least = (3 * 2 ** 28) / h200.bytes
  const time = timeOf(found)
  assert.ok(time < least / 0.85, `${time} of ${least}`)
  for (const { groups, time: own } of found) assert.ok(own < 0.1 * time || groups >= h200.multiprocessors)
})

test('no kernel of a whole step is slow for a reason that can be counted', () => {
  const found = estimates(works['SimCLR step, ResNet of 4 blocks, batch 256']!)
  const faults = found
    .filter(({ time }) => time > 0.002 * timeOf(found))
    .flatMap(({ name, groups, sectors, conflicts, memory, arithmetic }) => [
      ...(groups < h200.multiprocessors ? [`${name} has ${groups} workgroups`] : []),
      ...(memory > 0.5 * arithmetic && sectors > 1.5 ? [`${name} takes ${sectors} times the sectors it needs`] : []),
      ...(conflicts > 2 ? [`${name} takes ${conflicts} times the passes through banks it needs`] : []),
    ])
  assert.equal([...new Set(faults)], [])
})

test.run()
