/**
 * One model of cost before there is a schedule and after: what a kernel takes at least (`bound`) is no more than what the loop program
 * of any of its schedules takes (`time` of its `count`), and of products it is not far from it.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { bound } from '../../compiler/kernels/bound.js'
import { time, type Work } from '../../compiler/kernels/cost.js'
import type { Kernel } from '../../compiler/kernels/kernel.js'
import { type Schedule, schedule } from '../../compiler/kernels/schedule.js'
import { cpu, machineOf, portable, software, type Target } from '../../compiler/kernels/target.js'
import { logsumexp, mean, softmax } from '../../compiler/language/math.js'
import { count } from '../../compiler/loops/count.js'
import * as ops from '../../compiler/ops/index.js'
import { backendOf } from '../../compiler/plan/backend.js'
import { input } from '../device.js'
import { forced, forProcessors } from '../forced.js'

const x = (...shape: number[]): Untyped => input(`x${shape}`, shape) as Untyped
const half = (...shape: number[]): Untyped => input(`h${shape}`, shape, 'f16') as Untyped
const { add, concat, conv2d, dot, exp, matmul, max, mul, pad, permute, relu, reshape, sqrt, square, sub, sum, tanh } =
  ops

/** What convolutions do with their gradients, padded, strided and dilated by the stride. */
const convolution = (stride: number, side: number): Tensor[] => {
  const [image, filters] = [x(2, 3, side, side), x(4, 3, 3, 3)]
  const y = conv2d(image, filters, { padding: 1, stride }) as Untyped
  return [relu(y), ...backward([[y, input('g', y.shape) as Untyped]], [image, filters])]
}
const graphs: Record<string, () => Tensor[]> = {
  'product of halves': () => [dot(ops.cast(half(64, 48), 'f32') as Untyped, ops.cast(half(48, 80), 'f32') as Untyped)],
  'elementwise, with functions': () => [tanh(exp(mul(x(33, 20), x(20)) as Untyped) as Untyped)],
  'one value, shared by two results': () => [exp(x(40, 8)), sqrt(exp(x(40, 8)) as Untyped)],
  'a value of a row, in every column': () => [mul(exp(reshape(x(50, 1), [50, 1])), x(50, 64)) as Tensor],
  product: () => [dot(x(64, 48), x(48, 80))],
  'product of odd sizes': () => [relu(add(dot(x(7, 11), x(11, 13)), x(13)) as Untyped)],
  'products, permuted': () => [permute(matmul(x(3, 8, 12), x(3, 12, 16)) as Untyped, [1, 0, 2])],
  'product of functions': () => [dot(exp(x(24, 32)) as Untyped, square(x(32, 16)) as Untyped)],
  convolution: () => convolution(1, 9),
  'strided convolution': () => convolution(2, 8),
  // Nearly all of its terms are padding, which a schedule may know.
  'convolution of one pixel': () => convolution(1, 1),
  'convolution of 2 x 2 pixels by 2': () => convolution(2, 2),
  softmax: () => [softmax(x(12, 37), -1), logsumexp(x(5, 300), -1)],
  'statistics of columns': () => [mean(square(sub(x(70, 6), mean(x(70, 6), 0)) as Untyped), 0)],
  'sums and maxima': () => [sum(exp(x(3000)) as Untyped), max(x(90, 70)), sum(x(16, 16, 3), [0, 2])],
  'pads and parts': () => [exp(concat(pad(x(3, 4), [[1, 1], [0, 2]]) as Untyped, x(2, 6), 0) as Untyped)], // biome-ignore format: one line
  'a part of much': () => [exp(ops.slice(x(1000, 64), 0, 10, 14) as Untyped)],
  'gathered rows': () => [mul(ops.take(x(500, 16), input('at', [4], 'i32') as never, 0), 2) as Tensor],
}

const matrix = { rows: 16, columns: 16, depth: 16, subgroup: 32 }
const targets: Record<string, Target> = {
  portable: { ...portable, f16: true },
  'subgroup matrices': { ...portable, f16: true, workgroupBytes: 2 ** 16, matrix },
  software: { ...software, f16: true },
  'quads of software': { ...software, f16: true, quads: true },
  cpu,
}

