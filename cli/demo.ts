/**
 * `facet demo`: SimSiam and MoCo v2, each without and with feature augmentation, from the same seed on the same images;
 * a table and `report.html` at the end.
 */
import type { Command } from 'commander'
import { take } from '../models/data/images.js'
import { readImageSet } from '../models/data/read.js'
import { synthetic, syntheticViews } from '../models/data/synthetic.js'
import type { Evaluation } from '../models/pretrain.js'
import { changed, small } from '../models/recipes.js'
import { openDevice } from '../runtime/node.js'
import type { ReportData, RunResult } from './report.js'
import {
  augmentationsOf,
  checkFolder,
  checkRun,
  DEFAULT_AUGMENTATION,
  execute,
  interruptible,
  labelOf,
  type Run,
  table,
  whole,
  writeReport,
} from './runs.js'

interface Options {
  readonly data?: string
  readonly out: string
  readonly steps?: number
  readonly batch: number
  readonly size: number
  readonly width: number
  readonly seed: number
  readonly augment: string
  readonly quick?: boolean
}

export function register(program: Command): void {
  program
    .command('demo')
    .summary('pretrain with SimSiam and MoCo v2, without and with feature augmentation, and compare')
    .description(
      'Pretrains a small encoder four times: SimSiam and MoCo v2, each without and with feature augmentation. Prints accuracies before and after, and writes report.html.',
    )
    .option('--data <path>', 'folder of CIFAR-10 (binary version), IDX or image files; default: embedded images')
    .option('--out <path>', 'folder for the report and the weights', 'out')
    .option('--steps <n>', 'training steps per run (default: 500; 150 with --quick)', whole('--steps'))
    .option('--batch <n>', 'images per step', whole('--batch', 2), 64)
    .option('--size <n>', 'height and width of a view in pixels', whole('--size', 8), 16)
    .option('--width <n>', "channels of the encoder's first stage", whole('--width'), 8)
    .option('--seed <n>', 'of initial weights, order of images and augmentation', whole('--seed', 0), 1)
    .option('--augment <spec>', 'feature augmentation of the second and fourth run', DEFAULT_AUGMENTATION)
    .option('--quick', 'fewer steps and images: a look at everything')
    .action(demo)
}

const METHODS = ['simsiam', 'moco'] as const

async function demo({
  data,
  out,
  batch,
  size,
  width,
  seed,
  augment,
  quick = false,
  steps = quick ? 150 : 500,
}: Options): Promise<void> {
  const start = performance.now()
  checkFolder('--out', out)
  const augmentation = augmentationsOf(augment)
  const [train, test] = quick ? [1000, 250] : [2000, 500]
  const set =
    data === undefined ? synthetic({ size, train, test }) : take(await readImageSet(data), 2 * train, 2 * test)
  checkRun(set, batch, size)
  const device = await openDevice()
  const seconds = (): number => (performance.now() - start) / 1000
  const views = data === undefined ? { views: syntheticViews } : {}
  const runs: Run[] = METHODS.flatMap(method =>
    [[], augmentation].map(augment => ({
      recipe: { ...changed(small(method, { width }), { batch, learningRate: 0.1 }), ...views },
      augment,
    })),
  )
  const { name, classes, height } = set
  const describe = (results: readonly RunResult[]): ReportData => ({
    title: 'Pretraining with and without feature augmentation',
    set: { name, train: set.train.count, test: set.test.count, height, width: set.width, classes },
    adapter: device.adapter.name,
    runs: results,
    configuration: [
      ['encoder', `convnet of 4 stages, ${width} to ${width * 8} channels`],
      ['views', `${size} x ${size} pixels`],
      ['batch', `${batch}`],
      ['steps per run', `${steps}`],
      ['seed', `${seed}`],
      ['feature augmentation', labelOf(augmentation)],
    ],
    seconds: seconds(),
    interrupted: results.length < runs.length || results.some(result => result.steps < result.plannedSteps),
  })
  try {
    await interruptible(async signal => {
      console.log(`${set.train.count} images of ${set.name}, ${set.classes.length} classes, on ${device.adapter.name}`)
      const results: RunResult[] = []
      let known: Evaluation | undefined
      let report: string | undefined
      for (const run of runs) {
        if (signal.aborted) break
        const options = { set, steps, seed, size, ...(known && { known }) }
        const { result, before } = await execute(device, run, options, out, signal)
        known ??= before
        if (result.losses.length === 0) break
        results.push(result)
        // After every run, so that whatever happens to the next, these are kept.
        report = await writeReport(out, describe(results))
      }
      if (!report) return
      console.log(
        `\n${table(results)}\n\n${report} written after ${seconds().toFixed(0)} s${signal.aborted ? ', stopped before the end' : ''}`,
      )
    })
  } finally {
    device.destroy()
  }
}
