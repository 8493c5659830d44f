/**
 * Kernels for tensor cores. No software driver has subgroup matrices, so they cannot run here: Tint checks them, and their
 * sums are checked wherever `npm run conformance` finds a GPU that has them.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { portable, type Target } from '../../compiler/kernels/target.js'
import { abs, add, cast, conv2d, dot, exp, maximum, mul, neg, relu } from '../../compiler/ops/index.js'
import { input } from '../device.js'
import { tintErrors } from './tint.js'

const tensorCores: Target = {
  ...portable,
  name: 'tensor cores',
  f16: true,
  workgroupBytes: 48 * 2 ** 10,
  matrix: { rows: 16, columns: 16, depth: 16, subgroup: 32 },
}
const half = (name: string, ...shape: number[]) => input(name, shape, 'f16') as Untyped
const wide = (x: Untyped) => cast(x, 'f32') as Untyped
const programs: Record<string, { inputs: Tensor[]; value: (...inputs: Untyped[]) => Tensor }> = {
  'whole blocks': { inputs: [half('a', 256, 128), half('b', 128, 512)], value: (a, b) => dot(wide(a), wide(b)) },
  'edges on every side, and an epilogue': {
    inputs: [half('a', 50, 70), half('b', 70, 41), half('c', 41)],
    value: (a, b, c) => relu(add(dot(wide(a), wide(b)), wide(c))),
  },
  'a convolution': {
    inputs: [half('x', 4, 32, 16, 16), half('w', 64, 32, 3, 3)],
    value: (x, w) => conv2d(wide(x), wide(w), { padding: 1 }),
  },
}
const compiled = (name: string, target: Target) => {
  const { inputs, value } = programs[name]!
  const graph = { name: 'g', inputs, outputs: { y: value(...(inputs as Untyped[])) }, updates: [] }
  return compileGraphs([graph], { target }).kernels.map(({ code }) => code)
}

test('Tint accepts the kernels of products and convolutions', async () => {
  const kernels = Object.keys(programs).flatMap(name => compiled(name, tensorCores).map(code => ({ name, code })))
  assert.is(kernels.length, 3)
  assert.ok(kernels.every(({ code }) => code.includes('subgroupMatrixMultiplyAccumulate')))
  const features = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'] as GPUFeatureName[]
  assert.equal(await tintErrors(kernels, features), [])
})

test('halves go there as they are, and what is computed from them only where it is one of them', () => {
  const [a, b] = [half('a', 256, 128), half('b', 128, 512)]
  const multiplied = (of: (x: Untyped) => Untyped): boolean => {
    const graph = { name: 'g', inputs: [a, b], outputs: { y: dot(of(wide(a)), wide(b)) }, updates: [] }
    return compileGraphs([graph], { target: tensorCores }).kernels.some(({ code }) => code.includes('subgroupMatrix'))
  }
  const rounded = (x: Untyped) => wide(cast(x, 'f16') as Untyped)
  for (const of of [neg, abs, relu, (x: Untyped) => maximum(x, 0.5), (x: Untyped) => rounded(exp(x))])
    assert.ok(multiplied(of as (x: Untyped) => Untyped), `${of}`)
  // Beyond 65504, between two halves, or both.
  for (const of of [exp, (x: Untyped) => mul(x, 2), (x: Untyped) => maximum(x, 0.1), (x: Untyped) => add(x, x)])
    assert.not(multiplied(of as (x: Untyped) => Untyped), `${of}`)
})

test('without them, and for factors in f32, blocks are staged', () => {
  const { matrix: _, ...without } = tensorCores
  for (const name of Object.keys(programs)) {
    const [code] = compiled(name, without)
    assert.match(code!, 'var<workgroup> left: array<vec4<f32>')
  }
})

test.run()
