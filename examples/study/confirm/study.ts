/**
 * The confirmatory study of the paper's question (arXiv 2410.12396), as it was registered before it was run: README.md beside
 * this file says why each part is as it is.
 *
 * ```sh
 * npx --no-install facet study examples/study/confirm/study.ts --data PATH
 * ```
 */
import { study } from 'facet-tensor/models'

const [moco, byol] = ['moco-predictor-small', 'byol-small'] as const
const [strongWeak, strong] = ['strong-weak-cifar', 'strong-cifar'] as const

/** Noise on the projection of the branch that the predictor is not on: the parallel form, which the paper's summary calls the best. */
const parallel = 'gaussian@projection:cosine=0.9,branch=target,flow=stopped'
/** The others run on MoCo with a strong and a weak view alone. */
const online = 'gaussian@projection:cosine=0.9,flow=full'
const mixture = 'mixup@projection:cosine=0.92,branch=target,flow=stopped'
const generator = 'generator@projection:flow=adversarial'
const extrapolation = 'mixqueue:flow=stopped+extrapolate:flow=target-stopped'

const secondary = { family: 'secondary', method: moco, imageAugmentation: strongWeak } as const

export default study({
  name: 'confirm',
  data: { name: 'cifar10-16000-8000' },
  methods: [moco, byol],
  augmentations: [parallel, online, mixture, generator, extrapolation],
  flows: ['full'],
  imageAugmentations: [strongWeak, strong],
  seeds: [101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112],
  where: ({ method, augmentation, imageAugmentation }) =>
    ['none', parallel].includes(augmentation) || (method === moco && imageAugmentation === strongWeak),
  // 30 epochs of 125 steps, and half of them.
  budget: { steps: 3750, milestones: [1875], images: 16_000, testImages: 8000, size: 32, batch: 128, width: 16 },
  evaluate: ['knn', 'linear'],
  weights: ({ method, augmentation, imageAugmentation }) =>
    method === moco && imageAugmentation === strongWeak && ['none', parallel].includes(augmentation),
  hypotheses: [
    {
      name: 'Noise on the target, in parallel to a predictor, helps MoCo with strong and weak views',
      family: 'primary',
      method: moco,
      imageAugmentation: strongWeak,
      augmentation: parallel,
      expected: 1.5,
    },
    { name: 'It helps BYOL', ...secondary, method: byol, augmentation: parallel, expected: 1.5 },
    {
      name: 'It helps MoCo more with a strong and a weak view than with two strong ones',
      ...secondary,
      augmentation: parallel,
      imageAugmentation: [strongWeak, strong],
      expected: 1,
    },
    {
      name: 'It helps more on the target than online',
      ...secondary,
      augmentation: parallel,
      against: online,
      expected: 1,
    },
    { name: 'Noise online helps', ...secondary, augmentation: online, expected: 1 },
    { name: 'A mixture on the target helps', ...secondary, augmentation: mixture, expected: 1 },
    { name: 'A learned generator helps', ...secondary, augmentation: generator, expected: 1 },
    { name: 'Extrapolated positives and a mixed queue help', ...secondary, augmentation: extrapolation, expected: 1 },
  ],
})
