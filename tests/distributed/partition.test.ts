/**
 * The graph of a rank against the graph of the whole batch, in float64: every method with its image and feature
 * augmentation, every operation, and random programs. What differs by more than rounding is a mistake of `partition`.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, isFloat, nodes, variableOperation, variables } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { isExchanged } from '../../compiler/graph/operation.js'
import { numel } from '../../compiler/graph/shape.js'
import { trace, traceInit } from '../../compiler/language/entry.js'
import * as ops from '../../compiler/ops/index.js'
import { partition } from '../../compiler/passes/partition.js'
import * as m from '../../models/index.js'
import { entriesOf } from '../../models/pretrain.js'
import { input } from '../device.js'
import { build, dataOf, recipes } from '../fuzz/programs.js'
import { type Case, cases } from '../ops/cases.js'
import { contractionCases } from '../ops/contraction-cases.js'
import { half } from '../quick.js'
import { evaluateOnRanks, type Values } from './lockstep.js'

/** Runs a graph on ranks and in one process, and compares all results of all ranks; gives what variables become. */
function compare(
  graph: Graph,
  size: number,
  inputs: Values,
  variables: Values,
  share = partition(graph, size),
): Values {
  const expected = evaluate(graph, { inputs, variables })
  for (const [rank, got] of evaluateOnRanks(share, size, inputs, variables).entries())
    for (const kind of ['outputs', 'variables'] as const)
      for (const [name, { data }] of Object.entries(expected[kind])) {
        const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1)
        const apart = data.reduce((most, x, i) => Math.max(most, Math.abs(x - got[kind][name]![i]!)), 0)
        assert.ok(apart <= 1e-9 * scale, `${name} is ${apart} apart on rank ${rank} of ${size}`)
      }
  return {
    ...variables,
    ...Object.fromEntries(Object.entries(expected.variables).map(([name, { data }]) => [name, data])),
  }
}

// Methods

const batch = 8
const set = m.synthetic({ size: 8, train: 24, test: 10 })
const special: Partial<Record<m.MethodName, Record<string, string | number>>> = {
  moco: { queue: 16, splits: 2, shuffle: 'true' },
  densecl: { queue: 16 },
  nnclr: { queue: 16 },
  swav: { prototypes: 6, queue: 16 },
  dino: { prototypes: 6 },
  msn: { prototypes: 6 },
  ibot: { prototypes: 6 },
  dinov2: { prototypes: 6 },
  // A predictor of few tokens has narrow blocks.
  mae: { 'teller.heads': 1 },
  ijepa: { 'teller.heads': 1, blocks: 1 },
}
/** Where methods without projections take an augmentation. */
const sites: Partial<Record<m.MethodName, string>> = { supervised: 'pooled', mae: 'normed', ijepa: 'normed' }
const stepOf = (name: m.MethodName): Graph => {
  const changes = { batch, steps: 4, warmup: 0, ...special[name] }
  const recipe = m.changed(m.small(name, { width: 2 }), changes)
  const augment = m.parseAugmentations(`gaussian@${sites[name] ?? 'projection'}:cosine=0.9`)
  return trace('step', entriesOf({ set, recipe, size: 8, augment }).step as never, { batch })
}

for (const name of m.methodNames)
  test(`${name} on two ranks`, async () => {
    const graph = stepOf(name)
    const share = partition(graph, 2)
    const keys = { seed: [7], step: [0] }
    const first = evaluate(traceInit([graph]), { variables: keys }).variables
    let variables: Values = {
      ...Object.fromEntries(Object.entries(first).map(([key, { data }]) => [key, data])),
      ...keys,
    }
    let steps = 0
    for await (const { images, labels } of m.batches(set, { batch, seed: 3 })) {
      variables = compare(graph, 2, { images, labels }, variables, share)
      if (++steps === 2) break
    }
    assert.is(variables.step![0], 2)
  })

test('what is exchanged: statistics, projections, and gradients once', () => {
  const elements = (name: m.MethodName, kind: (node: Tensor) => boolean): number =>
    nodes(partition(stepOf(name), 2)).reduce((sum, node) => sum + (kind(node) ? numel(node.shape) : 0), 0)
  const parameters = elements(
    'simclr',
    node => node.operation === variableOperation && node.attributes.kind === 'parameter',
  )
  const all = elements('simclr', isExchanged)
  // Forward and backward, two views: mean and variance of 54 channels, and 8 projections of 8 numbers, of one view twice.
  assert.ok(all < parameters + 4 * 2 * 54 + 4 * 8 * 8 + 32, `${all} elements for ${parameters} parameters`)
})

