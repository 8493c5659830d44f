/**
 * The protocols by name, each from a setting (device, subject, set) to named numbers: what `facet evaluate` and studies run.
 * Features of the set are computed once for all protocols that take them.
 */
import { nearest } from '../../compiler/graph/nearest.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import type { DataSet } from '../domains.js'
import type { Features } from './features.js'
import { type FewLabelsOptions, fewLabels } from './fewlabels.js'
import { type FinetuneOptions, finetune } from './finetune.js'
import { type KnnOptions, knnAccuracy } from './knn.js'
import { fitLinear, type LinearFit, type ProbeOptions } from './linear.js'
import { lowShot } from './lowshot.js'
import { geometry, viewAlignment } from './quality.js'
import { retrieval } from './retrieval.js'
import {
  corruptionError,
  type FeatureNoiseOptions,
  featureNoise,
  meanCorrupted,
  type Robustness,
  type RobustnessOptions,
  robustness,
} from './robustness.js'
import { featuresOf, type Subject } from './subject.js'
import { transfer } from './transfer.js'

/** What `evaluate` is told. What a protocol is not told is as its function has it. */
export interface EvaluateOptions {
  /** The set that the subject is judged on. */
  readonly set: DataSet
  /** Another set, for `transfer`. */
  readonly transferTo?: DataSet
  /** Of everything that is drawn. Default 0. */
  readonly seed?: number
  /** Of `knn`. */
  readonly knn?: KnnOptions
  /** Of `linear`, and of the linear probe under `robustness` and `noise`. */
  readonly linear?: ProbeOptions
  /** Default: 10 epochs at 0.1, for a batch of 256; see `withProbe` for the probe that is trained during pretraining. */
  readonly online?: Omit<FinetuneOptions, 'seed' | 'progress' | 'frozen'>
  /** Of `finetune`. */
  readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>
  /** Of `fewlabels`: the shares of the labels. */
  readonly fewlabels?: Pick<FewLabelsOptions, 'fractions'>
  /** Of `robustness`: which corruptions. */
  readonly robustness?: Pick<RobustnessOptions, 'corruptions'>
  /** Of `noise`: how strong, and where. */
  readonly noise?: Pick<FeatureNoiseOptions, 'levels' | 'site'>
  /** What `robustness` of another encoder gave: its mean corruption error is then reported against it. */
  readonly baseline?: Robustness
  /** How far the protocol is that runs now. */
  readonly progress?: (protocol: ProtocolName, done: number, total: number) => void
}

/** Numbers by name, the most important first. Shares are 0 to 1. */
export type Scores = Readonly<Record<string, number>>
/** What a protocol is given: the options, and what several protocols share. */
export interface Setting extends EvaluateOptions {
  /** Where it is computed. */
  readonly device: Device
  /** The encoder, with the weights to be judged. */
  readonly subject: Subject
  readonly seed: number
  /** Of the training and the test split, computed when first asked for. */
  readonly features: () => Promise<{ readonly train: Features; readonly test: Features }>
  /** The linear probe on them. */
  readonly probe: () => Promise<LinearFit>
}
/** A way to judge an encoder: an entry of `protocols`. */
export interface Protocol {
  /** What it does, in a few words. */
  readonly summary: string
  /** Judges, and gives numbers by name. */
  readonly run: (setting: Setting) => Promise<Scores>
  /** Why it cannot be run on this set, where that is so. */
  readonly refuses?: (options: EvaluateOptions) => string | undefined
  /** It takes sets without labels too. */
  readonly unlabelled?: boolean
}

const reporting = ({ progress }: Setting, name: ProtocolName) =>
  progress ? { progress: (done: number, total: number) => progress(name, done, total) } : {}

