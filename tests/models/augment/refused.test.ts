/** Combinations that mean nothing: the editor refuses them, and so does `augment` where types did not see them. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkSites } from '../../../models/augment/copies.js'
import { augment } from '../../../models/augment/feature.js'
import { operators as o } from '../../../models/augment/operators/index.js'
import { operator } from '../../../models/augment/operators/operator.js'

const refused = (call: () => unknown, message: RegExp) => assert.throws(call, message)

test('where an operator may stand', () => {
  refused(
    // @ts-expect-error this operator takes feature maps: place it at a stage of the encoder
    () => augment({ operator: o.mixstyle(), at: 'projection' }),
    /mixstyle takes feature maps: place it at a stage/,
  )
  refused(
    // @ts-expect-error this operator takes both sides of a pair: place it at unit
    () => augment({ operator: o.extrapolate(), at: 'projection' }),
    /extrapolate takes both sides of a pair/,
  )
  refused(
    // @ts-expect-error this operator makes negatives: place it at negatives
    () => augment({ operator: o.mochi(), at: 'unit' }),
    /mochi makes negatives: place it at negatives, not at unit/,
  )
  refused(
    // @ts-expect-error this operator takes rows: place it at pooled, projection, prediction, unit or negatives
    () => augment({ operator: o.generator(), at: 'stage2' }),
    /generator takes rows: place it at pooled, projection/,
  )
  // Which stages there are is known when the method is built.
  const there = augment({ operator: o.mixstyle(), at: 'stage9' })
  refused(
    () => checkSites('moco', there, ['stage1', 'pooled']),
    /moco has no site stage9 for mixstyle.*: its sites are stage1, pooled/,
  )
})

test('what carries no gradient has no other flow', () => {
  refused(
    // @ts-expect-error stopped in place of the online feature: beside it is possible, compose 'add' or 'blend'
    () => augment({ operator: o.gaussian(), at: 'pooled', flow: 'stopped' }),
    /leaves the encoder without any: use compose add or blend/,
  )
  refused(
    // @ts-expect-error the same of a generator's copy
    () => augment({ operator: o.affine(), at: 'pooled', flow: 'generator' }),
    /leaves the encoder without any/,
  )
  refused(
    // @ts-expect-error on branch target the flow is 'stopped'
    () => augment({ operator: o.gaussian(), at: 'pooled', branch: 'target', flow: 'full' }),
    /must be stopped on branch target, got full/,
  )
  for (const learned of [o.affine(), o.generator(), o.attention()])
    refused(
      // @ts-expect-error nothing would train it
      () => augment({ operator: learned, at: 'projection', branch: 'target' }),
      /nothing would train the parameters of (affine|generator|attention) there: place it on branch online or both/,
    )
  augment({ operator: o.affine(), at: 'projection', branch: 'both' })
  refused(
    // @ts-expect-error type '"full"' is not assignable to type '"stopped"'
    () => augment({ operator: o.gaussian(), at: 'negatives', flow: 'full' }),
    /must be stopped there, got full/,
  )
  refused(
    // @ts-expect-error neighbours are targets: type '"full"' is not assignable to type '"stopped"'
    () => augment({ operator: o.neighbour(), at: 'unit', flow: 'full' }),
    /must be stopped on branch target/,
  )
  refused(
    // @ts-expect-error neighbours are targets: type '"online"' is not assignable to type '"target"'
    () => augment({ operator: o.neighbour(), at: 'unit', branch: 'online' }),
    /its branch must be target, got online/,
  )
})

test('a flow needs an operator that has it', () => {
  refused(
    // @ts-expect-error '"generator"' needs trait 'learned'
    () => augment({ operator: o.gaussian(), at: 'pooled', flow: 'generator', compose: 'add' }),
    /generator needs an operator with parameters, and gaussian is none/,
  )
  refused(
    // @ts-expect-error '"partner-stopped"' needs trait 'partner'
    () => augment({ operator: o.sphere(), at: 'pooled', flow: 'partner-stopped' }),
    /needs an operator that mixes with a partner, and sphere/,
  )
  refused(
    // @ts-expect-error '"frozen-statistics"' needs trait 'statistics'
    () => augment({ operator: o.dropout(), at: 'pooled', flow: 'frozen-statistics' }),
    /needs an operator with statistics, and dropout is none/,
  )
  refused(
    // @ts-expect-error '"target-stopped"' is a flow of pairs
    () => augment({ operator: o.gaussian(), at: 'unit', flow: 'target-stopped' }),
    /needs an operator on pairs, and gaussian is none/,
  )
  refused(
    // @ts-expect-error '"straight-through"' is not assignable to type '"full" | PairFlow'
    () => augment({ operator: o.extrapolate(), at: 'unit', flow: 'straight-through' }),
    /flow must be full or target-stopped or online-stopped/,
  )
  refused(
    // @ts-expect-error only learned negatives are adversarial
    () => augment({ operator: o.mochi(), at: 'negatives', flow: 'adversarial' }),
    /adversarial needs an operator with parameters, and mochi is none/,
  )
  refused(
    // @ts-expect-error 'scaled' does not exist in type '{ readonly adversarial: number; }'
    () => augment({ operator: o.adco(), at: 'negatives', flow: { scaled: 0.5 } }),
    /must be stopped there, got scaled=0.5/,
  )
})

test('rows that are mixed to others have both sides alike, and no way halfway', () => {
  refused(
    // @ts-expect-error property 'branch' is missing: 'both'
    () => augment({ operator: o.project(), at: 'projection' }),
    /project must have the same draws on both sides: use branch both/,
  )
  refused(
    // @ts-expect-error '"delta"' is not assignable
    () => augment({ operator: o.project(), at: 'projection', branch: 'both', flow: 'delta' }),
    /nothing goes delta: use another flow/,
  )
  refused(
    // @ts-expect-error type 'number' is not assignable to type 'never'
    () => augment({ operator: o.project(), at: 'projection', branch: 'both', probability: 0.5 }),
    /leave probability and schedule out/,
  )
  refused(
    // @ts-expect-error type 'number' is not assignable to type 'never'
    () => augment({ operator: o.mochi(), at: 'negatives', probability: 0.5 }),
    /leave probability and schedule out/,
  )
})

test('strength or cosine, weight and copies where they mean something', () => {
  refused(
    // @ts-expect-error this operator has no 'solve'
    () => augment({ operator: o.mixstyle(), at: 'stage2', cosine: 0.9 }),
    /depends on the features: give a strength, not a cosine/,
  )
  refused(
    // @ts-expect-error nor has this law
    () => augment({ operator: o.mixup({ law: 'beta' }), at: 'pooled', cosine: 0.9 }),
    /give a strength, not a cosine/,
  )
  refused(
    // @ts-expect-error one of the two
    () => augment({ operator: o.gaussian(), at: 'pooled', cosine: 0.9, strength: 0.1 }),
    /a strength or a cosine, not both/,
  )
  refused(
    // @ts-expect-error type 'string' is not assignable to type 'never'
    () => augment({ operator: o.gaussian(), at: 'negatives', compose: 'add' }),
    /negatives are replaced, not added/,
  )
  refused(
    // @ts-expect-error type 'number' is not assignable to type 'never'
    () => augment({ operator: o.gaussian(), at: 'negatives', copies: 2 }),
    /there is one set of negatives, got 2 copies/,
  )
  refused(
    // @ts-expect-error '"left"' is not assignable to type '"both" | "online" | "target"'
    () => augment({ operator: o.gaussian(), at: 'pooled', branch: 'left' }),
    /branch must be online or target or both, got left/,
  )
  const noise = { operator: o.gaussian(), at: 'pooled' } as const
  refused(() => augment({ ...noise, compose: 'add', weight: -1 }), /weight must be positive, got -1/)
  refused(() => augment({ ...noise, compose: 'blend', weight: 2 }), /a blend's weight must be at most 1, got 2/)
  refused(() => augment({ ...noise, copies: 1.5 }), /copies must be a whole number from 1 on, got 1.5/)
  refused(() => augment({ ...noise, probability: 2 }), /probability must be from 0 to 1, got 2/)
})

test('what means something is accepted, and says what it is', () => {
  const own = operator({ name: 'own', kind: 'any', apply: x => x })
  const labels = [
    augment({ operator: o.gaussian(), at: 'pooled', flow: 'stopped', compose: 'add' }),
    augment({ operator: o.gaussian(), at: 'pooled', branch: 'target' }),
    augment({ operator: o.generator(), at: 'projection', flow: 'generator', compose: 'blend', weight: 0.2 }),
    augment({ operator: o.gaussian({ scale: 'one' }), at: 'negatives', strength: 0.01, probability: 0.5 }),
    augment({ operator: o.affine(), at: 'negatives', flow: 'adversarial' }),
    augment({ operator: o.mixup(), at: 'stage2', flow: 'partner-stopped', cosine: 0.97 }),
    augment({ operator: o.mixstyle(), at: 'stage2', probability: 0.5, compose: 'add', copies: 2 }),
    augment({ operator: o.extrapolate(), at: 'unit', flow: 'target-stopped', compose: 'add' }),
    augment({ operator: o.adco(), at: 'negatives', flow: { adversarial: 0.5 } }),
    augment({ operator: o.neighbours(), at: 'unit', compose: 'add' }),
    augment({ operator: o.project(), at: 'projection', branch: 'both' }),
    augment({ operator: o.rotation(), at: 'unit', cosine: 0.9, draws: 'shared', branch: 'both' }),
    augment({ operator: own, at: 'pooled', flow: 'straight-through' }),
  ].map(({ label }) => label)
  assert.equal(labels, [
    'gaussian(0.1) at pooled online, stopped, added with weight 1',
    'gaussian(0.1) at pooled target, stopped',
    'generator(0.1) at projection online, generator, blended with weight 0.2',
    'gaussian(0.01) at negatives, stopped, probability 0.5',
    'affine(1) at negatives, adversarial',
    'mixup(cosine 0.97) at stage2 online, partner-stopped',
    'mixstyle(0.1) at stage2 online, frozen-statistics, added with weight 1, 2 copies, probability 0.5',
    'extrapolate(2) at unit, target-stopped, added with weight 1',
    'adco at negatives, adversarial=0.5',
    'neighbours at unit target, stopped, added with weight 1',
    'project(0.5) at projection both, full, shared draws',
    'rotation(cosine 0.9) at unit both, full, shared draws',
    'own at pooled online, straight-through',
  ])
})

test.run()
