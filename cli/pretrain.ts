/** `facet pretrain`: one run of one method, its weights and its report; `demo` is four of these side by side. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import type { FeatureAugmentation } from '../models/augment/feature.js'
import { checkAugmentations } from '../models/build.js'
import { take } from '../models/data/examples.js'
import type { FolderOptions } from '../models/data/folder.js'
import { readSet } from '../models/data/read.js'
import { synthetic, syntheticViews } from '../models/data/synthetic.js'
import type { DataSet } from '../models/domains.js'
import {
  changed,
  encoderNames,
  type MethodName,
  methodNames,
  type Recipe,
  recipe as recipeNamed,
  recipeNames,
  settingNames,
  small,
} from '../models/recipes.js'
import type { Saving } from '../models/resume.js'
import { readCheckpoint } from '../runtime/checkpoint.js'
import { launched } from '../runtime/distributed/mpi.js'
import { type Device, mpiRanks, openDevice, RankLost, type Ranks } from '../runtime/node.js'
import type { Checkpoint, State } from '../runtime/restore.js'
import { exitCodes, explain, UsageError } from './errors.js'
import { logsOf } from './logs/logger.js'
import { viewsOf } from './pictures.js'
import { meet } from './ranks.js'
import { readResults } from './results.js'
import {
  augmentationsOf,
  checkFolder,
  checkRun,
  DEFAULT_AUGMENTATION,
  decodedAt,
  execute,
  folderOf,
  follow,
  interruptible,
  interval,
  oneOf,
  positive,
  settings,
  table,
  whole,
  writeReport,
} from './runs.js'
import { schedulesFor } from './schedules.js'

interface Options {
  readonly data?: string
  readonly images?: number
  readonly labels?: 'none' | 'coarse'
  readonly memory?: number
  readonly broken?: 'stop' | 'skip'
  readonly out: string
  readonly recipe?: string
  readonly method?: MethodName
  readonly set?: Record<string, string>
  readonly augment: string
  readonly steps?: number
  readonly size?: number
  readonly seed: number
  readonly batch?: number
  readonly accumulate?: number
  readonly clipNorm?: number
  readonly precision?: string
  readonly encoder?: string
  readonly width?: number
  readonly learningRate?: number
  /** A path, or that of every run in its folder. */
  readonly tune?: string | true
  readonly log?: readonly string[]
  readonly resume?: string
  readonly checkpointEvery?: NonNullable<Saving['every']>
}

export function register(program: Command): void {
  define(program.command('pretrain')).action(start)
}

/** Settings of a recipe that have an option of their own, by its attribute: how it is written, and what reads it. */
const SETTINGS = {
  batch: { setting: 'batch', flag: '--batch <n>', read: whole('--batch', 2) },
  accumulate: { setting: 'accumulate', flag: '--accumulate <n>', read: whole('--accumulate') },
  clipNorm: { setting: 'clip.norm', flag: '--clip-norm <x>', read: positive('--clip-norm') },
  precision: { setting: 'precision', flag: '--precision <name>', read: oneOf('--precision', ['f32', 'f16']) },
  encoder: { setting: 'encoder', flag: '--encoder <name>', read: oneOf('--encoder', encoderNames) },
  width: { setting: 'width', flag: '--width <n>', read: whole('--width') },
  learningRate: { setting: 'learningRate', flag: '--learning-rate <x>', read: positive('--learning-rate') },
} as const satisfies Record<string, { setting: string; flag: string; read: (text: string) => string | number }>
type Setting = keyof typeof SETTINGS
const SETTING_OPTIONS = Object.keys(SETTINGS) as Setting[]

const define = (command: Command): Command =>
  SETTING_OPTIONS.reduce((defined, name) => {
    const read: (text: string) => string | number = SETTINGS[name].read
    return defined.option(SETTINGS[name].flag, `the same as --set ${shown(name)}`, read)
  }, defineOthers(command)).addHelpText('after', `\nWhat --set sets, in studies budget.set: ${settingNames.join(', ')}`)
const shown = (name: Setting): string => `${SETTINGS[name].setting}=${SETTINGS[name].flag.split(' ')[1]}`

