/** Transfer: the encoder on another set of examples and classes, frozen and fine-tuned. */
import type { Device } from '../../runtime/device.js';
import type { DataSet } from '../domains.js';
import { type FinetuneOptions } from './finetune.js';
import { type KnnOptions } from './knn.js';
import { type ProbeOptions } from './linear.js';
import { type Subject } from './subject.js';
/** What `transfer` may be told. */
export interface TransferOptions {
    /** Of kNN. */
    readonly knn?: KnnOptions;
    /** Of the linear probe. */
    readonly linear?: ProbeOptions;
    /** Of fine-tuning. */
    readonly finetune?: Omit<FinetuneOptions, 'seed' | 'progress'>;
    /** Of fine-tuning. Default 0. */
    readonly seed?: number;
    /** After each step of fine-tuning: how many are done of how many. */
    readonly progress?: FinetuneOptions['progress'];
}
/** Shares of the other set's test examples that are right. */
export interface Transfer {
    /** Of kNN. */
    readonly knn: number;
    /** Of a linear probe. */
    readonly linear: number;
    /** After fine-tuning. */
    readonly finetune: number;
}
/** kNN, linear probe and fine-tuning on `other`, whose views have the size and normalisation of the subject. */
export declare function transfer(device: Device, subject: Subject, other: DataSet, { knn, linear, seed, progress, ...options }?: TransferOptions): Promise<Transfer>;
