/** Copies: what stands for the clean feature and what beside it, draws of both sides, stages of an encoder, optimizers of generators. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { module } from '../../../compiler/language/module.js'
import { add, constant, sub, sum } from '../../../compiler/ops/index.js'
import { copiesOf, through } from '../../../models/augment/copies.js'
import { augment, type FeatureAugmentation } from '../../../models/augment/feature.js'
import { operator } from '../../../models/augment/operators/operator.js'
import { convnet } from '../../../models/encoders/convnet.js'
import { linear } from '../../../models/layers.js'
import { simsiam } from '../../../models/methods/simsiam.js'
import { sgd } from '../../../models/optimizers/sgd.js'
import { train } from '../../../models/train.js'
import { make, near, normals, run, type Values } from './operators.js'

const ONE: Values = { shape: [1, 1], data: Float64Array.of(1) }
const adding = (by: number) =>
  operator({ name: `add${by}`, kind: 'any', apply: (x: Untyped): Untyped => add(x, by) as Untyped })
/** The values of the copies of 1 after `site` on `side`. */
const at = (given: Parameters<typeof copiesOf>[0], site: 'pooled' | 'projection', side: 'online' | 'target') => {
  const { outputs } = run({ x: ONE }, ({ x }) => {
    const copies = copiesOf(given)
    return Object.fromEntries(copies.apply(site, side, copies.of(x!)).map((copy, i) => [`${i}`, copy]))
  })
  return Object.values(outputs).map(({ data }) => data[0]!)
}
/** What each copy weighs in the loss. */
const weightsOf = (given: FeatureAugmentation | readonly FeatureAugmentation[]) => {
  const count = at(given, 'pooled', 'online').length
  return Array.from({ length: count }, (_, i) => {
    const { outputs } = run({ x: ONE }, () => ({
      y: copiesOf(given).weighted(copy => constant(copy === i ? 1 : 0, []) as Untyped),
    }))
    return +outputs.y!.data[0]!.toFixed(6)
  })
}

test('copies: nothing, replacement, addition, blend, several, and all together', () => {
  assert.equal(at(undefined, 'pooled', 'online'), [1])
  const replace = augment({ operator: adding(100), at: 'pooled' })
  assert.equal(at(replace, 'pooled', 'online'), [101])
  assert.equal(at(replace, 'pooled', 'target'), [1])
  assert.equal(at(replace, 'projection', 'online'), [1])
  assert.equal(weightsOf(replace), [1])
  const beside = augment({ operator: adding(7), at: 'pooled', branch: 'both', compose: 'add', weight: 0.5 })
  assert.equal(at(beside, 'pooled', 'target'), [1, 8])
  assert.equal(weightsOf(beside), [1, 0.5])
  assert.equal(at([replace, beside], 'pooled', 'online'), [101, 108])
  assert.equal(at([beside, replace], 'pooled', 'online'), [101, 108])
  const blend = augment({ operator: adding(7), at: 'pooled', compose: 'blend', weight: 0.2 })
  assert.equal(weightsOf(blend), [0.8, 0.2])
  assert.equal(weightsOf(augment({ operator: adding(7), at: 'pooled', compose: 'blend' })), [0.5, 0.5])
  assert.equal(weightsOf(augment({ operator: adding(7), at: 'pooled', copies: 4 })), [0.25, 0.25, 0.25, 0.25])
  const added = augment({ operator: adding(7), at: 'pooled', copies: 2, compose: 'add', weight: 0.6 })
  assert.equal(weightsOf(added), [1, 0.3, 0.3])
  assert.equal(weightsOf([added, blend]), [0.8, 0.3, 0.3, 0.2])
  assert.equal(
    weightsOf([added, augment({ operator: adding(1), at: 'pooled', copies: 2 })]),
    [0.5, 0.5, 0.15, 0.15, 0.15, 0.15],
  )
})

test('what does not match is left as the same node, and equal copies are computed once', () => {
  run({ x: ONE }, ({ x }) => {
    const copies = copiesOf(augment({ operator: adding(7), at: 'projection', compose: 'add' }))
    const before = copies.of(x!)
    assert.ok(copies.apply('pooled', 'online', before).every(copy => copy === x))
    let calls = 0
    const part = through(copy => {
      calls++
      return sub(copy, 1)
    })
    const [a, b] = part(before)
    assert.is(a, b)
    assert.is(part([x!])[0], a)
    assert.is(calls, 1)
    return { x: x! }
  })
  assert.equal(at(augment({ operator: adding(7), at: 'projection', compose: 'add' }), 'projection', 'online'), [1, 8])
})

