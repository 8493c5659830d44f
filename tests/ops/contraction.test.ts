/**
 * Contraction, convolution, pooling, indexing and prefix sums: the lowering of every case computes what the reference does,
 * and gradients agree with finite differences. `contraction-oracle.test.ts` compares with reference data.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Tensor } from '../../compiler/graph/node.js'
import { conv2d } from '../../compiler/ops/conv.js'
import { dot, dotGeneral, matmul } from '../../compiler/ops/dot.js'
import { gather, updateRows } from '../../compiler/ops/gather.js'
import { maxPool2d } from '../../compiler/ops/pool.js'
import { checkCase, leaf } from './check.js'
import { contractionCases } from './contraction-cases.js'

for (const one of contractionCases) test(one.name, () => checkCase(one))

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
