/** One trial of a study, in this process: it goes on from its checkpoint, and its result is one file. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Compiled, compile } from '../../compiler/compile.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import { cast } from '../../compiler/ops/index.js'
import { parseAugmentations } from '../../models/augment/parse.js'
import { encoderOf, methodOf } from '../../models/build.js'
import { batches } from '../../models/data/batches.js'
import { arraysOf, take } from '../../models/data/examples.js'
import { readSet } from '../../models/data/read.js'
import { synthetic } from '../../models/data/synthetic.js'
import { type DataSet, domainOf } from '../../models/domains.js'
import { judged } from '../../models/evaluate/features.js'
import {
  type Protocol,
  type ProtocolName,
  protocols,
  refusalOf,
  type Scores,
  type Setting,
  settingFor,
} from '../../models/evaluate/protocols.js'
import { subjectOf } from '../../models/evaluate/subject.js'
import { embedAll, type Features, projectToPlane } from '../../models/evaluate.js'
import { scoreMetrics } from '../../models/monitors.js'
import { lengthOf, type PretrainOptions, pretrain, type Stage } from '../../models/pretrain.js'
import type { Study, StudyData, Trial } from '../../models/study/study.js'
import { nameOf } from '../../models/study/trials.js'
import { checkpoints, saveCheckpoint } from '../../runtime/checkpoint.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import { load } from '../../runtime/load.js'
import { openDevice } from '../../runtime/node.js'
import { totalOf } from '../../runtime/order.js'
import type { Session } from '../../runtime/run.js'
import { UsageError } from '../errors.js'
import { decodedAt } from '../runs.js'
import {
  finished,
  readMilestone,
  runningFolder,
  type TrialResult,
  weightsFolder,
  writeMilestone,
  writeResult,
} from './folder.js'
import { lockTrial } from './lock.js'

/** How far a trial is. */
export interface TrialState {
  readonly stage: Stage
  readonly step: number
  readonly steps: number
  readonly loss: number | null
}
/** Test images in the plane, and points of a curve. */
const [SHOWN, CURVE] = [300, 200]

export interface TrialOptions {
  readonly study: Study
  /** Folder that relative paths of the study are in. */
  readonly from: string
  /** Where the data are, rather than where the study says. */
  readonly data?: string
  readonly out: string
}
export interface TrialWatch {
  readonly signal: AbortSignal
  readonly report: (state: TrialState) => void
}
/** Runs trials one after the other. They share what costs time to begin with: the device, and the data as they were read. */
export interface Trials {
  /**
   * Runs a trial to its end, unless it has been run: its result is in `out` then. Resolves to false if it was stopped before;
   * a checkpoint is kept. Throws `Locked` if another process runs it, and what `pretrain` throws.
   */
  run(trial: Trial, watch: TrialWatch): Promise<boolean>
  end(): void
}

export function trialsOf({ study, from, data: place, out }: TrialOptions): Trials {
  let device: Device | undefined
  let data: Data | undefined
  return {
    async run(trial, watch) {
      const unlock = await lockTrial(out, trial.id)
      try {
        // After the lock is taken: whoever had it may just have finished.
        if (finished(out).has(trial.id)) return true
        const path = pathOf(study.data, from, place)
        data ??= {
          path,
          set: await readStudyData(path, study),
          ...(study.transferTo && { transferTo: await readStudyData(pathOf(study.transferTo, from), study) }),
        }
        device ??= await openDevice()
        const result = await measure(device, data, { study, trial, out, ...watch })
        if (result) await writeResult(out, result)
        return result !== undefined
      } finally {
        await unlock()
      }
    },
    end: () => device?.destroy(),
  }
}

interface Data {
  /** Folder of the set, or `synthetic`. */
  readonly path: string
  readonly set: DataSet
  readonly transferTo?: DataSet
}
interface MeasureOptions extends TrialWatch {
  readonly study: Study
  readonly trial: Trial
  readonly out: string
}

