/** Sharing: equal nodes become one, and only equal ones. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { print } from '../../compiler/graph/print.js'
import { share } from '../../compiler/passes/share.js'
import { graphOf } from '../golden.js'

const shared = (text: string): string => print(share(graphOf(text)))

test('equal chains become one chain, which keeps the first scope', () => {
  assert.is(
    shared(`graph g (%0: f32[2, 3] "x") {
  %1: f32[2, 3] = exp(%0) @first
  %2: f32[2] = sum(%1, axes=[1], keepdims=false) @first
  %3: f32[2, 3] = exp(%0) @second
  %4: f32[2] = sum(%3, axes=[1], keepdims=false) @second
  %5: f32[2] = mul(%2, %4)
  return y=%5
}`),
    `graph g (%0: f32[2, 3] "x") {
  %1: f32[2, 3] = exp(%0) @first
  %2: f32[2] = sum(%1, axes=[1], keepdims=false) @first
  %3: f32[2] = mul(%2, %2)
  return y=%3
}
`,
  )
})

test('what differs in an attribute, an operand or its order, a type or the sign of a zero stays apart', () => {
  const text = `graph g (%0: f32[2, 2] "x", %1: f32[2, 2] "y") {
  %2: f32[2] = sum(%0, axes=[0], keepdims=false)
  %3: f32[2] = sum(%0, axes=[1], keepdims=false)
  %4: f32[2, 2] = sub(%0, %1)
  %5: f32[2, 2] = sub(%1, %0)
  %6: f32[] = constant(value=0, shape, dtype)
  %7: f32[] = constant(value=-0, shape, dtype)
  %8: i32[] = constant(value=0, shape, dtype)
  %9: f32[1] = constant(value=0, shape, dtype)
  return a=%2, b=%3, c=%4, d=%5, e=%6, f=%7, g=%8, h=%9
}
`
  assert.is(shared(text), text)
})

test('variables and inputs stay what they are, read or not', () => {
  const text = `graph g (%0: f32[2] "x", %1: f32[2] "unread") {
  %2: f32[2] = variable(name="a", shape, dtype, kind="state")
  %3: f32[2] = add(%0, %2)
  %4: f32[2] = variable(name="b", shape, dtype, kind="state")
  return
  update a = %3
  update b = %3
}
`
  assert.is(shared(text), text)
})

test.run()
