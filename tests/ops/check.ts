/** What is checked of every case of an operation: lowering = reference, gradient = finite differences. */
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation, isFloat } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import type { Case } from './cases.js'
import { evaluateLowered } from './lowered.js'

export const leaf = (name: string, shape: readonly number[], dtype = 'f32'): Untyped =>
  apply(inputOperation, [], { name, shape, dtype })

/** `|actual - expected| <= tolerance (1 + |expected|)` for every element. */
export function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.is(actual.length, expected.length, `${what}: length`)
  for (let i = 0; i < actual.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!))))
      assert.unreachable(`${what}: element ${i} is ${actual[i]}, expected ${expected[i]}`)
}

/** `numeric: false` leaves out finite differences: for operations that change the gradient on purpose. */
export function checkCase({ inputs, build }: Case, { numeric = true } = {}): void {
  const leaves = inputs.map(({ shape, dtype = 'f32' }, i) => leaf(`x${i}`, shape, dtype))
  const out = build(...leaves)
  const values = new Map(
    leaves.map((node, i): [Tensor, Host] => [node, { shape: node.shape, data: Float64Array.from(inputs[i]!.values) }]),
  )
  checkRoundTrip({ name: 'case', inputs: leaves, outputs: { out }, updates: [] })
  const [reference] = evaluateNodes([out], values) as [Host]
  assert.equal(reference.shape, out.shape)
  assert.ok(reference.data.every(Number.isFinite), 'the reference is finite')
  close(evaluateLowered([out], values)[0]!.data, reference.data, 1e-12, 'lowering')
  // Constants of formulas have single precision.
  close(evaluateLowered([out], values, { primitives: true })[0]!.data, reference.data, 1e-6, 'in primitives')

  const trained = leaves.filter(node => node.dtype === 'f32')
  if (trained.length === 0 || !isFloat(out.dtype)) return
  const cotangent = leaf('cotangent', out.shape)
  const weights = Float64Array.from(reference.data, (_, i) => Math.cos(2.3 * i + 1))
  values.set(cotangent, { shape: out.shape, data: weights })
  const gradients = backward([[out, cotangent]], trained)
  const outputs = Object.fromEntries(gradients.map((gradient, i) => [`gradient${i}`, gradient]))
  checkRoundTrip({ name: 'gradient', inputs: [...leaves, cotangent], outputs, updates: [] })
  const computed = evaluateNodes(gradients, values)
  evaluateLowered(gradients, values).forEach(({ data }, i) => {
    close(data, computed[i]!.data, 1e-12, `lowered gradient of x${i}`)
  })
  if (!numeric) return
  const loss = () => evaluateNodes([out], values)[0]!.data.reduce((sum, y, i) => sum + y * weights[i]!, 0)
  for (const [i, node] of trained.entries()) {
    const { data } = values.get(node)!
    const slopes = data.map((x, k) => {
      const at = (value: number) => {
        data[k] = value
        return loss()
      }
      const slope = (at(x + 1e-5) - at(x - 1e-5)) / 2e-5
      data[k] = x
      return slope
    })
    close(computed[i]!.data, slopes, 1e-6, `gradient of x${i}`)
  }
}
