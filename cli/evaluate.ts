/** `facet evaluate`: a saved run under any of the evaluation protocols, as a table and as JSON. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { take } from '../models/data/examples.js'
import { readSet } from '../models/data/read.js'
import { synthetic } from '../models/data/synthetic.js'
import type { DataSet } from '../models/domains.js'
import { judged } from '../models/evaluate/features.js'
import {
  type EvaluateOptions,
  knnMetrics,
  type Protocol,
  type ProtocolName,
  type ProtocolScores,
  protocolNamed,
  protocolNames,
  protocols,
  type Robustness,
  refusalOf,
  robustnessOf,
  settingFor,
  subjectOf,
  untrained,
} from '../models/evaluate.js'
import { methodLabels, type Recipe } from '../models/recipes.js'
import { readCheckpoint, replaceFile } from '../runtime/checkpoint.js'
import { openDevice } from '../runtime/node.js'
import type { State } from '../runtime/restore.js'
import { UsageError } from './errors.js'
import { checkFolder, decodedAt, oneOf, positive, whole } from './runs.js'

interface Options {
  readonly protocol?: string
  readonly data?: string
  readonly images?: number
  readonly transfer?: string
  readonly json?: string
  readonly baseline?: string
  readonly untrained?: boolean
  readonly k?: number
  readonly temperature?: number
  readonly metric?: (typeof knnMetrics)[number]
  readonly epochs?: number
  readonly seed: number
}

export function register(program: Command): void {
  const list = protocolNames.map(name => `${name} (${protocols[name].summary})`).join('; ')
  program
    .command('evaluate')
    .summary('evaluate a saved run: kNN, linear probe, fine-tuning, transfer, robustness, ...')
    .description(`Evaluates the encoder of a saved run under the protocols named. Protocols: ${list}.`)
    .argument('<run>', 'folder of the run, which holds weights.safetensors')
    .option(
      '--protocol <names>',
      'protocols to run, separated by commas, or all (default: knn,linear,quality; of a set without labels quality)',
    )
    .option('--data <path>', 'folder of the set to judge on (default: the set of the run)')
    .option('--images <n>', 'use only the first n training examples and n / 5 test examples', whole('--images', 10))
    .option('--transfer <path>', 'folder of another set, for the protocol transfer')
    .option('--json <file>', 'also write the numbers there')
    .option('--baseline <file>', 'numbers of another run under robustness: its mean corruption error is compared with')
    .option('--untrained', 'the same encoder with random weights instead, as a baseline')
    .option('--k <n>', 'neighbours of kNN (default: 20)', whole('--k'))
    .option('--temperature <x>', 'temperature of kNN (default: 0.07)', positive('--temperature'))
    .option('--metric <name>', `${knnMetrics.join(' or ')} (default: cosine)`, oneOf('--metric', knnMetrics))
    .option('--epochs <n>', 'of fine-tuning (default: 30)', whole('--epochs'))
    .option('--seed <n>', 'of what protocols draw', whole('--seed', 0), 0)
    .action(run)
}

async function run(folder: string, options: Options): Promise<void> {
  const { json, seed } = options
  if (json !== undefined) checkFolder('--json', dirname(json))
  const { state, tensors } = await readCheckpoint(runIn(folder))
  const { recipe, size, about } = described(state, folder)
  const baseline = options.baseline === undefined ? undefined : baselineIn(options.baseline)
  const set = await setOf(options, about, size)
  const transferTo =
    options.transfer === undefined
      ? undefined
      : await readSet(options.transfer, { size: decodedAt(size ?? sideOf(set)) })
  const knn = defined({ k: options.k, temperature: options.temperature, metric: options.metric })
  const given: EvaluateOptions = {
    ...{ set, seed, knn },
    ...(transferTo && { transferTo }),
    ...(baseline && { baseline }),
    ...(options.epochs && { finetune: { epochs: options.epochs } }),
  }
  const names = chosen(options.protocol, given)
  const pretrained = subjectOf(recipe, tensors, sized(size))
  const subject = options.untrained ? untrained(pretrained) : pretrained
  const device = await openDevice()
  try {
    const weights = options.untrained ? 'random weights' : `${state.step} steps`
    console.log(
      `${folder}: ${methodLabels[recipe.method]}, ${recipe.encoder}, ${weights}, on ${set.train.count} + ${set.test.count} examples of ${set.name}, on ${device.adapter.name}\n`,
    )
    const setting = settingFor(device, subject, { ...given, progress: status })
    const scores: Partial<Record<ProtocolName, ProtocolScores>> = {}
    for (const name of names) {
      const start = performance.now()
      status(name, 0, 0)
      scores[name] = await (protocols[name] as Protocol).run(setting)
      clear()
      console.log(lines(name, scores[name], (performance.now() - start) / 1000).join('\n'))
    }
    if (json === undefined) return
    const { name, train, test } = set
    const result = {
      ...{ run: folder, method: recipe.method, encoder: recipe.encoder, step: state.step },
      ...{ untrained: options.untrained === true, seed, adapter: device.adapter.name },
      data: { name, train: train.count, test: test.count, classes: set.classes.length },
      ...(transferTo && {
        transfer: { name: transferTo.name, train: transferTo.train.count, test: transferTo.test.count },
      }),
      scores,
    }
    await replaceFile(json, `${JSON.stringify(result, null, 2)}\n`)
    console.log(`\n${json} written`)
  } finally {
    device.destroy()
  }
}

// What is evaluated

/** The folder of the checkpoint: the one given, or the only run in it. */
function runIn(folder: string): string {
  const holds = (path: string): boolean =>
    ['weights.safetensors', 'previous.safetensors'].some(name => existsSync(join(path, name)))
  if (holds(folder) || !existsSync(folder)) return folder
  const runs = readdirSync(folder)
    .map(name => join(folder, name))
    .filter(holds)
  if (runs.length > 1) throw new UsageError(`${folder} holds several runs, give one of them: ${runs.join(', ')}`)
  return runs[0] ?? folder
}

