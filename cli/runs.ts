/**
 * What `demo` and `pretrain` share: their options, checked before anything is written, one run with its progress line
 * and saved weights, and the report of the runs there are.
 */
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { FeatureAugmentation } from '../models/augment/feature.js'
import { parseAugmentations } from '../models/augment/parse.js'
import type { DataSet } from '../models/domains.js'
import { judged } from '../models/evaluate/features.js'
import { projectToPlane } from '../models/evaluate.js'
import { type Evaluation, lengthOf, type PretrainOptions, pretrain } from '../models/pretrain.js'
import { methodLabels, type Recipe } from '../models/recipes.js'
import type { Saving } from '../models/resume.js'
import { checkpoints, replaceFile } from '../runtime/checkpoint.js'
import type { Device } from '../runtime/device.js'
import { UsageError } from './errors.js'
import { type Logger, openLogs } from './logs/logger.js'
import { neighboursOf } from './pictures.js'
import { isTerminal, progress, runName } from './progress.js'
import { type ReportData, type RunResult, readResults, type SetFacts } from './results.js'

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
    const all = [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' or ')
    if (!name) throw new UsageError(`${option} takes ${all}, got "${text}"`)
    return name
  }
}

/** `--set a=1 --set b=2` or `--set a=1,b=2`. */
export function settings(text: string, before: Record<string, string> = {}): Record<string, string> {
  const pairs = text.split(',').map(pair => {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`--set takes name=value, got "${pair}"`)
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const
  })
  return { ...before, ...Object.fromEntries(pairs) }
}

/** `none`, or feature augmentations as `parseAugmentations` reads them. */
export const augmentationsOf = (text: string): readonly FeatureAugmentation[] =>
  text === 'none' ? [] : parseAugmentations(text)
/** What reports call them. */
export const labelOf = (augmentations: readonly FeatureAugmentation[]): string =>
  augmentations.map(({ label }) => label).join(' + ') || 'none'
/** The noise turns projections by about 25 degrees. */
export const DEFAULT_AUGMENTATION = 'gaussian@projection:cosine=0.9'

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
    // Some folders say that they can be written and cannot, such as /proc, where making several at once never ends (Node 20).
    const [missing] = relative(at, resolve(path)).split(sep)
    if (missing) {
      mkdirSync(join(at, missing))
      rmdirSync(join(at, missing))
    }
  } catch {
    throw new UsageError(`${option} ${path} cannot be used: ${at} cannot be written, give another folder`)
  }
}

/** Image files are decoded at so many pixels, so that crops of them are sharp. */
export const decodedAt = (view = 0): number => Math.max(view, 64)

/** Throws where a run could not start: a batch larger than the set, steps that end within a group, views too small for the encoder. */
export function checkRun(run: Pick<PretrainOptions, 'set' | 'recipe' | 'steps'>, size: number): void {
  lengthOf(run)
  if (run.recipe.batch < 2) throw new UsageError('--batch must be 2 or more: batch norm and contrast need other images')
  if (size < 8) throw new UsageError(`--size must be 8 or more, got ${size}: the encoder halves images three times`)
}

// Ctrl-C

/**
 * Runs `body` with a signal that Ctrl-C and SIGTERM abort; a second Ctrl-C ends the process at once. A second SIGTERM does not:
 * launchers repeat it, and have SIGKILL for that. `quiet`: nothing is said of it.
 */
export async function interruptible(
  body: (signal: AbortSignal) => Promise<void>,
  { quiet = false } = {},
): Promise<void> {
  const controller = new AbortController()
  let first = 0
  const stop = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    // The terminal and npm both pass one Ctrl-C on.
    if (controller.signal.aborted && (signal === 'SIGTERM' || now - first < 500)) return
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    first = now
    controller.abort()
    if (!quiet)
      process.stderr.write(
        '\nfacet: stopping after this step, what was trained is kept (Ctrl-C again to quit at once)\n',
      )
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
  readonly recipe: Recipe
  readonly augment: readonly FeatureAugmentation[]
}
/** Where a run is saved: `out/simsiam`, or `out/simsiam-gaussian`. */
export const folderOf = (out: string, { recipe, augment }: Run): string =>
  join(out, [recipe.method, ...augment.map(({ operator }) => operator.name)].join('-'))
/** Points of a projection in the report. */
const SHOWN = 500