const defineOthers = (command: Command): Command =>
  command
    .summary('pretrain one encoder with one method')
    .description(
      `Pretrains an encoder, evaluates it before and after, and writes weights and report.html. Started by mpirun or srun, all processes train one encoder together, each on its device. Recipes: ${recipeNames.join(', ')}.`,
    )
    .option(
      '--data <path>',
      'folder of CIFAR-10, CIFAR-100 or STL-10 (binary versions), IDX files, image files in train/CLASS and test/CLASS or anywhere without labels, tar shards, Parquet files, or spoken digits; default: embedded images',
    )
    .option(
      '--memory <mib>',
      'mebibytes of decoded image files to keep; of larger sets the others are read while training (default: 1024)',
      whole('--memory'),
    )
    .option(
      '--broken <policy>',
      'image files that cannot be decoded: stop, or skip (default: stop for sets with labels that fit into --memory)',
      oneOf('--broken', ['stop', 'skip']),
    )
    .option(
      '--labels <which>',
      'none: leave the labels out, pictures then lie anywhere, and of STL-10 the images without labels are trained on; coarse: the 20 superclasses of CIFAR-100',
      oneOf('--labels', ['none', 'coarse']),
    )
    .option('--images <n>', 'use only the first n training examples and n / 5 test examples', whole('--images', 10))
    .option('--out <path>', 'folder for the report and the weights', 'out')
    .option('--recipe <name>', 'a published run, or METHOD-small (default: simsiam-small)')
    .option('--method <name>', 'the same as --recipe METHOD-small', oneOf('--method', methodNames))
    .option('--set <name=value>', 'sets a part of the recipe: epochs=2, projector.out=512; may be repeated', settings)
    .option('--augment <spec>', `feature augmentation: none, ${DEFAULT_AUGMENTATION},flow=full, A+B`, 'none')
    .option('--steps <n>', "training steps (default: the recipe's)", whole('--steps'))
    .option('--size <n>', 'height and width of a view in pixels (default: of the images)', whole('--size', 8))
    .option('--seed <n>', 'of initial weights, order of examples and augmentation', whole('--seed', 0), 1)
    .option(
      '--tune [path]',
      'time schedules for the kernels first, but for those that this cache file has (default: facet.tune.json in the folder of --out)',
      cachePath,
    )
    .option('--checkpoint-every <interval>', 'how often the run is saved, in steps or seconds: 200, 30s', interval)
    .option(
      '--log <places>',
      "where the numbers of each step go, in the run's folder: json, csv, tensorboard; or mlflow=URL; separated by commas",
      logsOf,
    )
    .option('--resume <run>', 'go on with the run saved in that folder, to the numbers of one that never stopped')

// Resuming

/** What makes a run, by the names of their options: saved with it. The others say where it goes. */
const KEPT = [
  'data',
  'images',
  'labels',
  'memory',
  'broken',
  'recipe',
  'method',
  'set',
  'augment',
  'steps',
  'size',
  'seed',
  ...SETTING_OPTIONS,
  'log',
  'tune',
] as const
/** Those that are paths: kept so that they hold from any folder. */
const PATHS = ['data', 'tune']

/** The options of a run as they were given when it began, out of the state of its checkpoint. */
export function optionsOf({ about }: State, folder: string): Options {
  if (!isRecord(about))
    throw new UsageError(`${folder} was not saved by facet pretrain, so that it is not known how its run was made`)
  const known = define(new Command())
  const saved = Object.entries(about).map(([name, value]) => {
    if (
      !KEPT.some(kept => kept === name) ||
      !(value === true || typeof value === 'string' || typeof value === 'number')
    )
      throw new UsageError(
        `${folder}: its run has an option ${name.slice(0, 40)} of ${JSON.stringify(value).slice(0, 80)}, which cannot be`,
      )
    return value === true ? flagOf(known, name) : `${flagOf(known, name)}=${value}`
  })
  known.exitOverride().configureOutput({ writeErr: () => {} })
  try {
    const options: Options = known.parse(saved, { from: 'user' }).opts()
    // What they name must be known, whatever the data are.
    recipeOf(options, false)
    augmentationsOf(options.augment)
    return options
  } catch (error) {
    const expected = error instanceof CommanderError || explain(error).code !== exitCodes.bug
    if (!(error instanceof Error) || !expected) throw error
    throw new UsageError(`${folder}: ${error.message.slice(0, 1000)}`)
  }
}

