/** What a few labels are enough for: 1 % and 10 % of them. */
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import { type Examples, pickExamples } from '../data/examples.js'
import { generator, permutation } from '../data/random.js'
import type { DataSet } from '../domains.js'
import { type Features, pickRows } from './features.js'
import { type FinetuneOptions, finetune } from './finetune.js'
import { linearProbe, type ProbeOptions } from './linear.js'
import type { Subject } from './subject.js'

/**
 * Numbers of a random subset of `fraction` of the examples of each class, rounded, at least one each, in ascending order: the same
 * for the same seed, and a larger fraction holds the smaller one's. Throws `BadInput` unless the fraction is in (0, 1].
 */
export function balancedSubset({ labels }: Pick<Examples, 'labels'>, fraction: number, seed = 0): number[] {
  if (!(fraction > 0 && fraction <= 1))
    throw new BadInput(`a share of labels must lie above 0 and up to 1, got ${fraction}.`)
  const ofClass = new Map<number, number[]>()
  for (const n of permutation(labels.length, generator(seed, 0x1abe1))) {
    const own = ofClass.get(labels[n]!) ?? []
    ofClass.set(labels[n]!, own)
    own.push(n)
  }
  return [...ofClass.values()]
    .flatMap(own => own.slice(0, Math.max(1, Math.round(own.length * fraction))))
    .sort((a, b) => a - b)
}

/** What `fewLabels` may be told. */
export interface FewLabelsOptions {
  /** Default 0.01 and 0.1. */
  readonly fractions?: readonly number[]
  /** Of the linear probe. Default: `linearProbe`'s own. */
  readonly linear?: ProbeOptions
  /** Default: 20 epochs, but 100 steps or more, the classifier's rate ten times the encoder's. */
  readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>
  /** Of the subset and of fine-tuning. Default 0. */
  readonly seed?: number
  /** After each step of fine-tuning: how many are done of how many. */
  readonly progress?: FinetuneOptions['progress']
}
/** What `fewLabels` found with one share of the labels. */
export interface FewLabels {
  /** Share of the labels, 0 to 1. */
  readonly fraction: number
  /** Labelled examples. */
  readonly count: number
  /** Shares of the test examples that are right: of a linear probe, and after fine-tuning. */
  readonly linear: number
  /** Share of the test examples that is right after fine-tuning. */
  readonly finetune: number
}

/** Below it a tenth of the rows is too few to choose a learning rate by: the middle one of the defaults is taken. */
const ENOUGH = 500

/**
 * A linear probe and fine-tuning with `fractions` of the labels, subsets balanced over classes. `features`: of the whole
 * training and test splits. Source of the protocol: SimCLR, arXiv 2002.05709, section 6; its settings here are those of mmselfsup
 * (20 epochs, a higher rate for the classifier).
 */
export async function fewLabels(
  device: Device,
  subject: Subject,
  set: DataSet,
  features: { readonly train: Features; readonly test: Features },
  { fractions = [0.01, 0.1], seed = 0, progress, ...options }: FewLabelsOptions = {},
): Promise<FewLabels[]> {
  const results: FewLabels[] = []
  for (const [i, fraction] of fractions.entries()) {
    const rows = balancedSubset(set.train, fraction, seed)
    const rates = rows.length < ENOUGH ? { learningRates: [0.01] } : {}
    const linear = await linearProbe(device, pickRows(features.train, rows), features.test, {
      ...rates,
      ...options.linear,
    })
    const batch = Math.min(options.finetune?.batch ?? 64, rows.length)
    const steps = Math.max(100, 20 * Math.floor(rows.length / batch))
    const part = { ...set, train: pickExamples<Examples>(set.train, rows) } as DataSet
    const { accuracy } = await finetune(device, subject, part, {
      ...{ batch, steps, headRate: 10, ...options.finetune, seed },
      progress: (done, total) => progress?.(i * total + done, fractions.length * total),
    })
    results.push({ fraction, count: rows.length, linear, finetune: accuracy })
  }
  return results
}