// Operations

/** The case with one axis of one operand, or of all that have its size there, cut over ranks; the others are whole. */
function cutAlong({ inputs, build }: Case, axis: number, cut: (operand: number) => boolean) {
  const values: Record<string, number[]> = {}
  const leaves: Untyped[] = []
  const operands = inputs.map(({ shape, dtype = 'f32', values: given }, i) => {
    const order = shape.map((_, to) => (to === 0 ? axis : to <= axis ? to - 1 : to))
    if (!cut(i)) {
      values[`x${i}`] = [...given]
      return apply(variableOperation, [], { name: `x${i}`, shape, dtype, kind: 'parameter' }) as Untyped
    }
    const leaf = input(
      `x${i}`,
      order.map(from => shape[from]!),
      dtype,
    ) as Untyped
    leaves.push(leaf)
    const moved = { name: 'moved', inputs: [input('x', shape, dtype)], updates: [] }
    const x = moved.inputs[0] as Untyped
    const { outputs } = evaluate(
      { ...moved, outputs: { y: ops.permute(x, order as never) as Tensor } },
      { inputs: { x: given } },
    )
    values[`x${i}`] = [...outputs.y!.data]
    const back = order.map((_, at) => order.indexOf(at))
    return ops.permute(leaf, back as never) as Untyped
  })
  const y = build(...operands)
  const outputs: Record<string, Tensor> = { y }
  if (isFloat(y.dtype) && operands.some(({ dtype }) => dtype === 'f32')) {
    const cotangent = y.shape.length
      ? ops.add(ops.sin(ops.iota(y.shape, -1 as never, 'f32') as Untyped), 1.5)
      : ops.constant(1, [])
    const trained = operands.filter(({ dtype }) => dtype === 'f32')
    backward([[y, cotangent as Tensor]], trained).forEach((gradient, i) => {
      outputs[`gradient${i}`] = gradient
    })
  }
  return { graph: { name: 'case', inputs: leaves, outputs, updates: [] } satisfies Graph, values }
}

test('every operation, cut along every axis of its operands', () => {
  let compared = 0
  // What ranks exchange is theirs already.
  for (const one of half([...cases, ...contractionCases].filter(({ name }) => name !== 'allReduce')))
    for (const [operand, { shape }] of one.inputs.entries())
      for (const [axis, size] of shape.entries()) {
        const ranks = [2, 3, 5].find(count => size % count === 0)
        if (!ranks) continue
        const alone = (i: number) => i === operand
        const all = (i: number) => one.inputs[i]!.shape[axis] === size
        for (const cut of [alone, all]) {
          const { graph, values } = cutAlong(one, axis, cut)
          try {
            compare(graph, ranks, values, values)
          } catch (error) {
            throw new Error(`${one.name}, operand ${operand} along axis ${axis}: ${(error as Error).message}`)
          }
          compared++
        }
      }
  assert.ok(compared > (process.env.QUICK ? 150 : 300), `${compared} compared`)
})

test('random programs', () => {
  // First axes of 2, 4, 8 or 16.
  const split = (shapes: readonly (readonly number[])[]) =>
    shapes.map(([first = 0, ...rest]) => [[1, 3, 6, 7][first % 4]!, ...rest])
  const even = recipes.map(recipe => ({ ...recipe, inputs: split(recipe.inputs), whole: split(recipe.whole) }))
  fc.assert(
    fc.property(even, recipe => {
      const graph = build(recipe, 'program')
      if (!graph.inputs.every(({ shape }) => shape.length === 0 || shape[0]! % 2 === 0)) return
      compare(graph, 2, dataOf(graph.inputs), dataOf(variables(graph)))
    }),
    { numRuns: 80, seed: 11 },
  )
})

test('a batch that ranks do not divide is refused', () => {
  assert.throws(() => partition(stepOf('simclr'), 3), /3 ranks do not divide 8 rows/)
})

test.run()
