/** ConvNeXt-T: torchvision's names and counts, and its values against the formulas of the paper on plain arrays. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { parametersOf, variablesOf } from '../../compiler/language/module.js'
import { convnextTiny } from '../../models/encoders/convnext.js'
import { numbers, runModule } from './modules.js'

/** Names and shapes of torchvision's convnext_tiny without `classifier.2`: even features make smaller, odd ones hold blocks. */
function torchvision(width: number, depths: readonly number[], patch: number): [string, number[]][] {
  const both = (name: string, weight: number[]): [string, number[]][] => [
    [`${name}.weight`, weight],
    [`${name}.bias`, [weight[0]!]],
  ]
  const stages = depths.flatMap((depth, i): [string, number[]][] => {
    const to = width * 2 ** i
    const [norm, conv] = i === 0 ? [1, 0] : [0, 1]
    const smaller = [
      ...both(`features.${2 * i}.${conv}`, i === 0 ? [to, 3, patch, patch] : [to, to / 2, 2, 2]),
      ...both(`features.${2 * i}.${norm}`, [i === 0 ? to : to / 2]),
    ]
    const blocks = Array.from({ length: depth }, (_, j): [string, number[]][] => {
      const path = `features.${2 * i + 1}.${j}`
      return [
        [`${path}.layer_scale`, [to, 1, 1]],
        ...both(`${path}.block.0`, [to, 1, 7, 7]),
        ...both(`${path}.block.2`, [to]),
        ...both(`${path}.block.3`, [4 * to, to]),
        ...both(`${path}.block.5`, [to, 4 * to]),
      ]
    })
    return [...smaller, ...blocks.flat()]
  })
  return [...stages, ...both('classifier.0', [8 * width])]
}
const byName = (a: [string, unknown], b: [string, unknown]) => (a[0] < b[0] ? -1 : 1)

test('convnextTiny has the variables of torchvision', () => {
  const own = variablesOf(convnextTiny()).map(({ name, tensor }): [string, number[]] => [name, [...tensor.shape]])
  assert.equal(own.sort(byName), torchvision(96, [3, 3, 9, 3], 4).sort(byName))
  // torchvision says 28,589,128 with the classifier of 1,000 classes.
  const count = parametersOf(convnextTiny()).reduce((total, { tensor }) => total + numel(tensor.shape), 0)
  assert.is(count + 768 * 1000 + 1000, 28_589_128)
})

// The paper's formulas on one image: maps are [channel][pixel], row-major.

type Map = { readonly size: number; readonly planes: readonly number[][] }
const erf = (x: number): number => {
  let [term, total] = [x, x] // the power series, for |x| < 4
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n
    total += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * total
}
const gelu = (x: number) => (x * (1 + erf(x / Math.SQRT2))) / 2
const norm = (row: number[], weight: ArrayLike<number>, bias: ArrayLike<number>) => {
  const mean = row.reduce((a, b) => a + b) / row.length
  const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length
  return row.map((x, i) => ((x - mean) / Math.sqrt(variance + 1e-6)) * weight[i]! + bias[i]!)
}
const perPixel = ({ size, planes }: Map, f: (row: number[]) => number[]): Map => {
  const rows = planes[0]!.map((_, pixel) => f(planes.map(plane => plane[pixel]!)))
  return { size, planes: rows[0]!.map((_, c) => rows.map(row => row[c]!)) }
}
/** A convolution; `from(o)` are the input channels of output `o`. */
function convolve(
  { size, planes }: Map,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  { kernel, stride, padding, from }: { kernel: number; stride: number; padding: number; from: readonly number[][] },
): Map {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1
  const result = from.map((channels, o) =>
    Array.from({ length: out * out }, (_, pixel) => {
      let total = bias[o]!
      channels.forEach((channel, c) => {
        for (let i = 0; i < kernel; i++)
          for (let j = 0; j < kernel; j++) {
            const [y, x] = [Math.floor(pixel / out) * stride + i - padding, (pixel % out) * stride + j - padding]
            if (y < 0 || x < 0 || y >= size || x >= size) continue
            const at = ((o * channels.length + c) * kernel + i) * kernel + j
            total += planes[channel]![y * size + x]! * weight[at]!
          }
      })
      return total
    }),
  )
  return { size: out, planes: result }
}
const dense = (row: number[], weight: ArrayLike<number>, bias: ArrayLike<number>) =>
  Array.from(bias, (b, o) => row.reduce((total, x, i) => total + x * weight[o * row.length + i]!, b))

