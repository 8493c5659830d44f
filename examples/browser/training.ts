/**
 * A pretraining run that can be watched, paused and stopped, and that outlives its device: the state it keeps in memory
 * every two seconds is what it goes on from on a new one.
 */
import { type Compiled, compile, entry, type Target, targetFor, u8 } from 'facet-tensor'
import {
  batches,
  batchesPerEpoch,
  changed,
  collapseWatch,
  embedAll,
  encoderOf,
  type ImageSet,
  imageViews,
  knnAccuracy,
  methodOf,
  optimizerOf,
  parseAugmentations,
  plainImage,
  projectToPlane,
  recipesOfViews,
  small,
  syntheticViews,
  takeImages,
  train,
  unnormalized,
} from 'facet-tensor/models'
import {
  type Attempt,
  BadInput,
  checkFinite,
  checkpointsInBrowser,
  checkpointsInMemory,
  checkVariables,
  type Device,
  load,
  type Outputs,
  openDevice,
  resilient,
  restore,
  type Session,
  writeSafetensors,
} from 'facet-tensor/runtime'
import type { FromWorker, Settings } from './messages.js'
import { neighboursOf, seenOf, shownOf } from './pictures.js'

/** Every so many steps one also reports the histograms of scores: the same step, with monitors. */
const MONITORED_EVERY = 10
const KEEP_EVERY_MS = 2000
/** Scores take at most a fifth of the time. */
const SCORE_SHARE = 0.2
/** Images that scores are measured with. */
const MOST_SCORED = { train: 2000, test: 500 }

/** What is kept of a run beside its variables: enough to go on after a reload. */
export interface Kept {
  readonly step: number
  readonly settings: Settings
  /** What it was trained on, in words. */
  readonly data: string
  /** Numbers of the training images that were nearest to the images that are shown, before the first step. */
  readonly before?: readonly (readonly number[])[]
}
/** A state in memory, which is there always, and in the browser, where a reload finds it. */
const inBrowser = checkpointsInBrowser('pretraining')

/** The run that a reload, a crash or a closed tab interrupted; nothing if there is none. */
export async function keptRun(): Promise<Kept | undefined> {
  const saved = await inBrowser.read().catch(() => undefined)
  const { step, settings, data } = (saved?.state ?? {}) as Partial<Kept>
  return typeof step === 'number' && settings && data !== undefined ? { step, settings, data } : undefined
}
const describe = ({ name, classes, train, test }: ImageSet): string =>
  `${name}: ${train.count} and ${test.count} images of ${classes.join(', ').slice(0, 200)}`

export class Run {
  private readonly store = checkpointsInMemory()
  private readonly ended = new AbortController()
  /** Whether the browser refuses to keep anything. */
  private volatile = false
  private readonly collapse = collapseWatch()
  /** Steps of the state in the store; none if nothing was kept yet. */
  private kept: number | undefined
  private before: Kept['before']
  private compiled: { readonly target: Target; readonly program: Compiled<ReturnType<typeof entriesOf>> } | undefined
  private stopped = false
  /** When scores are due again, by `performance.now`. */
  private scoreAt = 0
  private closed: { readonly opened: Promise<void>; readonly open: () => void } | undefined
  /** Ends the wait for a device that is not back. */
  private askNow: (() => void) | undefined

  constructor(
    private readonly set: ImageSet,
    private settings: Settings,
    private readonly report: (message: FromWorker) => void,
  ) {}

  pause(): void {
    let open!: () => void
    const opened = new Promise<void>(resolve => (open = resolve))
    this.closed ??= { opened, open }
  }
  resume(): void {
    this.closed?.open()
    this.closed = undefined
  }
  /** Ends the run after the current step, or before the first one. */
  stop(): void {
    this.stopped = true
    this.ended.abort()
    this.resume()
  }
  /** Whether it waits for a device that is not back. */
  get isWaiting(): boolean {
    return this.askNow !== undefined
  }
  /** The next device is of this kind, and if one is waited for, it is asked for at once. */
  again(adapter: Settings['adapter']): void {
    this.settings = { ...this.settings, adapter }
    this.askNow?.()
  }
  /** Steps of the state that a further call of `train` goes on from; none if nothing was kept yet. */
  get step(): number | undefined {
    return this.kept
  }

