/** Walks without recursion: the orders they promise, at any depth, and whether one thing must come before another. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Precedence, postOrder, preOrder } from '../../compiler/graph/reach.js'
import { generator } from '../../models/data/random.js'

const next = (graph: readonly (readonly number[])[]) => (item: number) => graph[item]!

test('orders are those of recursion, each item once', () => {
  //  0 -> 1, 2; 1 -> 3; 2 -> 3
  const diamond = [[1, 2], [3], [3], []]
  assert.equal([...postOrder([0], next(diamond))], [3, 1, 2, 0])
  assert.equal([...preOrder([0], next(diamond))], [0, 1, 3, 2])
  assert.equal([...preOrder([2, 0], next(diamond), new Set([3]))], [3, 2, 0, 1])
})

test('200,000 items one behind the other are no deeper than one', () => {
  const count = 2e5
  const chain = (item: number) => (item ? [item - 1] : [])
  assert.is([...postOrder([count], chain)][0], 0)
  assert.is(preOrder([count], chain).size, count + 1)
})

test('precedence answers as a walk over everything does, while edges come in any order', () => {
  const draw = generator(7)
  for (let round = 0; round < 40; round++) {
    const count = 30
    const order = Array.from({ length: count }, (_, i) => i)
    const precedence = new Precedence<number>()
    const before: number[][] = order.map(() => [])
    for (const item of order) precedence.add(item)
    for (let edge = 0; edge < 50; edge++) {
      const [a, b] = [Math.floor(draw() * count), Math.floor(draw() * count)]
      const expected = preOrder([a], next(before)).has(b)
      assert.is(precedence.reaches(a, b), expected, `round ${round}: ${a} after ${b}`)
      // The edge that would close no circle.
      if (a !== b && !preOrder([b], next(before)).has(a)) {
        precedence.require(a, b)
        before[a]!.push(b)
      }
    }
    const sorted = precedence.sorted(order)
    for (const item of order) for (const first of before[item]!) assert.ok(sorted.indexOf(first) < sorted.indexOf(item))
  }
})

test.run()