/** What a checkpoint says of its run. */
function described({ run, about }: State, folder: string) {
  const { recipe, size } = (isRecord(run) ? run : {}) as { recipe?: Recipe; size?: number }
  if (!isRecord(recipe) || !Object.hasOwn(methodLabels, `${recipe.method}`))
    throw new UsageError(
      `${folder} was not saved by a pretraining run: it does not say which encoder its weights are of`,
    )
  return { recipe, size, about: isRecord(about) ? about : {} }
}
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The set asked for, or that of the run. */
async function setOf(options: Options, about: Record<string, unknown>, size: number | undefined): Promise<DataSet> {
  const path = options.data ?? (typeof about.data === 'string' ? about.data : undefined)
  const all =
    path === undefined
      ? synthetic({ size: size ?? 16 })
      : await readSet(path, {
          size: decodedAt(size),
          ...(options.data === undefined &&
            (about.labels === 'none' || about.labels === 'coarse') && { labels: about.labels }),
        })
  const images =
    options.images ?? (options.data === undefined && typeof about.images === 'number' ? about.images : undefined)
  return judged(images === undefined ? all : take(all, images, Math.ceil(images / 5)))
}
const sized = (size: number | undefined): { size?: number } => (size === undefined ? {} : { size })
const sideOf = (set: DataSet): number | undefined => ('height' in set ? set.height : undefined)
const defined = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never

/** Protocols by their names; of all, those that can be run. */
function chosen(given: string | undefined, options: EvaluateOptions): ProtocolName[] {
  const text = given ?? (options.set.classes.length > 0 ? 'knn,linear,quality' : 'quality')
  const refusal = (name: ProtocolName): string | undefined => refusalOf(name, options)
  if (text === 'all') return protocolNames.filter(name => !refusal(name))
  const names = text.split(',').map(name => protocolNamed(name.trim()))
  for (const name of names) {
    const reason = refusal(name)
    if (reason) throw new UsageError(`--protocol ${name}: ${reason}${name === 'transfer' ? ', give --transfer' : ''}`)
  }
  return names
}

/** Robustness in a file that `--json` wrote. */
function baselineIn(file: string): Robustness {
  if (!existsSync(file)) throw new UsageError(`--baseline ${file}: there is no such file`)
  try {
    return robustnessOf(JSON.parse(readFileSync(file, 'utf8')).scores?.robustness ?? {})
  } catch (error) {
    throw new UsageError(`--baseline ${resolve(file)} cannot be used: ${(error as Error).message}`)
  }
}

// What is printed

let shown = 0
/** One line on a terminal that is rewritten. */
function status(name: ProtocolName, done: number, total: number): void {
  const now = performance.now()
  if (!process.stdout.isTTY || (done > 0 && done < total && now - shown < 200)) return
  shown = now
  process.stdout.write(`\r\x1b[2K${name}${total > 0 ? `  ${done}/${total}` : ''}`)
}
const clear = (): void => {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K')
}

/** Numbers that are no shares. */
const NUMBERS = new Set(['learningRate', 'alignment', 'uniformity', 'rank', 'participation', 'spread'])
/** Rows of the table: those that differ in a severity are one row. */
function lines(name: ProtocolName, scores: ProtocolScores, seconds: number): string[] {
  const rows = new Map<string, string[]>()
  for (const [key, value] of Object.entries(scores)) {
    const label = name === 'robustness' ? key.replace(/ [1-5]$/, '') : key
    const text = NUMBERS.has(key) ? `${Number(value.toPrecision(4))}` : `${(100 * value).toFixed(1)} %`
    rows.set(label, [...(rows.get(label) ?? []), text])
  }
  const cells = [...rows].map(([label, values]) => [label, values.map(value => value.padStart(7)).join('  ')] as const)
  const widest = Math.max(...cells.map(([label]) => label.length), 16)
  return cells.map(
    ([label, values], i) =>
      `${(i === 0 ? name : '').padEnd(11)}${label.padEnd(widest + 2)}${values}${i === 0 ? `  (${seconds.toFixed(0)} s)` : ''}`,
  )
}
