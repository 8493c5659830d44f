/** Extents are those of what is printed: formulas count as the primitives that they become. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { call, type Expression } from '../../compiler/graph/expression.js'
import { measured } from '../../compiler/graph/extent.js'
import { p } from '../../compiler/graph/primitive.js'
import { inPrimitives } from '../../compiler/kernels/expanded.js'
import { erf, sigmoid, sine, tangent, toHalf } from '../../compiler/ops/formulas.js'

for (const [name, expand] of Object.entries({ erf, sigmoid, sine, tangent, toHalf }))
  test(`${name}: a chain is as large and as deep as its primitives`, () => {
    const [scalar, long] = [{ name, js: Math.sin, expand }, 1000]
    let chain: Expression = { kind: 'name', name: 'x', dtype: 'f32' }
    for (let i = 0; i < long; i++) chain = call(scalar, [chain], 'f32')
    const counted = measured(chain, new Map())
    const written = measured(inPrimitives([chain]).get(chain)!, new Map())
    assert.is(counted.size, written.size)
    // A constant may lie one deeper than the operand.
    assert.ok(counted.depth >= written.depth && counted.depth <= written.depth + long, `${counted.depth}`)
    assert.equal(measured(p.neg(chain), counted.depths).size, 1)
  })

test.run()
