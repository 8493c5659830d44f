/**
 * Gradient flow, for every operator and every flow that it has: the gradient agrees with finite differences of the formula
 * that defines the flow, and is exactly zero where it must be. All of them draw the same numbers.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import { evaluate } from '../../../compiler/graph/evaluate.js'
import type { Graph } from '../../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { entry, trace, traceInit } from '../../../compiler/language/entry.js'
import { parametersOf } from '../../../compiler/language/module.js'
import { redrawn } from '../../../compiler/language/trace.js'
import { add, constant, iota, matmul, mul, rem, reshape, sin, sum, transpose } from '../../../compiler/ops/index.js'
import { augmented, augmentedNegatives, augmentedPair, augmentedScores } from '../../../models/augment/apply.js'
import { augment } from '../../../models/augment/feature.js'
import { type Flow, flowName } from '../../../models/augment/flow.js'
import { moduleOf, type Operator } from '../../../models/augment/operators/operator.js'
import {
  all,
  branchFor,
  context,
  everyFlow,
  flowsOf,
  make,
  normals,
  type Plain,
  siteFor,
  unitRows,
} from './operators.js'

type Data = Record<string, Float64Array>
const sized = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** `sum(c y + y^2 / 4)`, `c = sin(1 + i)`: the gradient at y is `c + y / 2`. */
function lossOf(y: Untyped): Untyped {
  const flat: Untyped = reshape(y, [sized(y.shape)])
  const c: Untyped = sin(add(iota(flat.shape, 0, 'f32'), 1) as Untyped)
  return sum(add(mul(flat, c), mul(mul(flat, flat), 0.25))) as Untyped
}
const slopeOf = (y: Float64Array) => y.map((value, i) => Math.sin(1 + i) + value / 2)

/** Builds `body` on inputs of these shapes; its draws depend on nothing else. */
const build = (shapes: Record<string, readonly number[]>, body: (given: Record<string, Untyped>) => object): Graph =>
  trace(
    'flow',
    entry(shapes as Record<string, number[]>, given => redrawn('flow', () => body(given as never)) as never),
  )
/** `loss` and its gradients with respect to the inputs and to the parameters of the operator. */
function withGradients(operator: Plain, given: Record<string, Untyped>, loss: Untyped): Record<string, Tensor> {
  const learned = moduleOf(operator as Operator)
  const wrt = { ...given, ...Object.fromEntries((learned ? parametersOf(learned) : []).map(p => [p.name, p.tensor])) }
  const gradients = backward([[loss, constant(1, [])]], Object.values(wrt))
  return Object.fromEntries(Object.keys(wrt).map((name, i) => [`d ${name}`, gradients[i]!]))
}

const starts = new Map<Plain, Data>()
/** Variables of the operator as they start; the same for each of its graphs. */
function startOf(operator: Plain, graph: Graph): Data {
  const known = starts.get(operator) ?? (evaluate(traceInit([graph]), { variables: { seed: 1 } }).variables as never)
  starts.set(operator, known)
  return known
}
function values(operator: Plain, graph: Graph, inputs: Data, variables: Data = {}): Data {
  const all = { ...startOf(operator, graph), seed: 5, step: 3, ...variables } as never
  const { outputs } = evaluate(graph, { inputs, variables: all })
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float64Array]))
}

/** Every few elements, and the central difference of `at` there. */
const some = (count: number): number[] => Array.from({ length: Math.min(count, 9) }, (_, i) => (i * 7) % count)
const difference = (at: (moved: Float64Array) => number, x: Float64Array, i: number): number =>
  (at(x.with(i, x[i]! + H)) - at(x.with(i, x[i]! - H))) / (2 * H)
const H = 1e-5
function agree(what: string, got: Float64Array, expected: (i: number) => number): void {
  for (const i of some(got.length)) {
    const e = expected(i)
    assert.ok(Math.abs(got[i]! - e) < 2e-6 * Math.max(1, Math.abs(e)), `${what}[${i}] is ${got[i]}, expected ${e}`)
  }
}
const zero = (what: string, got: Float64Array) =>
  assert.ok(
    got.every(value => value === 0),
    `${what} must be exactly 0`,
  )

/** Strengths at which partners and draws matter. */
const strengths: Record<string, number> = { mixstyle: 2, gaussian: 0.4, mixup: 0.5, dropout: 0.4, dropblock: 0.3 }
const place = (operator: Plain, flow: Flow) => {
  const branch = branchFor(operator)
  const alone = branch !== 'online' || operator.kind === 'pair' || operator.kind === 'negatives'
  const given = { operator, at: siteFor(operator), flow, ...(branch !== 'online' && { branch }) }
  const strength = strengths[operator.name]
  const beside = (branch === 'both' || !alone) && { compose: 'add' }
  return augment({ ...given, ...beside, ...(strength && { strength }) } as never)
}
const strengthOf = (operator: Plain) => strengths[operator.name] ?? operator.strength

