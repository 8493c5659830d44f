/** Input gradients of strided convolutions, phase by phase: what becomes of a kernel, and its values. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { iota, type Untyped } from '../../compiler/index.js'
import { type Kernel, printKernel } from '../../compiler/kernels/kernel.js'
import { cpu, portable } from '../../compiler/kernels/target.js'
import { printProgram } from '../../compiler/loops/program.js'
import { convGeneral } from '../../compiler/ops/conv.js'
import { conv2d, convTranspose2d, dot, equal, rem, select } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf } from '../device.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
type Conv = { image: [number, number]; kernel: [number, number]; stride: [number, number]; dilation: [number, number] }
const strided = (name: string, { image, kernel, stride, dilation }: Conv, before = 1, after = 1): DeviceCase => ({
  name,
  inputs: [values([2, 4, ...image], 1), values([6, 4, ...kernel], 2)],
  build: (x, w) =>
    convGeneral(x, w, {
      stride,
      padding: [
        [before, after],
        [before, after],
      ],
      inputDilation: [1, 1],
      kernelDilation: dilation,
      groups: 1,
    }),
})
const cases: DeviceCase[] = [
  strided('stride 2', { image: [12, 16], kernel: [3, 3], stride: [2, 2], dilation: [1, 1] }),
  strided('stride 2, odd image', { image: [11, 9], kernel: [3, 3], stride: [2, 2], dilation: [1, 1] }),
  strided('1 x 1, stride 2', { image: [8, 12], kernel: [1, 1], stride: [2, 2], dilation: [1, 1] }, 0, 0),
  strided('stride 2, dilation 2', { image: [13, 12], kernel: [3, 3], stride: [2, 2], dilation: [2, 2] }, 2, 2),
  strided('stride 4, dilation 6', { image: [24, 23], kernel: [3, 3], stride: [4, 4], dilation: [6, 6] }, 3, 2),
  strided('stride 3 by 2', { image: [14, 10], kernel: [4, 5], stride: [3, 2], dilation: [2, 1] }, 2, 1),
  strided('stride beyond the kernel', { image: [15, 16], kernel: [2, 3], stride: [5, 4], dilation: [1, 1] }, 0, 1),
  strided('cropped', { image: [14, 12], kernel: [3, 3], stride: [2, 3], dilation: [1, 1] }, -1, 1),
  {
    name: 'transposed',
    inputs: [values([2, 6, 5, 7], 1), values([6, 4, 3, 3], 2)],
    build: (x, w) => convTranspose2d(x, w, { stride: 2, padding: 1, outputPadding: 1 }),
  },
  {
    name: 'groups',
    inputs: [values([2, 8, 8, 8], 1), values([12, 4, 3, 3], 2)],
    build: (x, w) => conv2d(x, w, { stride: 2, padding: 1, groups: 2 }),
  },
  {
    // No mask: elsewhere the factor is not 0.
    name: 'a product with every other row',
    inputs: [values([16, 12], 1), values([12, 8], 2)],
    build(a, b) {
      const even = equal(rem(iota([16, 12], 0), 2), 0) as Untyped
      return dot(select(even, a, 0.5) as Untyped, b)
    },
  },
]

test('values', async () => {
  assert.equal(await compareOnDevice(cases), [])
})

test('a kernel by phase has the terms of a phase', () => {
  const kernels: Kernel[] = []
  const { graph } = graphOf(cases[0]!, 0)
  compileGraphs([graph], {
    target: portable,
    observe: stage => {
      if (stage.name === 'kernels') kernels.push(...stage.kernels)
    },
  })
  const gradient = kernels.find(({ grid }) => grid.some(({ name }) => name.endsWith('_phase')))!
  const names = new Map<unknown, string>()
  const text = printKernel(gradient, tensor => names.get(tensor) ?? names.set(tensor, `%${names.size}`).get(tensor)!)
  assert.match(text, /_phase<2, .*_phase<2, /)
  assert.match(text, /accumulate over c<6, kh<2, kw<2/)
  // The remainders that are left are of the phase, not of a position.
  assert.not.match(text.replace(/\(\(i\d_phase \+ 1\) % 2\)/g, ''), / % 2/)
})

test('where a phase has fewer positions, its last point stores nothing', () => {
  const texts: string[] = []
  for (const [i, target] of [portable, cpu].entries()) {
    const { graph } = graphOf(cases[1]!, 0)
    compileGraphs([graph], {
      target,
      observe: stage => {
        if (stage.name === 'kernels' && i === 0)
          texts.push(...stage.kernels.map(kernel => printKernel(kernel, () => '%')))
        if (stage.name !== 'loops') return
        const stores = stage.loops.map(printProgram).filter(text => /clamp/.test(text))
        assert.ok(stores.some(text => /if [^\n]*\{\n *store out/.test(text)))
      },
    })
  }
  assert.ok(texts.some(text => /_phase<2/.test(text) && / where .* < 11\) & .* < 9\)/.test(text)))
})

test('on a processor the sums of a phase end where it has no more terms', () => {
  const texts: string[] = []
  const { graph } = graphOf(cases[0]!, 0)
  compileGraphs([graph], {
    target: cpu,
    observe: stage => {
      if (stage.name === 'loops') texts.push(...stage.loops.map(printProgram))
    },
  })
  const ends = texts.flatMap(text => text.match(/loop b\d+ to (min\(.*2\)|at\d+) \{/g) ?? [])
  assert.is(ends.length, 2)
})

test.after(closeTestDevice)
test.run()
