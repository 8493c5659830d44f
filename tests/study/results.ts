/** Results as trials leave them, of a study of given axes: the accuracy of each is a function of its trial. */
import type { StudyRecord, TrialResult } from '../../cli/study/folder.js'
import type { StudyData } from '../../cli/study/page.js'
import { type Study, study, type Trial } from '../../models/study/study.js'
import { expand } from '../../models/study/trials.js'

export const axes: Study = study({
  data: { name: 'a <set>', path: 'nowhere' },
  methods: ['simsiam', 'moco'],
  augmentations: ['gaussian@projection:cosine=0.9', 'mixqueue:flow=stopped'],
  flows: ['full', 'delta'],
  imageAugmentations: ['ladder-crop', 'simsiam-cifar'],
  seeds: [1, 2, 3],
  budget: { steps: 4 },
  evaluate: ['knn', 'quality'],
})
const records = new Map<Study, StudyRecord>()
function recordOf(given: Study): StudyRecord {
  const { hypotheses } = given
  const known = records.get(given) ?? {
    name: 'study & <b>more</b>',
    ...expand(given),
    ...(hypotheses && { hypotheses }),
  }
  records.set(given, known)
  return known
}

const bins = Array.from({ length: 32 }, (_, i) => i)
export const resultOf = (trial: Trial, accuracy: number): TrialResult => ({
  trial,
  scores: { knn: { accuracy }, quality: { alignment: 0.5, rank: 10 * accuracy } },
  losses: [1, 2, 3, 4].map(step => [step, 1 / step] as const),
  cost: {
    stepMilliseconds: trial.augmentation === 'none' ? 10 : 12,
    memory: 4e6,
    moved: 9e6,
    seconds: 36,
  },
  histograms: { positive: bins, negative: [...bins].reverse() },
  projection: {
    labels: [0, 1],
    points: [
      [0, 1],
      [1, 0],
    ],
  },
  warnings: [],
  adapter: 'an adapter',
  classes: ['one', 'two'],
  finished: '2026-01-01T00:00:00.000Z',
})

/** All trials finished, but for those that have no accuracy; each judged on so many test images, if that is known. */
export function studyData(
  accuracy: (trial: Trial) => number | undefined,
  given: Study = axes,
  tested?: number,
): StudyData {
  const record = recordOf(given)
  const results = record.trials.flatMap(trial => {
    const value = accuracy(trial)
    return value === undefined ? [] : [{ ...resultOf(trial, value), ...(tested !== undefined && { tested }) }]
  })
  return { record, results, failures: [] }
}
