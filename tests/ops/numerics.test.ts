/**
 * Nasty inputs and what comes out, on the device in f32: no NaN or infinity from finite input where the mathematics is
 * finite. Each row: what is computed, of which numbers, and the stated result (a list of alternatives where WGSL leaves
 * a choice, as for denormals, which a device may flush to zero).
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../compiler/graph/node.js'
import { closeTestDevice } from '../device.js'
import { checkRows, f, gradient, i32, LARGE, type Row, row, u32 } from './rows.js'

const rows: Row[] = [
  row('-0 + 0', [[-0], [0]], (a, b) => f.add!(a, b), [0]),
  row('-1 * 0', [[0]], a => f.mul!(a, -1), [0]),
  row('a denormal is kept or flushed', [[1e-40]], a => f.add!(a, 0), [[1e-40], [0]]),
  row('1e-20 * 1e-20 underflows', [[1e-20]], a => f.mul!(a, a), [[1e-40], [0]]),
  row('1e38 + 1e38', [[1e38]], a => f.add!(a, a), [2e38]),
  row('1e38 - 1e38', [[1e38], [1e38]], (a, b) => f.sub!(a, b), [0]),
  row('1e38 / 1e38', [[1e38], [1e38]], (a, b) => f.div!(a, b), [1]),
  row('1 / 1e37', [[1e37]], a => f.div!(1, a), [1e-37]),
  row('sqrt of 0 and 1e38', [[0, 1e38]], a => f.sqrt!(a), [0, 1e19]),
  row('rsqrt of 1e-38 and 1e38', [[1.2e-38, 1e38]], a => f.rsqrt!(a), [9.128709e18, 1e-19]),
  row('tanh far out', [[1000, -1000, 1e38, -1e38]], a => f.tanh!(a), [1, -1, 1, -1]),
  row('tanh near 0', [[1e-20, -1e-10]], a => f.tanh!(a), [1e-20, -1e-10]),
  row(
    'the gradient of tanh far out',
    [[1000, -1000]],
    gradient(x => f.tanh!(x)),
    [0, 0],
  ),
  row('sigmoid far out', [[1000, -1000, 1e38, -1e38]], a => f.sigmoid!(a), [1, 0, 1, 0]),
  row(
    'the gradient of sigmoid far out',
    [[1000, -1000]],
    gradient(x => f.sigmoid!(x)),
    [0, 0],
  ),
  row('exp of -1000, -1e38 and 88', [[-1000, -1e38, 88]], a => f.exp!(a), [0, 0, 1.6516363e38], 1e-4),
  row('log of 1 and of the smallest normal', [[1, 1.1754944e-38]], a => f.log!(a), [0, -87.33655]),
  row('expm1 near 0 and far below', [[1e-10, -1e-7, -100]], a => f.expm1!(a), [1e-10, -1e-7, -1]),
  row('log1p near 0', [[1e-10, -1e-7]], a => f.log1p!(a), [1e-10, -1e-7]),
  row('softplus far out', [[1000, -1000, 1e38]], a => f.softplus!(a), [1000, 0, 1e38]),
  row(
    'the gradient of softplus far out',
    [[1000, -1000]],
    gradient(x => f.softplus!(x)),
    [1, 0],
  ),
  row('gelu far out', [[1000, -1000]], a => f.gelu!(a), [1000, 0]),
  row(
    'the gradient of gelu far out',
    [[100, -100]],
    gradient(x => f.gelu!(x)),
    [1, 0],
  ),
  row('silu far out', [[1000, -1000]], a => f.silu!(a), [1000, 0]),
  row('erf far out and at 0', [[10, -10, 1e38, 0]], a => f.erf!(a), [1, -1, 1, 0]),
  row('softmax of 1e38 beside 0', [[1e38, 0]], a => f.softmax!(a, -1), [1, 0]),
  row('softmax of equal large logits', [[1e4, 1e4]], a => f.softmax!(a, -1), [0.5, 0.5]),
  row(
    'softmax with everything masked',
    [[-LARGE, -LARGE, -LARGE, -LARGE]],
    a => f.softmax!(a, -1),
    [0.25, 0.25, 0.25, 0.25],
  ),
  row('softmax with one logit left', [[-LARGE, 3, -LARGE]], a => f.softmax!(a, -1), [0, 1, 0]),
  row('softmax at temperature 1e-6', [[1, 0.5]], a => f.softmax!(f.div!(a, 1e-6), -1), [1, 0]),
  row(
    'the gradient of a masked softmax',
    [[-LARGE, -LARGE]],
    gradient(x => f.square!(f.softmax!(x, -1))),
    [0, 0],
  ),
  row('log-softmax of a lost class', [[1000, 0]], a => f.logSoftmax!(a, -1), [0, -1000]),
  row('logsumexp of large numbers', [[1000, 1000]], a => f.logsumexp!(a, -1), [1000.6931]),
  row('logsumexp of very small numbers', [[-1e38, -1e38]], a => f.logsumexp!(a, -1), [-1e38]),
  row(
    'cross-entropy of a sure mistake',
    [[1000, 0], i32(1)],
    (a, y) => f.crossEntropy!(f.reshape!(a, [1, 2]), y),
    [1000],
  ),
  row('a zero vector, normalised', [[0, 0, 0]], a => f.normalize!(a), [0, 0, 0]),
  row(
    'the gradient of normalising nearly nothing is finite',
    [[1e-20, 0]],
    a => f.cast!(f.finite!(gradient(x => f.normalize!(x))(a) as Untyped), 'f32'),
    [1, 1],
  ),
  row('a large vector, normalised', [[3e18, 4e18]], a => f.normalize!(a), [0.6, 0.8]),
  row('variance of one element', [[5]], a => f.variance!(a, 0), [0]),
  row('variance of equal large numbers', [[1e6, 1e6, 1e6]], a => f.variance!(a, 0), [0]),
  row('variance beside a large mean', [[10000, 10001, 10002]], a => f.variance!(a, 0), [0.6666667]),
  row('the largest of equals, first', [[2, 7, 7, 1]], a => f.argmax!(a, 0), [1]),
  row(
    'the gradient of a tied maximum is shared',
    [[7, 7, 1]],
    gradient(x => f.max!(x, 0)),
    [0.5, 0.5, 0],
  ),
  row('maximum of -0 and 0', [[-0], [0]], (a, b) => f.maximum!(a, b), [0]),
  row('a product with a zero', [[1e30, 0, 1e30]], a => f.prod!(a, 0), [0]),
  row(
    'powers of 0',
    [
      [0, 0, 0],
      [0, 1, 2],
    ],
    (a, b) => f.pow!(a, b),
    [1, 0, 0],
  ),
  row(
    'powers of a negative number',
    [
      [-2, -2, -2],
      [2, 3, -1],
    ],
    (a, b) => f.pow!(a, b),
    [4, -8, -0.5],
  ),
  row(
    'atan2 on the axes',
    [
      [0, 0, 1, -1],
      [0, -1, 0, 0],
    ],
    (a, b) => f.atan2!(a, b),
    [0, Math.PI, Math.PI / 2, -Math.PI / 2],
  ),
  row('halves round to even', [[0.5, 1.5, -2.5, -0.5]], a => f.round!(a), [0, 2, -2, 0]),
  row('floor and truncation below 0', [[-0.5]], a => f.concat!(f.floor!(a), f.trunc!(a), 0), [-1, 0]),
  row('the sign of zeros', [[0, -0]], a => f.sign!(a), [0, 0]),
  row(
    'relu and its gradient at 0',
    [[0, -0]],
    gradient(x => f.relu!(x)),
    [0, 0],
  ),
  row(
    'the gradient of abs at 0',
    [[0]],
    gradient(x => f.abs!(x)),
    [0],
  ),
  row('i32 addition wraps', [i32(2147483647)], a => f.add!(a, 1), [-2147483648]),
  row('i32 multiplication wraps', [i32(65536)], a => f.mul!(a, 65536), [0]),
  row('u32 subtraction wraps', [u32(0)], a => f.sub!(a, 1), [4294967295]),
  row('a negated factor of -2^31 wraps', [i32(3)], a => f.mul!(f.neg!(a), -(2 ** 31)), [-(2 ** 31)]),
  row(
    'the ends of the integers as constants',
    [i32(5)],
    a => f.maximum!(f.add!(a, -(2 ** 31)), 2 ** 31 - 1),
    [2147483647],
  ),
  row('floats become integers by truncation', [[2.9, -2.9]], a => f.cast!(a, 'i32'), [2, -2]),
  row('a large float as u32', [[3e9]], a => f.cast!(a, 'u32'), [3e9]),
  row('an infinity is found by its bits', [[1e38, 1]], a => f.cast!(f.finite!(f.mul!(a, 1e3)), 'f32'), [0, 1]),
  row('an index beyond the end is clamped', [[1, 2, 3], i32(7, -9)], (a, at) => f.take!(a, at, 0), [3, 1]),
  row('sums keep small terms beside large ones that cancel', [[1e8, 1, -1e8]], a => f.sum!(a, 0), [[1], [0], [8]]),
  row('the smallest denormal as a constant', [[0]], a => f.add!(a, 1e-45), [[1.401298464324817e-45], [0]]),
  row('the largest number as a constant', [[0]], a => f.add!(a, LARGE), [LARGE]),
  row('24-bit integers as constants', [[0]], a => f.add!(a, 16777215), [16777215]),
  row(
    'sine and cosine of large angles',
    [[1000]],
    a => f.concat!(f.sin!(a), f.cos!(a), 0),
    [0.8268795, 0.5623791],
    1e-3,
  ),
]

test('stated results', async () => {
  await checkRows(rows)
  assert.ok(rows.length >= 60, `${rows.length} rows`)
})

test.after(closeTestDevice)
test.run()