  /** Takes over the state that the browser kept. Throws `BadInput` unless it is one of these images. */
  async takeOver(): Promise<void> {
    const saved = await inBrowser.read()
    const { step, data, before } = saved.state as unknown as Kept
    if (data !== describe(this.set))
      throw new BadInput(
        `the run that was kept learned from ${data}, and these are ${describe(this.set)}: drop those again.`,
      )
    await this.store.write(saved)
    this.kept = step
    this.before = before
  }

  /** Trains to the end, or until it is stopped. Called again after a failure, it goes on from the last state. */
  async train(): Promise<void> {
    const { report, settings } = this
    const { signal } = this.ended
    let opened = 0
    // A GPU that was there comes back, as a rule; where it does not, and nobody asked for it, the processor goes on.
    const open = async () => {
      const { adapter } = this.settings
      const device = await openDevice({ adapter: adapter === 'auto' && opened++ > 0 ? 'gpu' : adapter })
      this.askNow = undefined
      return device
    }
    try {
      await resilient(open, (device, attempt) => this.attempt(device, attempt), {
        signal,
        onLost: ({ message }) => report({ kind: 'lost', message }),
        onWait: (seconds, _error, askNow) => {
          this.askNow = askNow
          report({ kind: 'waiting', seconds })
        },
        ...(settings.adapter === 'auto' && { otherwise: () => openDevice({ adapter: 'cpu' }) }),
      })
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
    } finally {
      this.askNow = undefined
    }
    if (this.kept === settings.steps) await inBrowser.clear().catch(() => undefined)
    report({ kind: 'done', step: this.kept ?? 0 })
  }

  /** The encoder's weights as they were last kept, as a safetensors file. Throws `BadInput` if nothing was kept yet. */
  async weights(): Promise<Uint8Array<ArrayBuffer>> {
    const { tensors } = await this.store.read()
    return writeSafetensors(Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith('encoder.'))))
  }

  private async attempt(device: Device, { kept }: Attempt): Promise<void> {
    const { settings, report } = this
    const { signal } = this.ended
    report({ kind: 'adapter', name: device.adapter.name })
    const program = this.programFor(device)
    // What came while compiling held up the worker is heard now.
    await new Promise(resolve => setTimeout(resolve))
    signal.throwIfAborted()
    const session = await load(device, program, {
      seed: settings.seed,
      onProgress(done, total) {
        signal.throwIfAborted()
        report({ kind: 'stage', text: 'Preparing shaders', share: done / total })
      },
    })
    signal.throwIfAborted()
    if (this.kept !== undefined) restore(session, (await this.store.read()).tensors, this.store.place)
    await this.loop(device, session, kept)
    device.destroy()
  }

  /** Compiled once, unless the new device is of another kind. */
  private programFor(device: Device): Compiled<ReturnType<typeof entriesOf>> {
    const { set, settings, report } = this
    const target = targetFor(device)
    if (JSON.stringify(target) !== JSON.stringify(this.compiled?.target)) {
      report({ kind: 'stage', text: 'Compiling the training step' })
      // What the second run cannot have is said before the first.
      if (settings.next !== undefined) methodFor(set, { ...settings, augment: settings.next })
      const sizes = { batch: settings.batch, shown: shownOf(set) }
      this.compiled = { target, program: compile(entriesOf(set, settings), sizes, { target }) }
    }
    return this.compiled!.program
  }

  private async loop(device: Device, session: Session, kept: () => void): Promise<void> {
    const { set, report } = this
    const { steps, batch, seed } = this.settings
    let done = this.kept ?? 0
    let keptAt = 0
    const pending: Promise<void>[] = []
    const flush = async () => void (await Promise.all(pending.splice(0)))
    const keep = async () => {
      const tensors = await session.readVariables()
      // The last one that was whole is worth going on from.
      checkVariables(tensors)
      const { settings, before } = this
      const state = { step: done, settings, data: describe(set), ...(before && { before }) } satisfies Kept
      await this.store.write({ tensors, state: { ...state } })
      this.kept = done
      if (!this.volatile)
        await inBrowser.write({ tensors, state: { ...state } }).catch(({ message }) => {
          this.volatile = true
          report({ kind: 'warning', message: `${message.replace(/\.$/, '')}, so a reload begins anew` })
        })
      keptAt = performance.now()
      kept()
    }
    const score = async () => {
      const start = performance.now()
      await this.score(device, session, done)
      this.scoreAt = performance.now() + (performance.now() - start) * (1 / SCORE_SHARE - 1)
    }

    await keep()
    if (done === 0) {
      report({ kind: 'stage', text: 'Scoring the untrained encoder' })
      await score()
    }
    report({ kind: 'training', step: done })
    for await (const { images } of batches(set, { batch, seed, first: done })) {
      if (this.closed) {
        await flush()
        await keep()
        report({ kind: 'paused', step: done })
        await Promise.race([this.closed?.opened, device.lost])
        device.check()
        report({ kind: 'training', step: done })
      }
      if (this.stopped || done === steps) break
      const name = done % MONITORED_EVERY === 0 ? 'monitored' : 'step'
      session.run(name, { images }) // enqueued, not awaited
      const step = ++done
      const read = session.read(name).then(outputs => this.reportStep(step, outputs))
      read.catch(() => {}) // it is awaited below, unless the device is lost first
      pending.push(read)
      if (pending.length > 2) await pending.shift()
      if (performance.now() - keptAt > KEEP_EVERY_MS) await keep()
      if (performance.now() > this.scoreAt) await score()
    }
    await flush()
    await keep()
    if (this.stopped) return
    report({ kind: 'stage', text: 'Scoring the trained encoder' })
    await score()
  }

  private reportStep(step: number, outputs: Outputs): void {
    checkFinite('step', outputs, ['loss'])
    const { loss, positiveHistogram: positive, negativeHistogram: negative } = outputs
    const histograms = positive && negative && { positive: [...positive], negative: [...negative] }
    this.report({ kind: 'step', step, loss: loss![0]!, ...(histograms && { histograms }) })
    if (!histograms) return
    const message = this.collapse(outputs as Record<string, Float32Array>)
    if (message) this.report({ kind: 'warning', message })
  }

  /**
   * kNN accuracy of frozen features, where there are classes, the features of the test images in the plane, and of some of these
   * images what the encoder sees, and what is nearest to them.
   */
  private async score(device: Device, session: Session, step: number): Promise<void> {
    const { report } = this
    const { batch, size } = this.settings
    const set = takeImages(this.set, MOST_SCORED.train, MOST_SCORED.test)
    const test = await embedAll(session, set.test, batch)
    const train = await embedAll(session, set.train, batch)
    if (set.classes.length > 1) report({ kind: 'scores', step, knn: await knnAccuracy(device, train, test) })
    report({ kind: 'plane', points: await projectToPlane(device, test), labels: test.labels })
    const now = neighboursOf(train, test)
    this.before ??= now
    const images = set.test.images.subarray(0, now.length * set.height * set.width * 3)
    const { one, two } = (await session.call('views', { images })) as Record<'one' | 'two', Float32Array>
    report({ kind: 'seen', step, images: seenOf(set, [one, two], size, this.before, now) })
  }
}