/** What to run to go on in a folder; `--data` of the command line says where the data are now. */
async function resumed(folder: string, given: Options, command: Command): Promise<Options> {
  const clash = KEPT.find(name => name !== 'data' && command.getOptionValueSource(name) === 'cli')
  if (clash) throw new UsageError(`--resume takes a run as it is: leave out ${flagOf(command, clash)}`)
  const options = optionsOf((await readRun(folder)).state, folder)
  const out = command.getOptionValueSource('out') === 'cli' ? given.out : dirname(resolve(folder))
  const { checkpointEvery, data = options.data } = given
  return { ...options, out, resume: folder, ...(data && { data }), ...(checkpointEvery && { checkpointEvery }) }
}

/** The last checkpoint of the run in a folder. Throws with the runs in it if it is one of several. */
export async function readRun(folder: string): Promise<Checkpoint> {
  const runs = existsSync(join(folder, 'report.html'))
    ? readdirSync(folder).filter(name => existsSync(join(folder, name, 'weights.safetensors')))
    : []
  if (runs.length > 0)
    throw new UsageError(`${folder} holds runs, give one of them: ${runs.map(name => join(folder, name)).join(', ')}`)
  return readCheckpoint(folder)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const flagOf = (command: Command, name: string): string =>
  command.options.find(option => option.attributeName() === name)!.long!

/** The options that make the run, as text and numbers; `true` where an option stands alone. */
const kept = (options: Options): State =>
  Object.fromEntries(
    KEPT.flatMap(name => {
      const given = options[name]
      if (given === undefined) return []
      const value = PATHS.includes(name) && typeof given === 'string' ? resolve(given) : given
      const text = Array.isArray(value)
        ? value.join()
        : typeof value === 'object'
          ? Object.entries(value)
              .map(pair => pair.join('='))
              .join(',')
          : value
      return [[name, text]]
    }),
  )

const start = async (given: Options, command: Command): Promise<void> =>
  run(given.resume === undefined ? given : await resumed(given.resume, given, command))

// The run

/** The recipe that the options name, with their changes. Small ones fit their networks to the width and to the data. */
function recipeOf(options: Options, sound: boolean): Recipe {
  const { recipe: name, method, set = {}, width } = options
  if (name !== undefined && method !== undefined)
    throw new UsageError(`--recipe ${name} and --method ${method} contradict each other: give one of them`)
  const short =
    method ?? methodNames.find(known => name === `${known}-small`) ?? (name === undefined ? 'simsiam' : undefined)
  const chosen = short
    ? small(short, { ...(width && { width }), encoder: sound ? 'convnet1d' : 'convnet' })
    : recipeNamed(name as string)
  const twice = SETTING_OPTIONS.find(own => options[own] !== undefined && Object.hasOwn(set, SETTINGS[own].setting))
  if (twice)
    throw new UsageError(
      `${SETTINGS[twice].flag.split(' ')[0]} ${options[twice]} and --set ${SETTINGS[twice].setting}=${set[SETTINGS[twice].setting]} contradict each other: give one of them`,
    )
  const given = SETTING_OPTIONS.flatMap(own => {
    const value = options[own]
    return value === undefined ? [] : [[SETTINGS[own].setting, value] as const]
  })
  return changed(chosen, { ...Object.fromEntries(given), ...set })
}

/** How image files are read. */
function readOptionsOf({ size, labels, memory, broken }: Options): FolderOptions {
  return {
    size: decodedAt(size),
    ...(labels && { labels }),
    ...(memory && { memory: memory * 2 ** 20 }),
    ...(broken && { broken }),
    warn: sentence => process.stderr.write(`facet: ${sentence}\n`),
  }
}

/** What is run on a set. */
export function planOf(
  options: Options,
  set: DataSet,
): { recipe: Recipe; augment: readonly FeatureAugmentation[]; size?: number } {
  const chosen = recipeOf(options, 'samples' in set)
  const recipe = options.data === undefined ? { ...chosen, views: syntheticViews } : chosen
  const augment = augmentationsOf(options.augment)
  return { recipe, augment, ...('height' in set && { size: options.size ?? set.height }) }
}

function cachePath(text: string): string {
  if (!text.endsWith('.json')) throw new UsageError(`--tune takes a .json file, or nothing, got "${text}"`)
  return text
}

/** The cache file of a run: by default beside its folder, wherever that has been moved. */
const cacheOf = (tune: string | true, { resume, out }: Options): string =>
  tune === true ? join(resume === undefined ? out : dirname(resolve(resume)), 'facet.tune.json') : tune

async function run(options: Options): Promise<void> {
  await interruptible(signal => job(options, signal), { quiet: launched() !== undefined })
}

async function job(options: Options, signal: AbortSignal): Promise<void> {
  const { data, images, out, tune } = options
  checkFolder('--out', out)
  readResults(out)
  if (typeof tune === 'string') checkFolder('--tune', dirname(tune))
  const all: DataSet =
    data === undefined ? synthetic({ size: options.size ?? 16 }) : await readSet(data, readOptionsOf(options))
  const set = images === undefined ? all : take(all, images, Math.ceil(images / 5))
  const { recipe, augment, size } = planOf(options, set)
  checkRun({ set, recipe, ...(options.steps && { steps: options.steps }) }, size ?? 8)
  checkAugmentations(recipe, augment, size)
  const ranks = await mpiRanks()
  if (ranks && recipe.batch % ranks.size)
    throw new UsageError(
      `${ranks.size} ranks do not divide a batch of ${recipe.batch}: give --batch ${ranks.size * Math.ceil(recipe.batch / ranks.size)}, or start another number`,
    )
  const device = await openDevice()
  const folder = options.resume ?? folderOf(out, { recipe, augment })
  try {
    if (ranks) await meet(ranks)
    // Nothing has been trained yet.
    if (!ranks && signal.aborted) return
    await carryOut({ options, set, recipe, augment, size, folder, ranks, device, signal })
    await ranks?.close()
  } catch (error) {
    if (!(error instanceof RankLost)) throw error
    throw new RankLost(`${error.message} What was kept is in ${folder}: add --resume ${folder}.`, error.lost)
  } finally {
    device.destroy()
  }
}

/** The first few by name. */
function skippedText(files: readonly string[]): string {
  const more = files.length > 3 ? ` and ${files.length - 3} more` : ''
  return `${files.length === 1 ? 'one file is' : `${files.length} files are`} no image that can be read, and left out: ${files.slice(0, 3).join(', ')}${more}`
}

interface Job {
  readonly options: Options
  readonly set: DataSet
  readonly recipe: Recipe
  readonly augment: readonly FeatureAugmentation[]
  readonly size: number | undefined
  readonly folder: string
  readonly ranks: Ranks | undefined
  readonly device: Device
  readonly signal: AbortSignal
}
async function carryOut(job: Job): Promise<void> {
  const { options, set, recipe, augment, size, folder, ranks, device, signal } = job
  const { out, seed, tune } = options
  if (!ranks?.rank && 'height' in set && set.skipped) process.stderr.write(`facet: ${skippedText(set.skipped)}\n`)
  if (!ranks?.rank)
    console.log(
      `${set.train.count} examples of ${set.name}, ${set.classes.length > 0 ? `${set.classes.length} classes` : 'without labels'}, on ${ranks ? `${ranks.size} x ` : ''}${device.adapter.name}`,
    )
  const settings = {
    ...{ set, seed },
    ...(options.steps && { steps: options.steps }),
    ...(size !== undefined && { size }),
    ...(ranks && { ranks }),
  }
  const choose = tune && (await schedulesFor(device, { ...settings, recipe, augment }, cacheOf(tune, options), signal))
  if (tune && !choose) return
  const parts = [
    device,
    { recipe, augment },
    { ...settings, ...(choose && { choose }) },
    out,
    signal,
    {
      about: kept(options),
      folder,
      ...(options.checkpointEvery && { every: options.checkpointEvery }),
      ...(options.log && { logs: options.log }),
      ...(options.resume !== undefined && { resume: true }),
    },
  ] as const
  if (ranks?.rank) return follow(...parts)
  const { result } = await execute(...parts)
  if (result.losses.length === 0) return
  const views = await viewsOf(device, set, recipe, { seed, ...(size !== undefined && { size }) })
  const report = await writeReport(out, { ...views, title: 'Pretraining', runs: [result], interrupted: signal.aborted })
  console.log(`\n${table([result])}\n\n${report} written${signal.aborted ? ', stopped before the end' : ''}`)
}