test('convnextTiny computes the formulas of the paper, stage by stage', () => {
  const [width, depths, patch, size] = [2, [1, 2, 1, 1] as const, 2, 16]
  const encoder = convnextTiny({ width, depths, patch })
  const variables = Object.fromEntries(
    variablesOf(encoder).map(({ name, tensor }, i) => [name, numbers(numel(tensor.shape), i).map(x => x * 0.4)]),
  )
  const image = numbers(3 * size * size, 77)
  const seen: Record<string, Tensor> = {}
  const at = Object.fromEntries(encoder.sites.map(site => [site, (x: Untyped) => (seen[site] = x)]))
  const { outputs } = runModule(
    encoder,
    ({ x }) => {
      const y = encoder(x as Untyped, at) as Tensor
      return { ...seen, y }
    },
    { inputs: { x: { shape: [1, 3, size, size], data: image } }, variables },
  )

  const v = (name: string) => variables[name]!
  const all = (count: number, to: number) =>
    Array.from({ length: to }, () => Array.from({ length: count }, (_, c) => c))
  const check = (site: string, { planes }: Map) =>
    planes.flat().forEach((value, i) => {
      const found = outputs[site]!.data[i]!
      assert.ok(Math.abs(found - value) < 1e-8, `${site} ${i}: ${found}, expected ${value}`)
    })
  let map: Map = {
    size,
    planes: [0, 1, 2].map(c => [...image.subarray(c * size * size, (c + 1) * size * size)]),
  }
  depths.forEach((depth, i) => {
    const to = width * 2 ** i
    const [conv, normed] = [`features.${2 * i}.${i === 0 ? 0 : 1}`, `features.${2 * i}.${i === 0 ? 1 : 0}`]
    const side = i === 0 ? patch : 2
    const shrink = (x: Map) =>
      convolve(x, v(`${conv}.weight`), v(`${conv}.bias`), {
        kernel: side,
        stride: side,
        padding: 0,
        from: all(x.planes.length, to),
      })
    const standardize = (x: Map) => perPixel(x, row => norm(row, v(`${normed}.weight`), v(`${normed}.bias`)))
    map = i === 0 ? standardize(shrink(map)) : shrink(standardize(map))
    if (i === 0) check('stem', map)
    for (let j = 0; j < depth; j++) {
      const p = `features.${2 * i + 1}.${j}`
      const deep = convolve(map, v(`${p}.block.0.weight`), v(`${p}.block.0.bias`), {
        kernel: 7,
        stride: 1,
        padding: 3,
        from: Array.from({ length: to }, (_, c) => [c]),
      })
      const branch = perPixel(deep, row => {
        const normal = norm(row, v(`${p}.block.2.weight`), v(`${p}.block.2.bias`))
        const hidden = dense(normal, v(`${p}.block.3.weight`), v(`${p}.block.3.bias`)).map(gelu)
        return dense(hidden, v(`${p}.block.5.weight`), v(`${p}.block.5.bias`))
      })
      const scale = v(`${p}.layer_scale`)
      map = {
        size: map.size,
        planes: map.planes.map((plane, c) => plane.map((x, pixel) => x + scale[c]! * branch.planes[c]![pixel]!)),
      }
    }
    check(`stage${i + 1}`, map)
  })
  const pooled = map.planes.map(plane => plane.reduce((a, b) => a + b) / plane.length)
  const features = norm(pooled, v('classifier.0.weight'), v('classifier.0.bias'))
  check('y', { size: 1, planes: features.map(x => [x]) })
  check('pooled', { size: 1, planes: features.map(x => [x]) })
})

test('features, sites and the smallest image', () => {
  const encoder = convnextTiny({ width: 4 })
  assert.is(encoder.features, 32)
  assert.equal(encoder.sites, ['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'pooled'])
  const on = (side: number) => () =>
    runModule(encoder, ({ x }) => ({ y: encoder(x as Untyped) as Tensor }), {
      inputs: { x: { shape: [1, 3, side, side], data: new Float64Array(3 * side * side) } },
      variables: {},
    })
  assert.throws(on(31), /convnext takes images \[N, C, H, W\] of 32 pixels or more, got \[1, 3, 31, 31\]/)
})

test.run()
