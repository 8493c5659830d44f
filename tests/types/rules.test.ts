/**
 * Shape rules at both levels, from one table per family in `rules/`: the types are checked by `tsc`, and the same rows are
 * built with the real operations. Here: that no operation is left out.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { operations } from '../../compiler/ops/index.js'
import * as contraction from './rules/contraction.js'
import * as elementwise from './rules/elementwise.js'
import * as indexing from './rules/indexing.js'
import * as movement from './rules/movement.js'
import * as reduction from './rules/reduction.js'
import { covered } from './rules/table.js'
import * as window from './rules/window.js'

const families = { contraction, elementwise, indexing, movement, reduction, window }

/** Operations without a row, and why. */
const without: Record<string, string> = {
  constant: 'has the shape that it is given',
  iota: 'has the shape that it is given',
  randomBits: 'has the shape that it is given',
  input: 'a leaf: entries declare it',
  variable: 'a leaf: modules declare it',
  orderKey: 'an elementwise part of sort and argsort',
  result: 'one of the results of an operation that has several, with the shape that this one says',
  scan: 'has the shapes that its cell gives, and is checked as a function',
  customGradient: 'has the shape that its function gives, and is checked as a function',
  copy: 'inserted by the compiler, on tensors of one type',
  sumPool: 'inside avgPool2d, and untyped on its own',
  allReduce: 'made by the pass that cuts a program for ranks, with the shape of its operand',
  maxPoolIndex: 'only in gradients, with the shape of maxPool',
  unpool: 'only in gradients, with the shape of the image',
}

test('every operation has a row, or a reason to have none', () => {
  // `each.NAME` is made by `map`, with a leading axis for what `NAME` has.
  const missing = [...operations.keys()].filter(name => !covered.has(name) && !name.startsWith('each.'))
  assert.equal(missing.sort(), Object.keys(without).sort())
})
// What counts is that the tables compile.
for (const [name, { disagree }] of Object.entries(families))
  test(`types agree with every row of ${name}`, () => assert.is(disagree, 'none'))
test.run()