async function measure(
  device: Device,
  data: Data,
  { study, trial, out, signal, report }: MeasureOptions,
): Promise<TrialResult | undefined> {
  const { configuration } = trial
  const start = performance.now()
  const run: PretrainOptions = {
    set: data.set,
    recipe: { source: 'a study', ...configuration.recipe },
    augment: parseAugmentations(configuration.augment),
    steps: configuration.steps,
    seed: configuration.seed,
    ...(configuration.size !== undefined && { size: configuration.size }),
    ...(configuration.milestones && { milestones: configuration.milestones }),
  }
  const { steps, milestones = [] } = configuration
  const warnings: string[] = []
  const times: number[] = []
  let state: TrialState = { stage: 'compile', step: 0, steps, loss: null }
  const tell = (next: Partial<TrialState>): void => report((state = { ...state, ...next }))
  const watch = {
    stage: (stage: Stage, done = state.step) => tell({ stage, step: done }),
    step: (step: number, loss: number) => {
      times.push(performance.now())
      tell({ step, loss })
    },
    warning: (sentence: string) => void warnings.push(sentence),
    async milestone(step: number, session: Session) {
      const setting = await judging(device, data, run, session)
      const scores = await scoresOf(configuration.evaluate, setting, signal)
      if (scores) await writeMilestone(out, trial.id, { step, scores })
    },
    signal,
  }
  for (const name of configuration.evaluate) {
    const reason = refusalOf(name, data)
    if (reason) throw new BadInput(`the study cannot be evaluated by ${name}: ${reason}.`)
  }
  const store = checkpoints(runningFolder(out, trial.id))
  const again = (resume: boolean) => pretrain(device, { ...run, evaluate: false, checkpoint: { store, resume } }, watch)
  const saved = await store.read().then(
    () => true,
    () => false,
  )
  // A checkpoint that cannot be used, of another version for instance, costs its steps and nothing else.
  const { session, losses, trainSeconds } = await again(saved).catch(error => {
    if (saved && error instanceof BadInput) return again(false)
    throw error
  })
  try {
    const setting = await judging(device, data, run, session)
    const scores = await scoresOf(configuration.evaluate, setting, signal)
    if (!scores || signal.aborted) return undefined
    const reached = milestones.flatMap(step => readMilestone(out, trial.id, step) ?? [])
    const records = trial.seed === study.seeds[0] ? (study.record ?? []) : []
    const histograms = records.includes('histograms') ? await histogramsOf(device, run, session) : undefined
    const projection = records.includes('projection')
      ? await planeOf(device, (await setting.features()).test)
      : undefined
    // With what a saved run says of itself, so that `facet evaluate` and `facet detect` start from them.
    if (study.weights?.(trial))
      await saveCheckpoint(weightsFolder(out, trial.id), session, {
        trial: trial.id,
        step: losses.length,
        run: { recipe: run.recipe, ...(run.size !== undefined && { size: run.size }) },
        ...(data.path !== 'synthetic' && { about: { data: data.path } }),
      })
    const { program } = session
    return {
      trial,
      scores,
      ...(reached.length > 0 && { milestones: reached }),
      tested: run.set.test.count,
      losses: thinned(losses),
      cost: {
        stepMilliseconds: median(times) ?? (1000 * trainSeconds) / losses.length,
        memory: program.slabs.reduce((a, b) => a + b, 0),
        moved: totalOf(program.entries.step!, 'bytes'),
        seconds: (performance.now() - start) / 1000,
      },
      ...(histograms && { histograms }),
      ...(projection && { projection }),
      warnings,
      adapter: device.adapter.name,
      classes: run.set.classes,
      finished: new Date().toISOString(),
    }
  } finally {
    session.destroy()
  }
}

/** What protocols are given to judge the encoder as it is now. */
async function judging(device: Device, data: Data, { set, recipe, seed, size }: PretrainOptions, session: Session) {
  const subject = subjectOf(recipe, await session.readVariables(), size === undefined ? {} : { size })
  // The program of the run embeds images too: none is compiled for that.
  const embedded = async () => ({
    train: await embedAll(session, set.train, recipe.batch),
    test: await embedAll(session, set.test, recipe.batch),
  })
  return settingFor(device, subject, { ...data, seed }, embedded)
}

/** What the protocols give, in their order; nothing once the signal is aborted. */
async function scoresOf(
  names: readonly ProtocolName[],
  setting: Setting,
  signal: AbortSignal,
): Promise<TrialResult['scores'] | undefined> {
  const scores: Partial<Record<ProtocolName, Scores>> = {}
  for (const name of names) {
    const found = await unless(signal, () => (protocols[name] as Protocol).run(setting))
    if (!found) return undefined
    scores[name] = found
  }
  return scores
}

