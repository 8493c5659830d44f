/**
 * One pretraining run from start to end: program, training loop, evaluation before and after. The demo, `facet pretrain`
 * and experiments call this one function; what a run consists of is data (`PretrainOptions`), what it gives is data too.
 */
import { type CompileOptions, compileGraphs, traceEntries } from '../compiler/compile.js'
import type { Chooser } from '../compiler/kernels/schedule.js'
import { type Target, targetFor } from '../compiler/kernels/target.js'
import { entry, u8 } from '../compiler/language/entry.js'
import { cast } from '../compiler/ops/index.js'
import type { Device } from '../runtime/device.js'
import { agree, type Ranks } from '../runtime/distributed/ranks.js'
import { RankedSession } from '../runtime/distributed/session.js'
import { BadInput } from '../runtime/errors.js'
import { load } from '../runtime/load.js'
import { restore } from '../runtime/restore.js'
import type { Outputs, Session } from '../runtime/run.js'
import type { Augmentations } from './augment/copies.js'
import { encoderOf, type Length, methodOf, optimizerOf, stepOptionsOf } from './build.js'
import { batchesPerEpoch } from './data/batches.js'
import type { Examples } from './data/examples.js'
import { type DataSet, domainOf } from './domains.js'
import { judged } from './evaluate/features.js'
import { embedAll, type Features, type Geometry, geometry, knnAccuracy, linearProbe } from './evaluate.js'
import { runSteps } from './loop.js'
import { collapseWatch } from './monitors.js'
import { checkSteps } from './recipes/settings.js'
import type { Recipe } from './recipes.js'
import { identityOf, type Position, positionOf, type Saving, save } from './resume.js'
import { train } from './train.js'

/** What `pretrain` is told. */
export interface PretrainOptions {
  /** The examples: training ones to learn from, test ones to judge on. */
  readonly set: DataSet
  /** Method, networks, optimization, views: `recipe('simsiam-cifar10')`, `small('moco')`, one's own. */
  readonly recipe: Recipe
  /** Feature augmentation. Default: none. */
  readonly augment?: Augmentations
  /** Steps of the run, the schedules fitted to them. Default: the recipe's. */
  readonly steps?: number
  /** Of everything that is drawn: initial values, order of examples, views, feature augmentations. */
  readonly seed: number
  /** Pixels of a view of images. Default: those of the images. */
  readonly size?: number
  /** An evaluation of another run before its training: used again if this run's encoder starts with the same features. */
  readonly known?: Evaluation
  /** Steps after which `Watch.milestone` is called, before the next. Default: none. */
  readonly milestones?: readonly number[]
  /** Whether to score the encoder before and after. Default true. */
  readonly evaluate?: boolean
  /** Where the run is saved, so that it can go on after it was stopped. Default: nowhere. */
  readonly checkpoint?: Saving
  /**
   * The processes that train together (`mpiRanks()`), each with its share of every batch. Rank 0 alone evaluates and saves, in
   * a folder that all can read. Any number of ranks may go on with a run. Default: this process alone.
   */
  readonly ranks?: Ranks
  /** Chooses the schedules of the run's kernels: `tuned(table)` of `facet-tensor/tune`. Default: heuristics of the adapter. */
  readonly choose?: Chooser
}
export interface Watch {
  /** What is being done now. `done`: steps that a resumed run has behind it. */
  stage?(stage: Stage, done?: number): void
  /** So many of the examples of an evaluation are embedded. */
  embedded?(done: number, of: number): void
  /** A step's loss has arrived; they arrive in order, some steps late. */
  step?(step: number, loss: number): void
  /** Every output of that step that is one number: the loss, the learning rate, a method's metrics. */
  metrics?(step: number, values: Readonly<Record<string, number>>): void
  /** What the metrics say has collapsed, in a sentence; once. */
  warning?(sentence: string): void
  /** A milestone is reached, by a run that goes on from there once more: `session` may be read, and entries that change nothing called. */
  milestone?(step: number, session: Session): Promise<void>
  /** Aborting stops after the current step; what was trained until then is kept and evaluated no more. */
  readonly signal?: AbortSignal
}
export type Stage = 'compile' | 'before' | 'train' | 'after'

