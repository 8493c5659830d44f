/** The worker: keeps the images and the run, so that compiling and training never hold up the page. */
import { type ImageSet, synthetic, takeImages } from 'facet-tensor/models'
import { BadInput, NoAdapter, openDevice } from 'facet-tensor/runtime'
import { readDropped } from './files.js'
import type { Dropped, FromWorker, Settings, ToWorker } from './messages.js'
import { keptRun, Run } from './training.js'

const report = (message: FromWorker): void => self.postMessage(message)
let dropped: ImageSet | undefined
let run: Run | undefined
/** Whether what is under way is a run. */
let training = false
/** Messages are worked off in order, but for those to a run that is under way. */
let turn = Promise.resolve()

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  switch (message.kind) {
    case 'look':
      return inTurn(() => lookForAdapter(message.adapter))
    case 'data':
      return inTurn(() => readData(message.files))
    case 'start':
      return inTurn(() => trains(() => start(message.settings)))
    case 'again':
      if (run?.isWaiting) return run.again(message.adapter)
      return inTurn(() => trains(() => goOn(message.adapter)))
    case 'weights':
      return void sendWeights().catch(failed)
    default:
      run?.[message.kind]()
  }
}
function inTurn(act: () => Promise<void>): void {
  turn = turn.then(act).catch(failed)
}
async function trains(act: () => Promise<void>): Promise<void> {
  training = true
  try {
    await act()
  } catch (error) {
    failed(error)
  } finally {
    training = false
  }
}
function failed(error: unknown): void {
  const { message } = error as Error
  const step = training ? run?.step : undefined
  // What was there once may be back later.
  if (error instanceof NoAdapter && step === undefined) report({ kind: 'unsupported', message })
  else report({ kind: 'failed', message, ...(step !== undefined && { step }) })
}

async function lookForAdapter(adapter: Settings['adapter']): Promise<void> {
  try {
    const device = await openDevice({ adapter })
    report({ kind: 'adapter', name: device.adapter.name })
    device.destroy()
    const kept = run ? undefined : await keptRun()
    if (kept) report({ kind: 'kept', ...kept })
  } catch (error) {
    failed(error)
  }
}

async function readData(files: readonly Dropped[]): Promise<void> {
  const progress = (share: number) => report({ kind: 'stage', text: 'Reading images', share })
  // The set that is there stays until another one has been read.
  const read = files.length > 0 ? await readDropped(files, progress) : undefined
  dropped = read?.set
  if (!read) return report({ kind: 'data', name: 'textured shapes', counts: 'drawn in the tab', classes: [] })
  const { set, skipped } = read
  const { name, train, test, classes } = set
  const counts = `${train.count} to train on, ${test.count} to score`
  const left =
    skipped.length > 0 &&
    `${skipped.length} of the images cannot be read and ${skipped.length === 1 ? 'was' : 'were'} left out: ${skipped.slice(0, 3).join(', ')}${skipped.length > 3 ? ', ...' : '.'}`
  report({ kind: 'data', name, counts, classes, ...(left && { warning: left }) })
}

async function start(settings: Settings): Promise<void> {
  prepare(settings)
  await run!.train()
}

/** Goes on with the run that failed, or with the one that the browser kept. */
async function goOn(adapter: Settings['adapter']): Promise<void> {
  if (!run) {
    const kept = await keptRun()
    if (!kept) throw new BadInput('there is no run to go on with any more: start one.')
    const made = prepare(kept.settings)
    try {
      await made.takeOver()
    } catch (error) {
      run = undefined
      throw error
    }
  }
  run!.again(adapter)
  await run!.train()
}

function prepare(settings: Settings): Run {
  report({ kind: 'stage', text: 'Preparing images' })
  const whole = dropped ?? synthetic({ size: 16, train: settings.images, test: 500 })
  const set = takeImages(whole, settings.images, whole.test.count)
  report({
    kind: 'data',
    name: set.name,
    counts: `${set.train.count} to train on, ${set.test.count} to score`,
    classes: set.classes,
  })
  run = new Run(set, settings, report)
  return run
}

async function sendWeights(): Promise<void> {
  if (!run) return
  report({ kind: 'weights', name: 'encoder.safetensors', bytes: await run.weights() })
}