for (const name of all) {
  const operator = make(name)
  const { kind, traits } = operator
  const reversed = (flow: Flow) =>
    flow === 'adversarial' ? 1 : typeof flow === 'object' && 'adversarial' in flow ? flow.adversarial : 0
  const scale = (flow: Flow) => (typeof flow === 'object' && 'scaled' in flow ? flow.scaled : 1)

  if (kind === 'pair')
    test(`${name}: a pair's gradients`, () => {
      const [q, k] = [unitRows(normals(1, 5, 6)).data, unitRows(normals(2, 5, 6)).data]
      const shapes = { q: [5, 6], k: [5, 6] }
      const parts = (pair: { q: Untyped; k: Untyped; penalty?: Untyped }) => ({
        online: lossOf(pair.q),
        target: mul(lossOf(pair.k), 0.7) as Untyped,
        penalty: pair.penalty ? (sum(pair.penalty) as Untyped) : (constant(0, []) as Untyped),
      })
      const formula = build(shapes, ({ q, k }) => parts(operator.apply({ q, k }, context(strengthOf(operator)))))
      for (const flow of flowsOf(operator)) {
        const graph = build(shapes, given => {
          const made = parts(augmentedPair(place(operator, flow), operator.apply, given as never))
          const loss = Object.values(made).reduce((a, b) => add(a, b) as Untyped)
          return withGradients(operator, given, loss)
        })
        const got = values(operator, graph, { q, k })
        const through = [
          'penalty',
          ...(flow === 'online-stopped' ? [] : ['online']),
          ...(flow === 'target-stopped' ? [] : ['target']),
        ]
        const at = (given: Data) => {
          const found = values(operator, formula, given)
          return through.reduce((total, part) => total + found[part]![0]!, 0)
        }
        agree(`${flow}: d q`, got['d q']!, i => difference(moved => at({ q: moved, k }), q, i))
        // The keys of JCL carry no gradient, whatever the flow.
        if (name === 'jcl') zero(`${flow}: d k`, got['d k']!)
        else agree(`${flow}: d k`, got['d k']!, i => difference(moved => at({ q, k: moved }), k, i))
      }
    })
  else if (kind === 'negatives')
    test(`${name}: negatives pass no gradient to query or queue`, () => {
      const given = { q: unitRows(normals(1, 5, 6)).data, queue: unitRows(normals(2, 9, 6)).data }
      const shapes = { q: [5, 6], queue: [9, 6] }
      const loss = ({ shared, own = [] }: { shared: Untyped; own?: readonly Untyped[] }) =>
        [shared, ...own].map(lossOf).reduce((a, b) => add(a, b) as Untyped)
      const formula = build(shapes, ({ q, queue }) => ({
        loss: loss(operator.apply({ shared: queue }, q, context(strengthOf(operator)))),
      }))
      startOf(operator, formula)
      for (const flow of flowsOf(operator)) {
        const graph = build(shapes, inputs => {
          const { q, queue } = inputs as { q: Untyped; queue: Untyped }
          const made = augmentedNegatives(place(operator, flow), operator.apply, { shared: queue }, q)
          return withGradients(operator, inputs, loss(made))
        })
        const { 'd q': dq, 'd queue': dqueue, ...rest } = values(operator, graph, given)
        zero('d q', dq!)
        zero('d queue', dqueue!)
        checkParameters(
          operator,
          flow,
          rest,
          -reversed(flow),
          (parameters: Data) => values(operator, formula, given, parameters).loss![0]!,
        )
      }
    })
  else if (kind === 'scores')
    test(`${name}: gradients of features and weight, every flow against its definition`, () => {
      const given = { features: normals(3, 7, 4).data, weight: normals(4, 3, 4).data }
      const shapes = { features: [7, 4], weight: [3, 4] }
      const labels = rem(iota([7], 0), 3) as Untyped
      const classified = ({ features, weight }: Record<string, Untyped>) => ({
        ...{ features: features!, weight: weight!, labels: labels as never },
        scores: matmul(features!, transpose(weight!)) as Untyped,
      })
      // Rows, those that statistics are taken of, and what the scores are made of may be moved apart.
      const formula = build(
        { ...shapes, statistics: [7, 4], sources: [7, 4], weights: [3, 4] },
        ({ statistics, sources, weights, ...rest }) => {
          const { scores } = classified({ features: sources!, weight: weights! })
          const told = { ...context(strengthOf(operator)), statistics: () => statistics! }
          const y = operator.apply({ ...classified(rest), scores }, told) as Untyped
          return { y, loss: lossOf(y), scores }
        },
      )
      const clean = { statistics: given.features, sources: given.features, weights: given.weight }
      const y = values(operator, formula, { ...given, ...clean }).y!
      /** What `loss` gives where an input is moved in all that is not held. */
      const at = (part: 'features' | 'weight', moved: Float64Array, held: Data = {}, loss = 'loss') => {
        const along = part === 'features' ? { statistics: moved, sources: moved } : { weights: moved }
        const found = values(operator, formula, { ...given, ...clean, [part]: moved, ...along, ...held })
        return loss === 'loss'
          ? found.loss![0]!
          : slopeOf(y).reduce((sum, slope, i) => sum + slope * found.scores![i]!, 0)
      }
      for (const flow of flowsOf(operator)) {
        const word = flowName(flow)
        const graph = build(shapes, inputs => {
          const y = augmentedScores(place(operator, flow), operator.apply, classified(inputs) as never)
          return { y, ...withGradients(operator, inputs, lossOf(y)) }
        })
        const found = values(operator, graph, given)
        assert.equal([...found.y!], [...y], `${word}: the value is the same`)
        for (const part of ['features', 'weight'] as const) {
          const [what, got, x] = [`${word}: d ${part}`, found[`d ${part}`]!, given[part]]
          const whole = (i: number) => difference(moved => at(part, moved), x, i)
          const plain = (i: number) => difference(moved => at(part, moved, {}, 'scores'), x, i)
          const frozen = (i: number) => difference(moved => at(part, moved, { statistics: given.features }), x, i)
          if (word === 'stopped') zero(what, got)
          else if (word === 'straight-through') agree(what, got, plain)
          else if (word === 'delta') agree(what, got, i => whole(i) - plain(i))
          else if (word === 'frozen-statistics') agree(what, got, frozen)
          else agree(what, got, i => scale(flow) * whole(i))
        }
      }
    })
  else
    test(`${name}: every flow against its definition`, () => {
      const shape = kind === 'maps' ? [3, 2, 4, 4] : kind === 'tokens' ? [3, 5, 4] : [5, 6]
      const x = normals(3, ...shape).data
      // x, what its statistics and those of the partner are taken of, and the partner may be moved apart.
      const formula = build({ x: shape, statistics: shape, others: shape, partner: shape }, given => ({
        loss: lossOf(
          operator.apply(given.x, {
            ...context(strengthOf(operator)),
            statistics: (of: Untyped) => (of === given.x ? given.statistics! : given.others!),
            partner: () => given.partner!,
          }),
        ),
      }))
      const at = (moved: Float64Array, held: Data = {}, parameters: Data = {}) =>
        values(operator, formula, { x: moved, statistics: moved, others: moved, partner: moved, ...held }, parameters)
          .loss![0]!
      const clean = build({ x: shape }, ({ x }) => ({ y: operator.apply(x, context(strengthOf(operator))) }))
      const y = values(operator, clean, { x }).y!
      for (const flow of flowsOf(operator)) {
        const word = flowName(flow)
        const graph = build({ x: shape }, given => {
          const y = augmented(place(operator, flow), operator.apply, given.x!).x
          return { y, ...withGradients(operator, given, lossOf(y)) }
        })
        const { y: value, 'd x': dx, ...rest } = values(operator, graph, { x })
        assert.equal([...value!], [...y], `${word}: the value is the same`)
        if (word === 'stopped' || word === 'generator') zero(`${word}: d x`, dx!)
        else if (word === 'straight-through') agree(`${word}: d x`, dx!, i => slopeOf(y)[i]!)
        else if (word === 'delta') agree(`${word}: d x`, dx!, i => difference(at, x, i) - slopeOf(y)[i]!)
        else if (word === 'frozen-statistics')
          agree(`${word}: d x`, dx!, i => difference(moved => at(moved, { statistics: x, others: x }), x, i))
        else if (word === 'partner-stopped')
          agree(`${word}: d x`, dx!, i => difference(moved => at(moved, { partner: x, others: x }), x, i))
        else agree(`${word}: d x`, dx!, i => scale(flow) * difference(at, x, i))
        const silent = word === 'stopped' || word === 'straight-through'
        const factor = silent ? 0 : reversed(flow) ? -reversed(flow) : scale(flow)
        checkParameters(operator, flow, rest, factor, parameters => at(x, {}, parameters))
      }
    })

  test(`${name}: it has those flows and no others`, () => {
    const known = new Set(flowsOf(operator).map(flowName))
    for (const flow of everyFlow)
      if (known.has(flowName(flow))) place(operator, flow)
      else assert.throws(() => place(operator, flow), /flow|stopped/, `${name}, ${flowName(flow)}`)
    assert.is(traits.includes('learned') && kind !== 'pair', known.has('adversarial'))
  })
}

/** Gradients of parameters are `factor` times the derivative; exactly 0 where the factor is. */
function checkParameters(
  operator: Plain,
  flow: Flow,
  gradients: Data,
  factor: number,
  at: (parameters: Data) => number,
): void {
  const learned = moduleOf(operator as Operator)
  for (const { name } of learned ? parametersOf(learned) : []) {
    const what = `${flowName(flow)}: d ${name}`
    const start = (starts.get(operator) as never as Record<string, { data: Float64Array; shape: number[] }>)[name]!
    const moved = (data: Float64Array) => ({ [name]: { ...start, data } }) as never
    if (factor === 0) zero(what, gradients[`d ${name}`]!)
    else agree(what, gradients[`d ${name}`]!, i => factor * difference(data => at(moved(data)), start.data, i))
  }
}

test.run()