export interface Scores {
  /** Shares of the test images, 0 to 1. */
  readonly knn: number
  readonly linear: number
}
/** What `pretrain` did. */
export interface Pretrained {
  /** `[step, loss]`, steps from 1. */
  readonly losses: readonly (readonly [number, number])[]
  /** How good the features were before training, where that was asked for. */
  readonly before?: Evaluation
  /** How good they are now. */
  readonly after?: Evaluation
  /** Seconds of training alone, before the run was resumed too. */
  readonly trainSeconds: number
  /** Training examples per second, evaluations left out. */
  readonly examplesPerSecond: number
  /** The method and its augmentations in words. */
  readonly label: string
}
export interface Evaluation {
  /** Of sets with labels. */
  readonly scores?: Scores
  /** Of sets without: how the features of the test images lie in space, where there are two or more. */
  readonly geometry?: Geometry
  /** Features of the training images, or of those that `judged` takes, and of the test images. */
  readonly train: Features
  readonly test: Features
}

/**
 * How long a run is. Epochs are rounded up to whole groups of accumulated batches. Throws `DataError` if the batch is larger than the set, `BadInput`
 * where steps that were asked for would end within a group.
 */
export function lengthOf({ set, recipe, steps }: Pick<PretrainOptions, 'set' | 'recipe' | 'steps'>): Length {
  const perEpoch = batchesPerEpoch(set.train, recipe.batch)
  const { accumulate = 1 } = recipe
  const byEpochs = accumulate * Math.ceil(Math.round(recipe.epochs * perEpoch) / accumulate)
  const length = { perEpoch, steps: steps ?? recipe.steps ?? byEpochs }
  checkSteps(recipe, length.steps)
  return length
}

/** The method of a run and its entries: `step` and `embed` on batches of the set, of which only the sizes count here. */
export function entriesOf(options: Omit<PretrainOptions, 'seed'>) {
  const { set, recipe, augment } = options
  const domain = domainOf(set, recipe.views, options.size === undefined ? {} : { size: options.size })
  const length = lengthOf(options)
  const encoder = encoderOf(recipe, domain.channels, domain.size)
  const method = methodOf(recipe, encoder, length, { classes: set.classes.length, ...(augment && { augment }) })
  const optimizer = optimizerOf(recipe, length)
  const labelled = method.labels === 'labels'
  if (labelled && set.classes.length === 0)
    throw new BadInput(
      `${recipe.method} learns from labels, and ${set.name} has none: use another method, or put the images into train/CLASS and test/CLASS`,
    )
  const step = entry({ ...domain.inputs, ...(labelled && { labels: u8(['batch']) }) }, (given: any) =>
    train(method, optimizer, domain.views(given), {
      ...stepOptionsOf(recipe),
      ...(labelled && { labels: cast(given.labels, 'i32') }),
    } as never),
  )
  const embed = entry(domain.inputs, (given: any) => ({ features: method.embed(domain.plain(given)) }))
  return { method, step, embed }
}

/** What is compiled for a run, and how: the method, its graphs (`init`, `step` and `embed`), the options. */
export function traced(options: PretrainOptions, device: Device) {
  const { method, ...entries } = entriesOf(options)
  const { recipe, ranks, choose } = options
  const how: CompileOptions & { readonly target: Target } = {
    target: targetFor(device),
    ...(recipe.precision && { precision: recipe.precision }),
    ...(choose && { choose }),
    ...(ranks && { ranks: { size: ranks.size, entries: ['step'] } }),
  }
  return { method, graphs: traceEntries(entries, { batch: recipe.batch }), how }
}

/**
 * Pretrains and evaluates. `session` is left open for reading weights: `destroy` it. With `checkpoint` the run is saved
 * before the first step, every so often, and when it ends or is stopped. Throws `DataError` if the batch is
 * larger than the set, `NonFinite` if the loss or a variable is lost, `BadInput` if a run cannot be resumed; of ranks also `BadInput` if they
 * were given different runs, `RankLost` if one is gone and `RanksApart` if they no longer hold the same variables, as is
 * checked before the first step, with every checkpoint and after the last.
 */
