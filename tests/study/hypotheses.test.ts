/** What a study was registered to decide: the analysis on simulated results with a known effect, plans, refusals. */
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { gains, intervalText, type Metric, metricsOf } from '../../cli/study/compare.js'
import { findings, planOf, verdictOf } from '../../cli/study/hypotheses.js'
import { studyMarkdown } from '../../cli/study/markdown.js'
import { studyPage } from '../../cli/study/page.js'
import { plan } from '../../cli/study/plan.js'
import { generator } from '../../models/data/random.js'
import { power } from '../../models/study/power.js'
import { type Study, study, type Trial } from '../../models/study/study.js'
import { decisive, expand } from '../../models/study/trials.js'
import { studyData } from './results.js'

const TARGET = 'gaussian@projection:cosine=0.9,branch=target,flow=stopped'
const ONLINE = 'gaussian@projection:cosine=0.9,flow=full'
const registered: Study = study({
  data: { name: 'cifar10', path: 'nowhere' },
  methods: ['moco', 'byol'],
  augmentations: [TARGET, ONLINE],
  flows: ['full'],
  imageAugmentations: ['strong-weak-cifar', 'strong-cifar'],
  seeds: Array.from({ length: 12 }, (_, i) => i + 101),
  budget: { steps: 4 },
  evaluate: ['knn'],
  hypotheses: [
    {
      name: 'target raises it',
      family: 'primary',
      method: 'moco',
      augmentation: TARGET,
      imageAugmentation: 'strong-weak-cifar',
      expected: 1.5,
    },
    {
      name: 'target above online',
      family: 'secondary',
      method: 'moco',
      augmentation: TARGET,
      against: ONLINE,
      imageAugmentation: 'strong-weak-cifar',
      expected: 0.75,
    },
    {
      name: 'online raises it',
      family: 'secondary',
      method: 'moco',
      augmentation: ONLINE,
      imageAugmentation: 'strong-weak-cifar',
      expected: 0.75,
    },
    {
      name: 'more with a weak view',
      family: 'secondary',
      augmentation: TARGET,
      imageAugmentation: ['strong-weak-cifar', 'strong-cifar'],
      expected: 1,
    },
  ],
})

/** Results with an effect of `points` for the target in MoCo with a strong and a weak view, and noise of one point per trial. */
function simulated(points: number, seed: number, noise = 1) {
  const random = generator(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return studyData(
    ({ method, augmentation, imageAugmentation }: Trial) =>
      0.5 +
      (method === 'moco' && augmentation === TARGET && imageAugmentation === 'strong-weak-cifar' ? points / 100 : 0) +
      (noise * normal()) / 100,
    registered,
    8000,
  )
}
const metricOf = (data: ReturnType<typeof simulated>) => metricsOf(data.results)[0] as Metric
const found = (data: ReturnType<typeof simulated>) => findings(registered.hypotheses!, data.results, metricOf(data))

test('without noise the estimates are the effects that were put in', () => {
  const means = found(simulated(1.5, 1, 0)).map(({ estimate }) => Number(estimate!.mean.toFixed(9)))
  // Over both methods the interaction is half of it, since BYOL has none.
  assert.equal(means, [1.5, 1.5, 0, 0.75])
})

test('an effect that is there is found as often as the power says, and one that is not, seldom', () => {
  const runs = 300
  let [there, absent, family] = [0, 0, 0]
  for (let i = 0; i < runs; i++) {
    const [primary] = found(simulated(1.5, 1000 + i)) as [ReturnType<typeof found>[number]]
    if (primary.corrected < 0.05) there++
    const [none, ...others] = found(simulated(0, 5000 + i)) as ReturnType<typeof found>
    if (none!.corrected < 0.05) absent++
    if (others.some(({ corrected }) => corrected < 0.05)) family++
  }
  // A difference of two trials of one point of noise each.
  const expected = power({ effect: 1.5, deviation: Math.SQRT2, n: 12 })
  const error = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / runs)
  assert.ok(Math.abs(there / runs - expected) < error(expected), `found ${there} of ${runs}, power ${expected}`)
  assert.ok(absent / runs < 0.05 + error(0.05), `${absent} of ${runs} without an effect`)
  assert.ok(family / runs < 0.05 + error(0.05), `${family} of ${runs} families without an effect`)
})

