/** Transfer: the encoder on another set of examples and classes, frozen and fine-tuned. */
import type { Device } from '../../runtime/device.js'
import type { DataSet } from '../domains.js'
import { type FinetuneOptions, finetune } from './finetune.js'
import { type KnnOptions, knnAccuracy } from './knn.js'
import { linearProbe, type ProbeOptions } from './linear.js'
import { featuresOf, type Subject } from './subject.js'

/** What `transfer` may be told. */
export interface TransferOptions {
  /** Of kNN. */
  readonly knn?: KnnOptions
  /** Of the linear probe. */
  readonly linear?: ProbeOptions
  /** Of fine-tuning. */
  readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>
  /** Of fine-tuning. Default 0. */
  readonly seed?: number
  /** After each step of fine-tuning: how many are done of how many. */
  readonly progress?: FinetuneOptions['progress']
}
/** Shares of the other set's test examples that are right. */
export interface Transfer {
  /** Of kNN. */
  readonly knn: number
  /** Of a linear probe. */
  readonly linear: number
  /** After fine-tuning. */
  readonly finetune: number
}

/** kNN, linear probe and fine-tuning on `other`, whose views have the size and normalisation of the subject. */
export async function transfer(
  device: Device,
  subject: Subject,
  other: DataSet,
  { knn, linear, seed = 0, progress, ...options }: TransferOptions = {},
): Promise<Transfer> {
  const [train, test] = await featuresOf(device, subject, other, [other.train, other.test], { seed })
  return {
    knn: await knnAccuracy(device, train!, test!, knn),
    linear: await linearProbe(device, train!, test!, linear),
    finetune: (await finetune(device, subject, other, { ...options.finetune, seed, ...(progress && { progress }) }))
      .accuracy,
  }
}
