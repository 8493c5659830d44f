/** Text is linear in what was written and nests no deeper than parsers allow, however deep expressions are. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../compiler/graph/node.js'
import { compile, entry } from '../../compiler/index.js'
import { software } from '../../compiler/kernels/target.js'
import { gelu } from '../../compiler/language/math.js'
import { add, dot, greater, mod, mul, select, sin, square, sub, sum, tan } from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice } from '../device.js'

const repeated = (x: Untyped, times: number, step: (y: Untyped) => unknown): Untyped =>
  Array.from({ length: times }).reduce<Untyped>(y => step(y) as Untyped, x)

const twice: Record<string, (y: Untyped) => unknown> = {
  square: y => square(sub(1, y)),
  product: y => mul(y, y),
  tan: y => tan(y),
  mod: y => mod(1.5, y),
  gelu: y => gelu(y),
}
for (const [name, step] of Object.entries(twice))
  test(`${name} of ${name}: text is linear in the number`, () => {
    const length = (times: number): number => {
      const run = entry({ x: [4] }, ({ x }) => ({ y: repeated(x as Untyped, times, step) }))
      return compile({ run }, {}, { target: software }).kernels.reduce((sum, { code }) => sum + code.length, 0)
    }
    assert.ok(length(40) < 2.5 * length(20), `${length(40)} characters for 40, ${length(20)} for 20`)
  })

test('deep expressions in maps, rows and products', async () => {
  const x = { shape: [8, 8], values: Float64Array.from({ length: 64 }, (_, i) => Math.sin(i)) }
  const chain = (x: Untyped) => repeated(x, 200, y => add(mul(y, 0.9), 0.1))
  const cases = {
    chain,
    'chain of a longer formula': (x: Untyped) => repeated(x, 40, y => sin(y)),
    'nested selections': (x: Untyped) =>
      Array.from({ length: 200 }).reduce<Untyped>(
        (y, _, i) => select(greater(x, i / 200), i % 7, y) as Untyped,
        mul(x, 0) as Untyped,
      ),
    'sum over rows': (x: Untyped) => sum(chain(x), 1),
    product: (x: Untyped) => dot(chain(x), x),
  }
  const list = Object.entries(cases).map(([name, build]) => ({ name, inputs: [x], build }))
  for (const options of [{}, { target: software }]) assert.equal(await compareOnDevice(list, options), [])
})

test.after(closeTestDevice)
test.run()
