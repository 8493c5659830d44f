/** Long contractions in parts: equal ranges of any length, the factor for blocks on several cards, the same sums under every schedule. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { type Kernel, printKernel } from '../../compiler/kernels/kernel.js'
import { blockOf, type Chooser, schedule } from '../../compiler/kernels/schedule.js'
import { portable } from '../../compiler/kernels/target.js'
import { conv2d, dot, transpose } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, input, sameBits } from '../device.js'
import { forced } from '../forced.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
/** 5003 is prime; the second has padding inside of the ranges, and 26 rows to cut. */
const cases: DeviceCase[] = [
  {
    name: 'a product of 5003 terms',
    inputs: [values([5003, 20], 1), values([5003, 36], 2)],
    build: (a: Untyped, b: Untyped) => dot(transpose(a) as Untyped, b),
  },
  {
    name: 'a weight gradient',
    inputs: [values([7, 2, 26, 26], 1), values([16, 2, 3, 3], 2)],
    build: (x, w) => conv2d(x, w, { padding: 1 }),
  },
]

/** The kernels that a graph is made of. */
function kernelsOf(inputs: Tensor[], outputs: Record<string, Tensor>, target = portable): Kernel[] {
  const found: Kernel[] = []
  const choose: Chooser = (kernel, target) => {
    found.push(kernel)
    return schedule(kernel, target)
  }
  compileGraphs([{ name: 'g', inputs, outputs, updates: [] }], { target, choose })
  return found
}

test('ranges of equal length, the last one shorter; parts outermost, so that blocks are stored as they lie', () => {
  const [a, b] = [input('a', [32, 5003]), input('b', [5003, 32])] as [Untyped, Untyped]
  const [parts, sum] = kernelsOf([a, b], { y: dot(a, b) })
  const names = (tensor: Tensor) => `${tensor.attributes.name ?? 'partial'}`
  assert.is(
    printKernel(parts!, names),
    `kernel dot_part for part<19, i0<32, i1<32
  accumulate over k0<264: r0 = sum mul(choose((((part * 264) + k0) < 5003), a[choose((((part * 264) + k0) < 5003), (((part * 264) + k0) + (i0 * 5003)), 0)], 0), b[choose((((part * 264) + k0) < 5003), (((part * 8448) + (k0 * 32)) + i1), 0)])
  store partial[(((part * 1024) + (i0 * 32)) + i1)] = r0`,
  )
  assert.match(printKernel(sum!, names), /accumulate over part<19: r0 = sum partial\[\(\(\(part \* 1024\)/)
})

test('partial sums fit in one binding', () => {
  const [a, b] = [input('a', [512, 4096]), input('b', [4096, 512])] as [Untyped, Untyped]
  const parts = (mebibytes: number) =>
    kernelsOf([a, b], { y: dot(a, b) }, { ...portable, bindingBytes: mebibytes * 2 ** 20 })[0]!.grid[0]!.size
  assert.equal([parts(128), parts(8)], [16, 8])
})

/** ResNet-18 on 32-pixel images at batch 512: output channels, input channels, side of the output. */
const weights = [
  [64, 64, 32],
  [128, 64, 16],
  [128, 128, 16],
  [256, 128, 8],
  [256, 256, 8],
  [512, 256, 4],
  [512, 512, 4],
] as const
test('weight gradients of ResNet-18 fill waves of 132 and of 264 blocks', () => {
  for (const [out, within, side] of weights) {
    const stride = out === within ? 1 : 2
    const x = input('x', [512, within, side * stride, side * stride]) as Untyped
    const w = input('w', [out, within, 3, 3]) as Untyped
    const c = input('c', [512, out, side, side]) as Untyped
    const [gradient] = backward([[conv2d(x, w, { padding: 1, stride }) as Untyped, c]], [w])
    const [kernel] = kernelsOf([x, w, c], { gradient: gradient! })
    const part = kernel!.grid[0]!
    assert.is(part.name, 'part')
    const range = kernel!.body[0]!.along.reduce((n, { size }) => n * size, 1)
    const { count } = blockOf({ rows: out, columns: within * 9, depth: range, batch: part.size })
    const even = (512 * side * side) / (part.size * range)
    for (const atOnce of [132, 264]) {
      const efficiency = (even * count) / (Math.ceil(count / atOnce) * atOnce)
      assert.ok(efficiency > 0.9, `${out} x ${within * 9} in ${part.size} parts: ${efficiency} of ${atOnce}`)
    }
  }
})

for (const name of ['tiles-unrolled', 'staged-8x16', 'staged-32x64', 'gpu'])
  test(`the same sums: ${name}`, async () => {
    assert.equal(await compareOnDevice(cases, { target: portable, choose: forced[name]! }), [])
  })

test('every run has the same bits', () => sameBits(cases[0]!))

test.after(closeTestDevice)
test.run()
