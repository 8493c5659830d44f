/**
 * What `demo` and `pretrain` share: their options, checked before anything is written, one run with its progress line
 * and saved weights, and the report of the runs there are.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { augment, type FeatureAugmentation } from '../models/augment/feature.js'
import { dropoutMask } from '../models/augment/operators/mask.js'
import { featureMixup } from '../models/augment/operators/mix.js'
import { gaussianNoise } from '../models/augment/operators/noise.js'
import { batchesPerEpoch } from '../models/data/batches.js'
import type { ImageSet } from '../models/data/images.js'
import { projectToPlane } from '../models/evaluate.js'
import { type Evaluation, type MethodName, methodLabel, type PretrainOptions, pretrain } from '../models/pretrain.js'
import { replaceFile, saveCheckpoint } from '../runtime/checkpoint.js'
import type { Device } from '../runtime/device.js'
import { UsageError } from './errors.js'
import { progress } from './progress.js'
import { type ReportData, type RunResult, reportPage, runName } from './report.js'

// Options

/** A commander parser of whole numbers from `least` on. */
export const whole =
  (option: string, least = 1) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > 2 ** 31)
      throw new UsageError(`${option} takes a whole number from ${least} on, got "${text}"`)
    return value
  }

export const positive =
  (option: string) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value > 0) || !Number.isFinite(value))
      throw new UsageError(`${option} takes a positive number, got "${text}"`)
    return value
  }

export function oneOf<const T extends string>(option: string, names: readonly T[]): (text: string) => T {
  return text => {
    const name = names.find(known => known === text)
    if (!name)
      throw new UsageError(`${option} takes ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, got "${text}"`)
    return name
  }
}

/** The feature augmentations that the commands offer, by name; the noise turns projections by about 25 degrees. */
export const augmentations = {
  none: { label: 'none', make: (): FeatureAugmentation | undefined => undefined },
  noise: {
    label: 'Gaussian noise',
    make: () => augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection' }),
  },
  mask: { label: 'Dropout mask', make: () => augment({ operator: dropoutMask(), strength: 0.2, at: 'projection' }) },
  mixup: {
    label: 'Feature mixup',
    make: () => augment({ operator: featureMixup(), strength: 0.2, at: 'projection' }),
  },
} as const
export type AugmentationName = keyof typeof augmentations
export const augmentationNames = Object.keys(augmentations) as AugmentationName[]

/** Throws `UsageError` where a folder cannot be made or written; writes nothing. */
export function checkFolder(option: string, path: string): void {
  let at = resolve(path)
  while (!existsSync(at)) at = dirname(at)
  if (!statSync(at).isDirectory())
    throw new UsageError(
      `${option} ${path} cannot be used: ${at === resolve(path) ? 'it' : at} is a file, give a folder`,
    )
  try {
    accessSync(at, constants.W_OK)
  } catch {
    throw new UsageError(`${option} ${path} cannot be used: ${at} cannot be written, give another folder`)
  }
}

/** Throws where a run could not start: a batch larger than the set, views too small for the encoder. */
export function checkRun(set: ImageSet, batch: number, size: number): void {
  if (batch > set.train.count) batchesPerEpoch(set.train, batch)
  if (batch < 2) throw new UsageError('--batch must be 2 or more: batch norm and contrast need other images')
  if (size < 8) throw new UsageError(`--size must be 8 or more, got ${size}: the encoder halves images three times`)
}

// Ctrl-C

/** Runs `body` with a signal that Ctrl-C aborts; a second Ctrl-C ends the process at once. */
export async function interruptible(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  let first = 0
  const stop = (): void => {
    const now = performance.now()
    // The terminal and npm both pass one Ctrl-C on.
    if (controller.signal.aborted && now - first < 500) return
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    first = now
    controller.abort()
    process.stderr.write('\nfacet: stopping after this step, what was trained is kept (Ctrl-C again to quit at once)\n')
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    await body(controller.signal)
    if (controller.signal.aborted) process.exitCode = INTERRUPTED
  } finally {
    // A second copy of the same Ctrl-C may still be on its way: it must not end the process in another way.
    if (!controller.signal.aborted) for (const signal of signals) process.off(signal, stop)
  }
}
/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