/** Kernels of a graph for a target. */
function kernelsOf(outputs: readonly Tensor[], target: Target): Kernel[] {
  const found: Kernel[] = []
  const inputs = [...new Set(outputs.flatMap(leavesOf))]
  const named = Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]))
  compileGraphs([{ name: 'g', inputs, outputs: named, updates: [] }], {
    target,
    choose(kernel) {
      found.push(kernel)
      return schedule(kernel, target)
    },
  })
  return found
}
const leavesOf = (tensor: Tensor): Tensor[] =>
  tensor.operands.length ? tensor.operands.flatMap(leavesOf) : tensor.operation.name === 'input' ? [tensor] : []

/** The work of a kernel under a schedule; nothing where there is no such loop program. */
function workOf(kernel: Kernel, chosen: Schedule, target: Target): Work | undefined {
  try {
    const storage = { holder: (tensor: Tensor) => tensor, buffer: (tensor: Tensor) => tensor }
    const { loops } = backendOf(target).module(kernel, chosen, storage)
    return count(loops, machineOf(target))
  } catch {
    return undefined
  }
}
/** Idle units aside: a bound knows of none. */
const busy = (work: Work): Work => ({ ...work, points: Number.POSITIVE_INFINITY })

for (const [name, target] of Object.entries(targets))
  test(`no schedule for ${name} takes less than the bound`, () => {
    const choosers = [schedule, ...Object.values(target.class === 'cpu' ? forProcessors : forced)]
    const wrong: string[] = []
    let counted = 0
    const kinds = new Set<string>()
    for (const [title, outputs] of Object.entries(graphs))
      for (const kernel of kernelsOf(outputs(), target)) {
        const machine = machineOf(target)
        const least = bound(kernel, machine)
        assert.ok(least > 0 && Number.isFinite(least), `${title}: ${least}`)
        for (const choose of choosers) {
          const chosen = choose(kernel, target)
          const work = workOf(kernel, chosen, target)
          if (!work) continue
          counted++
          kinds.add(chosen.kind)
          const taken = time(busy(work), machine)
          if (least > taken * (1 + 1e-9))
            wrong.push(`${title}, ${kernel.name} as ${chosen.kind}: ${taken} ns, but ${least} at least`)
        }
      }
    assert.equal(wrong, [])
    assert.ok(counted > 20 * choosers.length, `${counted} programs`)
    assert.is(kinds.has('matrix'), target.matrix !== undefined)
  })

test('the bound of a product is its multiply-adds, and what a processor does is near it', () => {
  const [kernel] = kernelsOf([dot(x(256, 256), x(256, 256))], cpu) as [Kernel]
  const machine = machineOf(cpu)
  const least = bound(kernel, machine)
  assert.is(least, 256 ** 3 * machine.multiplyAdd)
  const work = workOf(kernel, schedule(kernel, cpu), cpu)!
  // Beside the terms, those of positions.
  assert.ok(work.multiplyAdds >= 256 ** 3 && work.multiplyAdds < 1.05 * 256 ** 3, `${work.multiplyAdds}`)
  assert.is(work.bytes, 3 * 4 * 256 ** 2)
  assert.ok(time(busy(work), machine) < 3 * least, `${time(busy(work), machine)} ns, at least ${least}`)
})

test('what lies idle makes a schedule longer', () => {
  const [kernel] = kernelsOf([dot(x(32, 4096), x(4096, 32))], portable) as [Kernel]
  const one: Schedule = { kind: 'tiles', tile: new Map(kernel.grid.map(axis => [axis, axis.size])), unroll: new Map(), workgroup: 64 } // biome-ignore format: one line
  const machine = machineOf(portable)
  const [few, many] = [one, { ...one, tile: new Map() }].map(each => time(workOf(kernel, each, portable)!, machine))
  assert.ok(few! > 10 * many!, `${few} and ${many} ns`)
})

test.run()
