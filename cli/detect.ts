/** `facet detect`: trains a detector on a pretrained encoder, or on random weights, and prints average precision. */
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { isCoco, readCoco } from '../models/data/coco.js'
import { type DetectionSet, truthsOf } from '../models/data/detection.js'
import { readVoc } from '../models/data/voc.js'
import { type Backbone, backboneOf, randomBackbone } from '../models/detection/backbone.js'
import { type Detected, fitDetector } from '../models/detection/fit.js'
import { readCheckpoint, replaceFile } from '../runtime/checkpoint.js'
import type { Device } from '../runtime/device.js'
import { openDevice } from '../runtime/node.js'
import { UsageError } from './errors.js'
import { progress } from './progress.js'
import { checkFolder, interruptible, positive, whole } from './runs.js'

interface Options {
  readonly data: string
  readonly compare: boolean
  readonly steps: number
  readonly batch: number
  readonly size: readonly [width: number, height: number]
  readonly seed: number
  readonly learningRate: number
  readonly width?: number
  readonly trainSplit?: string
  readonly testSplit?: string
  readonly json?: string
  readonly channels: number
  readonly convolutions: number
}

export function register(program: Command): void {
  program
    .command('detect')
    .summary('train an object detector on a pretrained encoder and print its average precision')
    .description(
      'Trains a detector (feature pyramid, FCOS head) on images with boxes and prints AP, AP50, AP75 and AR (100 detections) as COCO defines them, and the AP of VOC2007. --json also has them by size of the boxes.',
    )
    .argument('<start>', 'folder of a run of facet pretrain, or random')
    .requiredOption(
      '--data <path>',
      'folder in the layout of Pascal VOC (JPEGImages, Annotations, ImageSets/Main) or of COCO (annotations/instances_SPLIT.json, SPLIT)',
    )
    .option('--compare', 'also from random weights: the same encoder, steps and seed', false)
    .option('--steps <n>', 'training steps', whole('--steps'), 400)
    .option('--batch <n>', 'images per step', whole('--batch'), 8)
    .option('--size <WxH>', 'images are stretched to so many pixels', sizeOf, [160, 120])
    .option('--seed <n>', 'of random weights, order of images and mirroring', whole('--seed', 0), 1)
    .option('--learning-rate <x>', 'the highest one, of AdamW', positive('--learning-rate'), 0.002)
    .option('--width <n>', "channels of a random encoder's first stage", whole('--width'))
    .option('--channels <n>', 'of the maps of the pyramid, a multiple of 8', whole('--channels', 8), 64)
    .option('--convolutions <n>', 'in each tower of the head', whole('--convolutions'), 2)
    .option('--train-split <name>', 'to train on: a list in ImageSets/Main (default: trainval), of COCO train2017')
    .option('--test-split <name>', 'to evaluate on: a list in ImageSets/Main (default: test), of COCO val2017')
    .option('--json <file>', 'also write the numbers there')
    .action(run)
}

/** `160x120`. */
function sizeOf(text: string): readonly [number, number] {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? []
  const size = [Number(width), Number(height)] as const
  if (!size.every(pixels => pixels >= 32 && pixels <= 2048))
    throw new UsageError(`--size takes width and height from 32 to 2048 pixels, as in 160x120, got "${text}"`)
  return size
}

async function run(start: string, options: Options): Promise<void> {
  const random = start === 'random'
  if (options.json !== undefined) checkFolder('--json', dirname(options.json))
  if (random && options.compare)
    throw new UsageError('--compare adds training from random weights, which is what random does: leave it out')
  if (!random && options.width !== undefined)
    throw new UsageError('--width is for random weights: a run has the width of its encoder')
  const given = random ? randomBackbone(options) : backboneOf(await readCheckpoint(start), start)
  const { weights: _, ...same } = given
  const starts: [string, Backbone][] = [
    [random ? 'random' : 'pretrained', given],
    ...(options.compare ? [['random', same] as [string, Backbone]] : []),
  ]
  const [width, height] = options.size
  const coco = isCoco(options.data)
  const splits = {
    train: options.trainSplit ?? (coco ? 'train2017' : 'trainval'),
    test: options.testSplit ?? (coco ? 'val2017' : 'test'),
  }
  const set = await (coco ? readCoco : readVoc)(options.data, { width, height, ...splits })
  for (const sentence of set.warnings) process.stderr.write(`warning: ${sentence}\n`)
  const device = await openDevice()
  try {
    await interruptible(async signal => {
      console.log(
        `${set.train.count} training and ${set.test.count} test images of ${set.name}, ${truthsOf(set.test).length} boxes to find, classes ${set.classes.join(', ')}, on ${device.adapter.name}`,
      )
      const results: Result[] = []
      for (const [name, backbone] of starts)
        if (!signal.aborted) results.push({ start: name, ...(await fit(device, name, backbone, set, options, signal)) })
      console.log(`\n${table(results, set.classes)}`)
      if (options.json === undefined) return
      const { steps, batch, size, seed, learningRate, channels, convolutions } = options
      const about = { set: set.name, classes: set.classes, ...splits, adapter: device.adapter.name }
      const budget = { steps, batch, size, seed, learningRate, channels, convolutions }
      await replaceFile(options.json, `${JSON.stringify({ ...about, ...budget, results }, null, 2)}\n`)
      console.log(`\n${options.json} written`)
    })
  } finally {
    device.destroy()
  }
}

type Result = Detected & { readonly start: string }

const stages = { compile: 'compiling', train: 'first step', after: 'detecting' }
async function fit(
  device: Device,
  label: string,
  { encoder, ...start }: Backbone,
  set: DetectionSet,
  { steps, batch, seed, learningRate, channels, convolutions }: Options,
  signal: AbortSignal,
): Promise<Detected> {
  const line = progress({ label, steps, imagesPerStep: batch })
  const status = (text: string): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${text}`)
  }
  const fitted = await fitDetector(
    device,
    { set, encoder: encoder(), ...start, steps, batch, seed, learningRate, channels, convolutions },
    {
      step: (step, loss) => line.update(step, loss),
      stage: stage => {
        if (stage === 'after') line.end()
        status(`${label}  ${stages[stage as keyof typeof stages]}`)
      },
      signal,
    },
  )
  status('')
  return fitted
}

/** In percent; of single classes AP alone. */
function table(results: readonly Result[], classes: readonly string[]): string {
  const percent = (share: number | undefined): string => (share === undefined ? '-' : (100 * share).toFixed(1))
  const rows = [
    ['start', 'steps', 'AP', 'AP50', 'AP75', 'AR', 'VOC07', ...classes.map(name => `AP ${name}`), 'seconds'],
    ...results.map(({ start, losses, precision, voc, trainSeconds }) => [
      start,
      `${losses.length}`,
      ...[precision.ap, precision.ap50, precision.ap75, precision.recall.best100, voc.map].map(percent),
      ...classes.map((_, label) => percent(precision.classes.find(scores => scores.label === label)?.ap)),
      trainSeconds.toFixed(0),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '))
    .join('\n')
}