/** The training step, the same step with monitors, the encoder alone, and views to look at: they share all variables. */
function entriesOf(set: ImageSet, settings: Settings) {
  const { size } = settings
  const looks = set.name === 'textured shapes' ? syntheticViews : 'simsiam-cifar'
  const { method, optimizer } = methodFor(set, settings)
  const inputs = { images: u8(['batch', set.height, set.width, 3]) }
  const step = (monitor: boolean) =>
    entry(inputs, ({ images }) => train(method, optimizer, imageViews(images, looks, { size }) as never, { monitor }))
  const embed = entry(inputs, ({ images }) => ({ features: method.embed(plainImage(images, looks, { size })) }))
  // As in a step, but for the numbers that they are brought to; which crop is drawn depends on the step, too.
  const { global } = recipesOfViews(looks)
  const views = entry({ images: u8(['shown', set.height, set.width, 3]) }, ({ images }) => {
    const [one, two] = imageViews(images, [unnormalized(global[0]), unnormalized(global[1])], { size })
    return { one, two }
  })
  return { step: step(false), monitored: step(true), embed, views }
}

/** Throws `BadInput` for a feature augmentation that is not known, or that the method has no place for. */
function methodFor(set: ImageSet, { method, augment, steps, batch, width, size }: Settings) {
  const recipe = changed(small(method, { width }), { batch })
  const length = { steps, perEpoch: batchesPerEpoch(set.train, batch) }
  const augmented = { augment: parseAugmentations(augment), classes: set.classes.length }
  return {
    method: methodOf(recipe, encoderOf(recipe, set.channels, size), length, augmented),
    optimizer: optimizerOf(recipe, length),
  }
}
