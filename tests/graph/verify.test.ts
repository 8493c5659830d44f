/** The verifier: graphs damaged by hand, each with the sentence it gets. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { VerifyError, verify } from '../../compiler/graph/verify.js'
import { graphOf } from '../golden.js'

const TEXT = `graph step (%0: f32[4, 3] "x") {
  %1: f32[3] = variable(name="w", shape, dtype, kind="parameter")
  %2: f32[4, 3] = mul(%0, %1) @encoder.scale
  %3: f32[3] = sum(%2, axes=[0], keepdims=false)
  return y=%2
  update w = %3
}
`
type Writable<T> = { -readonly [K in keyof T]: T[K] }
/** The graph above with its nodes `[x, w, product, total]` open to damage. */
function damaged(damage: (graph: Writable<Graph>, nodes: Writable<Tensor>[]) => void): Graph {
  const graph = graphOf(TEXT)
  const product = graph.outputs.y!
  damage(graph, [...product.operands, product, graph.updates[0]!.value])
  return graph
}
const rejects = (what: string, damage: Parameters<typeof damaged>[0], message: string, after?: string) =>
  test(what, () => {
    try {
      verify(damaged(damage), after)
    } catch (error) {
      assert.instance(error, VerifyError)
      return assert.is((error as Error).message, message)
    }
    assert.unreachable('accepted')
  })

test('a sound graph passes', () => {
  const graph = graphOf(TEXT)
  assert.is(verify(graph), graph)
})

rejects(
  'a type that its rule does not give',
  (_, [, , product]) => (product!.shape = [4, 4]),
  'graph step after fold: its type is f32[4, 4], the rule of mul gives f32[4, 3]\n  %2: f32[4, 4] = mul(%0, %1) @encoder.scale',
  'fold',
)
rejects(
  'a dtype that its rule does not give',
  (_, [, , , total]) => (total!.dtype = 'i32'),
  'graph step: its type is i32[3], the rule of sum gives f32[3]\n  %3: i32[3] = sum(%2, axes=[0], keepdims=false)',
)
rejects(
  'operands that do not fit',
  (_, [x]) => Object.assign(x!, { shape: [4, 2], attributes: { ...x!.attributes, shape: [4, 2] } }),
  'graph step: mul does not take this: cannot broadcast [4, 2] with [3]\n  %2: f32[4, 3] = mul(%0, %1) @encoder.scale',
)
rejects(
  'an attribute that is no plain data',
  (_, [, , product]) => (product!.attributes = { factor: [1, undefined] }),
  'graph step: attribute factor is 1,, which text cannot hold\n  %2: f32[4, 3] = mul(%0, %1, factor=[1, undefined]) @encoder.scale',
)
rejects(
  'a scope that is no path',
  (_, [, , product]) => (product!.scope = 'encoder..scale'),
  "graph step: scope 'encoder..scale' is no path of module names: names are joined by '.' and have no spaces or quotes\n  %2: f32[4, 3] = mul(%0, %1) @encoder..scale",
)
rejects(
  'an input that is not declared',
  graph => (graph.inputs = []),
  'graph step: input x is read and not declared\n  %0: f32[4, 3] = input(name="x", shape, dtype)',
)
rejects(
  'two leaves of one name',
  (_, [x, w, product]) => (product!.operands = [x as Tensor, { ...w } as Tensor]) && (x!.scope = ''),
  'graph step: two leaves are variable w\n  %4: f32[3] = variable(name="w", shape, dtype, kind="parameter")',
)
rejects(
  'a node that needs itself',
  (_, [x, , product]) => (product!.operands = [x as Tensor, product as Tensor]),
  "graph step: mul needs its own value (scope 'encoder.scale')",
)
rejects(
  'an update of another type',
  (graph, [, w, product]) => (graph.updates = [{ variable: w as Tensor, value: product as Tensor }]),
  'graph step: variable w is f32[3], its update is f32[4, 3]\n  %2: f32[4, 3] = mul(%0, %1) @encoder.scale',
)
rejects(
  'an update of what is no variable',
  (graph, [x, , product]) => (graph.updates = [{ variable: x as Tensor, value: product as Tensor }]),
  'graph step: an update replaces what is no variable\n  %0: f32[4, 3] = input(name="x", shape, dtype)',
)
rejects(
  'two updates of one variable',
  graph => (graph.updates = [graph.updates[0]!, graph.updates[0]!]),
  'graph step: variable w is updated twice\n  %1: f32[3] = variable(name="w", shape, dtype, kind="parameter")',
)

test.run()
