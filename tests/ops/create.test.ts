/** Tensors from shapes and data, and one element along an axis: values by the reference, refusals in a sentence. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { arange, eye, index, iota, ones, ShapeError, split, tensor, where, zeros } from '../../compiler/index.js'

const values = (x: Tensor): number[] => [
  ...evaluate({ name: 'g', inputs: [], outputs: { x }, updates: [] }, {}).outputs.x!.data,
]

test('the usual names', () => {
  assert.equal(values(zeros([2, 2])), [0, 0, 0, 0])
  assert.equal(values(ones([3], 'i32')), [1, 1, 1])
  assert.equal(values(arange(4)), [0, 1, 2, 3])
  assert.equal(values(eye(2)), [1, 0, 0, 1])
  assert.equal(values(where(tensor([1, 0, 1], 'bool'), 5, tensor([1, 2, 3]))), [5, 2, 5])
})

test('tensors of data, of any size, nesting and dtype', () => {
  assert.equal(values(tensor(7)), [7])
  assert.equal(
    values(
      tensor([
        [1, 0, -1],
        [2, 0, -2],
        [1, 0, -1],
      ]),
    ),
    [1, 0, -1, 2, 0, -2, 1, 0, -1],
  )
  for (const count of [1, 2, 3, 31, 1000]) {
    const data = Array.from({ length: count }, (_, i) => ((i * 7) % 13) - 6)
    assert.equal(values(tensor(data, 'i32')), data)
    assert.equal(values(tensor(Int32Array.from(data))), data)
  }
  assert.equal(tensor([[[1], [2]]]).shape, [1, 2, 1])
  assert.is(tensor(new Uint32Array(2)).dtype, 'u32')
})

test('one element along an axis', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ])
  assert.equal(values(index(x, 1, 1)), [2, 5])
  assert.equal(values(index(x, 0, -1)), [4, 5, 6])
})

test('what is refused', () => {
  const refused = (body: () => unknown, message: string) =>
    assert.throws(body, (error: unknown) => error instanceof ShapeError && error.message === message)
  refused(() => tensor([]), 'tensor takes numbers, got an empty list')
  refused(() => tensor([[1, 2], [3]]), 'tensor takes parts of one shape, got [2] beside [1]')
  refused(
    () => tensor(new Float32Array(2000)),
    'tensor takes 1024 numbers at most, got 2000 as [2000]: make it an input, or a state of a module',
  )
  refused(() => index(eye(2), 0, 2 as number), 'index 2 is out of range for axis 0 of [2, 2]: it has elements 0 to 1')
  refused(() => iota([3, 4], 2 as number), 'axis 2 is out of range for [3, 4]')
  refused(() => split(eye(2), 0 as number), 'cannot split axis 0 of [2, 2] into 0 equal parts')
  assert.is(iota([3, 4], -1).attributes.axis, 1)
})
test.run()