/** How often a run is saved, as `--checkpoint-every` says it: `200` steps or `30s`. */
export function interval(text: string): NonNullable<Saving['every']> {
  const [, number, seconds] = /^(\d+(?:\.\d+)?)(s?)$/.exec(text) ?? []
  const value = Number(number)
  if (!(value > 0) || (!seconds && !Number.isInteger(value)))
    throw new UsageError(`--checkpoint-every takes a number of steps or of seconds, as in 200 or 30s, got "${text}"`)
  return seconds ? { seconds: value } : { steps: value }
}

type RunOptions = Omit<PretrainOptions, 'recipe' | 'augment' | 'checkpoint'>

/** What reports say of a set. */
const factsOf = (set: DataSet): SetFacts => ({
  name: set.name,
  train: set.train.count,
  test: set.test.count,
  size: 'height' in set ? `${set.height} x ${set.width} pixels` : `${set.samples} samples`,
  classes: set.classes,
})

/** What made a run, as reports show it. */
function configurationOf({ recipe, augment }: Run, { size, seed }: RunOptions, steps: number): [string, string][] {
  const { source, method, epochs: _epochs, steps: _steps, ...parts } = recipe
  return [
    ['recipe', source],
    ['method', methodLabels[method]],
    ['steps', `${steps}`],
    ...Object.entries(parts).map(([name, value]): [string, string] => [inWords(name), valueText(value)]),
    ...(size === undefined ? [] : ([['size of a view', `${size} x ${size} pixels`]] as [string, string][])),
    ['seed', `${seed}`],
    ['feature augmentation', labelOf(augment)],
  ]
}

/** `batchNorm` as `batch norm`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

/** A part of a recipe without braces and quotes: `hidden 32, batch norm, out 16`. */
export function valueText(value: unknown): string {
  if (typeof value === 'number') return `${Number(value.toPrecision(4))}`
  if (Array.isArray(value)) {
    const range = value.length === 2 && value.every(part => typeof part === 'number')
    return value.map(valueText).join(range ? ' to ' : typeof value[0] === 'object' ? '; ' : ', ')
  }
  if (typeof value !== 'object' || value === null) return value === true ? 'yes' : value === false ? 'no' : `${value}`
  return Object.entries(value)
    .map(([name, part]) => {
      if (typeof part === 'boolean') return `${part ? '' : 'no '}${inWords(name)}`
      const text = valueText(part)
      return `${inWords(name)} ${typeof part === 'object' && !Array.isArray(part) ? `(${text})` : text}`
    })
    .join(', ')
}
type SavingIn = Omit<Saving, 'store'> & {
  readonly folder?: string
  /** Where the numbers of the steps go beside the progress line, as `logsOf` gives it. */
  readonly logs?: readonly string[]
}

/** The part of a rank in a run that rank 0 tells of. */
export async function follow(
  device: Device,
  run: Run,
  options: RunOptions,
  out: string,
  signal: AbortSignal,
  { folder = folderOf(out, run), logs: _, ...saving }: SavingIn,
): Promise<void> {
  const checkpoint = { store: checkpoints(folder), ...saving }
  const { session } = await pretrain(device, { ...options, ...run, checkpoint }, { signal })
  session.destroy()
}