export async function pretrain(
  device: Device,
  options: PretrainOptions,
  watch: Watch = {},
): Promise<Pretrained & { session: Session }> {
  watch.stage?.('compile')
  const { checkpoint, set, recipe, seed, size, ranks } = options
  const { method, graphs, how } = traced(options, device)
  const graph = graphs.find(({ name }) => name === 'step')!
  const saved = checkpoint?.resume ? await checkpoint.store.read() : undefined
  const { steps } = lengthOf(options)
  const parts = { set, recipe, augmentations: method.augmentations, steps, seed, graph, ...(size && { size }) }
  const run = checkpoint || ranks ? await identityOf(parts) : {}
  const place = checkpoint?.store.place ?? ''
  const position = saved ? positionOf(saved, run, place) : { losses: [], seconds: 0 }
  if (ranks)
    await agree(ranks, [
      ['the adapter', device.adapter.name],
      ['the run', JSON.stringify(run)],
      ['the checkpoint to go on from', JSON.stringify(position.losses)],
    ])
  const leads = !ranks?.rank
  const session: Session = await load(device, compileGraphs(graphs, how), { seed, ...(ranks && { ranks }) })
  const same = async (): Promise<void> => {
    if (session instanceof RankedSession) await session.agree()
  }
  const keep = async (position: Position): Promise<void> => {
    await same()
    if (checkpoint && leads) await save(checkpoint, run, session, position)
    else await session.checkVariables()
  }
  try {
    if (!saved) {
      if (leads) await checkpoint?.store.clear()
      await keep(position)
    }
    watch.stage?.('before')
    const before = leads ? await evaluate(device, session, options, watch, options.known) : undefined
    if (saved) {
      restore(session, saved.tensors, place)
      await same()
    }
    watch.stage?.('train', position.losses.length)
    const collapse = collapseWatch()
    const { losses, seconds } = await runSteps(session, {
      ...{ set, batch: recipe.batch, seed, steps, from: position, keep, signal: watch.signal },
      ...(checkpoint?.every && { every: checkpoint.every }),
      ...(ranks && { rank: ranks.rank }),
      ...(options.milestones && { milestones: options.milestones }),
      reached: async step => watch.milestone?.(step, session),
      seen(step, loss, outputs) {
        watch.step?.(step, loss)
        watch.metrics?.(step, scalarsOf(outputs))
        const reason = collapse(outputs as never)
        if (reason) watch.warning?.(reason)
      },
    })
    const examplesPerSecond = losses.length === 0 ? 0 : (losses.length * recipe.batch) / seconds
    const trained = { losses, trainSeconds: seconds, examplesPerSecond }
    watch.stage?.('after')
    const after = leads && losses.length > 0 ? await evaluate(device, session, options, watch) : undefined
    return { session, label: method.label, ...trained, ...(before && { before }), ...(after && { after }) }
  } catch (error) {
    session.destroy()
    throw error
  }
}

const scalarsOf = (outputs: Outputs): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, { length, 0: value }]) => (length === 1 ? [[name, value!]] : [])),
  )

/** Nothing if it is not wanted, or stopped before the end: between two batches, or two programs. */
async function evaluate(
  device: Device,
  session: Session,
  { set: whole, recipe: { batch }, evaluate: wanted = true }: PretrainOptions,
  { signal, embedded }: Watch,
  known?: Evaluation,
): Promise<Evaluation | undefined> {
  if (!wanted || signal?.aborted) return
  const set = judged(whole)
  const of = set.test.count + set.train.count
  const embed = (split: Examples, from: number): Promise<Features> =>
    embedAll(session, split, batch, done => {
      signal?.throwIfAborted()
      embedded?.(from + done, of)
    })
  try {
    const test = await embed(set.test, 0)
    if (known && same(known.test.values, test.values)) return known
    const train = await embed(set.train, set.test.count)
    signal?.throwIfAborted()
    if (set.classes.length === 0)
      return { train, test, ...(test.count > 1 && { geometry: await geometry(device, test) }) }
    const knn = await knnAccuracy(device, train, test)
    signal?.throwIfAborted()
    return { train, test, scores: { knn, linear: await linearProbe(device, train, test) } }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return
    throw error
  }
}
const same = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])