test('draws: of copies and sides their own, or shared by both sides', () => {
  const x = normals(1, 5, 8)
  const draws = (given: FeatureAugmentation) => {
    const { outputs } = run({ x }, ({ x }) => {
      const copies = copiesOf(given)
      const [online, again, target] = [['online'], ['online'], ['target']].map(([side]) =>
        copies.apply('projection', side as 'online', copies.of(x!)),
      )
      const all = { online: online!, again: again!, target: target! }
      return Object.fromEntries(
        Object.entries(all).flatMap(([side, made]) => made.map((copy, i) => [`${side}${i}`, copy])),
      )
    })
    return (a: string, b: string) => outputs[a]!.data.every((value, i) => value === outputs[b]!.data[i])
  }
  const own = draws(
    augment({ operator: make('gaussian') as never, at: 'projection', branch: 'both', copies: 2 } as never),
  )
  assert.not.ok(own('online0', 'online1') || own('online0', 'target0') || own('online0', 'again0'))
  const shared = draws(
    augment({
      operator: make('gaussian') as never,
      at: 'projection',
      branch: 'both',
      copies: 2,
      draws: 'shared',
    } as never),
  )
  assert.ok(shared('online0', 'target0') && shared('online1', 'target1') && shared('online0', 'again0'))
  assert.not.ok(shared('online0', 'online1'))
  const joint = draws(augment({ operator: make('project') as never, at: 'projection', branch: 'both' } as never))
  assert.ok(joint('online0', 'target0'))
})

const images = (seed: number) => normals(seed, 4, 3, 8, 8)
const encoder = () => convnet({ width: 4, stages: 2 })
const noisy = (given: object) =>
  augment({ operator: make('channels') as never, at: 'stage1', strength: 0.4, ...given } as never)

test('stages: a further pass shares what comes before its site, and running statistics move once', () => {
  const made = encoder()
  const { after, outputs } = run({ x: images(1) }, ({ x }) => {
    const copies = copiesOf(noisy({ compose: 'add', copies: 2 }))
    const all = copies.encoding(made as never)([{ side: 'online', view: x! }])[0]!
    return Object.fromEntries(all.map((copy, i) => [`${i}`, copy]))
  })
  assert.not.equal(outputs[0]!.data, outputs[1]!.data)
  assert.not.equal(outputs[1]!.data, outputs[2]!.data)
  const again = encoder()
  const plain = run({ x: images(1) }, ({ x }) => ({ y: again(x as never) as Tensor }))
  assert.equal(outputs[0]!.data, plain.outputs.y!.data, 'the first copy is the clean one')
  for (const [name, { data }] of Object.entries(plain.after)) {
    if (!name.includes('running') && !name.includes('num_batches')) continue
    assert.equal(after[name]!.data, data, `${name} is that of one clean pass`)
  }
  assert.ok(Object.keys(plain.after).some(name => name.includes('running_mean')))
})

test('stages: an augmented stage has gradient to what comes before it, by its flow', () => {
  const gradient = (given: object) => {
    const made = encoder()
    return run({ x: images(1) }, ({ x }) => {
      const copies = copiesOf(noisy(given))
      const all = copies.encoding(made as never)([{ side: 'online', view: x! }])[0]!
      return { d: backward([[sum(all.at(-1)!) as Untyped, constant(1, [])]], [x!])[0]! }
    }).outputs.d!.data
  }
  assert.ok(gradient({}).some(value => value !== 0))
  assert.ok(gradient({ flow: 'stopped', compose: 'add' }).every(value => value === 0))
})

test('a generator is trained by its own optimizer, under its own name; the method by the other', () => {
  const step = (flow: string, rate: number, own: number) =>
    run({ one: images(1), two: images(2) }, ({ one, two }) => {
      const generator = make('generator', { optimizer: sgd({ learningRate: own, momentum: 0 }) })
      const method = simsiam({
        encoder: encoder(),
        projector: linear(8, 6),
        predictor: linear(6, 6),
        augment: augment({ operator: generator, at: 'projection', flow, strength: 1 } as never),
      })
      return train(method, sgd({ learningRate: rate, momentum: 0 }), [one, two] as never) as never
    })
  const moved = ({ before, after }: ReturnType<typeof step>, part: string) =>
    Object.keys(before).flatMap(name =>
      name.startsWith(part) && !name.includes('running') && !name.includes('num_batches')
        ? [...before[name]!.data].map((value, i) => after[name]!.data[i]! - value)
        : [],
    )
  const [full, adversarial] = [step('full', 0, 0.5), step('adversarial', 0, 0.5)]
  assert.ok(moved(full, 'encoder').every(value => value === 0))
  assert.ok(moved(full, 'augment0').some(value => value !== 0))
  moved(full, 'augment0').forEach((value, i) => {
    assert.ok(near(value, -moved(adversarial, 'augment0')[i]!), 'up the loss in place of down')
  })
  const frozen = step('full', 0.5, 0)
  assert.ok(moved(frozen, 'augment0').every(value => value === 0))
  assert.ok(moved(frozen, 'encoder').some(value => value !== 0))
})

test('operators with variables are mounted under the place of their augmentation in the list', () => {
  const placed = (['gaussian', 'affine', 'neighbour'] as const).map(name =>
    augment({ operator: make(name), at: 'pooled', ...(name === 'neighbour' && { branch: 'target' }) } as never),
  )
  const { after } = run({ x: normals(1, 4, 6) }, ({ x }) => {
    const host = module(({ use }) => {
      const copies = copiesOf(placed, use)
      return (x: Untyped) => [...copies.apply('pooled', 'online', [x]), ...copies.apply('pooled', 'target', [x])]
    })
    const [online, target] = host(x!)
    return { online: online!, target: target! }
  })
  const parts = [...new Set(Object.keys(after).flatMap(name => /^augment\d+/.exec(name) ?? []))]
  assert.equal(parts.sort(), ['augment1', 'augment2'])
  assert.ok('augment1.gain' in after && 'augment2.queue' in after)
})

test.run()
