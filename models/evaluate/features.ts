/** Features of a split, and the small programs on them: rows go up once, entries do the rest, predictions come down. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { type Variable, variable } from '../../compiler/language/module.js'
import { constant } from '../../compiler/ops/index.js'
import type { Program } from '../../compiler/plan/program.js'
import type { DType } from '../../compiler/types/tensor.js'
import type { Device } from '../../runtime/device.js'
import { load } from '../../runtime/load.js'
import type { Session } from '../../runtime/run.js'
import {
  DataError,
  type Examples,
  emptyRows,
  isStreamed,
  pickExamples,
  type Rows,
  readExamples,
  rowsOf,
} from '../data/examples.js'

/** Features of `count` examples, row-major `[count, width]`, and the examples' labels. */
export interface Features {
  /** Row after row. */
  readonly values: Float32Array
  /** The class of each row, from 0. */
  readonly labels: Uint8Array
  /** Number of rows. */
  readonly count: number
  /** Features of a row. */
  readonly width: number
}

/** Training examples that features are computed of at most, where they are read from disk. */
const BANK = 50_000
/**
 * What of a set an encoder is judged on: all of it; of sets that are read from disk at most 50,000 training examples, evenly spaced,
 * so that their features fit into memory and judging takes no longer than an epoch of CIFAR.
 */
export function judged<T extends { readonly train: Examples }>(set: T, most: number = BANK): T {
  const { train } = set
  if (train.count <= most || !rowsOf(train).some(([, rows]) => isStreamed(rows))) return set
  const numbers = Uint32Array.from({ length: most }, (_, i) => Math.floor((i * train.count) / most))
  return { ...set, train: pickExamples(train, numbers) }
}

/** What `everyBatch` runs: a batch of the arrays of a split without its labels, and the index of its first example. */
type BatchBody = (inputs: Record<string, Rows>, first: number) => Promise<void>

/** The numbers of a batch that begins at `first`, filled up with `first`. */
export const inOrder = (first: number, batch: number, count: number): number[] =>
  Array.from({ length: batch }, (_, i) => (first + i < count ? first + i : first))

/** Goes through a split in order, in batches of `batch` examples; the last one is filled up with its first example. */
export async function everyBatch(split: Examples, batch: number, body: BatchBody): Promise<void> {
  const rows = emptyRows(split, batch)
  const { labels: _, ...inputs } = rows as Record<string, Rows>
  for (let first = 0; first < split.count; first += batch) {
    await readExamples(split, inOrder(first, batch, split.count), rows)
    await body(inputs, first)
  }
}

/**
 * Features of every example of a split, by the `embed` entry of a loaded program: its inputs are the split's arrays but
 * for `labels` (`images` u8 `[batch, height, width, 3]`, `waveforms` f32 `[batch, samples]`), its output `features`
 * `[batch, width]`. The last batch is filled up with its first example. `before` is told how many are done before each
 * batch; what it throws ends the whole.
 */
export async function embedAll(
  session: Session,
  split: Examples,
  batch: number,
  before: (done: number) => void = () => {},
): Promise<Features> {
  const { labels, count } = split
  let values = new Float32Array()
  let width = 0
  await everyBatch(split, batch, async (inputs, first) => {
    before(first)
    const { features } = await session.call('embed', inputs)
    width = features!.length / batch
    if (first === 0) values = new Float32Array(count * width)
    values.set((features as Float32Array).subarray(0, (count - first) * width), first * width)
  })
  return { values, labels, count, width }
}

/**
 * Throws `DataError` for features that are infinite or NaN (their encoder has diverged, and what is said of them would not tell),
 * for sets of features that differ in width, and for one of no examples.
 */