test('sentences claim what intervals carry, and say what they exclude', () => {
  const [shown] = found(simulated(3, 2, 0.3))
  assert.match(verdictOf(shown!), /^Raises it by [23]\.\d points \[\+/)
  const [lowered] = found(simulated(-3, 2, 0.3))
  assert.match(verdictOf(lowered!), /^Lowers it by .*, against what was expected\.$/)
  const [nothing] = found(simulated(0, 4, 0.2))
  assert.match(
    verdictOf(nothing!),
    /^No difference larger than the noise: at most .*the expected \+1\.5 lie outside of/,
  )
  const [vague] = found(simulated(0, 4, 6))
  assert.match(verdictOf(vague!), /what was expected, \+1\.5, is not excluded \(power \d+ %\)\.$/)
  assert.ok(Math.abs(shown!.testError! - 100 * Math.sqrt((0.5 * 0.5) / 8000)) < 0.01)
})

test('the page and the Markdown have them first', () => {
  const data = simulated(2, 3)
  const { document } = parseHTML(studyPage(data))
  const first = document.querySelector('section')!
  assert.is(first.querySelector('h2')!.textContent, 'Hypotheses')
  assert.is(first.querySelectorAll('tbody tr').length, 4)
  assert.match(first.textContent!, /target raises it/)
  const text = studyMarkdown(data)
  assert.match(text, /\| target raises it +\| primary +\| 12/)
})

test('a plan says the power of the study and the seeds that an effect takes, from a pilot', () => {
  const pilot = simulated(1, 7)
  const all = gains(pilot.results, metricOf(pilot))
  const made = planOf(registered.hypotheses![0]!, all, 12)!
  assert.ok(made.deviation > 0.7 && made.deviation < 2.5)
  const [[, eighty], [, ninety], [, most]] = made.seeds as [[number, number], [number, number], [number, number]]
  assert.ok(eighty <= ninety && ninety <= most)
  assert.ok(power({ effect: 1.5, deviation: made.deviation, n: most }) >= 0.95)
  assert.ok(power({ effect: 1.5, deviation: made.deviation, n: most - 1 }) < 0.95)
  const given = { trials: 96, seeds: 12, jobs: 2, hypotheses: registered.hypotheses! }
  const text = [...plan({ ...given, pilot })].join('\n')
  assert.match(text, /A trial of the pilot took 36 s on an adapter: 0\.5 hours for all, 2 at a time/)
  assert.match(text, /target raises it: differences spread by .* power \d+ % for 1\.5 points with 12 seeds; 80 % takes/)
  assert.match([...plan({ ...given, pilot: undefined })].join('\n'), /No pilot: run some seeds first/)
})

test('a family of hypotheses is decided by the trials that it compares, and by no others', () => {
  const { trials } = expand(registered)
  const of = (...names: string[]) =>
    decisive(
      registered.hypotheses!.filter(({ name }) => names.includes(name)),
      trials,
    )
  const settings = (found: readonly Trial[]) => [
    ...new Set(found.map(trial => [trial.method, trial.augmentation, trial.imageAugmentation].join(' '))),
  ]
  const primary = of('target raises it')
  assert.equal(settings(primary), ['moco none strong-weak-cifar', `moco ${TARGET} strong-weak-cifar`])
  assert.is(primary.length, 2 * 12)
  assert.equal(settings(of('target above online')).length, 3)
  // Of no method in particular: both, with two image augmentations, with and without.
  assert.is(of('more with a weak view').length, 2 * 2 * 2 * 12)
})

test('hypotheses about what the study does not have are refused', () => {
  const [first] = registered.hypotheses!
  const refused = (change: object, message: RegExp) =>
    assert.throws(() => expand({ ...registered, hypotheses: [{ ...first!, ...change }] }), message)
  refused({ method: 'mocoo' }, /"target raises it" is about method mocoo: the study has moco, byol/)
  refused({ augmentation: 'gaussian' }, /is about augmentation gaussian/)
  refused({ imageAugmentation: 'weak' }, /is about image augmentation weak/)
  refused({ expected: 0 }, /expects 0 points/)
  const milestones = { ...registered, budget: { steps: 4, milestones: [2, 2] } }
  assert.throws(() => expand(milestones), /milestones of the study's budget are 2, 2: give .* from 1 to 3/)
})

test('an interval shows on which side of zero its bounds lie', () => {
  const of = (low: number, high: number) => intervalText({ mean: 0, deviation: 1, n: 12, low, high })
  assert.equal(
    [of(-0.96, -0.012), of(-1.14, 0.04), of(-0.3, 2.1), of(0, 2), of(-0.001, 1)],
    ['[−0.96, −0.01]', '[−1.14, +0.04]', '[−0.3, +2.1]', '[0.0, +2.0]', '[0.00, +1.00]'],
  )
})

test.run()
