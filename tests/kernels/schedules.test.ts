/** Every schedule of a kernel computes the same: each is forced in turn, on shapes that divide and shapes that do not. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Axis } from '../../compiler/graph/expression.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { contractionOf } from '../../compiler/kernels/contraction.js'
import { type Kernel, points } from '../../compiler/kernels/kernel.js'
import type { Schedule } from '../../compiler/kernels/schedule.js'
import { software } from '../../compiler/kernels/target.js'
import { mean, softmax } from '../../compiler/language/math.js'
import { conv2d, dot, exp, max, square, sub, sum } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase } from '../device.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const cases: DeviceCase[] = [
  { name: 'dot', inputs: [values([12, 20], 1), values([20, 24], 2)], build: (a, b) => dot(a, b) },
  { name: 'dot of prime sizes', inputs: [values([7, 11], 1), values([11, 13], 2)], build: (a, b) => dot(a, b) },
  {
    name: 'conv',
    inputs: [values([2, 4, 9, 8], 1), values([6, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1 }),
  },
  {
    name: 'conv, stride 2',
    inputs: [values([2, 4, 8, 8], 1), values([8, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1, stride: 2 }),
  },
  {
    name: 'conv, stride 2, odd',
    inputs: [values([1, 3, 7, 9], 1), values([2, 3, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1, stride: 2 }),
  },
  { name: 'softmax', inputs: [values([5, 33], 1)], build: a => softmax(a, -1) },
  {
    name: 'variance of columns',
    inputs: [values([300, 6], 1)],
    build: (a: Untyped) => mean(square(sub(a, mean(a, 0)) as Untyped), 0),
  },
  { name: 'maximum and sum', inputs: [values([90, 70], 1)], build: a => sub(sum(a), max(a)) },
  { name: 'one long sum', inputs: [values([20000], 1)], build: a => sum(exp(a)) },
  { name: 'long weight gradient', inputs: [values([4096, 4], 1), values([4, 3], 2)], build: (a, b) => dot(a, b) },
]

const all = (axes: readonly Axis[], of: (size: number) => number): Map<Axis, number> =>
  new Map(axes.map(axis => [axis, of(axis.size)]))
const divisor = (most: number) => (size: number) =>
  Array.from({ length: most }, (_, i) => most - i).find(d => size % d === 0) ?? 1
const along = (kernel: Kernel): Axis[] => [...new Set(kernel.body.flatMap(statement => statement.along))]
const schedules: Record<string, (kernel: Kernel) => Schedule> = {
  'one point per invocation': () => ({ kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 64 }),
  'tiles on every axis': kernel => ({
    kind: 'tiles',
    tile: all(kernel.grid, divisor(3)),
    unroll: new Map(),
    workgroup: 32,
  }),
  'unrolled loops': kernel => ({
    kind: 'tiles',
    tile: new Map(),
    unroll: all(along(kernel), divisor(5)),
    workgroup: 64,
  }),
  'tiles and unrolled loops': kernel => ({
    kind: 'tiles',
    tile: all(kernel.grid, divisor(4)),
    unroll: all(along(kernel), divisor(3)),
    workgroup: 8,
  }),
  'rows of 16': () => ({ kind: 'rows', lanes: 16 }),
  'rows of 128': () => ({ kind: 'rows', lanes: 128 }),
  'staged in blocks of 8 by 16': kernel =>
    contractionOf(kernel)
      ? { kind: 'staged', rows: 8, columns: 16, depth: 4, tile: [4, 4] }
      : { kind: 'rows', lanes: 16 },
  'staged in blocks of 32 by 64': kernel =>
    contractionOf(kernel)
      ? { kind: 'staged', rows: 32, columns: 64, depth: 8, tile: [4, 8] }
      : { kind: 'rows', lanes: 16 },
}
for (const [name, choose] of Object.entries(schedules))
  test(name, async () => {
    const forced = (kernel: Kernel): Schedule => {
      const schedule = choose(kernel)
      return schedule.kind === 'rows' && points(kernel.grid) > 5000
        ? { kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 64 }
        : schedule
    }
    assert.equal(await compareOnDevice(cases, { choose: forced }), [])
  })

for (const target of [{}, { target: software }])
  test(`the heuristics of ${target.target?.name ?? 'portable'}`, async () => {
    assert.equal(await compareOnDevice(cases, target), [])
  })

test.after(closeTestDevice)
test.run()