/** What `act` gives, or nothing once the signal is aborted: an evaluation may take longer than whoever stops it waits. */
function unless<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined)
    signal.addEventListener('abort', stop)
    act()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Throws `UsageError` where the data of a study are not, before anything is run. */
export function checkData({ study: { data, transferTo }, from, data: place }: TrialOptions): void {
  for (const path of [pathOf(data, from, place), ...(transferTo ? [pathOf(transferTo, from)] : [])])
    if (path !== 'synthetic' && !existsSync(path))
      throw new UsageError(`the study's data are not in ${path}: say where they are with --data`)
}

/** `synthetic`, or where data are: relative paths of the study are in `from`. */
function pathOf(data: StudyData, from: string, place?: string): string {
  if (place !== undefined) return place
  if (data === 'synthetic') return data
  const path = typeof data === 'string' ? data : data.path
  if (path === undefined) throw new UsageError(`the study does not say where ${nameOf(data)} is: use --data PATH`)
  return resolve(from, path)
}

async function readStudyData(path: string, { budget: { images, size = 16, ...budget } }: Study): Promise<DataSet> {
  const testImages = budget.testImages ?? (images && Math.ceil(images / 5))
  if (path === 'synthetic')
    return synthetic({ size, ...(images && { train: images }), ...(testImages && { test: testImages }) })
  const set = judged(await readSet(path, { size: decodedAt(size) }))
  return take(set, images ?? set.train.count, testImages ?? set.test.count) as DataSet
}

/** Of the times between steps, in milliseconds: the first steps compile shaders, and other work may come and go. */
function median(times: readonly number[]): number | undefined {
  const gaps = times.slice(1).map((time, i) => time - times[i]!)
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]
}

const planeOf = async (device: Device, test: Features): Promise<TrialResult['projection']> => ({
  labels: [...test.labels.subarray(0, SHOWN)],
  points: (await projectToPlane(device, test)).slice(0, SHOWN).map(([x, y]) => [rounded(x), rounded(y)] as const),
})

/** At most `CURVE` points: each the mean of the losses up to its step since the last one. */
function thinned(losses: TrialResult['losses']): TrialResult['losses'] {
  const size = Math.ceil(losses.length / CURVE)
  return Array.from({ length: Math.ceil(losses.length / size) }, (_, i) => {
    const block = losses.slice(i * size, (i + 1) * size)
    return [block.at(-1)![0], rounded(block.reduce((sum, [, loss]) => sum + loss, 0) / block.length)] as const
  })
}
const rounded = (value: number): number => Number(value.toPrecision(5))

/** Histograms of the cosines of one batch's pairs, as the trained method compares them; nothing for methods without pairs. */
async function histogramsOf(
  device: Device,
  run: PretrainOptions,
  trained: Session,
): Promise<TrialResult['histograms']> {
  const { set, recipe, augment, seed, size } = run
  const domain = domainOf(set, recipe.views, size === undefined ? {} : { size })
  const method = methodOf(recipe, encoderOf(recipe, domain.channels, domain.size), lengthOf(run), {
    classes: set.classes.length,
    ...(augment && { augment }),
  })
  const labelled = method.labels === 'labels'
  let paired = false
  const look = entry({ ...domain.inputs, ...(labelled && { labels: u8(['batch']) }) }, (given: any) => {
    const labels = labelled ? [cast(given.labels, 'i32')] : []
    const { loss, pair } = method.loss(domain.views(given), ...(labels as never))
    paired = pair !== undefined
    return pair ? scoreMetrics(pair[0] as never, pair[1] as never) : { loss }
  })
  const program = compile({ look } as never, { batch: recipe.batch } as never, { target: targetFor(device) })
  if (!paired) return undefined
  const session = await load(device, program as Compiled<any>, { seed })
  try {
    session.writeVariables(await trained.readVariables(program.variables.map(({ name }) => name)))
    for await (const batch of batches<any>(set, { batch: recipe.batch, seed })) {
      const { labels, ...inputs } = arraysOf<any>(batch) as Record<string, Uint8Array>
      const { positiveHistogram, negativeHistogram } = await session.call(
        'look',
        labelled ? { ...inputs, labels: labels! } : inputs,
      )
      return { positive: [...positiveHistogram!], negative: [...negativeHistogram!] } as TrialResult['histograms']
    }
  } finally {
    session.destroy()
  }
}
