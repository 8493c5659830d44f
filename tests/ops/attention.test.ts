/** Attention of many queries, which takes them in blocks: values and gradients of all at once, in memory linear in their number. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { nodes } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { cpu, software } from '../../compiler/kernels/target.js'
import { type AttentionOptions, attention } from '../../compiler/language/attention.js'
import { entry } from '../../compiler/language/entry.js'
import { softmax } from '../../compiler/language/math.js'
import * as o from '../../compiler/ops/index.js'
import { isScan } from '../../compiler/ops/scan.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf } from '../device.js'
import { close } from './check.js'

const t = (x: unknown): Untyped => x as Untyped
/** By its definition, with all scores at once. */
function definition(q: Untyped, k: Untyped, v: Untyped, { mask, causal }: AttentionOptions): Untyped {
  const [length, keys] = [q.shape.at(-2)!, k.shape.at(-2)!]
  let scores = t(o.mul(t(o.matmul(q, t(o.transpose(k)))), (1 / Math.sqrt(q.shape.at(-1)!)) as never))
  if (mask) scores = t(o.select(mask, scores, -1e30))
  if (causal)
    scores = t(
      o.select(o.lessEqual(o.iota([length, keys], 1), o.iota([length, keys], 0)) as Tensor<any, 'bool'>, scores, -1e30),
    )
  return t(o.matmul(t(softmax(scores)), v))
}
interface Sizes {
  readonly lead: number[]
  readonly queries: number
  readonly keys: number
}
const filled = (shape: number[], seed: number) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 2.3 * i)),
})
/** Where `(3 i + 5 j) % 7` is not 0, of queries `i` and keys `j`. */
const pattern = (queries: number, keys: number): Tensor<any, 'bool'> => {
  const [i, j] = [0, 1].map(axis => t(o.iota([queries, keys], axis)))
  const sum = t(o.add(t(o.mul(i!, 3 as never)), t(o.mul(j!, 5 as never))))
  return o.notEqual(t(o.rem(sum, 7 as never)), 0 as never) as Tensor<any, 'bool'>
}
const caseOf = (
  { lead, queries, keys }: Sizes,
  options: () => AttentionOptions,
  of: typeof definition,
): DeviceCase => ({
  name: 'attention',
  inputs: [filled([...lead, queries, 2], 1), filled([...lead, keys, 2], 2), filled([...lead, keys, 3], 3)],
  build: (q, k, v) => of(q, k, v, options()),
})

const whole = { lead: [] as number[], queries: 520, keys: 525 }
const rest = { lead: [], queries: 523, keys: 506 }
const cases: Readonly<Record<string, readonly [Sizes, () => AttentionOptions]>> = {
  'in whole blocks': [whole, () => ({})],
  'with queries left over': [rest, () => ({})],
  'with two leading axes': [{ ...rest, lead: [2, 1] }, () => ({})],
  'a mask of queries and keys': [rest, () => ({ mask: pattern(523, 506) })],
  'a mask of queries and keys, in whole blocks': [whole, () => ({ mask: pattern(520, 525) })],
  'a mask of keys': [whole, () => ({ mask: t(o.less(t(o.iota([1, 525], 1)), 300 as never)) })],
  causal: [{ lead: [], queries: 523, keys: 523 }, () => ({ causal: true })],
  'causal, in four parts of two blocks': [{ lead: [], queries: 1040, keys: 1040 }, () => ({ causal: true })],
  'causal, with more keys than queries': [{ lead: [], queries: 300, keys: 1040 }, () => ({ causal: true })],
  'causal, and a mask that leaves some queries no key': [
    { lead: [], queries: 523, keys: 506 },
    () => ({ causal: true, mask: t(o.greater(t(o.iota([1, 506], 1)), 3 as never)) }),
  ],
  'a mask with leading axes of its own': [
    { lead: [1], queries: 520, keys: 525 },
    () => ({ mask: t(o.notEqual(t(o.rem(t(o.iota([2, 1, 525], 2)), 3 as never)), t(o.iota([2, 1, 525], 0)))) }),
  ],
  'causal, with more queries than keys': [{ ...whole, queries: 1040, keys: 300 }, () => ({ causal: true })],
}
for (const [name, [sizes, options]] of Object.entries(cases))
  test(`${name}: values and gradients are those of the definition`, () => {
    const blocks = graphOf(caseOf(sizes, options, attention as never), 0)
    assert.ok(nodes(blocks.graph).some(isScan))
    const found = evaluate(blocks.graph, { inputs: blocks.values }).outputs
    const all = graphOf(caseOf(sizes, options, definition), 0)
    const expected = evaluate(all.graph, { inputs: all.values }).outputs
    for (const [output, { data }] of Object.entries(expected)) close(found[output]!.data, data, 1e-11, output)
  })

test('on the device as in the reference', async () => {
  const chosen = [
    'with queries left over',
    'a mask of queries and keys, in whole blocks',
    'causal, in four parts of two blocks',
  ].map(name => cases[name]!)
  const built = chosen.map(([sizes, options]) => caseOf(sizes, options, attention as never))
  assert.equal(await compareOnDevice(built, { target: software }), [])
})

test('memory is linear in the length: that of no program holds all scores', () => {
  const planned = (length: number): number => {
    let bytes = 0
    const step = entry({ q: [length, 8], k: [length, 8], v: [length, 8] }, ({ q, k, v }) => {
      const loss = o.sum(o.square(attention(q as Untyped, k as Untyped, v as Untyped, { causal: true }))) as Tensor<
        [],
        'f32'
      >
      return grad(loss, { q, k, v }) as never
    })
    compile(
      { step },
      {},
      { target: cpu, observe: stage => stage.name === 'plan' && (bytes = stage.memory.step!.planned) },
    )
    return bytes
  }
  const [one, two] = [planned(2048), planned(4096)]
  assert.ok(two <= 2.1 * one, `${one} bytes, then ${two}`)
  assert.ok(two < (4 * 4096 * 4096) / 2, `${two} bytes`)
})

test.after(closeTestDevice)
test.run()