/** One run with a progress line; it is saved in a folder of `out`, or in `folder`. */
export async function execute(
  device: Device,
  run: Run,
  options: RunOptions,
  out: string,
  signal: AbortSignal,
  { folder = folderOf(out, run), logs: kinds = [], ...saving }: SavingIn = {},
): Promise<{ result: RunResult; before: Evaluation | undefined }> {
  const start = performance.now()
  const names = { method: methodLabels[run.recipe.method], augmentation: labelOf(run.augment) }
  const { steps } = lengthOf({ ...options, recipe: run.recipe })
  const { batch } = run.recipe
  let line = progress({ label: runName(names), steps, imagesPerStep: batch })
  let logs: Logger | undefined
  let begun = 0
  let now: keyof typeof stages = 'compile'
  const stages = {
    compile: 'compiling',
    before: 'evaluating the encoder before pretraining',
    train: 'first step, which compiles shaders',
    after: 'evaluating',
  }
  const trained = await pretrain(
    device,
    { ...options, ...run, checkpoint: { store: checkpoints(folder), ...saving } },
    {
      stage: (stage, done = 0) => {
        if (done > 0) line = progress({ label: runName(names), steps, imagesPerStep: batch, done })
        if (stage === 'after' && steps > 0) line.end()
        now = stage
        if (stage === 'train') begun = done
        if (stage === 'train' && kinds.length > 0)
          logs = openLogs(kinds, {
            ...{ folder, done, name: runName(names), about: configurationOf(run, options, steps) },
            warn: sentence => line.warn(sentence),
          })
        if (!signal.aborted) line.stage(stages[stage])
      },
      embedded: (done, of) => line.stage(stages[now], done, of),
      step: (step, loss) => line.update(step, loss),
      metrics: (step, values) => logs?.log(step, values, Date.now()),
      warning: sentence => line.warn(sentence),
      signal,
    },
  ).catch(error => {
    // What is said of it begins a line.
    line.end()
    void logs?.close()
    throw error
  })
  const { session, before, after, losses, trainSeconds, examplesPerSecond } = trained
  try {
    // A step's own `spread` is of projections.
    const features = Object.entries(after?.geometry ?? {}).map(([name, value]) => [`features/${name}`, value] as const)
    // Of a run that had ended, they are in the log.
    if (after && losses.length > begun)
      logs?.log(losses.length, { ...after.scores, ...Object.fromEntries(features) }, Date.now())
    await logs?.close()
    if (isTerminal(process.stdout)) process.stdout.write('\r\x1b[2K')
    const plane = async ({ test }: Evaluation) => (await projectToPlane(device, test)).slice(0, SHOWN)
    return {
      before,
      result: {
        set: factsOf(options.set),
        adapter: `${options.ranks ? `${options.ranks.size} x ` : ''}${device.adapter.name}`,
        configuration: configurationOf(run, options, steps),
        ...names,
        steps: losses.length,
        plannedSteps: steps,
        seed: options.seed,
        losses,
        ...(before?.scores && { before: before.scores }),
        ...(after?.scores && { after: after.scores }),
        ...(before?.geometry && after?.geometry && { geometry: { before: before.geometry, after: after.geometry } }),
        ...(before &&
          after &&
          'height' in options.set && {
            neighbours: await neighboursOf(judged(options.set), before, after),
          }),
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
        examplesPerSecond,
        ...(losses.length > 0 && { weights: join(relative(out, folder), 'weights.safetensors') }),
      },
    }
  } finally {
    session.destroy()
  }
}

/**
 * Writes `report.html` and `results.json`, each whole or not at all. Other runs that the folder has results of stay in both. Throws
 * `UsageError` where these cannot be read: `readResults` says so before a run.
 */
export async function writeReport(out: string, given: ReportData): Promise<string> {
  // Only now: what draws its plots takes a second to load.
  const { reportPage } = await import('./report.js')
  await mkdir(out, { recursive: true })
  const again = new Set(given.runs.map(({ weights }) => weights))
  const others = readResults(out)?.runs.filter(({ weights }) => !again.has(weights)) ?? []
  const interrupted = given.interrupted || others.some(({ steps, plannedSteps }) => steps < plannedSteps)
  const data = { ...given, runs: [...others, ...given.runs], interrupted }
  const file = join(out, 'report.html')
  await replaceFile(file, reportPage(data))
  await replaceFile(join(out, 'results.json'), `${JSON.stringify(data)}\n`)
  return file
}

/** The table for the terminal: accuracies, or where no set has labels what the features are like, and of how many test examples. */
export function table(runs: readonly RunResult[]): string {
  const cell = (share: number | undefined): string => (share === undefined ? '-' : `${(share * 100).toFixed(1)} %`)
  const number = (value: number | undefined): string => value?.toPrecision(3) ?? '-'
  const unlabelled = runs.every(({ set }) => set.classes.length === 0)
  const [first, second] = unlabelled ? ['rank', 'uniformity'] : ['kNN', 'linear']
  const rows = [
    [
      'method',
      'feature augmentation',
      `${first} before`,
      'after',
      `${second} before`,
      'after',
      'per second',
      'seconds',
    ],
    ...runs.map(({ method, augmentation, before, after, geometry, examplesPerSecond, seconds }) => [
      method,
      augmentation,
      ...(unlabelled
        ? [geometry?.before.rank, geometry?.after.rank, geometry?.before.uniformity, geometry?.after.uniformity].map(
            number,
          )
        : [before?.knn, after?.knn, before?.linear, after?.linear].map(cell)),
      examplesPerSecond.toFixed(0),
      seconds.toFixed(0),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  const tested = [...new Set(runs.map(({ set }) => set.test))].join(' and ')
  return [
    ...rows.map(row => row.map((text, i) => (i < 2 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ')),
    `${first} and ${second} are of ${tested} test examples`,
  ].join('\n')
}
