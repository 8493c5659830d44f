/** Values at depth: long chains, their gradients and wide concatenations are what the float64 reference says. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../compiler/graph/node.js'
import * as facet from '../../compiler/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase } from '../device.js'

const F = facet as unknown as Record<string, (...x: any[]) => Untyped>
/** The processor compiles in milliseconds what takes drivers seconds. */
const LONG = process.env.FACET_ADAPTER === 'cpu' ? 1500 : 300

const x = Array.from({ length: 16 }, (_, i) => Math.sin(1 + 3 * i))
const chain = (name: string, step: (y: Untyped, x: Untyped, i: number) => Untyped, part = 1): DeviceCase => ({
  name,
  inputs: [{ shape: [4, 4], values: x }],
  build(x: Untyped) {
    let y = x
    for (let i = 0; i < LONG * part; i++) y = step(y, x, i)
    return y
  },
})
const rows = [
  [1, 0],
  [0, 0],
]
const cases: readonly DeviceCase[] = [
  chain('multiply and add', y => F.add!(F.mul!(y, 0.999), 0.001)),
  chain('products with the input', (y, x) => F.mul!(F.add!(y, 0.5), F.mul!(x, 0.7))),
  chain('sines', (y, x) => F.sin!(F.add!(y, x)), 0.3),
  chain('hyperbolic tangents', (y, x) => F.tanh!(F.add!(y, x)), 0.3),
  chain('nested select', (y, x, i) => F.select!(F.greater!(x, i / LONG), F.mul!(x, i / LONG), y)),
  chain('largest of many', (y, x, i) => F.maximum!(F.mul!(y, 0.99), F.mul!(x, Math.sin(i)))),
  chain('movement', (y, _, i) => F.add!(F.reshape!(F.transpose!(F.reshape!(y, [2, 8])), [4, 4]), i % 2 ? 0.01 : -0.01)),
  chain('rolls', (y, x) => F.add!(F.mul!(F.roll!(y, 1, 0), 0.5), x), 0.3),
  chain('shifts', (y, x) => F.add!(F.mul!(F.slice!(F.pad!(y, rows), 0, 0, 4), 0.5), x), 0.3),
  chain('row means', y => F.sub!(y, F.mul!(F.mean!(y, 1, { keepdims: true }), 0.1)), 0.1),
  chain('products of matrices', (y, x) => F.tanh!(F.matmul!(y, x)), 0.1),
  chain('running sums', y => F.mul!(F.cumsum!(y, 1), 0.3), 0.03),
  {
    name: 'reversed by slices',
    inputs: [{ shape: [LONG, 2], values: Array.from({ length: 2 * LONG }, (_, i) => Math.cos(i)) }],
    build: (x: Untyped) =>
      F.concatAll!(
        Array.from({ length: LONG }, (_, i) => F.slice!(x, 0, LONG - 1 - i, LONG - i)),
        0,
      ),
  },
  {
    name: 'whole numbers',
    inputs: [{ shape: [8], dtype: 'i32', values: [0, 1, -1, 7, 100, -2147483648, 2147483647, 12345] }],
    build(x: Untyped) {
      let y = x
      for (let i = 0; i < LONG; i++) y = F.add!(F.mul!(y, 3), i)
      return y
    },
  },
]
for (const one of cases)
  test(`${one.name}: values and gradients at depth`, async () => {
    assert.equal(await compareOnDevice([one]), [])
  })

test.after(closeTestDevice)
test.run()
