/** Named sizes in the shapes that operations are given: bound while an entry is traced, refused in one sentence elsewhere. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  add,
  bernoulli,
  broadcastTo,
  constant,
  crossEntropy,
  entry,
  f32,
  iota,
  normal,
  refine,
  reshape,
  type Tensor,
} from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'

const x = f32(['batch', 6])
const shapeOf = (y: (x: Tensor<['batch', 6], 'f32', 'stopped'>) => Tensor, sizes = { batch: 4 }): number[] =>
  trace(
    'e',
    entry({ x }, ({ x }) => ({ y: y(x) })),
    sizes,
  ).outputs.y!.shape

test('operations that take a shape take named sizes', () => {
  assert.equal(
    shapeOf(x => reshape(x, ['batch', 2, 3])),
    [4, 2, 3],
  )
  assert.equal(
    shapeOf(x => reshape(x, ['batch*2', 3])),
    [8, 3],
  )
  assert.equal(
    shapeOf(() => iota(['batch', 6], 1)),
    [4, 6],
  )
  assert.equal(
    shapeOf(x => add(x, normal(['batch', 6]))),
    [4, 6],
  )
  assert.equal(
    shapeOf(() => bernoulli(0.5, ['batch'])),
    [4],
  )
  assert.equal(
    shapeOf(() => constant(0, ['batch', 2])),
    [4, 2],
  )
  assert.equal(
    shapeOf(() => constant(0, ['batch+batch', 'batch*3'])),
    [8, 12],
  )
  assert.equal(
    shapeOf(() => broadcastTo(constant(0, [6]), ['batch', 6])),
    [4, 6],
  )
  assert.equal(
    shapeOf(x => refine(x, ['batch', 6])),
    [4, 6],
  )
  assert.equal(
    shapeOf(x => refine(x, ['n', 6])),
    [4, 6],
    'other names are taken at their word',
  )
})

test('one label per row, by the name of the rows', () => {
  const classify = entry({ logits: ['n', 'n'] }, ({ logits }) => ({ loss: crossEntropy(logits, iota(['n'], 0)) }))
  assert.equal(trace('classify', classify, { n: 3 }).outputs.loss!.shape, [])
})

test('a size that nothing binds is refused', () => {
  const message = (body: () => unknown): string => {
    try {
      body()
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing was refused'
  }
  assert.is(
    message(() => shapeOf(() => constant(0, ['n', 2]))),
    'shape [n, 2] names size n, and no input does: they name batch',
  )
  assert.is(
    message(() => constant(0, ['n'])),
    'shape [n] names size n, which has a value only while an entry is traced',
  )
  assert.is(
    message(() => shapeOf(() => constant(0, ['batch+batch*2']))),
    'size batch+batch*2 can be read in two ways: give the size itself, as a number',
  )
  assert.is(
    message(() => shapeOf(x => refine(normal([5, 6]), ['batch', 6]) && x)),
    'the tensor has shape [5, 6], not [batch, 6]',
  )
})
test.run()
