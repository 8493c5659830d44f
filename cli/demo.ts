/**
 * `facet demo`: SimSiam and MoCo v2, each without and with feature augmentation, from the same seed on the same images;
 * a table and `report.html`; and, since a program is not written for one device, what one of the encoders makes of the test
 * images on another target with the same weights.
 */
import type { Command } from 'commander'
import { checkAugmentations } from '../models/build.js'
import { take } from '../models/data/images.js'
import { readImageSet } from '../models/data/read.js'
import { synthetic, syntheticViews } from '../models/data/synthetic.js'
import type { DataSet } from '../models/domains.js'
import { type Features, featuresOf, subjectOf } from '../models/evaluate.js'
import type { Evaluation } from '../models/pretrain.js'
import { changed, methodLabels, small } from '../models/recipes.js'
import { readCheckpoint } from '../runtime/checkpoint.js'
import type { AdapterKind, Device } from '../runtime/device.js'
import { listAdapters, openDevice } from '../runtime/node.js'
import { duration } from './page.js'
import { viewsOf } from './pictures.js'
import { runName } from './progress.js'
import { type ReportData, type RunResult, readResults } from './results.js'
import {
  augmentationsOf,
  checkFolder,
  checkRun,
  DEFAULT_AUGMENTATION,
  execute,
  folderOf,
  interruptible,
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
  readResults(out)
  const augmentation = augmentationsOf(augment)
  const [train, test] = quick ? [1000, 250] : [2000, 500]
  const set =
    data === undefined ? synthetic({ size, train, test }) : take(await readImageSet(data), 2 * train, 2 * test)
  const views = data === undefined ? { views: syntheticViews } : {}
  const runs: Run[] = METHODS.flatMap(method =>
    [[], augmentation].map(augment => ({
      recipe: { ...changed(small(method, { width }), { batch, learningRate: 0.1 }), ...views },
      augment,
    })),
  )
  // An augmentation that a method refuses is told before the first of them is trained.
  for (const { recipe, augment } of runs) {
    checkRun({ set, recipe, steps }, size)
    checkAugmentations(recipe, augment)
  }
  const device = await openDevice()
  const seconds = (): number => (performance.now() - start) / 1000
  let sheet: Pick<ReportData, 'views'> = {}
  const describe = (results: readonly RunResult[]): ReportData => ({
    ...sheet,
    title: 'Pretraining with and without feature augmentation',
    runs: results,
    interrupted: results.length < runs.length || results.some(result => result.steps < result.plannedSteps),
  })
  try {
    await interruptible(async signal => {
      console.log(
        `${set.train.count} images of ${set.name}, ${set.classes.length} classes, on ${device.adapter.name}\n` +
          `${runs.length} encoders are trained for ${steps} steps of ${batch} images each (${METHODS.map(name => methodLabels[name]).join(' and ')}, without and with feature augmentation)` +
          ` and scored before and after: ${expected(device.adapter.kind, runs.length * steps * batch * (size / 16) ** 2 * (width / 8))}. Ctrl-C keeps what was trained.`,
      )
      sheet = await viewsOf(device, set, runs[0]!.recipe, { seed, size })
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
      console.log(`\n${table(results)}\n`)
      if (!signal.aborted) console.log(`${await elsewhere(device, runs.at(-1)!, results.at(-1)!, set, size, out)}\n`)
      console.log(
        `${report} written after ${seconds().toFixed(0)} s${signal.aborted ? ', stopped before the end' : ''}`,
      )
    })
  } finally {
    device.destroy()
  }
}

/** Microseconds per image of a training step of the default views and encoder on two cores, evaluations included: `npm run demo`. */
const PER_IMAGE: Partial<Record<AdapterKind, number>> = { cpu: 290, swiftshader: 2000 }
/** How long the runs will take, where that was measured. `images`: of the default views and encoder. */
function expected(kind: AdapterKind, images: number): string {
  const each = PER_IMAGE[kind]
  return each ? `about ${duration((images * each) / 1e6)} on two cores` : 'a minute or less on most GPUs'
}

const named = ({ adapter: { kind, name } }: Device): string =>
  `in ${kind === 'cpu' ? 'WebAssembly' : 'WGSL'} on ${name}`

/** How far the features of the test images are from each other that this device and one of another target compute with a run's weights. */
async function elsewhere(
  here: Device,
  run: Run,
  result: RunResult,
  set: DataSet,
  size: number,
  out: string,
): Promise<string> {
  const kinds = here.adapter.kind === 'cpu' ? ['gpu', 'system', 'swiftshader'] : ['cpu']
  const other = (await listAdapters()).find(({ kind, open }) => open && kinds.includes(kind))
  if (!other) return `There is no other target here (${kinds.join(', ')}) to compute the same on.`
  const { tensors } = await readCheckpoint(folderOf(out, run))
  const subject = subjectOf(run.recipe, tensors, { size })
  const there = await other.open!()
  try {
    const [a, b] = (
      await Promise.all([here, there].map(device => featuresOf(device, subject, set, [set.test])))
    ).flat() as [Features, Features]
    const largest = a.values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
    const apart = a.values.reduce((most, x, i) => Math.max(most, Math.abs(x - b.values[i]!)), 0)
    return `One program, two targets: ${set.test.count} images embedded by ${runName(result)} ${named(here)} and ${named(there)} differ by ${apart.toExponential(1)} at most, of features up to ${largest.toFixed(2)}.`
  } finally {
    there.destroy()
  }
}
