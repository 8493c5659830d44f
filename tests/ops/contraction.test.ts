/**
 * Contraction, convolution, pooling, indexing and scans: the lowering of every case computes what the reference does,
 * and gradients agree with finite differences. `oracle.test.ts` compares with published numbers.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import { inputOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { conv2d } from '../../compiler/ops/conv.js'
import { dot, dotGeneral, matmul } from '../../compiler/ops/dot.js'
import { gather, updateRows } from '../../compiler/ops/gather.js'
import { maxPool2d } from '../../compiler/ops/pool.js'
import { contractionCases } from './contraction-cases.js'
import { evaluateLowered } from './lowered.js'

const leaf = (name: string, shape: readonly number[], dtype = 'f32'): Tensor =>
  apply(inputOperation, [], { name, shape, dtype })
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) => {
  assert.is(actual.length, expected.length, `${what}: length`)
  for (let i = 0; i < actual.length; i++)
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!))))
      assert.unreachable(`${what}: element ${i} is ${actual[i]}, expected ${expected[i]}`)
}

for (const { name, inputs, build } of contractionCases)
  test(name, () => {
    const leaves = inputs.map(({ shape, dtype = 'f32' }, i) => leaf(`x${i}`, shape, dtype))
    const out = build(...leaves)
    const values = new Map(
      leaves.map((node, i): [Tensor, Host] => [
        node,
        { shape: node.shape, data: Float64Array.from(inputs[i]!.values) },
      ]),
    )
    const [reference] = evaluateNodes([out], values) as [Host]
    assert.equal(reference.shape, out.shape)
    close(evaluateLowered([out], values)[0]!.data, reference.data, 1e-12, 'lowering')

    const trained = leaves.filter(node => node.dtype === 'f32')
    if (trained.length === 0) return
    const cotangent = leaf('cotangent', out.shape)
    const weights = Float64Array.from(reference.data, (_, i) => Math.cos(2.3 * i + 1))
    values.set(cotangent, { shape: out.shape, data: weights })
    const gradients = backward([[out, cotangent]], trained)
    const computed = evaluateNodes(gradients, values)
    evaluateLowered(gradients, values).forEach(({ data }, i) => {
      close(data, computed[i]!.data, 1e-12, `lowered gradient of x${i}`)
    })
    const loss = () => evaluateNodes([out], values)[0]!.data.reduce((sum, y, i) => sum + y * weights[i]!, 0)
    for (const [i, node] of trained.entries()) {
      const { data } = values.get(node)!
      const numeric = data.map((x, k) => {
        const at = (value: number) => {
          data[k] = value
          return loss()
        }
        const slope = (at(x + 1e-5) - at(x - 1e-5)) / 2e-5
        data[k] = x
        return slope
      })
      close(computed[i]!.data, numeric, 1e-7, `gradient of ${node.attributes.name}`)
    }
  })

const rejected: [string, () => unknown, string][] = [
  ['features', () => dot(leaf('x', [2, 3]), leaf('w', [4, 5])), 'input has 3 features, weight expects 4'],
  [
    'inner sizes',
    () => matmul(leaf('x', [2, 3]), leaf('w', [4, 5])),
    'cannot matmul [2, 3] with [4, 5]: 3 columns meet 4 rows',
  ],
  ['batch sizes', () => matmul(leaf('x', [2, 2, 3]), leaf('w', [3, 3, 5])), 'cannot broadcast [2] with [3]'],
  [
    'dtypes',
    () => dot(leaf('x', [2, 3]), leaf('w', [3, 5], 'i32') as never),
    'dot takes operands of one dtype, got f32 and i32: cast one of them',
  ],
  [
    'paired axes',
    () => dotGeneral(leaf('x', [2, 3]), leaf('w', [4, 5]), { batch: [[], []], contract: [[1], [0]] }),
    'cannot contract [2, 3] with [4, 5]: axis 1 is 3, axis 0 is 4',
  ],
  [
    'channels',
    () => conv2d(leaf('x', [1, 512, 7, 7]), leaf('w', [64, 3, 3, 3])),
    'input has 512 channels, weight expects 3',
  ],
  [
    'kernel',
    () => conv2d(leaf('x', [1, 3, 7, 7]), leaf('w', [64, 3, 9, 9])),
    'kernel [9, 9] does not fit [7, 7] with padding 0',
  ],
  [
    'rank',
    () => conv2d(leaf('x', [3, 7, 7]), leaf('w', [64, 3, 3, 3])),
    'conv2d input must be [batch, channels, height, width], got [3, 7, 7]',
  ],
  [
    'stride',
    () => conv2d(leaf('x', [1, 3, 7, 7]), leaf('w', [4, 3, 3, 3]), { stride: 0 }),
    'conv2d: stride must be an integer of at least 1, got 0',
  ],
  [
    'groups',
    () => conv2d(leaf('x', [1, 4, 7, 7]), leaf('w', [3, 2, 3, 3]), { groups: 2 }),
    'conv2d weight has 3 output channels, which 2 groups do not divide',
  ],
  ['window', () => maxPool2d(leaf('x', [1, 3, 2, 7]) as Tensor<any>, 3), 'window [3, 3] does not fit [2, 7]'],
  [
    'index dtype',
    () => gather(leaf('x', [3]), leaf('i', [2]) as never, 0),
    'gather takes an index of i32 or u32, got f32: cast it',
  ],
  [
    'ring',
    () => updateRows(leaf('x', [4, 2]), leaf('s', [], 'i32') as never, leaf('r', [5, 2])),
    'cannot write rows [5, 2] into [4, 2]: at most 4 rows of [2] fit',
  ],
]
for (const [name, build, message] of rejected)
  test(`rejected: ${name}`, () => {
    try {
      build()
    } catch (error) {
      assert.is((error as Error).message, message)
      return
    }
    assert.unreachable('nothing was thrown')
  })

test.run()
