/** Arithmetic on number literals: every row holds for the types (checked by `tsc`) and for numbers. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Add, Compare, DivMod, Mul, Sub } from '../../compiler/types/natural.js'

/** `difference` is null where it would be negative, which types say with `never`. */
const rows = [
  { a: 0, b: 1, sum: 1, difference: null, product: 0, quotient: 0, remainder: 0 },
  { a: 7, b: 5, sum: 12, difference: 2, product: 35, quotient: 1, remainder: 2 },
  { a: 7, b: 7, sum: 14, difference: 0, product: 49, quotient: 1, remainder: 0 },
  { a: 5, b: 70, sum: 75, difference: null, product: 350, quotient: 0, remainder: 5 },
  { a: 999, b: 1, sum: 1000, difference: 998, product: 999, quotient: 999, remainder: 0 },
  { a: 1000, b: 1, sum: 1001, difference: 999, product: 1000, quotient: 1000, remainder: 0 },
  { a: 100, b: 100, sum: 200, difference: 0, product: 10000, quotient: 1, remainder: 0 },
  { a: 230, b: 7, sum: 237, difference: 223, product: 1610, quotient: 32, remainder: 6 },
  { a: 998, b: 999, sum: 1997, difference: null, product: 997002, quotient: 0, remainder: 998 },
  { a: 25088, b: 512, sum: 25600, difference: 24576, product: 12845056, quotient: 49, remainder: 0 },
  { a: 65536, b: 1, sum: 65537, difference: 65535, product: 65536, quotient: 65536, remainder: 0 },
  { a: 160000, b: 1024, sum: 161024, difference: 158976, product: 163840000, quotient: 156, remainder: 256 },
  { a: 50257, b: 768, sum: 51025, difference: 49489, product: 38597376, quotient: 65, remainder: 337 },
] as const

type Row = (typeof rows)[number]
type Computed<R extends Row> = [
  Add<R['a'], R['b']>,
  Sub<R['a'], R['b']>,
  Mul<R['a'], R['b']>,
  DivMod<R['a'], R['b']>,
  Compare<R['a'], R['b']>,
]
type Expected<R extends Row> = [
  R['sum'],
  R['difference'] extends null ? never : R['difference'],
  R['product'],
  [R['quotient'], R['remainder']],
  R['difference'] extends null ? '<' : R['difference'] extends 0 ? '=' : '>',
]
type Failed<R> = R extends Row ? ([Computed<R>, Expected<R>] extends [Expected<R>, Computed<R>] ? never : R) : never
const wrong: [Failed<Row>] extends [never] ? 'none' : Failed<Row> = 'none'

test('types agree with every row', () => assert.is(wrong, 'none')) // what counts is that this file compiles
test('so do numbers', () => {
  for (const { a, b, sum, difference, product, quotient, remainder } of rows)
    assert.equal(
      [a + b, a < b ? null : a - b, a * b, Math.floor(a / b), a % b],
      [sum, difference, product, quotient, remainder],
    )
})
test.run()