/** The protocols by name: what `evaluate` and `facet evaluate --protocol` run. */
export const protocols = {
  knn: {
    summary: 'weighted vote of the nearest training features',
    run: async ({ device, features, knn }) => {
      const { train, test } = await features()
      return { accuracy: await knnAccuracy(device, train, test, knn) }
    },
  },
  knn200: {
    summary: 'the vote of 200 at temperature 0.1, as lightly reports it for CIFAR-10',
    run: async ({ device, features, knn }) => {
      const { train, test } = await features()
      return { accuracy: await knnAccuracy(device, train, test, { ...knn, k: 200, temperature: 0.1 }) }
    },
  },
  linear: {
    summary: 'linear classifier on frozen features, its learning rate chosen on held-out rows',
    run: async ({ probe }) => {
      const { accuracies, learningRate } = await probe()
      return { accuracy: accuracies[0]!, learningRate }
    },
  },
  online: {
    summary: 'linear classifier trained on augmented views, as beside pretraining (rate 0.1 for a batch of 256)',
    run: async setting => {
      const { device, subject, set, seed } = setting
      const options = { epochs: 10, learningRates: [0.1], ...setting.online, frozen: true, seed }
      const { accuracy } = await finetune(device, subject, set, { ...options, ...reporting(setting, 'online') })
      return { accuracy }
    },
  },
  finetune: {
    summary: 'encoder and classifier trained together',
    run: async setting => {
      const { device, subject, set, seed } = setting
      const options = { ...setting.finetune, seed, ...reporting(setting, 'finetune') }
      const { accuracy, learningRate } = await finetune(device, subject, set, options)
      return { accuracy, learningRate }
    },
  },
  fewlabels: {
    summary: 'linear probe and fine-tuning with 1 % and 10 % of the labels',
    run: async setting => {
      const { device, subject, set, seed } = setting
      const linear = setting.linear ? { linear: setting.linear } : {}
      const options = { ...setting.fewlabels, ...linear, seed, ...reporting(setting, 'fewlabels') }
      const results = await fewLabels(device, subject, set, await setting.features(), options)
      return Object.fromEntries(
        results.flatMap(({ fraction, linear, finetune }) => [
          [`linear ${percent(fraction)}`, linear],
          [`finetune ${percent(fraction)}`, finetune],
        ]),
      )
    },
  },
  transfer: {
    summary: 'kNN, linear probe and fine-tuning on another set',
    unlabelled: true, // what it was trained on need not have any
    refuses: ({ transferTo }) => (transferTo ? undefined : 'transfer needs another set'),
    run: async setting => {
      const { device, subject, transferTo, knn, linear, seed } = setting
      const options = { ...(knn && { knn }), ...(linear && { linear }), seed, ...reporting(setting, 'transfer') }
      const finetuning = setting.finetune ? { finetune: setting.finetune } : {}
      return { ...(await transfer(device, subject, transferTo!, { ...options, ...finetuning })) }
    },
  },
  robustness: {
    summary: 'linear probe on test images corrupted at five severities',
    refuses: ({ set }) => ('height' in set ? undefined : `corruptions are of images, and ${set.name} are recordings`),
    run: async setting => {
      const { device, subject, set, seed, baseline } = setting
      const { classifier } = await setting.probe()
      const options = { ...setting.robustness, seed, ...reporting(setting, 'robustness') }
      return scoresOf(await robustness(device, subject, set, classifier, options), baseline)
    },
  },
  noise: {
    summary: 'linear probe on features disturbed by noise',
    run: async setting => {
      const { device, subject, set, seed } = setting
      const { classifier } = await setting.probe()
      const options = { ...setting.noise, seed, ...reporting(setting, 'noise') }
      const results = await featureNoise(device, subject, set, classifier, options)
      return Object.fromEntries(results.map(([level, accuracy]) => [`sigma ${level}`, accuracy]))
    },
  },
  retrieval: {
    summary: 'share of test images with one of their class among the 1, 2, 4 and 8 nearest others',
    refuses: ({ set }) =>
      set.test.count > 8 ? undefined : `retrieval takes 9 test images or more, and ${set.name} has ${set.test.count}`,
    run: async ({ device, features }) =>
      Object.fromEntries(
        (await retrieval(device, (await features()).test)).map(([k, share]) => [`recall at ${k}`, share]),
      ),
  },
  svm: {
    summary: 'linear support vector machine on 1, 2, 4, 8 and 16 images of each class, five draws',
    run: async ({ features, seed }) => {
      const { train, test } = await features()
      return Object.fromEntries(
        lowShot(train, test, { seed }).flatMap(({ shots, mean, deviation }) => [
          [`${shots} of each`, mean],
          [`${shots} of each, deviation`, deviation],
        ]),
      )
    },
  },
  quality: {
    summary: 'alignment of views, uniformity, RankMe, participation ratio and spread of features',
    unlabelled: true,
    run: async ({ device, subject, set, seed, features }) => ({
      alignment: await viewAlignment(device, subject, set, { seed }),
      ...(await geometry(device, (await features()).train)),
    }),
  },
} as const satisfies Record<string, Protocol>
/** The name of a protocol. */
export type ProtocolName =
  | 'knn'
  | 'knn200'
  | 'linear'
  | 'online'
  | 'finetune'
  | 'fewlabels'
  | 'transfer'
  | 'robustness'
  | 'noise'
  | 'retrieval'
  | 'svm'
  | 'quality'