// Runs

export interface Run {
  readonly method: MethodName
  readonly augmentation: AugmentationName
}
const fileName = ({ method, augmentation }: Run): string =>
  augmentation === 'none' ? method : `${method}-${augmentation}`
/** Points of a projection in the report. */
const SHOWN = 500

/** One run with a progress line; its weights go to `out/<method>-<augmentation>/`. */
export async function execute(
  device: Device,
  run: Run,
  options: Omit<PretrainOptions, 'method' | 'augment'>,
  out: string,
  signal: AbortSignal,
): Promise<{ result: RunResult; before: Evaluation | undefined }> {
  const start = performance.now()
  const { label, make } = augmentations[run.augmentation]
  const names = { method: methodLabel(run.method), augmentation: label }
  const line = progress({ label: runName(names), steps: options.steps, imagesPerStep: options.batch })
  const status = (text: string): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${runName(names)}  ${text}`)
  }
  const stages = {
    compile: 'compiling',
    before: 'evaluating the encoder before pretraining',
    train: 'first step',
    after: 'evaluating',
  }
  const augmentation = make()
  const trained = await pretrain(
    device,
    { ...options, method: run.method, ...(augmentation && { augment: augmentation }) },
    {
      stage: stage => {
        if (stage === 'after' && options.steps > 0) line.end()
        if (!signal.aborted) status(stages[stage])
      },
      step: (step, loss) => line.update(step, loss),
      signal,
    },
  )
  const { session, before, after, losses, trainSeconds, imagesPerSecond } = trained
  try {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K')
    const weights = losses.length > 0 ? fileName(run) : undefined
    if (weights) {
      await mkdir(out, { recursive: true })
      const { steps, batch, seed, size, width } = options
      await saveCheckpoint(join(out, weights), session, {
        ...run,
        step: losses.length,
        steps,
        batch,
        seed,
        size,
        width,
      })
    }
    const plane = async ({ test }: Evaluation) => (await projectToPlane(device, test)).slice(0, SHOWN)
    return {
      before,
      result: {
        ...names,
        steps: losses.length,
        plannedSteps: options.steps,
        seed: options.seed,
        losses,
        ...(before && { before: before.scores }),
        ...(after && { after: after.scores }),
        ...(before &&
          after && {
            projection: {
              labels: [...before.test.labels.subarray(0, SHOWN)],
              before: await plane(before),
              after: await plane(after),
            },
          }),
        seconds: (performance.now() - start) / 1000,
        trainSeconds,
        imagesPerSecond,
        ...(weights && { weights: join(weights, 'weights.safetensors') }),
      },
    }
  } finally {
    session.destroy()
  }
}

/** Writes `report.html` and `results.json`, each whole or not at all. */
export async function writeReport(out: string, data: ReportData): Promise<string> {
  await mkdir(out, { recursive: true })
  const file = join(out, 'report.html')
  await replaceFile(file, reportPage(data))
  await replaceFile(join(out, 'results.json'), `${JSON.stringify(data)}\n`)
  return file
}

/** The accuracy table for the terminal. */
export function table(runs: readonly RunResult[]): string {
  const cell = (share: number | undefined): string => (share === undefined ? '-' : `${(share * 100).toFixed(1)} %`)
  const rows = [
    ['method', 'feature augmentation', 'kNN before', 'after', 'linear before', 'after', 'images/s', 'seconds'],
    ...runs.map(({ method, augmentation, before, after, imagesPerSecond, seconds }) => [
      method,
      augmentation,
      cell(before?.knn),
      cell(after?.knn),
      cell(before?.linear),
      cell(after?.linear),
      imagesPerSecond.toFixed(0),
      seconds.toFixed(0),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row => row.map((text, i) => (i < 2 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '))
    .join('\n')
}
