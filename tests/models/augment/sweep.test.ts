/**
 * Every operator with every flow that the types allow, in SimSiam and in MoCo v2 (those on scores in the supervised baseline), compiles and takes finite steps on the
 * device. `npm run sweep` runs all of them; as a test, one of each operator, `SWEEP_SEED` (default 1) says which.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../../compiler/compile.js'
import { entry, i32 } from '../../../compiler/language/entry.js'
import { module } from '../../../compiler/language/module.js'
import { augment, type FeatureAugmentation } from '../../../models/augment/feature.js'
import { type Flow, flowName } from '../../../models/augment/flow.js'
import type { OperatorName } from '../../../models/augment/operators/index.js'
import { generator } from '../../../models/data/random.js'
import { convnet } from '../../../models/encoders/convnet.js'
import { vit } from '../../../models/encoders/vit.js'
import { linear } from '../../../models/layers.js'
import type { Encoder } from '../../../models/methods/method.js'
import { moco } from '../../../models/methods/moco.js'
import { simsiam } from '../../../models/methods/simsiam.js'
import { supervised } from '../../../models/methods/supervised.js'
import { sgd } from '../../../models/optimizers/sgd.js'
import { train } from '../../../models/train.js'
import { load } from '../../../runtime/node.js'
import { closeTestDevice, testDevice } from '../../device.js'
import { all, branchFor, flowsOf, make, siteFor } from './operators.js'

interface Case {
  readonly operator: OperatorName
  readonly flow: Flow
  readonly method: 'simsiam' | 'moco' | 'supervised'
  readonly branch: 'online' | 'target' | 'both'
}
const cases: Case[] = all.flatMap(operator => {
  const made = make(operator)
  const own = branchFor(made)
  const onTarget =
    own === 'online' && !['pair', 'negatives', 'scores'].includes(made.kind) && !made.traits.includes('learned')
  const methods = made.kind === 'scores' ? (['supervised'] as const) : (['simsiam', 'moco'] as const)
  return methods
    .filter(method => method !== 'simsiam' || made.kind !== 'negatives')
    .flatMap(method => [
      ...flowsOf(made).map(flow => ({ operator, flow, method, branch: own })),
      ...(onTarget ? [{ operator, flow: 'stopped', method, branch: 'target' } as const] : []),
    ])
})

/** A stopped copy, and a generator's, stand beside the clean feature; the others in its place. */
function augmentationOf({ operator: name, flow, branch }: Case): FeatureAugmentation {
  const operator = make(name)
  const beside = branch !== 'target' && operator.kind !== 'negatives' && (flow === 'stopped' || flow === 'generator')
  const given = { operator, at: siteFor(operator), flow, ...(branch !== 'online' && { branch }) }
  return augment({ ...given, ...(beside && { compose: 'add' }) } as never)
}
function methodOf(one: Case) {
  const tokens = make(one.operator).kind === 'tokens'
  const encoder = tokens
    ? vit({ size: 4, patch: 2, features: 4, depth: 1, heads: 2 })
    : convnet({ width: 4, stages: 1 })
  const parts = { encoder: encoder as Encoder, projector: linear(4, 4), augment: augmentationOf(one) }
  if (one.method === 'supervised') return supervised({ ...parts, classifier: linear(4, 3) })
  return one.method === 'moco' ? moco({ ...parts, queue: 24 }) : simsiam({ ...parts, predictor: linear(4, 4) })
}

/** Some cases as entries of one program: most of their kernels are the same. */
async function step(some: readonly Case[]): Promise<void> {
  const methods = some.map(methodOf)
  module(({ use }) => {
    methods.forEach((method, i) => {
      use(`case${i}`, method)
    })
    return () => {}
  })
  const shape: [number, number, number, number] = [8, 3, 4, 4]
  const entries = Object.fromEntries(
    methods.map((method, i) => [
      `case${i}`,
      entry(
        { one: shape, two: shape, ...(method.labels === 'labels' && { labels: i32([8]) }) },
        ({ one, two, labels }: any) =>
          train(method as never, sgd({ learningRate: 0.05 }), [one, two] as never, (labels && { labels }) as never),
      ),
    ]),
  )
  const program = compile(entries, {} as never)
  const session = await load(await testDevice(), program, { seed: 1 })
  const random = generator(3)
  const images = () => Float32Array.from({ length: 8 * 48 }, () => random() * 2 - 1)
  for (const [i, one] of some.entries()) {
    const what = `${one.operator}, ${flowName(one.flow)} on ${one.branch}, ${one.method}`
    for (let times = 0; times < 2; times++) {
      const labels = one.method === 'supervised' && { labels: Int32Array.from({ length: 8 }, (_, n) => n % 3) }
      const given = { one: images(), two: images(), ...labels }
      const outputs = (await session.call(`case${i}` as never, given as never)) as Record<string, Float32Array>
      assert.ok(Number.isFinite(outputs.loss![0]), `${what}: loss ${outputs.loss![0]}`)
    }
  }
  session.destroy()
}

const full = process.argv.includes('--all')
const seed = Number(process.env.SWEEP_SEED ?? 1)
const random = generator(seed)
const chosen = full
  ? cases
  : all.flatMap(operator => {
      const own = cases.filter(one => one.operator === operator)
      return [own[Math.floor(random() * own.length)]!]
    })
const AT_ONCE = 16
for (let from = 0; from < chosen.length; from += AT_ONCE)
  test(`cases ${from + 1} to ${Math.min(from + AT_ONCE, chosen.length)} of ${chosen.length} (of ${cases.length} in all, seed ${seed})`, () =>
    step(chosen.slice(from, from + AT_ONCE)))
test.after(closeTestDevice)

test.run()