export function checkFeatures(...sets: readonly Features[]): void {
  for (const { values, width, count } of sets) {
    if (count === 0) throw new DataError('a set of features has no examples, of which no share can be right')
    if (width !== sets[0]!.width)
      throw new DataError(
        `some features have ${sets[0]!.width} elements, others ${width}: embed all sets with one encoder, at one stage`,
      )
    const at = values.findIndex(value => !Number.isFinite(value))
    if (at >= 0)
      throw new DataError(
        `feature ${at % width} of example ${Math.floor(at / width)} is ${values[at]}: the encoder has diverged, or was given such numbers`,
      )
  }
}

/** The rows with these numbers, in this order. */
export function pickRows({ values, labels, width }: Features, rows: ArrayLike<number>): Features {
  const picked = new Float32Array(rows.length * width)
  for (let to = 0; to < rows.length; to++)
    picked.set(values.subarray(rows[to]! * width, (rows[to]! + 1) * width), to * width)
  return { values: picked, labels: Uint8Array.from(rows, n => labels[n]!), count: rows.length, width }
}

/** Row numbers of a tenth of the rows to choose by, and of the others to train on. */
export function heldOut(count: number): { readonly fitted: number[]; readonly held: number[] } {
  // Sets are often sorted by class with a period of ten: the row held out moves through it.
  const isHeld = (n: number): boolean => n % 10 === Math.floor(n / 10) % 10
  const all = Array.from({ length: count }, (_, n) => n)
  return { fitted: all.filter(n => !isHeld(n)), held: all.filter(isHeld) }
}

/** Rows that one run of `predict` takes. */
export const chunk = 250

/** Every output of `predict` (`features` `['chunk', width]` to `each` numbers a row), for all rows. */
export async function predictAll(
  session: Session,
  { values, count, width }: Features,
  each = 1,
): Promise<Record<string, number[]>> {
  const predicted: Record<string, number[]> = {}
  for (let first = 0; first < count; first += chunk) {
    const features = new Float32Array(chunk * width)
    features.set(values.subarray(first * width, (first + chunk) * width))
    for (const [name, numbers] of Object.entries(await session.call('predict', { features })))
      predicted[name] = [...(predicted[name] ?? []), ...numbers.subarray(0, each * (count - first))] as number[]
  }
  return predicted
}

/** The share of predictions that are the label. */
export const share = (predicted: ArrayLike<number>, labels: Uint8Array): number =>
  labels.reduce((right, label, n) => right + (predicted[n] === label ? 1 : 0), 0) / labels.length
/** The share of a split that `predict` gets right, which takes batches as `everyBatch` gives them. */
export async function accuracyOf(
  split: Examples,
  batch: number,
  predict: (inputs: Record<string, Rows>) => Promise<ArrayLike<number>>,
): Promise<number> {
  let right = 0
  await everyBatch(split, batch, async (inputs, first) => {
    const predicted = await predict(inputs)
    for (let i = 0; i < Math.min(batch, split.count - first); i++) if (predicted[i] === split.labels[first + i]) right++
  })
  return right / split.count
}
/** One more than the highest label. */
export const classCount = (...sets: readonly { readonly labels: Uint8Array }[]): number =>
  1 + Math.max(...sets.map(({ labels }) => labels.reduce((a, b) => Math.max(a, b), 0)))

/** A state variable of a program, zeros at first. */
export const zeros = <const S extends number[], D extends DType = 'f32'>(
  name: string,
  shape: S,
  dtype: D = 'f32' as D,
): Stopped<S, D> =>
  variable(
    () => name,
    'state',
    shape,
    () => constant(0, shape, dtype),
    dtype,
  ).tensor
/** A trained variable of a program, zeros at first. */
export const parameter = <const S extends number[]>(name: string, shape: S): Variable<Tensor<S, 'f32', 'flows'>> =>
  variable(
    () => name,
    'parameter',
    shape,
    () => constant(0, shape),
  )

/** Runs `body` with the loaded program, and frees it. */
export async function using<T>(
  device: Device,
  program: Program,
  body: (session: Session) => Promise<T>,
  { seed = 0 }: { readonly seed?: number } = {},
): Promise<T> {
  const session = await load(device, program, { seed })
  try {
    return await body(session)
  } finally {
    session.destroy()
  }
}
