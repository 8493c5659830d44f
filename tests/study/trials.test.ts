/** Expansion of a study: which trials there are, what is left out, and ids that stay. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Study, study } from '../../models/study/study.js'
import { expand, idOf } from '../../models/study/trials.js'

const base: Study = study({
  data: 'synthetic',
  methods: ['simsiam', 'moco'],
  augmentations: ['gaussian@projection:cosine=0.9', 'dropout@pooled'],
  flows: ['full', 'straight-through', { scaled: 0.5 }],
  imageAugmentations: ['ladder-crop', 'simsiam-cifar'],
  seeds: [1, 2],
  budget: { steps: 10, batch: 16, width: 4, size: 8 },
  evaluate: ['knn'],
})
const ids = (given: Study): string[] => expand(given).trials.map(({ id }) => id)
const refuses = (change: Partial<Study>, words: RegExp): void =>
  assert.throws(
    () => expand(study({ ...base, ...change })),
    (error: Error) => words.test(error.message),
  )

test('every combination once, and a baseline for each method, image augmentation and seed', () => {
  const { trials, leftOut } = expand(base)
  assert.equal(leftOut, [])
  assert.is(trials.length, 2 * 2 * 2 * (1 + 2 * 3))
  assert.is(new Set(trials.map(({ id }) => id)).size, trials.length)
  assert.is(trials.filter(({ augmentation }) => augmentation === 'none').length, 2 * 2 * 2)
  for (const { method, imageAugmentation, seed } of trials)
    assert.is(
      trials.filter(
        other =>
          other.augmentation === 'none' &&
          other.method === method &&
          other.imageAugmentation === imageAugmentation &&
          other.seed === seed,
      ).length,
      1,
    )
  // Seed by seed, baselines first: what is stopped halfway can be compared.
  assert.equal([...new Set(trials.map(({ seed }) => seed))], [1, 2])
  assert.equal(
    trials.findIndex(({ augmentation }) => augmentation !== 'none'),
    4,
  )
})

test('a configuration is whole: recipe within the budget, flow in the augmentation', () => {
  const { configuration } = expand(base).trials.find(
    ({ method, flow, augmentation }) => method === 'moco' && flow === 'scaled=0.5' && augmentation === 'dropout@pooled',
  )!
  assert.is(configuration.augment, 'dropout@pooled:flow=scaled=0.5')
  const { method, batch, width, queue, learningRate, views } = configuration.recipe
  assert.equal(
    { method, batch, width, queue, views },
    { method: 'moco', batch: 16, width: 4, queue: 512, views: 'ladder-crop' },
  )
  assert.is(learningRate, 0.025) // 0.1 at batch 64
})

test('ids stay when an axis gets a value, whatever the order; every part of a configuration changes them', () => {
  const before = new Set(ids(base))
  const more = new Set(
    ids({
      ...base,
      methods: ['simclr', 'moco', 'simsiam'],
      augmentations: ['gaussian@projection:cosine=0.9', 'rotation', 'dropout@pooled'],
      flows: ['delta', ...base.flows],
      imageAugmentations: ['ladder-gray', ...base.imageAugmentations],
      seeds: [3, 2, 1],
    }),
  )
  assert.ok([...before].every(id => more.has(id)))
  assert.ok(more.size > before.size)
  const other = [
    { budget: { ...base.budget, steps: 11 } },
    { budget: { ...base.budget, set: { learningRate: 0.3 } } },
    { budget: { ...base.budget, images: 100 } },
    { budget: { ...base.budget, testImages: 100 } },
    { data: 'elsewhere' },
    { evaluate: ['linear'] as const },
  ]
  for (const change of other)
    assert.not.ok(
      ids({ ...base, ...change }).some(id => before.has(id)),
      JSON.stringify(change),
    )
  // A name stands for the folder.
  const named = (path: string) => ids({ ...base, data: { name: 'cifar10', path } })
  assert.equal(named('here'), named('there'))
  assert.equal(named('here'), ids({ ...base, data: { name: 'cifar10' } }))
  // What is recorded changes no number.
  assert.equal(ids({ ...base, record: ['projection'], weights: () => true, name: 'x' }), [...before])
})

test('where() keeps trials of the crossing, each as it was; a hypothesis about others is refused', () => {
  const all = expand(base).trials
  const kept = expand({ ...base, where: ({ method, seed }) => method === 'moco' && seed === 2 }).trials
  assert.equal(
    kept,
    all.filter(({ method, seed }) => method === 'moco' && seed === 2),
  )
  assert.ok(kept.length > 0)
  refuses({ where: () => false }, /where\(\) of the study keeps no trial/)
  const decided = { name: 'Noise helps', family: 'primary', method: 'moco', expected: 1 } as const
  const [augmentation] = base.augmentations as [string]
  assert.is(expand({ ...base, hypotheses: [{ ...decided, augmentation }] }).trials.length, all.length)
  refuses(
    { hypotheses: [{ ...decided, augmentation }], where: trial => trial.augmentation !== augmentation },
    /"Noise helps" compares trials of moco, .*, and the study has none: they were refused, or left out/,
  )
})

test('the order of keys does not matter to an id', () => {
  const [{ configuration }] = expand(base).trials as [ReturnType<typeof expand>['trials'][number]]
  const reversed = Object.fromEntries(Object.entries(configuration).reverse()) as unknown as typeof configuration
  assert.is(idOf(reversed), idOf(configuration))
  assert.match(idOf(configuration), /^[0-9a-f]{12}$/)
})

test('what the library refuses is left out with its reason; a flow of its own is kept', () => {
  const { trials, leftOut } = expand({
    ...base,
    augmentations: ['mixqueue:flow=stopped', 'gaussian@projection', 'gaussian@prediction'],
    flows: ['full', 'stopped', 'generator'],
  })
  const reasons = leftOut.map(({ method, augmentation, flow, reason }) => [
    method,
    augmentation,
    flow,
    reason.slice(0, 40),
  ])
  assert.equal(
    reasons.filter(([method, , flow]) => method === 'simsiam' || flow === 'full'),
    [
      ['simsiam', 'mixqueue:flow=stopped', 'stopped', 'simsiam has no site negatives for mixque'],
      ['simsiam', 'gaussian@projection', 'stopped', 'augment: a copy without gradient in plac'],
      ['simsiam', 'gaussian@projection', 'generator', 'augment: flow generator needs an operato'],
      ['simsiam', 'gaussian@prediction', 'stopped', 'augment: a copy without gradient in plac'],
      ['simsiam', 'gaussian@prediction', 'generator', 'augment: flow generator needs an operato'],
      ['moco', 'gaussian@prediction', 'full', 'moco has no site prediction for gaussian'],
    ],
  )
  const queue = trials.filter(({ augmentation }) => augmentation === 'mixqueue:flow=stopped')
  assert.equal(
    queue.map(({ method, flow }) => `${method} ${flow}`),
    Array(4).fill('moco stopped'),
  )
})

test('mistakes are sentences, and leave nothing out', () => {
  refuses({ seeds: [] }, /the study has no seeds/)
  refuses({ seeds: [1, 1] }, /two trials of the study are the same: simsiam, none/)
  refuses({ seeds: [0.5] }, /a seed of the study is 0.5/)
  refuses({ budget: { steps: 0 } }, /budget has 0 steps/)
  refuses({ flows: [] }, /augmentations and no flows/)
  refuses({ methods: ['simsam' as 'simsiam'] }, /no recipe simsam.*simsiam/)
  refuses({ augmentations: ['gausian' as 'gaussian'] }, /gausian.*gaussian/)
  refuses({ imageAugmentations: ['ladder-grey' as 'ladder-gray'] }, /ladder-grey.*ladder-gray/)
})

test.run()
