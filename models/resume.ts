/**
 * Saving a run and going on with it: what makes two runs the same, when a run is saved, and what a checkpoint of it
 * holds. A step depends on the variables (seed and step counter among them) and on the batch, whose order is keyed by
 * seed and epoch; so a run that goes on from its variables and its step gives the numbers of one that never stopped.
 */
import type { Graph } from '../compiler/graph/graph.js'
import { print } from '../compiler/graph/print.js'
import { BadInput } from '../runtime/errors.js'
import type { Checkpoint, State, Store } from '../runtime/restore.js'
import { checkVariables, type Session } from '../runtime/run.js'
import type { Output } from '../runtime/values.js'
import type { FeatureAugmentation } from './augment/feature.js'
import { type Examples, isStreamed, rowsOf } from './data/examples.js'
import type { DataSet } from './domains.js'
import type { Recipe } from './recipes.js'

/** Where and how often `pretrain` saves its run. */
export interface Saving {
  /** `checkpoints('out/run')` in Node, `checkpointsInMemory()` anywhere. */
  readonly store: Store
  /**
   * How often to save between the first step and the last. Default: every 60 seconds; a checkpoint of a ResNet-18
   * with its momenta (88 MB) takes about a quarter of a second.
   */
  readonly every?: { readonly steps: number } | { readonly seconds: number }
  /**
   * Whether to go on from the store's checkpoint, to the same numbers as if the run had never stopped. Default false: the
   * store is cleared, and the run begins.
   */
  readonly resume?: boolean
  /** Anything to keep beside the state, as `about`: how to make the same run again, say. */
  readonly about?: State
}

/** How far a run is: `[step, loss]` of every step so far, and the seconds of training they took. */
export interface Position {
  readonly losses: readonly (readonly [number, number])[]
  readonly seconds: number
}

/** What two runs must have in common to give the same numbers on one adapter, as JSON. */
export async function identityOf(run: {
  readonly set: DataSet
  readonly recipe: Recipe
  readonly augmentations: readonly FeatureAugmentation[]
  readonly steps: number
  readonly seed: number
  readonly size?: number
  /** The step as it was traced: what options say in functions shows here alone. */
  readonly graph: Graph
}): Promise<State> {
  const { set, augmentations, recipe, graph, ...rest } = run
  const { name, classes } = set
  const example = 'samples' in set ? { samples: set.samples, rate: set.rate } : { height: set.height, width: set.width }
  const data = { name, classes, ...example, train: await describe(set.train), test: await describe(set.test) }
  return JSON.parse(
    JSON.stringify({
      ...rest,
      recipe: { ...recipe, source: undefined },
      augmentations: augmentations.map(({ label }) => label),
      data,
      'digest of the step': await digest(new TextEncoder().encode(print(graph))),
    }),
  )
}

/**
 * A set like the one that the run of a checkpoint was trained on, but without the examples: enough to build its program
 * again. Throws `BadInput` if the state does not describe one.
 */
export function emptySetOf({ run }: State, place: string): DataSet {
  const data = isRecord(run) && isRecord(run.data) ? run.data : {}
  const size = (value: unknown, name: string): number => {
    if (Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 24) return value as number
    throw new BadInput(`${place} holds no pretraining run: its data have ${name} ${show(value)}.`)
  }
  const count = (split: unknown, name: string): number => size(isRecord(split) ? split.count : undefined, name)
  const { name, classes } = data
  if (typeof name !== 'string' || !Array.isArray(classes) || !classes.every(item => typeof item === 'string'))
    throw new BadInput(`${place} holds no pretraining run: its data have no name and classes.`)
  const labels = new Uint8Array(0)
  const split = <R>(rows: R) => ({
    train: { ...rows, labels, count: count(data.train, 'train.count') },
    test: { ...rows, labels, count: count(data.test, 'test.count') },
  })
  if ('samples' in data) {
    const [samples, rate] = [size(data.samples, 'samples'), size(data.rate, 'rate')]
    return { name, classes, samples, rate, ...split({ waveforms: new Float32Array(0) }) }
  }
  const [height, width] = [size(data.height, 'height'), size(data.width, 'width')]
  return { name, classes, height, width, channels: 3, ...split({ images: new Uint8Array(0) }) }
}

/** Number and digests of examples; of those that are read from disk, of what their files are. */
async function describe(examples: Examples): Promise<State> {
  const digests = await Promise.all(
    rowsOf(examples).map(async ([name, rows]) => {
      const bytes = isStreamed(rows) ? new TextEncoder().encode(rows.identity) : rows
      return [name, await digest(bytes as Uint8Array<ArrayBuffer>)] as const
    }),
  )
  return { count: examples.count, digest: Object.fromEntries(digests) }
}

/** SHA-256, in hexadecimal digits. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes))
  return [...hash].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** A tensor beside the variables: the losses so far, as the device gave them. */
export const LOSSES = 'run.losses'

/**
 * Saves the session's variables, as they are after the steps of `position`. Throws `NonFinite`, having written nothing, if one
 * is broken: what was saved last is worth going on from.
 */
export async function save(
  { store, about }: Saving,
  run: State,
  session: Session,
  { losses, seconds }: Position,
): Promise<void> {
  const values = Float32Array.from(losses, ([, loss]) => loss)
  const variables = await session.readVariables()
  checkVariables(variables)
  const tensors = {
    ...variables,
    [LOSSES]: Object.assign(values, { shape: [values.length] }) as Output,
  }
  await store.write({ tensors, state: { step: losses.length, seconds, run, ...(about && { about }) } })
}

/**
 * Where the run of a checkpoint is. Throws `BadInput` if it is the checkpoint of another run than `run`, with the first
 * difference, or of none.
 */
export function positionOf({ tensors, state }: Checkpoint, run: State, place: string): Position {
  const { step, seconds, run: saved } = state
  const values = Object.hasOwn(tensors, LOSSES) ? tensors[LOSSES] : undefined
  const whole = Number.isSafeInteger(step) && typeof seconds === 'number' && seconds >= 0 && typeof saved === 'object'
  if (!whole || !(values instanceof Float32Array) || values.length !== step)
    throw new BadInput(
      `${place} holds no pretraining run: its state has step ${show(step)}, and it has ${values?.length ?? 'no'} losses.`,
    )
  const other = difference(saved, run, '')
  if (other)
    throw new BadInput(
      `${place} holds a run whose ${other.name} is ${other.was}, and now it is ${other.now}: resume with the data, options and version of that run, or start a new run elsewhere.`,
    )
  return { losses: [...values].map((loss, i) => [i + 1, loss] as const), seconds }
}

/** The first part in which two JSON values differ, in words. */
function difference(
  was: unknown,
  now: unknown,
  name: string,
): { readonly name: string; readonly was: string; readonly now: string } | undefined {
  if (isRecord(was) && isRecord(now)) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(was)])) {
      const inner = difference(was[key], now[key], name ? `${name}.${key}` : key)
      if (inner) return inner
    }
    return undefined
  }
  const [before, after] = [was, now].map(value => (value === undefined ? 'not set' : JSON.stringify(value)))
  return before === after ? undefined : { name: name.slice(0, 80), was: show(was), now: show(now) }
}
/** A value from a file, in a sentence. */
const show = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value).slice(0, 80))
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Says after each step whether it is time to save. */
export function due(every: NonNullable<Saving['every']> = { seconds: 60 }): (step: number) => boolean {
  let last = performance.now()
  return step => {
    if ('steps' in every) return step % every.steps === 0
    const now = performance.now()
    if (now - last < 1000 * every.seconds) return false
    last = now
    return true
  }
}
