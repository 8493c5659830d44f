/** `facet pretrain`: one run of one method, its weights and its report; `demo` is four of these side by side. */
import type { Command } from 'commander'
import { take } from '../models/data/images.js'
import { readImages } from '../models/data/read.js'
import { synthetic, syntheticViews } from '../models/data/synthetic.js'
import { type MethodName, methodNames } from '../models/pretrain.js'
import { openDevice } from '../runtime/node.js'
import {
  type AugmentationName,
  augmentationNames,
  augmentations,
  checkFolder,
  checkRun,
  execute,
  interruptible,
  oneOf,
  positive,
  table,
  whole,
  writeReport,
} from './runs.js'

interface Options {
  readonly data?: string
  readonly images?: number
  readonly out: string
  readonly method: MethodName
  readonly augment: AugmentationName
  readonly steps: number
  readonly batch: number
  readonly size?: number
  readonly width: number
  readonly learningRate?: number
  readonly seed: number
}

export function register(program: Command): void {
  program
    .command('pretrain')
    .summary('pretrain one encoder with one method')
    .description('Pretrains a small encoder, evaluates it before and after, and writes weights and report.html.')
    .option('--data <path>', 'folder of CIFAR-10 (binary version) or IDX files; default: embedded images')
    .option('--images <n>', 'use only the first n training images and n / 5 test images', whole('--images', 10))
    .option('--out <path>', 'folder for the report and the weights', 'out')
    .option('--method <name>', methodNames.join(' or '), oneOf('--method', methodNames), 'simsiam')
    .option('--augment <name>', augmentationNames.join(', '), oneOf('--augment', augmentationNames), 'none')
    .option('--steps <n>', 'training steps', whole('--steps'), 500)
    .option('--batch <n>', 'images per step', whole('--batch', 2), 64)
    .option('--size <n>', 'height and width of a view in pixels (default: of the images)', whole('--size', 8))
    .option('--width <n>', "channels of the encoder's first stage", whole('--width'), 16)
    .option('--learning-rate <x>', 'highest learning rate (default: that of the method)', positive('--learning-rate'))
    .option('--seed <n>', 'of initial weights, order of images and augmentation', whole('--seed', 0), 1)
    .action(run)
}

async function run({
  data,
  images,
  out,
  method,
  augment,
  steps,
  batch,
  width,
  seed,
  ...options
}: Options): Promise<void> {
  const start = performance.now()
  checkFolder('--out', out)
  const all = data === undefined ? synthetic({ size: options.size ?? 16 }) : readImages(data)
  const set = images === undefined ? all : take(all, images, Math.ceil(images / 5))
  const size = options.size ?? set.height
  checkRun(set, batch, size)
  const device = await openDevice()
  try {
    await interruptible(async signal => {
      console.log(`${set.train.count} images of ${set.name}, ${set.classes.length} classes, on ${device.adapter.name}`)
      const { result } = await execute(
        device,
        { method, augmentation: augment },
        {
          set,
          steps,
          batch,
          seed,
          size,
          width,
          ...(data === undefined && { images: syntheticViews }),
          ...(options.learningRate && { learningRate: options.learningRate }),
        },
        out,
        signal,
      )
      if (result.losses.length === 0) return
      const { name, classes, height } = set
      const report = await writeReport(out, {
        title: 'Pretraining',
        set: { name, train: set.train.count, test: set.test.count, height, width: set.width, classes },
        adapter: device.adapter.name,
        runs: [result],
        configuration: [
          ['encoder', `convnet of 4 stages, ${width} to ${width * 8} channels`],
          ['views', `${size} x ${size} pixels`],
          ['batch', `${batch}`],
          ['seed', `${seed}`],
          ['feature augmentation', augmentations[augment].make()?.label ?? 'none'],
        ],
        seconds: (performance.now() - start) / 1000,
        interrupted: signal.aborted,
      })
      console.log(`\n${table([result])}\n\n${report} written${signal.aborted ? ', stopped before the end' : ''}`)
    })
  } finally {
    device.destroy()
  }
}
