/** The worker: keeps the images and the run, so that compiling and training never hold up the page. */
import { type ImageSet, synthetic, takeImages } from 'facet/models'
import { NoAdapter, openDevice } from 'facet/runtime'
import { readDropped } from './files.js'
import type { Dropped, FromWorker, Settings, ToWorker } from './messages.js'
import { Run } from './training.js'

const report = (message: FromWorker): void => self.postMessage(message)
let dropped: ImageSet | undefined
let run: Run | undefined
/** Messages are worked off in order, but for those to a run that is under way. */
let turn = Promise.resolve()

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  switch (message.kind) {
    case 'look':
      return inTurn(() => lookForAdapter(message.adapter))
    case 'data':
      return inTurn(() => readData(message.files))
    case 'start':
      return inTurn(() => start(message.settings))
    case 'weights':
      return void sendWeights().catch(failed)
    default:
      run?.[message.kind]()
  }
}
function inTurn(act: () => Promise<void>): void {
  turn = turn.then(act).catch(failed)
}
function failed(error: unknown): void {
  const { message } = error as Error
  report(error instanceof NoAdapter ? { kind: 'unsupported', message } : { kind: 'failed', message })
}

async function lookForAdapter(adapter: Settings['adapter']): Promise<void> {
  try {
    const device = await openDevice({ adapter })
    report({ kind: 'adapter', name: device.adapter.name })
    device.destroy()
  } catch (error) {
    failed(error)
  }
}

async function readData(files: readonly Dropped[]): Promise<void> {
  const progress = (share: number) => report({ kind: 'stage', text: 'Reading images', share })
  dropped = files.length > 0 ? await readDropped(files, progress) : undefined
  if (!dropped) return report({ kind: 'data', name: 'textured shapes', counts: 'drawn in the tab', classes: [] })
  const { name, train, test, classes } = dropped
  report({ kind: 'data', name, counts: `${train.count} to train on, ${test.count} to score`, classes })
}

async function start(settings: Settings): Promise<void> {
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
  await run.train()
}

async function sendWeights(): Promise<void> {
  if (!run) return
  report({ kind: 'weights', name: 'encoder.safetensors', bytes: await run.weights() })
}