/** All names of protocols, in the order in which they are listed. */
export const protocolNames = Object.keys(protocols) as ProtocolName[]

const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`

/** `robustness` as numbers by name: `mean`, `clean`, with a baseline `mCE`, then `gaussianNoise 1`, ... */
const scoresOf = (result: Robustness, baseline?: Robustness): Scores => ({
  mean: meanCorrupted(result),
  clean: result.clean,
  ...(baseline && {
    mCE: corruptionError(result, baseline),
    'relative mCE': corruptionError(result, baseline, { relative: true }),
  }),
  ...Object.fromEntries(
    Object.entries(result.corrupted).flatMap(([name, shares]) => shares.map((share, i) => [`${name} ${i + 1}`, share])),
  ),
})

/** The result of `robustness` from its numbers by name, to be a baseline. Throws `BadInput` if they are not such numbers. */
export function robustnessOf(scores: Scores): Robustness {
  const corrupted: Record<string, number[]> = {}
  for (const [key, share] of Object.entries(scores)) {
    const [, name, severity] = /^(\w+) ([1-5])$/.exec(key) ?? []
    if (name) (corrupted[name] ??= [])[Number(severity) - 1] = share
  }
  if (typeof scores.clean !== 'number' || Object.keys(corrupted).length === 0)
    throw new BadInput(
      'these are not the numbers of the protocol robustness: they have no clean accuracy or no corruption.',
    )
  return { clean: scores.clean, corrupted }
}

/** Why a protocol cannot be run on a set, in half a sentence; nothing if it can. */
export function refusalOf(name: ProtocolName, options: EvaluateOptions): string | undefined {
  const { refuses, unlabelled } = protocols[name] as Protocol
  if (options.set.classes.length === 0 && !unlabelled)
    return `${name} counts labels, and ${options.set.name} has none: quality needs none`
  if (name === 'transfer' && options.transferTo?.classes.length === 0)
    return `transfer counts labels, and ${options.transferTo.name} has none`
  return refuses?.(options)
}

/** The protocol of a name. Throws `BadInput` with the nearest. */
export function protocolNamed(name: string): ProtocolName {
  const found = protocolNames.find(known => known === name)
  if (found) return found
  throw new BadInput(
    `there is no protocol ${name}: did you mean ${nearest(name, protocolNames)}? All are ${protocolNames.join(', ')}.`,
  )
}

async function featuresOfSplits(device: Device, subject: Subject, { set, seed = 0 }: EvaluateOptions) {
  const [train, test] = await featuresOf(device, subject, set, [set.train, set.test], { seed })
  return { train: train!, test: test! }
}

/** What protocols run on. `embed` gives the features of both splits. Default: by a program of its own. */
export function settingFor(
  device: Device,
  subject: Subject,
  options: EvaluateOptions,
  embed: Setting['features'] = () => featuresOfSplits(device, subject, options),
): Setting {
  const { seed = 0 } = options
  let features: ReturnType<Setting['features']> | undefined
  let probe: ReturnType<Setting['probe']> | undefined
  const setting: Setting = {
    ...options,
    ...{ device, subject, seed },
    features: () => (features ??= embed()),
    probe: () =>
      (probe ??= setting.features().then(({ train, test }) => fitLinear(device, train, [test], options.linear))),
  }
  return setting
}

/**
 * The numbers of several protocols, in the order asked for, by their names. Throws `BadInput`, having run none, if one of them cannot
 * be run on the set.
 *
 * ```ts
 * const { knn, quality } = await evaluate(device, subjectOf(recipe, tensors), ['knn', 'quality'], { set })
 * ```
 */
export async function evaluate<const N extends ProtocolName>(
  device: Device,
  subject: Subject,
  names: readonly N[],
  options: EvaluateOptions,
): Promise<Record<N, Scores>> {
  const chosen = names.map(name => [name, protocols[name] as Protocol] as const)
  for (const [name] of chosen) {
    const reason = refusalOf(name, options)
    if (reason) throw new BadInput(`${reason}.`)
  }
  const setting = settingFor(device, subject, options)
  const results: Partial<Record<ProtocolName, Scores>> = {}
  for (const [name, { run }] of chosen) results[name] = await run(setting)
  return results as Record<N, Scores>
}
